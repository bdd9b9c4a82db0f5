package uwsgi_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/deployctl/deployctl/internal/bigconf"
	"github.com/deployctl/deployctl/uwsgi"
)

func BenchmarkParse(b *testing.B) {
	src := bigconf.Uwsgi(1)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		uwsgi.Parse("uwsgi.ini", src)
	}
}

func BenchmarkLoadText(b *testing.B) {
	src := bigconf.Uwsgi(1)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		uwsgi.LoadText(uwsgi.Parse("uwsgi.ini", src), "", uwsgi.LoadOptions{})
	}
}

func BenchmarkLoad2000Files(b *testing.B) {
	dir := b.TempDir()
	names := make([]string, 2000)
	for i := range names {
		names[i] = filepath.Join(dir, fmt.Sprintf("app%d.ini", i))
		if err := os.WriteFile(names[i], []byte(bigconf.Uwsgi(i)), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, name := range names {
			if _, err := uwsgi.Load(name, uwsgi.LoadOptions{}); err != nil {
				b.Fatal(err)
			}
		}
	}
}

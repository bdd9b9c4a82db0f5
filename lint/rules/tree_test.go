package rules

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/deployctl/deployctl/internal/bigconf"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
)

// lintTree reads and lints a folder as `deployctl lint` does.
func lintTree(tb testing.TB, dir string) (*pair.Pair, *lint.Result) {
	tb.Helper()
	p, err := pair.Load([]string{dir}, pair.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return p, lint.Run(p, All(), lint.Options{})
}

func BenchmarkTree(b *testing.B) {
	for _, n := range []int{100, 1000, 10000} {
		dir := b.TempDir()
		size, err := bigconf.WriteTree(dir, n)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				lintTree(b, dir)
			}
		})
	}
}

// TestTree lints 2,000 sites with 2,000 vassals as one deployment, and bounds
// what their trees hold of memory.
func TestTree(t *testing.T) {
	const sites = 2000
	dir := t.TempDir()
	size, err := bigconf.WriteTree(dir, sites)
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	p, result := lintTree(t, dir)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if len(p.Nginx) != 1 || len(p.Uwsgi) != sites || result.Files != 1+2*sites {
		t.Errorf("%d nginx and %d uWSGI configurations of %d files", len(p.Nginx), len(p.Uwsgi), result.Files)
	}
	for _, b := range p.Binds {
		if len(b.Passes) != 1 {
			t.Fatalf("%d passes lead to %s", len(b.Passes), b.Path)
		}
	}
	held := int(after.HeapAlloc - before.HeapAlloc)
	t.Logf("%d bytes of text, %d held: %.1f times", size, held, float64(held)/float64(size))
	if held > 10*size {
		t.Errorf("%d bytes of text take %d bytes of memory", size, held)
	}
	runtime.KeepAlive(p)
}

package nginx

import (
	"testing"

	"github.com/deployctl/deployctl/internal/bigconf"
)

func BenchmarkParse(b *testing.B) {
	src := bigconf.Nginx(2000)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		Parse("nginx.conf", src)
	}
}

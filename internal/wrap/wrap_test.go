package wrap

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		width      int
		want       []string
	}{
		{"empty", "", 10, []string{""}},
		{"short", "one two", 10, []string{"one two"}},
		{"exactly", "one two", 7, []string{"one two"}},
		{"at blanks", "one two three", 8, []string{"one two", "three"}},
		{"several blanks", "one   two", 4, []string{"one", "two"}},
		{"a wide word", "a unix:/run/shop/uwsgi.sock b", 8, []string{"a", "unix:/run/shop/uwsgi.sock", "b"}},
		{"Chinese", "工作进程占用连接", 6, []string{"工作进", "程占用", "连接"}},
		{"Chinese and Latin", "nginx 返回 502 错误", 10, []string{"nginx 返回", "502 错误"}},
		{"a comma starts no line", "工作进，程占", 6, []string{"工作", "进，程", "占"}},
		{"a bracket ends no line", "工作（进程）", 6, []string{"工作", "（进", "程）"}},
	} {
		var got []string
		text := []rune(c.text)
		for _, l := range Lines(text, c.width) {
			got = append(got, string(text[l.Start:l.End]))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestPad(t *testing.T) {
	t.Parallel()
	if got := Pad("错误", 6) + "|" + Pad("error", 6) + "|" + Pad("longer", 2); got != "错误  |error |longer" {
		t.Errorf("%q", got)
	}
}

package uwsgi_test

import (
	"fmt"
	"math/rand"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/uwsgi"
)

// randomINI returns a configuration put together from what the language has.
func randomINI(r *rand.Rand) string {
	pieces := []string{"%(a)", "%(b)", "%(c)", "$(FOO)", "$(NO)", "@(b.txt)", "%(a + 1)", "%(a b)", "%n", "%d", "%%", "%z", "x", "1", " ", "(", ")", "%(%(a))", "%($(FOO))", "%", "=", ";", "#", "[", "]", "%(_)", "%(b", "$", "@", "%(a ++)", "%(nope 3 * 2)", "\t", "$(EMPTY)"}
	one := func(of ...string) string { return of[r.Intn(len(of))] }
	value := func() string {
		var b strings.Builder
		for range r.Intn(5) {
			b.WriteString(one(pieces...))
		}
		return b.String()
	}
	var b strings.Builder
	b.WriteString("[uwsgi]\n")
	open := false // uWSGI refuses a block inside a block
	for range r.Intn(9) {
		switch n := r.Intn(14); {
		case n == 0:
			b.WriteString("[" + one("uwsgi]", "o]", "uwsgi", "uwsgi] x") + "\n")
		case n == 1 && !open:
			open = true
			b.WriteString(one("for = 1 2", "if-env = FOO", "if-env = NO", "if-opt = a", "if-opt = a=1", "if-not-opt = b", "for-times = 2", "if-not-env = FOO=baz", "if-exists = b.txt", "for-glob = *.txt") + "\n")
		case n == 2:
			open = false
			b.WriteString(one("end", "endif = ", "endfor", "end-if = x") + "\n")
		case n == 3:
			b.WriteString(one("ini = b.ini", "include = b.ini", "inherit = b.ini", "ini = :o", "ini = b.ini:o") + "\n")
		case n == 4:
			b.WriteString(";" + value() + "\n")
		case n == 5:
			b.WriteString(one("set", "set-ph") + " = " + one("q", "a", "b") + "=" + value() + "\n")
		default:
			b.WriteString(one("a", "b", "c", "bar", "env", "x%(_)", "processes") + " = " + value() + one("\n", "\r\n"))
		}
	}
	return b.String()
}

// Whatever is put together, the real uWSGI has to read the same options.
func TestConfirmRandom(t *testing.T) {
	t.Parallel()
	program := realtest.Need(t, "uwsgi")
	r := rand.New(rand.NewSource(1))
	compared := 0
	for i := range 300 {
		src := randomINI(r)
		dir := filepath.Join(t.TempDir(), fmt.Sprint(i))
		write(t, dir, map[string]string{"main.ini": src, "b.ini": "[uwsgi]\nb = inc %(a)\nif-opt = c\ninner = 1\nendif\n[o]\nc = 9\n", "b.txt": "7\n"})
		cfg, err := uwsgi.Load(filepath.Join(dir, "main.ini"), uwsgi.LoadOptions{Dir: dir, Here: true, Env: environment})
		if err != nil {
			t.Fatal(err)
		}
		if endless(cfg) {
			continue // the real one never comes back
		}
		want, _ := showConfig(t, program, dir, "main.ini")
		if want == nil {
			continue // refused, which is not what this test is about
		}
		compared++
		var b strings.Builder
		for _, o := range cfg.Options {
			b.WriteString(o.Key + " = " + o.Value + "\n")
		}
		if diff := cmp.Diff(want, strings.SplitAfter(b.String(), "\n")); diff != "" {
			t.Errorf("%q (-uWSGI +ours):\n%s\nproblems: %v", src, diff, cfg.Problems)
		}
	}
	if compared < 150 {
		t.Errorf("only %d of 300 configurations could be compared", compared)
	}
}

// endless tells whether uWSGI would loop or crash on a configuration.
func endless(c *uwsgi.Config) bool {
	for _, p := range c.Problems {
		if p.Kind == uwsgi.IncludeCycle || strings.Contains(p.Message.String(), "never ends") {
			return true
		}
	}
	return false
}

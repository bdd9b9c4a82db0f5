package format

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/uwsgi"
)

// cases show the style, and what must not be touched.
var cases = []struct{ name, src, want string }{
	{"empty", "", ""},
	{"only white space", " \n\t\n", ""},
	{"spaces around the equals sign", "[uwsgi]\na=1\nb   =   2\nc\t=\t3\n", "[uwsgi]\na = 1\nb = 2\nc = 3\n"},
	{"indented", "  [uwsgi]\n\ta = 1\n    b\n", "[uwsgi]\na = 1\nb\n"},
	{"trailing white space", "[uwsgi] \na = 1  \t\n; c  \n", "[uwsgi]\na = 1\n; c\n"},
	{"carriage returns", "[uwsgi]\r\na = 1\r\n\r\nb = 2\r\n", "[uwsgi]\na = 1\n\nb = 2\n"},
	{"no line feed at the end", "[uwsgi]\na = 1", "[uwsgi]\na = 1\n"},
	{"empty values", "[uwsgi]\na=\nb =  \nc\n", "[uwsgi]\na =\nb =\nc\n"},
	{"further equals signs", "[uwsgi]\nenv=A=B  = C\nz===\n", "[uwsgi]\nenv = A=B  = C\nz = ==\n"},
	{"no inline comments", "[uwsgi]\nname=a  ; b   # c\n", "[uwsgi]\nname = a  ; b   # c\n"},
	{"comments stay where they stand", "# top\n\n\n; next\n[uwsgi]\na=1\n  # about b\nb=2\n\n# last\n\n", "# top\n\n; next\n[uwsgi]\na = 1\n# about b\nb = 2\n\n# last\n"},
	{"blank lines", "\n\n[uwsgi]\n\n\na = 1\n\n\n\nb = 2\n\n\n", "[uwsgi]\n\na = 1\n\nb = 2\n"},
	{"sections", "[uwsgi]\na = 1\n[b]\nc = 1\n# about d\n# more\n[d]\n\n\n[e]\n# last\n\n[f]\n", "[uwsgi]\na = 1\n\n[b]\nc = 1\n\n# about d\n# more\n[d]\n\n[e]\n# last\n\n[f]\n"},
	{"a percent that swallows the line's end", "[uwsgi]\na=100%\nb=2\n", "[uwsgi]\na = 100%\nb=2\n"},
	{"a percent that swallows a blank", "[uwsgi]\na = 100% \nb=2\n", "[uwsgi]\na = 100% \nb = 2\n"},
	{"a percent that swallows a carriage return", "[uwsgi]\r\na = 100%\r\nb=2\r\n", "[uwsgi]\na = 100%\r\nb = 2\n"},
	{"a percent at a comment's end", "[uwsgi]\n; 100%\nb=2\nc=3\n", "[uwsgi]\n; 100%\nb=2\nc = 3\n"},
	{"a percent at the file's end", "[uwsgi]\na=100%", "[uwsgi]\na = 100%"},
	{"two percents", "[uwsgi]\na=100%%  \n", "[uwsgi]\na = 100%%\n"},
	{"a percent before the equals sign", "[uwsgi]\na%z=1\na%=b=1\n", "[uwsgi]\na%z=1\na%=b=1\n"},
	{"a percent that swallows the value's first blank", "[uwsgi]\na=%  b\n", "[uwsgi]\na = %  b\n"},
	{"placeholders", "[uwsgi]\nb=/x\na=%(b)/y %(b + 1)\n", "[uwsgi]\nb = /x\na = %(b)/y %(b + 1)\n"},
	{"a template", "[uwsgi]\nprocesses={{ n }}\n{% if x %}\nthreads=${T}\n{% endif %}\n", "[uwsgi]\nprocesses = {{ n }}\n{% if x %}\nthreads = ${T}\n{% endif %}\n"},
	{"logic", "[uwsgi]\nif-env = X\n    a=%(_)\nendif =\n", "[uwsgi]\nif-env = X\na = %(_)\nendif =\n"},
	{"white space that uWSGI keeps", "[uwsgi]\na = \v1\f\nb\u00a0=\u00a02\n", "[uwsgi]\na = \v1\f\nb\u00a0 = \u00a02\n"},
}

func TestSource(t *testing.T) {
	t.Parallel()
	for _, c := range cases {
		got, err := Source(uwsgi.Parse("/srv/x.ini", c.src))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		check(t, c.src)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for name, src := range map[string]string{
		"x.ini":  "[uwsgi]\nkey: value\n",
		"y.ini":  "a = 1\n",
		"z.ini":  "[uwsgi]\na = b \\\n c = d\n",
		"x.yaml": "uwsgi:\n  a:   1\n",
		"x.json": `{"uwsgi": {}}`,
		"x.xml":  "<uwsgi></uwsgi>",
	} {
		f := uwsgi.Parse(name, src)
		got, err := Source(f)
		want := ErrSyntax
		if filepath.Ext(name) != ".ini" {
			want = ErrLanguage
		}
		if !errors.Is(err, want) || got != src || Edits(f) != nil {
			t.Errorf("%s: %q, %v; want it left alone with %v", name, got, err, want)
		}
	}
}

// check formats a text and requires that it says the same afterwards, and that
// formatting once is enough.
func check(t *testing.T, src string) {
	t.Helper()
	f := uwsgi.Parse("/srv/x.ini", src)
	once, err := Source(f)
	if errors.Is(err, ErrSyntax) {
		return
	}
	if err != nil {
		t.Errorf("%q: %v", src, err)
		return
	}
	g := uwsgi.Parse("/srv/x.ini", once)
	if !same(f, g) {
		t.Errorf("%q reads differently as %q", src, once)
	}
	twice, err := Source(g)
	if err != nil || twice != once {
		t.Errorf("%q becomes %q, and then %q (%v)", src, once, twice, err)
	}
	if n := len(Edits(g)); n > 0 {
		t.Errorf("%q, formatted, has %d edits", once, n)
	}
}

// fixtures returns every INI file of the shared test data.
func fixtures(t testing.TB) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir("../../testdata", func(path string, d fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".ini" {
			var text []byte
			text, err = os.ReadFile(path)
			found[path] = string(text)
		}
		return err
	})
	if err != nil || len(found) < 20 {
		t.Fatalf("%d fixtures: %v", len(found), err)
	}
	return found
}

func TestFixtures(t *testing.T) {
	t.Parallel()
	for path, src := range fixtures(t) {
		check(t, src)
		if !strings.Contains(path, ".golden") {
			continue
		}
		if got, err := Source(uwsgi.Parse(path, src)); err != nil || got != src {
			t.Errorf("%s is rendered in another style (%v): %s", path, err, cmp.Diff(src, got))
		}
	}
}

// TestShowConfig asks the real uWSGI for the options before and after.
func TestShowConfig(t *testing.T) {
	t.Parallel()
	program := realtest.Need(t, "uwsgi")
	texts := fixtures(t)
	for _, c := range cases {
		texts[c.name] = c.src
	}
	compared := 0
	for name, src := range texts {
		formatted, err := Source(uwsgi.Parse("/srv/x.ini", src))
		if err != nil || formatted == src {
			continue
		}
		before, after := show(t, program, src), show(t, program, formatted)
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("%s (-before +after):\n%s", name, diff)
		}
		if before != "" {
			compared++
		}
	}
	if compared < 20 {
		t.Errorf("only %d texts were compared", compared)
	}
}

// show returns what uwsgi --show-config prints. It gets no further: the folder
// it is told to work in does not exist.
func show(t *testing.T, program, src string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x.ini"), []byte(src), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "--show-config", "--chdir", "/nonexistent/by/design", "x.ini")
	cmd.Dir = dir
	cmd.Env = []string{"X=1", "T=2"}
	out, _ := cmd.CombinedOutput()
	_, shown, _ := strings.Cut(string(out), "\n;uWSGI instance configuration\n")
	shown, _, _ = strings.Cut(shown, ";end of configuration\n")
	return shown
}

func FuzzSource(f *testing.F) {
	for _, c := range cases {
		f.Add(c.src)
	}
	for _, src := range fixtures(f) {
		f.Add(src)
	}
	f.Fuzz(check)
}

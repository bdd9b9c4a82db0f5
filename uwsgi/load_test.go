package uwsgi_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/uwsgi"
)

// tree returns a file system that holds texts at paths of a server.
func tree(files map[string]string) fstest.MapFS {
	fsys := make(fstest.MapFS)
	for name, text := range files {
		fsys[strings.TrimPrefix(name, "/")] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func load(t *testing.T, name string, files map[string]string, opts uwsgi.LoadOptions) *uwsgi.Config {
	t.Helper()
	opts.FS = tree(files)
	c, err := uwsgi.Load(name, opts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// problems writes what is wrong, one a line: file, line, columns, kind.
func problems(c *uwsgi.Config) []string {
	var lines []string
	for _, p := range c.Problems {
		r := p.File.Range(p.Span)
		lines = append(lines, fmt.Sprintf("%s:%d:%d-%d %s", filepath.Base(p.File.Name), r.Start.Line, r.Start.Column, r.End.Column, kinds[p.Kind]))
	}
	return lines
}

var kinds = map[uwsgi.ProblemKind]string{
	uwsgi.MissingInclude: "missing include", uwsgi.IncludeCycle: "cycle", uwsgi.UndefinedPlaceholder: "undefined",
	uwsgi.ImmediatePlaceholder: "immediate", uwsgi.BadLogic: "logic", uwsgi.IgnoredSection: "ignored",
	uwsgi.StrayPercent: "percent", uwsgi.Unsupported: "unsupported", uwsgi.MissingSection: "section", uwsgi.TooLarge: "large",
}

func TestProblems(t *testing.T) {
	t.Parallel()
	env := map[string]string{"HOME": "/root"}
	for _, tc := range []struct {
		name, src string
		files     map[string]string
		opts      uwsgi.LoadOptions
		want      []string
	}{
		{name: "nothing wrong", src: "a = %(b)\nb = $(HOME)/$(NOPE)\n[other]\nx = 1\n"},
		{name: "missing include", src: "ini = no.ini\n", want: []string{"main.ini:2:7-13 missing include"}},
		{name: "include of a folder", src: "ini = sub\n", files: map[string]string{"/srv/sub/x": ""}, want: []string{"main.ini:2:7-10 missing include"}},
		{name: "suffix that include does not know", src: "include = b.conf\n", files: map[string]string{"/srv/b.conf": ""}, want: []string{"main.ini:2:11-17 missing include"}},
		{name: "missing section", src: "ini = b.ini:prod\n", files: map[string]string{"/srv/b.ini": "[uwsgi]\na=1\n"}, want: []string{"main.ini:2:7-17 section"}},
		{name: "self", src: "ini = main.ini\n", want: []string{"main.ini:2:7-15 cycle"}},
		{name: "cycle", src: "ini = b.ini\n", files: map[string]string{"/srv/b.ini": "[uwsgi]\nini = main.ini\n"}, want: []string{"b.ini:2:7-15 cycle"}},
		{name: "inherit cycle", src: "inherit = b.ini\n", files: map[string]string{"/srv/b.ini": "[uwsgi]\ninherit = b.ini\n"}, want: []string{"b.ini:2:11-16 cycle"}},
		{name: "undefined placeholder", src: "a = x/%(nope)/y\n", want: []string{"main.ini:2:7-14 undefined"}},
		{name: "undefined environment", src: "a = $(NOPE)\n", opts: uwsgi.LoadOptions{Env: env}, want: []string{"main.ini:2:5-12 undefined"}},
		{name: "reference to itself", src: "a = -%(a)\n", want: []string{"main.ini:2:5-10 undefined"}},
		{name: "chain at the beginning", src: "x = %(y)\ny = %(z)\nz = 1\n", want: []string{"main.ini:2:5-9 undefined"}},
		{name: "immediate", src: "n = 3\nlisten = %(n)\ninclude = $(HOME)/x.ini\n", want: []string{"main.ini:3:10-14 immediate", "main.ini:4:11-24 immediate"}},
		{name: "scheme", src: "ini = http://example.com/x.ini\nx = @(exec://reboot)\n", want: []string{"main.ini:2:7-31 unsupported"}},
		{name: "nested logic", src: "for = a\nif-env = B\nx = 1\nendif =\nendfor =\n", want: []string{"main.ini:3:1-7 logic"}},
		{name: "unclosed logic", src: "if-env = B\nx = 1\n", want: []string{"main.ini:2:1-7 logic"}},
		{name: "unclosed for", src: "for-times = 2\nx = 1\n", want: []string{"main.ini:2:1-10 logic"}},
		{name: "else", src: "if-env = B\nx = 1\nelse =\ny = 2\nendif =\n", want: []string{"main.ini:4:1-5 logic"}},
		{name: "ignored section", src: "a = 1\n[prod]\nmaster = true\nprocesses = 2\n", want: []string{"main.ini:3:1-7 ignored"}},
		{name: "another program's section", src: "a = 1\n[app:main]\nuse = egg:x\n"},
		{name: "a section that is read", src: "ini = :prod\n[prod]\nmaster = true\n"},
		{name: "split section", src: "a = 1\n[uwsgi]\nb = 2\n", want: []string{"main.ini:3:1-8 ignored"}},
		{name: "empty section", src: "", want: []string{"main.ini:1:1-8 section"}},
		{name: "stray percent", src: "dsn = u:p%sx%2Fz%z@h\nlog-date = %%d\n; 50%z\n", want: []string{"main.ini:2:17-19 percent"}},
		{name: "percent eats a line", src: "; 100%\na = 1\nb = 5%\nc = 2\n", want: []string{"main.ini:2:6-7 percent", "main.ini:4:6-7 percent"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{"/srv/main.ini": "[uwsgi]\n" + tc.src}
			for name, text := range tc.files {
				files[name] = text
			}
			c := load(t, "/srv/main.ini", files, tc.opts)
			if diff := cmp.Diff(tc.want, problems(c)); diff != "" {
				t.Errorf("problems (-want +got):\n%s\n%v", diff, c.Problems)
			}
			for _, p := range c.Problems {
				if len(p.Fix) > 0 {
					if _, err := diag.Apply(p.File.Src, p.Fix); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
}

func TestPercentFix(t *testing.T) {
	t.Parallel()
	c := load(t, "/srv/main.ini", map[string]string{"/srv/main.ini": "[uwsgi]\na = 5%\nb = x%z\n"}, uwsgi.LoadOptions{})
	var edits []diag.Edit
	for _, p := range c.Problems {
		edits = append(edits, p.Fix...)
	}
	got, err := diag.Apply(c.Main.Src, edits)
	if want := "[uwsgi]\na = 5%%\nb = x%%z\n"; got != want || err != nil {
		t.Errorf("fixed to %q (%v), want %q", got, err, want)
	}
}

func TestUnresolvedAndMaybe(t *testing.T) {
	t.Parallel()
	src := "[uwsgi]\na = %d\nb = %(a)\nc = $(HOME)\nd = %(c)\ne = %k\nf = %n\ng = @(exec://id)\nh = plain\n" +
		"if-env = X\ni = 1\nendif\nif-file = /etc/x\nj = 1\nendif\nif-hostname = h\nini = b.ini\nendif\nif-plugin = python3\nl = 1\nendif\nplugin = python3\nif-plugin = python3\nm = 1\nendif\nif-not-plugin = python3\nn = 1\nendif\n"
	files := map[string]string{"/srv/main.ini": src, "/srv/b.ini": "[uwsgi]\nk = 1\n"}
	state := func(c *uwsgi.Config) string {
		var b strings.Builder
		for _, o := range c.Options {
			if len(o.Key) == 1 {
				b.WriteString(o.Key)
				if o.Unresolved {
					b.WriteByte('?')
				}
				if o.Maybe {
					b.WriteByte('~')
				}
				b.WriteByte(' ')
			}
		}
		return b.String()
	}
	for _, tc := range []struct {
		name string
		opts uwsgi.LoadOptions
		want string
	}{
		{"nothing is known", uwsgi.LoadOptions{}, "a? b? c? d? e? f g? h i~ j~ k~ l~ m "},
		{"environment", uwsgi.LoadOptions{Env: map[string]string{"HOME": "/root"}}, "a? b? c d e? f g? h j~ k~ l~ m "},
		{"the server itself", uwsgi.LoadOptions{Here: true, Env: map[string]string{"HOME": "/root", "X": ""}}, "a b c d e? f g? h i k~ l~ m "},
	} {
		c := load(t, "/srv/main.ini", files, tc.opts)
		if got := state(c); got != tc.want {
			t.Errorf("%s:\n got %s\nwant %s", tc.name, got, tc.want)
		}
	}
}

func TestLoadRoot(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	write(t, root, map[string]string{
		"etc/uwsgi/app.ini":        "[uwsgi]\nini = /etc/uwsgi/common.ini\nini = rel.ini\nhere = %d\n",
		"etc/uwsgi/common.ini":     "[uwsgi]\nprocesses = 3\n",
		"etc/uwsgi/rel.ini":        "[uwsgi]\nrel = folder\n",
		"var/lib/uwsgi/rel.ini":    "[uwsgi]\nrel = working directory\n",
		"etc/uwsgi/content.ini":    "[uwsgi]\nname = @(/etc/hostname)\n",
		"etc/hostname":             "box\n",
		"home/elsewhere/other.ini": "[uwsgi]\n",
	})
	for _, tc := range []struct{ dir, want string }{{"", "folder"}, {"/var/lib/uwsgi", "working directory"}} {
		c, err := uwsgi.Load(filepath.Join(root, "etc/uwsgi/app.ini"), uwsgi.LoadOptions{Root: root, Dir: tc.dir})
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Problems) > 0 {
			t.Errorf("%v", c.Problems)
		}
		if n, _ := c.Int("workers"); n != 3 {
			t.Errorf("workers = %d, want the included 3", n)
		}
		if got := c.Get("rel").Value; got != tc.want {
			t.Errorf("rel.ini comes from the %s, want %s", got, tc.want)
		}
		if o := c.Get("here"); o.Value != "/etc/uwsgi/" || o.Unresolved {
			t.Errorf("%%d is %q (unresolved %v)", o.Value, o.Unresolved)
		}
		if len(c.Files) != 3 || c.Files[0] != c.Main {
			t.Errorf("%d files", len(c.Files))
		}
	}
	c, err := uwsgi.Load(filepath.Join(root, "etc/uwsgi/content.ini"), uwsgi.LoadOptions{Root: root})
	if err != nil || c.Get("name").Value != "box" {
		t.Errorf("@(/etc/hostname) is %v (%v)", c.Options, err)
	}
	// Without a root, the file of an absolute path is not this machine's business.
	c, err = uwsgi.Load(filepath.Join(root, "etc/uwsgi/content.ini"), uwsgi.LoadOptions{})
	if err != nil || c.Get("name").Value != "@(/etc/hostname)" || !c.Get("name").Unresolved {
		t.Errorf("@(/etc/hostname) is %v (%v)", c.Options[0], err)
	}
}

func TestLoadErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, want := range map[string]string{
		filepath.Join(dir, "none.ini"): "there is no such file",
		dir:                            "it is no regular file",
		"/dev/zero":                    "it is no regular file",
	} {
		_, err := uwsgi.Load(name, uwsgi.LoadOptions{})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), name) {
			t.Errorf("Load(%s): %v, want %q", name, err, want)
		}
	}
	big := tree(map[string]string{"/x.ini": strings.Repeat("x", uwsgi.MaxFile+1)})
	if _, err := uwsgi.Load("/x.ini", uwsgi.LoadOptions{FS: big}); err == nil || !strings.Contains(err.Error(), "larger than 16 MiB") {
		t.Errorf("a file above the limit: %v", err)
	}
}

func TestOverlayAndText(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.ini": "[uwsgi]\nini = b.ini\nprocesses = 1\n", "b.ini": "[uwsgi]\nthreads = 1\n"})
	main := filepath.Join(dir, "a.ini")
	c, err := uwsgi.Load(main, uwsgi.LoadOptions{Overlay: map[string]string{filepath.Join(dir, "b.ini"): "[uwsgi]\nthreads = 5\n"}})
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := c.Int("threads"); n != 5 {
		t.Errorf("the overlay is not read: threads = %d", n)
	}
	c = uwsgi.LoadText(uwsgi.Parse("a.ini", "[uwsgi]\nini = b.ini\nhere = %s\n"), main, uwsgi.LoadOptions{})
	if n, _ := c.Int("threads"); n != 1 || c.Get("here").Value != "a.ini" {
		t.Errorf("text with a path: %v", c.Options)
	}
	c = uwsgi.LoadText(uwsgi.Parse("<stdin>", "[uwsgi]\nini = b.ini\nini = :x\nhere = %d\n"), "", uwsgi.LoadOptions{})
	if len(c.Problems) != 2 || !c.Get("here").Unresolved {
		t.Errorf("text without a path: %v", c.Problems)
	}
}

// Hostile files are bounded: each of these is a moment, whatever it asks for.
func TestLimits(t *testing.T) {
	t.Parallel()
	many := func(n int, line string) string { return strings.Repeat(line, n) }
	files := map[string]string{
		"/srv/times.ini":     "[uwsgi]\nfor-times = 1000000000\n" + many(1000, "x = %(_)\n") + "endfor =\n",
		"/srv/long.ini":      "[uwsgi]\nfor-times = 90000\nx = %(_)" + many(100_000, "y") + "\nendfor =\n",
		"/srv/blank-for.ini": "[uwsgi]\nfor = " + many(1<<20, " ") + ".\n" + many(50_000, "x = 1\n") + "endfor =\n",
		"/srv/grow.ini":      "[uwsgi]\na = xx%(a)%(a)\n" + many(20_000, "b = xx%(a)%(a)\n"),
		"/srv/double.ini":    "[uwsgi]\na0 = xx\n" + doubling(60),
		"/srv/open.ini":      "[uwsgi]\na = " + many(200_000, "%(") + "\n",
		"/srv/parens.ini":    "[uwsgi]\na = " + many(200_000, "%(a") + many(200_000, ")") + "\n",
		"/srv/includes.ini":  "[uwsgi]\n" + many(5_000, "ini = leaf.ini\n"),
		"/srv/leaf.ini":      "[uwsgi]\n" + many(1_000, "x = 1\n"),
		"/srv/percent.ini":   "[uwsgi]\n" + many(1<<20, "%z"),
		"/srv/line.ini":      "[uwsgi]\nx = " + many(4<<20, "a"),
		"/srv/lines.ini":     "[uwsgi]\n" + many(2<<20, "a\n"),
		"/srv/headers.ini":   many(1<<20, "[a]\n"),
		"/srv/sections.ini":  many(100_000, "[uwsgi]\nini = :uwsgi\n"),
		"/srv/anchors.yaml":  "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nuwsgi:\n  x: *b\n",
		"/srv/deep.yaml":     "uwsgi:\n  a: " + many(5_000, "[") + many(5_000, "]") + "\n",
		"/srv/deep.json":     `{"uwsgi": {"a": ` + many(100_000, "[") + "\n",
		"/srv/deep.xml":      "<uwsgi>" + many(100_000, "<a>"),
		"/srv/binary.ini":    "\x7fELF\x02\x01\x01\x00\x00" + many(1<<20, "\xff\x00\n="),
	}
	for i := range 40 {
		files[fmt.Sprintf("/srv/chain%d.ini", i)] = fmt.Sprintf("[uwsgi]\nini = chain%d.ini\nini = chain%d.ini\n", i+1, i+1)
	}
	fsys := tree(files)
	for name := range files {
		t.Run(strings.TrimPrefix(name, "/srv/"), func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			c, err := uwsgi.Load(name, uwsgi.LoadOptions{FS: fsys})
			if err != nil {
				t.Fatal(err)
			}
			if n := len(c.Options); n > 100_000 {
				t.Errorf("%d options", n)
			}
			// Far above what it takes, far below what a loop without a bound takes.
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

// doubling returns placeholders each of which is twice the one before.
func doubling(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d = x%%(a%d)%%(a%d)\n", i+1, i, i)
	}
	return b.String()
}

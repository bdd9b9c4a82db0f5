package uwsgi_test

import (
	"testing"

	"github.com/deployctl/deployctl/uwsgi"
)

func seeds(f *testing.F) {
	for _, c := range confirmCases {
		f.Add(suffix(c.name), c.main)
	}
	for _, src := range []string{"%", "[", "[]", "[]\v", "[uwsgi]\u00a0", "=", "[uwsgi]\n=", "[uwsgi]\na=%(a)", "[uwsgi]\nfor=1\nfor=2\na=1", "[uwsgi]\nini=:\ninherit=main.ini\n"} {
		f.Add(uint8(0), src)
	}
}

// suffix picks a language for a name of a confirm case.
func suffix(name string) uint8 {
	switch uwsgi.FormatOf(name) {
	case uwsgi.YAML:
		return 1
	case uwsgi.XML:
		return 2
	case uwsgi.JSON:
		return 3
	}
	return 0
}

var suffixes = [...]string{".ini", ".yaml", ".xml", ".json"}

func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, kind uint8, src string) {
		checkSpans(t, uwsgi.Parse("/srv/app/x"+suffixes[int(kind)%len(suffixes)], src))
	})
}

func FuzzLoad(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, kind uint8, src string) {
		name := "/srv/main" + suffixes[int(kind)%len(suffixes)]
		fsys := tree(map[string]string{name: src, "/srv/b.ini": "[uwsgi]\nb = %(a) %d\n[prod]\nc = 1\n", "/srv/b.txt": "one\ntwo\n"})
		for _, opts := range []uwsgi.LoadOptions{{FS: fsys}, {FS: fsys, Here: true, Env: environment, Section: "prod"}} {
			c, err := uwsgi.Load(name, opts)
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range c.Files {
				checkSpans(t, file)
			}
			for _, p := range c.Problems {
				if p.Span.Start < 0 || p.Span.End < p.Span.Start || p.Span.End > len(p.File.Src) {
					t.Errorf("problem %q at %v of %d bytes", p.Message, p.Span, len(p.File.Src))
				}
			}
			for _, o := range c.Options {
				if r := o.ValueLocation().Range(); r.End.Offset < r.Start.Offset {
					t.Errorf("%s: value at %v", o.Key, r)
				}
				c.Get(o.Key)
				c.Int(o.Key)
				c.Bool(o.Key)
			}
		}
	})
}

package pcre

import (
	"slices"
	"strings"
	"testing"
)

func parse(t *testing.T, pattern string) *Tree {
	t.Helper()
	tree, err := Parse(pattern, false)
	if err != nil {
		t.Fatalf("%q: %v", pattern, err)
	}
	return tree
}

func TestShape(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern    string
		start, end bool
	}{
		{`^a$`, true, true}, {`a`, false, false}, {`(^a|^b)c$`, true, true}, {`^a|b`, false, false}, {`(?=x)^a`, true, false},
		{`(?:^)(a$)`, true, true}, {`a(b$|c$)`, false, true}, {`a$|b`, false, false}, {`\Aa\z`, true, true}, {`(?m)^a$`, false, false}, {``, false, false}, {`()`, false, false},
	} {
		tree := parse(t, c.pattern)
		if tree.AnchoredStart() != c.start || tree.AnchoredEnd() != c.end {
			t.Errorf("%q is anchored: %t, %t", c.pattern, tree.AnchoredStart(), tree.AnchoredEnd())
		}
	}
	for pattern, want := range map[string]string{`^/a\.b$`: "/a.b$", `^/static/`: "/static/", `/a`: "", `^/a.b`: "", `^`: "", `^$`: "", `^/(a)`: ""} {
		text, end, ok := parse(t, pattern).Plain()
		if end {
			text += "$"
		}
		if text != want || ok != (want != "") {
			t.Errorf("%q is plainly %q, %t", pattern, text, ok)
		}
	}
	for pattern, want := range map[string]string{`jpe?g|png`: "jpg jpeg png", `(a|b)c`: "ac bc", `a+`: "", `a.`: "", `(a|b){2}`: ""} {
		words := parse(t, pattern).Root.Words()
		slices.Sort(words)
		expected := strings.Fields(want)
		slices.Sort(expected)
		if !slices.Equal(words, expected) {
			t.Errorf("%q has the words %q", pattern, words)
		}
	}
}

func TestOutside(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern string
		others  []string
		found   bool
	}{
		{`\.php$`, []string{`\.php$`}, false},
		{`^/x/.*\.php$`, []string{`\.php$`}, false},
		{`\.php$`, []string{`^/x/.*\.php$`}, true},
		{`\.(png|jpg)$`, []string{`\.(jpe?g|png|gif)$`}, false},
		{`\.(png|svg)$`, []string{`\.(jpe?g|png|gif)$`}, true},
		{`\.(png|svg)$`, []string{`\.png$`, `\.svg$`}, false},
		{`a`, []string{`^/`}, false},
		{`a`, []string{`.`}, false},
		{`^/api/v\d+/`, []string{`^/api/`}, false},
		{`^/api`, []string{`^/api/`}, true},
		{`^/a{2,3}$`, []string{`^/aa$`, `^/aaa$`}, false},
		{`^/a{2,4}$`, []string{`^/aa$`, `^/aaa$`}, true},
		{`^x`, []string{`^y`}, false}, // no path
	} {
		var others []*Tree
		for _, o := range c.others {
			others = append(others, parse(t, o))
		}
		path, found, known := Outside("/", parse(t, c.pattern), others...)
		if !known || found != c.found {
			t.Errorf("%q outside of %q: %q, %t, %t", c.pattern, c.others, path, found, known)
			continue
		}
		if !found {
			continue
		}
		for i, p := range append([]string{c.pattern}, c.others...) {
			re, err := Compile(p, false)
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := re.Match(path); got != (i == 0) {
				t.Errorf("%q on %q: %t", p, path, got)
			}
		}
	}
	if _, found, _ := Outside("/x/", parse(t, `\.y$`), parse(t, `^/x/`)); found {
		t.Error("a path leaves its prefix")
	}
	if path, found, _ := Outside("/x/", parse(t, `y`), parse(t, `^/x/y`)); !found || !strings.HasPrefix(path, "/x/") {
		t.Errorf("below the prefix: %q", path)
	}
	for _, p := range []string{`(?=a)`, `(a)\1`, `a++`, `\ba`, `(a{60000}){60000}`} {
		if _, _, known := Outside("/", parse(t, p)); known {
			t.Errorf("%q is known", p)
		}
	}
}

// TestProgram compares the automata with the matcher that agrees with nginx.
func TestProgram(t *testing.T) {
	t.Parallel()
	compared := 0
	for _, pattern := range patterns {
		p, ok := compileProgram(parse(t, pattern))
		if !ok {
			continue
		}
		re, err := Compile(pattern, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range subjects {
			if strings.Contains(text, "\n") {
				continue // $ is only known at the very end
			}
			w := walker{steps: maxSteps}
			set, matched := w.closure(&p, states{0}, true, false)
			for i := 0; i < len(text) && !matched; i++ {
				set, matched = w.step(&p, set, text[i])
			}
			if !matched {
				_, matched = w.closure(&p, set, false, true)
			}
			if want, err := re.Match(text); err == nil && matched != want {
				t.Errorf("%q on %q: %t", pattern, text, matched)
			}
			compared++
		}
	}
	if compared < 3000 {
		t.Errorf("only %d compared", compared)
	}
}

func TestExplosive(t *testing.T) {
	t.Parallel()
	for _, p := range []string{`^/(a+)+$`, `^/(a*)*b$`, `^/(a|aa)+$`, `^/(\w+\s?)*$`, `^/([a-z]+)*\.html$`, `(x+x+)+y`, `^/(?:[^/]+/?)+\.php$`, `^/(.*,)*x$`, `^/(a?b?)*c$`, `^/(ab|a|b)+$`, `^/(\d+|\w+)+$`} {
		text, ok := parse(t, p).Explosive()
		if !ok {
			t.Errorf("%q is not found", p)
			continue
		}
		before, after, _ := strings.Cut(text, "...")
		if re, err := Compile(p, false); err != nil {
			t.Error(err)
		} else if found, err := re.Match(before + after); err == nil && found {
			t.Errorf("%q matches its own attack %q", p, text)
		}
	}
	for _, p := range []string{
		`^/a+$`, `^/(\w+/)*$`, `^/(a+b)+$`, `.*\.(jpg|png)$`, `^/(?:[^/]+/)*[^/]+$`, `^/(a+)+`, `^/(\d{1,3}\.){3}\d{1,3}$`, `^/([a-f0-9]{2})*$`, `^/(a++)+$`, `^/(?>a+)+$`, `^/(.*)+$`, `^/([^/]+/?)+$`,
		`^/.*/.*/.*$`, `\.php(/|$)`, `^/(?!x)(a|b)*$`, `^/([a-z0-9-]+)(?:/([a-z0-9-]+))*$`, `^/(css|js)/.+\.(css|js)$`, `^(/\w+/?)+$`, ``, `()*`,
	} {
		if text, ok := parse(t, p).Explosive(); ok {
			t.Errorf("%q: %q", p, text)
		}
	}
}

func FuzzQuestions(f *testing.F) {
	for i, p := range patterns {
		f.Add(p, patterns[len(patterns)-1-i])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a) > 60 || len(b) > 60 {
			return
		}
		x, err := Parse(a, false)
		if err != nil {
			return
		}
		x.Explosive()
		x.Plain()
		x.Root.Words()
		y, err := Parse(b, false)
		if err != nil {
			return
		}
		path, found, known := Outside("/", x, y)
		if !known || !found {
			return
		}
		for i, p := range []string{a, b} {
			re, err := Compile(p, false)
			if err != nil {
				return
			}
			if got, err := re.Match(path); err == nil && got != (i == 0) {
				t.Errorf("%q outside %q: %q", a, b, path)
			}
		}
	})
}

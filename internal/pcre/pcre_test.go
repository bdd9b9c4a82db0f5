package pcre

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/internal/realtest"
)

// patterns are expressions that PCRE takes.
var patterns = []string{
	`\.php$`, `^/api/`, `^/api/v(\d+)/`, `^/(?!admin)`, `(?<=/a)b`, `(?<!x)y`, `/b\z`, `/b\Z`, `/b$`, `.b$`, `^/[^/]+$`, `a.b`, `(?s)a.b`, `(?m)^b`, `(?m)a$`,
	`[[:alpha:]]+$`, `[[:^alpha:]]$`, `[^[:space:]]x`, `\s`, `\S\S\S\S\S\S`, `\h`, `\H$`, `\v`, `\R`, `\N\N$`, `\w+$`, `\W$`, `\d`, `\D\D\D`, `[\w-]+$`, `[\W]$`, `[^\W]$`,
	`(a)(b)?\1`, `(?<n>a+)b\k<n>`, `(?P<n>a+)b(?P=n)`, `(a)\g1`, `(a)(b)\g{-1}`, `(?'q'/)x\k{q}`, `a++b`, `a*+a`, `a?+a`, `(?>a+)a`, `a{2}`, `a{2,}b`, `a{1,2}$`, `a{,2}`, `a{02}`, `a{00}$`, `/a{01,}b`, `a{0,02}$`, `a{`, `a{x}`, `{`,
	`\x41`, `\x{41}`, `\x4`, `\101`, `\0`, `\cA`, `\e`, `\Qa.b\E`, `\Q[`, `a\E`, `]`, `[]a]$`, `[^]a]$`, `[a\]]$`, `[a-]$`, `[-a]$`, `[a[b]$`, `[0[:]b`, `[a-c-e]$`, `[\x30-\x39]`, `[\d.]+$`, `[a-z&&b]$`,
	`(?i)/ADMIN`, `/(?i)ad(?-i)MIN`, `(?i:AB)c`, `(?x) / a  b # comment`, `a(?i)b|C`, `(a(?i)b)c`, `(?#comment)a`, `\bb`, `a\b`, `a\B`, `\Bb`, `é`, `[é]`, `\xc3\xa9$`, `^/.\xa9`, `..\xa9$`,
	`^/(?:a|b|ab)c$`, `^/(a|ab)(c|bcd)(d*)$`, `(a*)*b`, `(?:a?)*?b`, `^(?:/[a-z]+)+$`, `^/x(?=y)y$`, `^(?=.*b)(?=.*a)`, `a|`, `()`, `^`, `$`, `a*?b`, `a+?b`, `a\E*b`, `a(?#x)*b`, `(?x)a *b`, `(?=/)*b`, `(?:)a`, `\/b`, `\-`, `\#`, `#`, `\@`,
	`^/(?<year>\d{4})-(?<month>\d\d)$`, `[[:word:]]b`, `[.]php`, `[$]`, `[(]`, `x(?!y(?=z))`, `^(/a)+$`, `(?-i)A`, `~`, `\~`, `%`,
}

// broken are expressions that PCRE refuses.
var broken = []string{
	`(`, `)`, `(a`, `a)`, `[`, `[a`, `[]`, `[^]`, `a**`, `a{2}{2}`, `a{2}*`, `^*`, `$*`, `a\b*`, `\A+`, `(?i)*`, `+`, `?a`, `(?`, `(?<`, `(?<>a)`, `(?<1>a)`, `(?<n>a)(?<n>b)`, `(?z)`, `\`, `a{2,1}`, `a{65536}`, `[b-a]`, `[[:nope:]]`, `\k<n>`, `(?<n-m>a)`,
	`\1`, `(a)\2`, `\g{3}`, `|*`, `\c`, `\y`, `\x{zz}`, `\x{100}`, `\400`, `(?#`, `(?P<n`, `(?<=(`, `[\`,
}

var subjects = []string{
	"/", "/a", "/b", "/ab", "/a.b", "/a\nb", "/b\n", "/a\n", "/aa", "/aab", "/aaab", "/aaabaaa", "/abab", "/aba", "/x.php", "/x.php\n", "/x.PHP", "/api/", "/api/v1/x", "/API/v22/x", "/admin", "/ADMIN", "/adMIN",
	"/é", "/É", "/aé", "/a b", "/a\tb", "/a\x0bb", "/a\rb", "/a\r\nb", "/\x85", "/\xa0", "/\xff", "/A", "/a-b", "/2024-05", "/2024-5", "/a{", "/a{x}", "/a{,2}", "/]", "/a]", "/[", "/-", "/c", "/d", "/&b", "/xyz", "/xy", "/xya",
	"/abc", "/abC", "/aBc", "/aBC", "/abcd", "/abbcd", "/C", "/\x01", "/\x1b", "/a\\", "/$", "/(", "/#", "/@", "/~", "/%", "/_", "/a_b", "/aab aab", "/a/a", "/a/a/a", "/\x41", "/0", "/a/b/c",
}

// TestConfirm asks the real nginx, through maps from $uri, which expressions
// match which texts.
func TestConfirm(t *testing.T) {
	t.Parallel()
	realtest.Need(t, "nginx")
	var conf strings.Builder
	conf.WriteString("events {}\nhttp {\nmap_hash_max_size 8192;\nvariables_hash_max_size 8192;\n")
	var all []string
	for i, p := range patterns {
		for j, modifier := range []string{"~", "~*"} {
			name := fmt.Sprintf("$r%dx%d", i, j)
			fmt.Fprintf(&conf, "map $uri %s { default 0; %s 1; }\n", name, quote(modifier+p))
			all = append(all, name)
		}
	}
	port := realtest.FreePort(t)
	fmt.Fprintf(&conf, "server { listen 127.0.0.1:%d; merge_slashes off; location / { return 200 \"%s\"; } }\n}\n", port, strings.Join(all, ""))
	realtest.Nginx(t, conf.String(), port)
	compared := 0
	for _, subject := range subjects {
		answer := realtest.RawRequest(t, port, "GET /"+url.PathEscape(subject[1:])+" HTTP/1.0\r\n\r\n")
		_, bits, _ := strings.Cut(answer, "\n\n")
		if len(bits) != len(all) {
			t.Errorf("%q: nginx answers %.200q", subject, answer)
			continue
		}
		for i, p := range patterns {
			for j := range 2 {
				re, err := Compile(p, j == 1)
				if err != nil {
					t.Fatalf("%q: %v", p, err)
				}
				got, err := re.Match(subject)
				if err != nil {
					t.Errorf("%q on %q: %v", p, subject, err)
				}
				if want := bits[2*i+j] == '1'; got != want {
					t.Errorf("%q on %q (ignoring case: %t) matches: %t, and in nginx %t", p, subject, j == 1, got, want)
				}
				compared++
				found, err := re.Find(subject)
				if err != nil || (found != nil) != got {
					t.Errorf("%q on %q: Find says %q, %v", p, subject, found, err)
				}
			}
		}
	}
	t.Logf("%d combinations", compared)
}

// TestBrokenConfirm compares which expressions are refused.
func TestBrokenConfirm(t *testing.T) {
	t.Parallel()
	nginx := realtest.Need(t, "nginx")
	dir := t.TempDir()
	file := filepath.Join(dir, "nginx.conf")
	for _, p := range broken {
		if _, err := Compile(p, false); err == nil {
			t.Errorf("%q compiles", p)
		} else if errors.Is(err, ErrUnsupported) {
			t.Errorf("%q is said to be not supported: %v", p, err)
		}
		conf := fmt.Sprintf("error_log stderr;\nevents {}\nhttp { map $uri $x { %s 1; } }\n", quote("~"+p))
		if err := os.WriteFile(file, []byte(conf), 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(nginx, "-t", "-p", dir, "-c", file, "-e", "stderr").CombinedOutput()
		if err == nil || !strings.Contains(string(out), "pcre") {
			t.Errorf("%q: nginx says %s", p, out)
		}
	}
}

// quote writes an argument as nginx reads it: a backslash escapes a quote only.
func quote(s string) string {
	return `"` + strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), `"`, `\"`) + `"`
}

func TestFind(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, text string
		want          []string
		names         []string
	}{
		{`^/(?<a>\w+)/(\d+)(x)?$`, "/é/1", nil, []string{"", "a", "", ""}},
		{`^/(?<a>\w+)/(\d+)(x)?$`, "/b/12", []string{"/b/12", "b", "12", ""}, []string{"", "a", "", ""}},
		{`^/(.)(?P<b>.)(?!z)`, "/é", []string{"/é", "\xc3", "\xa9"}, []string{"", "", "b"}},
		{`(x)|(y)`, "y", []string{"y", "", "y"}, []string{"", "", ""}},
	} {
		re, err := Compile(c.pattern, false)
		if err != nil {
			t.Fatal(err)
		}
		got, err := re.Find(c.text)
		if err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q on %q: %s", c.pattern, c.text, diff)
		}
		if diff := cmp.Diff(c.names, re.Names); diff != "" {
			t.Errorf("%q: %s", c.pattern, diff)
		}
	}
}

func TestUnsupported(t *testing.T) {
	t.Parallel()
	for _, p := range []string{`(?R)`, `(a)(?1)`, `(?|a|b)`, `a\Kb`, `(*UTF8)a`, `\pL`, `(?U)a`, `(?(1)a|b)`, strings.Repeat("a", maxLength+1)} {
		if _, err := Compile(p, false); !errors.Is(err, ErrUnsupported) {
			t.Errorf("%.20q: %v", p, err)
		}
	}
	if _, err := Compile(strings.Repeat("(", maxDepth+1), false); err == nil {
		t.Error("nesting has no bound")
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	re, err := Compile(`^(?=.)(a|aa)+$`, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := re.Match(strings.Repeat("a", 5000) + "!"); err == nil {
		t.Error("a search without end ends without an error")
	}
}

func FuzzCompile(f *testing.F) {
	for i, p := range append(patterns, broken...) {
		f.Add(p, subjects[i%len(subjects)], i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, pattern, text string, ignoreCase bool) {
		if len(pattern) > 200 || len(text) > 200 {
			return
		}
		re, err := Compile(pattern, ignoreCase)
		if err != nil {
			return
		}
		fast, err := re.Match(text)
		if re.fast == nil || err != nil {
			return
		}
		slow, err := re.backtracking()
		if err != nil {
			t.Fatalf("%q: the linear engine takes it, the other does not: %v\n%s", pattern, err, re.translated.backtracking)
		}
		if got, err := slow.MatchRunes(runes(text)); err == nil && got != fast {
			t.Errorf("%q on %q: %t and %t", pattern, text, fast, got)
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	for _, p := range []string{`\.php$`, `^/(?!admin)`} {
		re, err := Compile(p, false)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(strconv.Quote(p), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = re.Match("/static/css/site.css")
			}
		})
	}
}

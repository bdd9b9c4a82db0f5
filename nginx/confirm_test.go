package nginx

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/deployctl/deployctl/internal/bigconf"
	"github.com/deployctl/deployctl/internal/realtest"
)

// syntaxMessage matches what nginx says when it cannot read a file's tokens
// and blocks, whatever the directives mean.
var syntaxMessage = regexp.MustCompile(`unexpected "|unexpected end of file|is not terminated by|too long parameter|has no opening "\{"`)

// refuses tells whether the real nginx finds a syntax error in a configuration.
func refuses(t *testing.T, nginx, src string) (bool, string) {
	t.Helper()
	dir := t.TempDir()
	conf := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(conf, []byte(src), 0o644); err != nil {
		t.Fatal(err)
	}
	out, _ := exec.Command(nginx, "-t", "-q", "-p", dir, "-c", conf, "-e", "stderr", "-g", "pid test.pid;").CombinedOutput()
	return syntaxMessage.Match(out), string(out)
}

// TestParseConfirm asks the real nginx about words: a map's entries take any.
func TestParseConfirm(t *testing.T) {
	t.Parallel()
	nginx := realtest.Need(t, "nginx")
	long := strings.Repeat("x", maxWord)
	for i, words := range []string{
		"a b;", `"a" b;`, `a"b c;`, `a "b"c;`, `a "b"};`, `a "b");`, `a "b"; # c`, "a b # c\n;", `a "b`, `a 'b" c';`,
		"a b", "a b;;", "a b {", "a b }", `a \";`, `a b\ c;`, `a "\"";`, "a ${b;", "a ${b};", "a $b{c};", "a b;\r\n", "a \xff;", "# c",
		"a " + long[1:] + ";", "a " + long + ";", `a "` + long[1:] + `";`, `a "` + long + `";`, "# " + long + "\n", "# " + long[3:] + "\n", "# " + long[2:] + "\n",
		"a\tb;", "a\vb c;", "a b;c d;", "'' b;", `"a"b c;`, `a 'b''c';`, `a "b"'c';`, `a {b;`, `a "{" ;`, `a };`,
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			src := "events {\n}\nhttp {\nmap $host $x {\n" + words + "\n}\n}\n"
			want, out := refuses(t, nginx, src)
			if got := len(Parse("nginx.conf", src).Errors) > 0; got != want {
				t.Errorf("%.60q: syntax errors %v, nginx says %v: %s", words, got, want, out)
			}
		})
	}
}

// TestMutantsConfirm changes one character of a working configuration at a
// time and compares the verdict with nginx's.
func TestMutantsConfirm(t *testing.T) {
	t.Parallel()
	nginx := realtest.Need(t, "nginx")
	base := bigconf.Nginx(2)
	rng := rand.New(rand.NewPCG(1, 2))
	var marks []int
	for i, c := range base {
		if strings.ContainsRune(";{}\"'#$\\ \n", c) {
			marks = append(marks, i)
		}
	}
	for range 300 {
		i := marks[rng.IntN(len(marks))]
		src := base
		switch rng.IntN(3) {
		case 0:
			src = base[:i] + base[i+1:]
		case 1:
			src = base[:i] + base[i:i+1] + base[i:]
		case 2:
			const instead = ";{}\"'#$\\x \n"
			k := rng.IntN(len(instead))
			src = base[:i] + instead[k:k+1] + base[i+1:]
		}
		refused, out := refuses(t, nginx, src)
		f := Parse("nginx.conf", src)
		ours := len(f.Errors) > 0
		// Where nginx reads on after a missing semicolon it refuses the
		// directive for its arguments instead; the file is refused all the same.
		if refused && !ours || ours && strings.TrimSpace(out) == "" {
			t.Errorf("mutant at byte %d (%q -> %q): our errors %v, nginx: %s", i, base[max(0, i-20):min(len(base), i+20)], src[max(0, i-20):min(len(src), i+20)], errorLines(f), out)
		}
	}
}

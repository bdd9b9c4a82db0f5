package rules

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/deployctl/deployctl/internal/machine"
	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/report"
	"github.com/deployctl/deployctl/pair"
)

var (
	mutants     = flag.Int("mutants", 600, "how many mutants of nginx configurations are compared with nginx -t")
	mutantSeed  = flag.Uint64("mutant-seed", 1, "the seed that mutants are made from")
	showMutants = flag.Bool("show-mutants", false, "print every mutant on which nginx and the rules disagree")
)

// notStart are the rules that say that nginx will not start.
var notStart = []string{
	"nginx-syntax", "nginx-unknown-directive", "nginx-wrong-context", "nginx-wrong-arguments", "nginx-bad-value", "nginx-duplicate-directive",
	"nginx-duplicate-location", "nginx-duplicate-listen", "nginx-undefined", "nginx-missing-include", "nginx-missing-file", "nginx-duplicate-upstream",
	"nginx-tls-no-certificate", "nginx-missing-events", "nginx-incompatible", "nginx-version", "nginx-user-group", "nginx-ssl-curve",
}

// TestStartConfirm changes working configurations in small ways and compares
// the verdict of the rules with that of nginx -t.
func TestStartConfirm(t *testing.T) {
	t.Parallel()
	nginx := realtest.Need(t, "nginx")
	box := realtest.NginxBox(t)
	var bases []string
	files, _ := filepath.Glob("testdata/start/*.conf")
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if module, _, ok := strings.Cut(string(text), ";"); ok && strings.HasPrefix(module, "load_module ") {
			if _, err := os.Stat(strings.TrimPrefix(module, "load_module ")); err != nil && os.Getenv(realtest.Require) != "1" {
				continue // a module that is not installed
			}
		}
		base := strings.ReplaceAll(string(text), "@DIR@", box)
		if refused, out := asksNginx(t, nginx, box, "base.conf", base); refused {
			t.Fatalf("nginx refuses %s: %s", path, out)
		}
		if found := errorsOf(t, filepath.Join(box, "base.conf"), base); found != "" {
			t.Fatalf("%s: %s", path, found)
		}
		bases = append(bases, base)
	}
	if len(bases) < 3 {
		t.Fatalf("%d configurations", len(bases))
	}
	var next, agreed, missed, invented atomic.Int64
	var mu sync.Mutex
	var wg sync.WaitGroup
	for worker := range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			name := fmt.Sprintf("mutant%d.conf", worker)
			for {
				i := int(next.Add(1)) - 1
				if i >= *mutants {
					return
				}
				how, src := mutate(rand.New(rand.NewPCG(*mutantSeed, uint64(i))), bases)
				refused, out := asksNginx(t, nginx, box, name, src)
				found := errorsOf(t, filepath.Join(box, name), src)
				switch {
				case refused == (found != ""):
					agreed.Add(1)
					continue
				case refused:
					missed.Add(1)
				default:
					invented.Add(1)
				}
				if *showMutants {
					mu.Lock()
					t.Logf("mutant %d: %s\n  nginx: %s\n  ours:  %s", i, how, strings.TrimSpace(out), found)
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	share := 100 * float64(agreed.Load()) / float64(*mutants)
	t.Logf("nginx -t and the rules agree on %d of %d mutants (%.2f %%); %d faults are not seen, %d are seen where nginx starts",
		agreed.Load(), *mutants, share, missed.Load(), invented.Load())
	if share < 99 {
		t.Errorf("the verdicts agree on %.2f %% of the mutants, and 99 %% is asked for", share)
	}
}

// asksNginx tells whether nginx refuses a configuration, and what it says.
func asksNginx(t *testing.T, nginx, box, name, src string) (bool, string) {
	t.Helper()
	conf := filepath.Join(box, name)
	if err := os.WriteFile(conf, []byte(src), 0o644); err != nil {
		t.Error(err)
	}
	cmd := exec.Command(nginx, "-t", "-q", "-p", box, "-c", conf, "-e", filepath.Join(box, "start.log"))
	cmd.Env = append(os.Environ(), "RES_OPTIONS=timeout:1 attempts:1")
	out, err := cmd.CombinedOutput()
	return err != nil, string(out)
}

// errorsOf returns the errors of the rules about a start, "" when there are none.
func errorsOf(t *testing.T, path, src string) string {
	t.Helper()
	p, err := pair.Load([]string{path}, pair.Options{Overlay: map[string]string{path: src}})
	if err != nil {
		return err.Error()
	}
	result := lint.Run(p, All(), lint.Options{Target: lint.Target{Nginx: "1.22.1", OS: "debian"}, Machine: machine.Local(), Config: lint.Config{Select: notStart}})
	for _, b := range result.Broken {
		t.Errorf("%s fails: %v\n%s", b.Rule, b.Reason, b.Stack)
	}
	for _, d := range result.Diagnostics {
		// Some faults of these rules show when a request comes.
		if d.Rule == "nginx-syntax" || strings.Contains(d.Why.String(), "does not start") {
			return report.Line(d)
		}
	}
	return ""
}

// words are what a mutation puts in the place of an argument.
var words = []string{
	"on", "off", "0", "1", "7", "10k", "1m", "4g", "30s", "1d", "5ms", "-1", "65536", "80", "404", "$host", "$nothing", "$", "", "/x", "a b", "~(", "*", "*.a", "a.*b",
	"127.0.0.1", "127.0.0.1:81", "[::1]:80", "unix:/x", "http://127.0.0.1", "http://127.0.0.1:80/x", "@app", "=404", "all", "default", "max", "none", "any", "'q'", "\"${host}\"", "${host",
	"zone=one:1m", "rate=1r/s", "x=y", "utf-8", "main", "pages", "backend", "10.0.0.0/8", "50%",
}

// strangers are lines that none of the configurations has.
var strangers = []string{
	"image_filter resize 150 100;", "perl_set $x y;", "xslt_types text/xml;", "http2 on;", "listen 18099 quic;", "stream {", "events {", "http {", "server {",
	"location /x {", "location ~ x {", "location @x {", "if ($host) {", "upstream u {", "server 127.0.0.1:1;", "listen 18099 ssl;", "ssl_reject_handshake on;",
	"map $host $m {", "limit_except GET {", "types {", "}", "return 204;", "set $uri x;", "root /x;", "alias /x/;", "proxy_pass http://127.0.0.1:8000/x;",
	"uwsgi_pass 127.0.0.1:3031;", "proxy_buffers 4 4k;", "proxy_buffer_size 64k;", "uwsgi_buffer_size 64k;", "rewrite ^(.*$ /x;", "default_server;", "least_conn;",
	"include no-such-file;", "include *.no-such;", "load_module modules/no.so;", "daemon on;", "worker_processes 4;", "foo bar;", "server_tokens build;", "ssl_ecdh_curve auto;",
}

// mutate changes one of the configurations in one place. It also says what it did.
func mutate(rng *rand.Rand, bases []string) (how, src string) {
	base := bases[rng.IntN(len(bases))]
	lines := strings.SplitAfter(strings.TrimSuffix(base, "\n")+"\n", "\n")
	lines = lines[:len(lines)-1]
	i := rng.IntN(len(lines))
	was := strings.TrimSpace(lines[i])
	switch rng.IntN(11) {
	case 0:
		how, lines = "drop", slices.Delete(lines, i, i+1)
	case 1:
		how, lines = "double", slices.Insert(lines, i, lines[i])
	case 2:
		j := rng.IntN(len(lines))
		how = "swap with " + strings.TrimSpace(lines[j])
		lines[i], lines[j] = lines[j], lines[i]
	case 3:
		how, lines[i] = letter(rng, lines[i])
	case 4, 5:
		how, lines[i] = argument(rng, lines[i])
	case 6:
		how, lines[i] = mark(rng, lines[i], "{}")
	case 7:
		how, lines[i] = mark(rng, lines[i], "\"';#\\$")
	case 8, 9:
		other := strings.Split(bases[rng.IntN(len(bases))], "\n")
		line := other[rng.IntN(len(other))]
		how, lines = "insert "+strings.TrimSpace(line)+" before", slices.Insert(lines, i, line+"\n")
	}
	if how == "" {
		line := strangers[rng.IntN(len(strangers))]
		how, lines = "insert "+line+" before", slices.Insert(lines, i, line+"\n")
	}
	return how + ": " + was, strings.Join(lines, "")
}

// letter changes, drops or adds one character.
func letter(rng *rand.Rand, line string) (how, mutant string) {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789_-./: "
	i := rng.IntN(len(line))
	c := string(letters[rng.IntN(len(letters))])
	switch rng.IntN(3) {
	case 0:
		return fmt.Sprintf("write %q for byte %d", c, i), line[:i] + c + line[i+1:]
	case 1:
		return fmt.Sprintf("drop byte %d", i), line[:i] + line[i+1:]
	}
	return fmt.Sprintf("insert %q at byte %d", c, i), line[:i] + c + line[i:]
}

// argument replaces, drops or adds one argument.
func argument(rng *rand.Rand, line string) (how, mutant string) {
	body := strings.TrimRight(line, " ;{}\n")
	fields := strings.Fields(body)
	if len(fields) == 0 {
		return "nothing", line
	}
	i := rng.IntN(len(fields))
	word := words[rng.IntN(len(words))]
	if word == "" {
		word = `""`
	}
	rest := line[len(body):]
	switch rng.IntN(5) {
	case 0:
		return fmt.Sprintf("drop word %d", i), strings.Join(slices.Delete(fields, i, i+1), " ") + rest
	case 1:
		return fmt.Sprintf("insert %s as word %d", word, i+1), strings.Join(slices.Insert(fields, i+1, word), " ") + rest
	}
	if i == 0 && len(fields) > 1 {
		i = 1 + rng.IntN(len(fields)-1)
	}
	fields[i] = word
	return fmt.Sprintf("write %s for word %d", word, i), strings.Join(fields, " ") + rest
}

// mark inserts or drops one of the marks of the syntax.
func mark(rng *rand.Rand, line, marks string) (how, mutant string) {
	if i := strings.IndexAny(line, marks); i >= 0 && rng.IntN(2) == 0 {
		return fmt.Sprintf("drop %q", line[i:i+1]), line[:i] + line[i+1:]
	}
	i := rng.IntN(len(line))
	c := string(marks[rng.IntN(len(marks))])
	return fmt.Sprintf("insert %q at byte %d", c, i), line[:i] + c + line[i:]
}

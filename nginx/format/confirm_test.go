package format

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/nginx"
)

// dumped are configurations that nginx can read anywhere.
var dumped = []string{
	"events{}http{server{listen 127.0.0.1:1;location /{return 200 \"a  b;{}\";}location =/x{if ($uri ~ \"b\" ){return 444;}}}}",
	"# c\nevents\n{\n  worker_connections   64 ; # d\n}\nhttp { log_format x '$uri  '\n\t'\"$status\"'\n;  map $uri   $m { default  0; \"~^/(a|b){2}$\" 1;\n\"~ x\" \"2  3\" ; }\nserver { listen 127.0.0.1:1;server_name a\n b # why\n c;\r\n set $v \"${m}\n  x\";rewrite ^/a\\ b$ /c last; } }\n",
	"events {}\r\nhttp {\r\n\ttypes {\r\n\t\ttext/html\thtml htm\r\n\t\t\tshtml;\r\n\t}\r\n\tgeo $g { default 0; 10.0.0.0/8   1; }\r\n\tupstream u { server 127.0.0.1:2   weight=2; }\r\n}\r\n",
}

// TestDump asks the real nginx what it reads before and after.
func TestDump(t *testing.T) {
	t.Parallel()
	program := realtest.Need(t, "nginx")
	for _, src := range dumped {
		formatted, err := Source(nginx.Parse("nginx.conf", src))
		if err != nil || formatted == src {
			t.Fatalf("%q becomes %q (%v)", src, formatted, err)
		}
		if diff := cmp.Diff(dump(t, program, src), dump(t, program, formatted)); diff != "" {
			t.Errorf("%q (-before +after):\n%s", src, diff)
		}
	}
}

// TestPackage formats copies of the files that nginx's package brings, and asks
// the real nginx what it reads before and after.
func TestPackage(t *testing.T) {
	t.Parallel()
	program := realtest.Need(t, "nginx")
	paths, err := filepath.Glob("/etc/nginx/*")
	if err != nil || len(paths) == 0 {
		t.Skip("there is no /etc/nginx")
	}
	copied := func(change bool) string {
		dir := t.TempDir()
		for _, path := range append(paths, "/etc/nginx/snippets/snakeoil.conf", "/etc/nginx/sites-available/default") {
			text, err := os.ReadFile(path)
			if err != nil {
				continue // a folder
			}
			src := strings.ReplaceAll(string(text), "/etc/nginx/", dir+"/")
			if change {
				if src, err = Source(nginx.Parse(path, src)); err != nil {
					t.Errorf("%s: %v", path, err)
				}
			}
			to := filepath.Join(dir, strings.TrimPrefix(path, "/etc/nginx/"))
			if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(to, []byte(src), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		conf := "events {}\nhttp { include mime.types; server { listen 127.0.0.1:1; location / { include uwsgi_params; include fastcgi_params; include scgi_params; include proxy_params; } } }\n"
		return dumpIn(t, program, dir, conf)
	}
	before := copied(false)
	if !strings.Contains(before, "application/json") {
		t.Fatalf("the package's files are not read:\n%s", before)
	}
	if diff := cmp.Diff(before, copied(true)); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

// dump returns the words that nginx -T shows of a configuration it accepts.
func dump(t *testing.T, program, src string) string {
	t.Helper()
	return dumpIn(t, program, t.TempDir(), src)
}

// dumpIn does so for a main file in a folder with others.
func dumpIn(t *testing.T, program, dir, src string) string {
	t.Helper()
	file := filepath.Join(dir, "main.conf")
	if err := os.WriteFile(file, []byte(src), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-T", "-c", file, "-p", dir, "-e", filepath.Join(dir, "error.log"), "-g", "pid "+dir+"/pid;")
	var failure strings.Builder
	cmd.Stderr = &failure
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("nginx refuses %q: %s", src, failure.String())
	}
	_, text, _ := strings.Cut(string(out), ":\n")
	var words []string
	for d := range nginx.Walk(nginx.Parse("dump", text).Nodes) {
		words = append(words, d.Name.Value)
		for _, a := range d.Args {
			words = append(words, a.Value)
		}
	}
	return strings.Join(words, "\n")
}

package liverule

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/deployctl/deployctl/internal/machine"
	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/report"
	"github.com/deployctl/deployctl/pair"
)

// found lints files with the rules of this package on this machine, and returns
// the rules that speak.
func found(t *testing.T, paths ...string) (rules []string, text string) {
	t.Helper()
	p, err := pair.Load(paths, pair.Options{Here: true})
	if err != nil {
		t.Fatal(err)
	}
	r := lint.Run(p, Rules, lint.Options{Machine: machine.Local()})
	for _, d := range r.Diagnostics {
		rules = append(rules, d.Rule)
		text += report.Line(d) + "\n"
	}
	return rules, text
}

// TestThisMachine lints a pair whose sockets and folders the test makes.
func TestThisMachine(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can give files to other accounts, and see who listens")
	}
	realtest.Need(t, "nginx") // brings the account www-data
	dir := t.TempDir()
	for d := dir; d != os.TempDir() && len(d) > 1; d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	private := filepath.Join(dir, "private")
	if err := os.MkdirAll(filepath.Join(private, "files"), 0o700); err != nil {
		t.Fatal(err)
	}
	sock := filepath.Join(dir, "app.sock")
	unix, err := net.Listen("unix", sock)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close()
	if err := os.Chmod(sock, 0o660); err != nil {
		t.Fatal(err)
	}
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	conf := filepath.Join(dir, "nginx.conf")
	write := func(root string) {
		text := fmt.Sprintf("user www-data;\nevents {\n}\nhttp {\n    server {\n        listen %s;\n        root %s;\n        location /api/ {\n            uwsgi_pass unix:%s;\n        }\n    }\n}\n",
			tcp.Addr(), root, sock)
		if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(private, "files"))
	rules, text := found(t, conf)
	if !slices.Equal(rules, []string{"live-port", "live-access", "live-access"}) || !strings.Contains(text, private+" has mode 0700") {
		t.Errorf("found:\n%s", text)
	}
	if err := os.Chmod(private, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(private, "files"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(sock, 0o666); err != nil {
		t.Fatal(err)
	}
	if rules, text := found(t, conf); !slices.Equal(rules, []string{"live-port"}) {
		t.Errorf("after the rights were given:\n%s", text)
	}
	unix.Close()
	if rules, text := found(t, conf); !slices.Equal(rules, []string{"live-port", "live-nobody-listens"}) {
		t.Errorf("after the application ended:\n%s", text)
	}
}

// TestRunningPair lints a pair that the real programs run, before and after its
// files and its socket are changed.
func TestRunningPair(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root runs the workers under another account")
	}
	app := t.TempDir()
	if err := os.WriteFile(filepath.Join(app, "app.py"), []byte("def application(environ, start):\n    start('200 OK', [])\n    return [b'ok']\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	p := realtest.Start(t, map[string]string{
		"nginx.conf": "user www-data;\npid /run/nginx.pid;\nevents {\n}\nhttp {\n    server {\n        listen 8080;\n        root /srv/shop;\n        location / {\n            uwsgi_param PATH_INFO $document_uri;\n            uwsgi_pass unix:/run/shop/app.sock;\n        }\n    }\n}\n",
		"uwsgi.ini":  "[uwsgi]\nplugin = python3\nmaster = true\nuid = www-data\ngid = www-data\nchdir = /srv/shop\nwsgi-file = app.py\nsocket = /run/shop/app.sock\nchmod-socket = 660\n",
	}, "/srv/shop", app)
	conf, ini, sock := filepath.Join(p.Dir, "nginx.conf"), filepath.Join(p.Dir, "uwsgi.ini"), filepath.Join(p.Dir, "run/shop/app.sock")
	expect := func(after string, want ...string) {
		t.Helper()
		rules, text := found(t, conf, ini)
		slices.Sort(rules)
		if !slices.Equal(rules, want) {
			t.Errorf("%s, want %q, found:\n%s", after, want, text)
		}
	}
	// Files that were written just before the start are not newer than it.
	expect("after the start")

	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(ini, later, later); err != nil {
		t.Fatal(err)
	}
	expect("uwsgi.ini changed", "live-stale")
	if err := os.Chtimes(conf, later, later); err != nil {
		t.Fatal(err)
	}
	expect("both changed", "live-stale", "live-stale")
	before := time.Now().Add(-time.Hour)
	for _, path := range []string{conf, ini} {
		if err := os.Chtimes(path, before, before); err != nil {
			t.Fatal(err)
		}
	}

	if err := os.Chown(sock, 0, 0); err != nil {
		t.Fatal(err)
	}
	expect("the socket given to root", "live-access")
	if err := os.Chmod(sock, 0o666); err != nil {
		t.Fatal(err)
	}
	expect("the socket opened to all")
	if err := os.Chown(filepath.Dir(sock), 0, 0); err != nil {
		t.Fatal(err)
	}
	expect("the socket's folder given to root", "live-access")
}

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
	r := lint.Run(p, Rules, lint.Options{Target: lint.Target{Live: true}, Machine: machine.Local()})
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

// TestRunningNginx changes a file after the real nginx has read it.
func TestRunningNginx(t *testing.T) {
	port := realtest.FreePort(t)
	text := fmt.Sprintf("events {\n}\nhttp {\n    server {\n        listen 127.0.0.1:%d;\n    }\n}\n", port)
	realtest.Nginx(t, text, port)
	conf := filepath.Join(t.TempDir(), "nginx.conf")
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		changed time.Duration
		stale   bool
	}{{-time.Hour, false}, {time.Hour, true}} {
		when := time.Now().Add(c.changed)
		if err := os.Chtimes(conf, when, when); err != nil {
			t.Fatal(err)
		}
		rules, out := found(t, conf)
		if slices.Contains(rules, "live-stale") != c.stale {
			t.Errorf("changed %v from now:\n%s", c.changed, out)
		}
		if slices.Contains(rules, "live-port") {
			t.Errorf("nginx itself is taken for another program:\n%s", out)
		}
	}
}

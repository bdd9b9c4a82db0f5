package gen

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/deployctl/deployctl/internal/realtest"
)

// TestRealGunicorn runs gunicorn behind nginx, asks both, and stops gunicorn in
// the middle of a request.
func TestRealGunicorn(t *testing.T) {
	t.Parallel()
	gunicorn := realtest.Need(t, "gunicorn")
	for name, c := range map[string]struct {
		app, host string
		asks      map[string]string
	}{
		"hello": {"wsgi", "hello.example", map[string]string{"/x%20y?a=b": `"path": "/x y"`, "/": `"host": "hello.example"`}},
		"mount": {"wsgi", "hello.example", map[string]string{"/hello/x": `"script": "/hello", "path": "/x"`}},
		"media": {"django", "shop.example", map[string]string{"/api/echo": `"scheme": "http"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := descriptions(t)
			for k, p := range targetDescriptions(t) {
				all[k] = p
			}
			p := all[name]
			files, err := Render(p, Options{Target: "gunicorn"})
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			for d := dir; d != os.TempDir(); d = filepath.Dir(d) {
				if err := os.Chmod(d, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.CopyFS(filepath.Join(dir, "project"), os.DirFS(filepath.Join("../testdata/projects", c.app))); err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(filepath.Join(dir, "run", p.Name), 0o755); err != nil {
				t.Fatal(err)
			}
			port, tcp := realtest.FreePort(t), strconv.Itoa(realtest.FreePort(t))
			conf := ""
			for _, f := range files {
				text := strings.ReplaceAll(sandboxed(t, string(f.Content), dir, p.Root), "127.0.0.1:8001", "127.0.0.1:"+tcp)
				switch f.Path {
				case "nginx.conf":
					text = regexp.MustCompile(`(?m)^(pid|error_log|user) .*\n`).ReplaceAllString(text, "")
					conf = regexp.MustCompile(`listen 80\b`).ReplaceAllString(text, "listen 127.0.0.1:"+strconv.Itoa(port))
				case "gunicorn.conf.py":
					// nginx's workers are another account's here.
					text = strings.ReplaceAll(text, "umask = 0o007", "umask = 0")
					if err := os.WriteFile(filepath.Join(dir, f.Path), []byte(text), 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
			log, err := os.Create(filepath.Join(dir, "gunicorn.out"))
			if err != nil {
				t.Fatal(err)
			}
			defer log.Close()
			cmd := exec.Command(gunicorn, "--config", filepath.Join(dir, "gunicorn.conf.py"))
			cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
			realtest.Apart(cmd)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan struct{})
			go func() {
				_ = cmd.Wait()
				close(ended)
			}()
			t.Cleanup(func() {
				realtest.SignalGroup(cmd, syscall.SIGKILL)
				<-ended
				if t.Failed() {
					text, _ := os.ReadFile(log.Name())
					t.Logf("gunicorn: %.3000s", text)
				}
			})
			realtest.Nginx(t, conf, port)
			get := func(path string) (int, string) {
				r, err := http.NewRequest("GET", "http://127.0.0.1:"+strconv.Itoa(port)+path, nil)
				if err != nil {
					t.Fatal(err)
				}
				r.Host = c.host
				answer, err := http.DefaultTransport.RoundTrip(r)
				if err != nil {
					return 0, err.Error()
				}
				defer answer.Body.Close()
				text, _ := io.ReadAll(answer.Body)
				return answer.StatusCode, strings.ReplaceAll(string(text), `":"`, `": "`)
			}
			for path, has := range c.asks {
				status, text := get(path)
				for deadline := time.Now().Add(20 * time.Second); status == http.StatusBadGateway && time.Now().Before(deadline); status, text = get(path) {
					time.Sleep(50 * time.Millisecond)
				}
				if status != http.StatusOK || !strings.Contains(text, has) {
					t.Errorf("%s: status %d, want 200 with %s: %.300s", path, status, has, text)
				}
			}
			slow := make(chan int)
			go func() {
				status, _ := get(p.App.Mount + "/api/slow")
				slow <- status
			}()
			time.Sleep(500 * time.Millisecond)
			_ = cmd.Process.Signal(syscall.SIGTERM)
			if status := <-slow; status != http.StatusOK {
				t.Errorf("the request in flight: status %d", status)
			}
			select {
			case <-ended:
			case <-time.After(20 * time.Second):
				t.Error("gunicorn does not end")
			}
		})
	}
}

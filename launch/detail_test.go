package launch_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/launch"
)

// watched is a pair with one location that hides a header and one that does not.
var watched = map[string]string{
	"app.py": "def application(environ, start_response):\n" +
		"    start_response('200 OK', [('Content-Type', 'text/plain'), ('X-Secret', 'x'), ('Set-Cookie', 'a=1')])\n    return [b'hello']\n",
	"uwsgi.ini":  "[uwsgi]\nplugins = python3\nstrict = true\nmaster = true\nprocesses = 2\nsocket = 127.0.0.1:8001\nwsgi-file = app.py\ndisable-logging = true\n",
	"nginx.conf": "events {}\nhttp {\n\tserver {\n\t\tlisten 8080;\n\t\tlocation / {\n\t\t\tinclude uwsgi_params;\n\t\t\tuwsgi_pass 127.0.0.1:8001;\n\t\t}\n\t\tlocation /hidden {\n\t\t\tinclude uwsgi_params;\n\t\t\tuwsgi_pass 127.0.0.1:8001;\n\t\t\tuwsgi_hide_header X-Secret;\n\t\t}\n\t}\n}\n",
}

// accesses collects the requests that a run reports.
type accesses struct {
	mu  sync.Mutex
	all []launch.Access
}

func (a *accesses) add(e launch.Event) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if e.Access != nil {
		a.all = append(a.all, *e.Access)
	}
}

// of waits for the report of a URI.
func (a *accesses) of(t *testing.T, uri string) launch.Access {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		a.mu.Lock()
		for _, one := range a.all {
			if one.URI == uri {
				a.mu.Unlock()
				return one
			}
		}
		a.mu.Unlock()
	}
	t.Fatalf("no report of %s", uri)
	return launch.Access{}
}

func header(all []launch.Header, name string) string {
	for _, h := range all {
		if h.Name == name {
			return h.Value
		}
	}
	return ""
}

// TestDetail has each mix of engines tell the worker, the headers and the way of
// a request, hides from visitors what it needs for that, and replaces a worker.
func TestDetail(t *testing.T) {
	t.Parallel()
	for _, nginx := range []launch.Choice{launch.Embedded, launch.Native} {
		for _, uwsgi := range []launch.Choice{launch.Embedded, launch.Native} {
			t.Run(fmt.Sprintf("%s-%s", nginx, uwsgi), func(t *testing.T) {
				t.Parallel()
				for name, choice := range map[string]launch.Choice{"nginx": nginx, "uwsgi": uwsgi} {
					if choice == launch.Native {
						realtest.Need(t, name)
					}
				}
				dir := t.TempDir()
				for name, text := range watched {
					if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				source, err := launch.Find([]string{dir})
				if err != nil {
					t.Fatal(err)
				}
				var seen accesses
				live := make(chan *launch.Live, 1)
				done := make(chan error, 1)
				o := launch.UpOptions{Options: launch.Options{Nginx: nginx, Uwsgi: uwsgi, Python: python, Detail: true}, Print: seen.add, Live: func(l *launch.Live) { live <- l }}
				go func() { done <- launch.Up(t.Context(), source, o) }()
				t.Cleanup(func() {
					if err := <-done; err != nil {
						t.Error(err)
					}
				})
				var l *launch.Live
				select {
				case l = <-live:
				case err := <-done:
					done <- nil
					t.Fatalf("the pair does not run: %v", err)
				case <-time.After(30 * time.Second):
					t.Fatal("the pair does not answer")
				}
				base := l.Status(t.Context()).URLs[0]
				for _, path := range []string{"one?x=1", "hidden"} {
					_, answered, _ := get(t, client(t), base+path)
					if v := answered.Get("X-Deployctl-Worker"); v != "" {
						t.Errorf("/%s: visitors see X-Deployctl-Worker: %s", path, v)
					}
					if (answered.Get("X-Secret") == "") != (path == "hidden") {
						t.Errorf("/%s: X-Secret: %q", path, answered.Get("X-Secret"))
					}
					a := seen.of(t, "/"+path)
					if a.Worker < 1 || a.Worker > 2 || a.TLS || !strings.HasSuffix(base, a.Listen+"/") {
						t.Errorf("/%s: worker %d, listen %q, TLS %t", path, a.Worker, a.Listen, a.TLS)
					}
					if header(a.Asked, "User-Agent") == "" || header(a.Answered, "Content-Type") != "text/plain" || header(a.Answered, "Set-Cookie") != "a=1" {
						t.Errorf("/%s: headers %v, %v", path, a.Asked, a.Answered)
					}
					text, err := l.Explain(&a, nil)
					if err != nil || !strings.Contains(text, a.At.String()) || !strings.Contains(text, "127.0.0.1:8001") {
						t.Errorf("/%s: explained as %q, %v", path, text, err)
					}
				}
				checkRestart(t, l)
			})
		}
	}
}

// answeredBy is how many requests workers have answered.
func answeredBy(workers []launch.AppStatus) int64 {
	var n int64
	for _, w := range workers {
		n += w.Requests
	}
	return n
}

func checkRestart(t *testing.T, l *launch.Live) {
	t.Helper()
	before := l.Status(t.Context())
	// A request is counted after its answer is sent.
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline) && answeredBy(before.Workers) < 2; time.Sleep(20 * time.Millisecond) {
		before = l.Status(t.Context())
	}
	if len(before.Workers) != 2 || before.Workers[0].ID != 1 || before.Workers[0].Memory == 0 || before.Memory == 0 {
		t.Fatalf("status: %+v", before)
	}
	if answeredBy(before.Workers) < 2 {
		t.Errorf("the workers have answered %+v", before.Workers)
	}
	file := before.Workers[0].File
	if err := l.RestartWorker(t.Context(), file, 2); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(15 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		now := l.Status(t.Context()).Workers
		if len(now) == 2 && now[1].PID != 0 && now[1].PID != before.Workers[1].PID && now[1].Restarts == 1 && now[0].PID == before.Workers[0].PID {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("worker 2 was not replaced: %+v", now)
		}
	}
	if l.RestartWorker(t.Context(), file, 7) == nil {
		t.Error("a worker that is not there was restarted")
	}
	if l.RestartWorker(t.Context(), "other.ini", 1) == nil {
		t.Error("a worker of a file that does not run was restarted")
	}
	status, _, _ := get(t, client(t), before.URLs[0])
	if status != http.StatusOK {
		t.Errorf("after the restart: %d", status)
	}
}

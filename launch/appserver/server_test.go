package appserver

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/uwsgi"
	"github.com/deployctl/deployctl/uwsgi/wire"
)

// lockedBuffer collects a log that several processes write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// project returns a folder with the test application and further files.
func project(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	app, err := os.ReadFile("testdata/app.py")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "app.py"), string(app))
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	return dir
}

func config(ini string) *uwsgi.Config {
	return uwsgi.LoadText(uwsgi.Parse("uwsgi.ini", ini), "", uwsgi.LoadOptions{})
}

// start runs an embedded server until the test ends.
func start(t *testing.T, ini string, o Options) (*Server, *lockedBuffer) {
	t.Helper()
	log := &lockedBuffer{}
	o.Log = log
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	s, err := Start(ctx, config(ini), o)
	if err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Stop(ctx); err != nil {
			t.Errorf("stop: %v", err)
		}
		if t.Failed() {
			t.Logf("log:\n%s", log)
		}
	})
	return s, log
}

// waitFor waits until a condition holds.
func waitFor(t *testing.T, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(15 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not come to pass")
		}
	}
}

// ini returns a configuration of the test application on a free port.
func ini(t *testing.T, dir, more string) (string, int) {
	t.Helper()
	port := realtest.FreePort(t)
	return fmt.Sprintf("[uwsgi]\nmaster = true\nprocesses = 2\nchdir = %s\nwsgi-file = app.py\nhttp-socket = 127.0.0.1:%d\n%s", dir, port, more), port
}

func get(port int, path string) (string, error) {
	client := http.Client{Timeout: 20 * time.Second}
	response, err := client.Get(fmt.Sprintf("http://127.0.0.1:%d%s", port, path))
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return fmt.Sprintf("%d %s", response.StatusCode, body), err
}

func TestHarakiri(t *testing.T) {
	t.Parallel()
	text, port := ini(t, project(t, nil), "harakiri = 1\n")
	s, log := start(t, text, Options{})
	if got, err := get(port, "/slow?5"); err == nil {
		t.Errorf("a request over its time is answered: %s", got)
	}
	waitFor(t, func() bool { return strings.Contains(log.String(), "Respawned uWSGI worker") })
	for _, line := range []string{"*** HARAKIRI ON WORKER", "GET /slow?5 since", "died, killed by signal 9 :( trying respawn"} {
		if !strings.Contains(log.String(), line) {
			t.Errorf("the log lacks %q", line)
		}
	}
	if got, err := get(port, "/"); err != nil || got != "200 hello" {
		t.Errorf("after harakiri: %s, %v", got, err)
	}
	workers, err := s.Workers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n := workers[0].Harakiris + workers[1].Harakiris; n != 1 {
		t.Errorf("%d harakiris are counted", n)
	}
}

func TestNeedApp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, options, want string }{
		{"module", "need-app = true\nmodule = nowhere\nfile =\n", "no application could be loaded"},
		{"lazy", "need-app = true\nlazy-apps = true\nmodule = nowhere\nfile =\n", "no application could be loaded"},
		{"chdir", "chdir = /nowhere/at/all\n", "ended: exit status 1"},
		{"virtualenv", "virtualenv = /nowhere/venv\n", "!!! Python Home is not a directory: /nowhere/venv !!!"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			text := fmt.Sprintf("[uwsgi]\nmaster = true\nhttp-socket = 127.0.0.1:%d\nmodule = nowhere\n%s", realtest.FreePort(t), strings.ReplaceAll(c.options, "file =\n", ""))
			log := &lockedBuffer{}
			s, err := Start(t.Context(), config(text), Options{Log: log})
			if c.name == "lazy" && err == nil {
				// uWSGI is up before its workers load the application.
				<-s.Ended()
				err = s.Err()
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q\n%s", err, c.want, log)
			}
		})
	}
}

func TestNoApplication(t *testing.T) {
	t.Parallel()
	port := realtest.FreePort(t)
	_, log := start(t, fmt.Sprintf("[uwsgi]\nmaster = true\nhttp-socket = 127.0.0.1:%d\nmodule = nowhere\n", port), Options{})
	if got, err := get(port, "/"); err != nil || got != "500 Internal Server Error" {
		t.Errorf("%s, %v", got, err)
	}
	waitFor(t, func() bool {
		return strings.Contains(log.String(), "--- no python application found, check your startup logs for errors ---")
	})
}

func TestReloadDropsNothing(t *testing.T) {
	t.Parallel()
	dir := project(t, nil)
	text, port := ini(t, dir, "")
	s, log := start(t, text, Options{})
	stop := make(chan struct{})
	var wait sync.WaitGroup
	var failures atomic.Int64
	for range 3 {
		wait.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if got, err := get(port, "/slow?0.05"); err != nil || got != "200 hello" {
					failures.Add(1)
				}
			}
		})
	}
	for range 3 {
		if err := s.Reload(t.Context(), config(text)); err != nil {
			t.Error(err)
		}
	}
	// One that cannot start leaves the running one alone.
	if err := s.Reload(t.Context(), config(text+"need-app = true\nwsgi-file = nowhere.py\n")); err == nil {
		t.Error("a configuration without an application is taken")
	}
	close(stop)
	wait.Wait()
	if n := failures.Load(); n > 0 {
		t.Errorf("%d requests failed\n%s", n, log)
	}
}

func TestStopFinishesRequestsAndLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := project(t, nil)
	sock := filepath.Join(dir, "app.sock")
	text, port := ini(t, dir, "socket = "+sock+"\nchmod-socket = 600\n")
	log := &lockedBuffer{}
	s, err := Start(t.Context(), config(text), Options{Log: log})
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(sock); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket: %v, %v", info, err)
	}
	answer := make(chan string)
	go func() {
		got, err := get(port, "/slow?1")
		answer <- fmt.Sprint(got, " ", err)
	}()
	waitFor(t, func() bool {
		workers, err := s.Workers(t.Context())
		return err == nil && workers[0].BusySince+workers[1].BusySince > 0
	})
	workers, err := s.Workers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if got := <-answer; got != "200 hello <nil>" {
		t.Errorf("the request under way: %s", got)
	}
	if _, err := os.Stat(sock); err == nil {
		t.Error("the socket is left")
	}
	for _, w := range workers {
		if alive(w.PID) {
			t.Errorf("worker %d lives", w.PID)
		}
	}
	if _, err := get(port, "/"); err == nil {
		t.Error("somebody still listens")
	}
}

// TestOrphans kills the Python master: its workers must not outlive it.
func TestOrphans(t *testing.T) {
	t.Parallel()
	text, _ := ini(t, project(t, nil), "")
	s, _ := start(t, text, Options{})
	workers, err := s.Workers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.generation.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-s.Ended()
	if s.Err() == nil {
		t.Error("no error tells of it")
	}
	waitFor(t, func() bool { return !alive(workers[0].PID) && !alive(workers[1].PID) })
}

func TestMaxRequests(t *testing.T) {
	t.Parallel()
	text, port := ini(t, project(t, nil), "max-requests = 2\nmin-worker-lifetime = 0\nprocesses = 1\n")
	_, log := start(t, text, Options{})
	for range 5 {
		if got, err := get(port, "/"); err != nil || got != "200 hello" {
			t.Errorf("%s, %v", got, err)
		}
	}
	waitFor(t, func() bool { return strings.Count(log.String(), "The work of process") == 2 })
}

func TestTouchReload(t *testing.T) {
	t.Parallel()
	dir := project(t, map[string]string{"touch": ""})
	text, port := ini(t, dir, "touch-reload = "+filepath.Join(dir, "touch")+"\n")
	start(t, text, Options{})
	write(t, filepath.Join(dir, "app.py"), "def application(environ, start_response):\n    start_response('200 OK', [])\n    return [b'new']\n")
	later := time.Now().Add(time.Minute)
	if err := os.Chtimes(filepath.Join(dir, "touch"), later, later); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool {
		got, err := get(port, "/")
		return err == nil && got == "200 new"
	})
}

func TestThreads(t *testing.T) {
	t.Parallel()
	text, port := ini(t, project(t, nil), "processes = 1\nthreads = 4\n")
	start(t, text, Options{})
	began := time.Now()
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			if got, err := get(port, "/slow?0.5"); err != nil || got != "200 hello" {
				t.Errorf("%s, %v", got, err)
			}
		})
	}
	wait.Wait()
	if took := time.Since(began); took > 1500*time.Millisecond {
		t.Errorf("four requests of 0.5 s take %v in four threads", took)
	}
}

func TestStats(t *testing.T) {
	t.Parallel()
	dir := project(t, nil)
	sock := filepath.Join(dir, "stats.sock")
	text, port := ini(t, dir, "stats = "+sock+"\n")
	start(t, text, Options{})
	if _, err := get(port, "/"); err != nil {
		t.Fatal(err)
	}
	// A request is counted after its connection is closed.
	waitFor(t, func() bool {
		conn, err := net.Dial("unix", sock)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		var stats struct {
			Sockets []struct{ Name, Proto string }
			Workers []struct{ Requests int }
		}
		if err := json.NewDecoder(conn).Decode(&stats); err != nil {
			t.Fatal(err)
		}
		if len(stats.Workers) != 2 || stats.Sockets[0].Proto != "http" {
			t.Fatalf("%+v", stats)
		}
		return stats.Workers[0].Requests+stats.Workers[1].Requests == 1
	})
}

func TestStub(t *testing.T) {
	t.Parallel()
	text, port := ini(t, "/nowhere", "")
	start(t, text, Options{Stub: true})
	for path, want := range map[string]string{"/a.json?x=1": `"QUERY_STRING": "x=1"`, "/<b>": "<td>/&lt;b&gt;</td>"} {
		if got, err := get(port, path); err != nil || !strings.Contains(got, want) {
			t.Errorf("%s: %v, %s", path, err, got)
		}
	}
	packet := request(t, "GET", "/x", []wire.Var{{Key: "HTTP_ACCEPT", Value: "application/json"}}, "")
	sock := filepath.Join(t.TempDir(), "s")
	start(t, "[uwsgi]\nsocket = "+sock+"\n", Options{Stub: true})
	conn, err := net.Dial("unix", sock)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = conn.Write(packet)
	got, _ := io.ReadAll(conn)
	if !strings.HasPrefix(string(got), "HTTP/1.1 200 OK\r\n") || !strings.Contains(string(got), `"PATH_INFO": "/x"`) {
		t.Errorf("%s", got)
	}
}

func TestIgnored(t *testing.T) {
	t.Parallel()
	c := config("[uwsgi]\nplugins = python3\nsocket = /tmp/x\nspooler = /tmp/s\nworkers = 2\nmine = 1\n")
	var names []string
	for _, o := range Ignored(c) {
		names = append(names, o.Key)
	}
	if diff := cmp.Diff([]string{"spooler"}, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLongQueue(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("/proc/sys/net/core/somaxconn")
	if err != nil {
		return // no Linux
	}
	most := strings.TrimSpace(string(text))
	_, err = Start(t.Context(), config(fmt.Sprintf("[uwsgi]\nhttp-socket = 127.0.0.1:%d\nlisten = %s0\n", realtest.FreePort(t), most)), Options{Stub: true})
	if err == nil || !strings.Contains(err.Error(), "Listen queue size is greater than the system max net.core.somaxconn ("+most+")") {
		t.Errorf("error %v", err)
	}
}

func TestTakenAddress(t *testing.T) {
	t.Parallel()
	text, port := ini(t, project(t, nil), "")
	start(t, text, Options{Stub: true})
	_, err := Start(t.Context(), config(text), Options{Stub: true})
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("http-socket = 127.0.0.1:%d", port)) || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("error %v", err)
	}
}

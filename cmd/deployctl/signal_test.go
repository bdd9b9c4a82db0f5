package main

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/launch/native"
)

// program runs deployctl in a project of its own.
type program struct {
	dir, tmp string

	mu  sync.Mutex
	log strings.Builder // what up has said since it was ready
}

func (p *program) add(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log.WriteString(line + "\n")
}

func (p *program) said(text string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Contains(p.log.String(), text)
}

func newProgram(t *testing.T) *program {
	t.Helper()
	if _, err := exec.LookPath("python3"); err != nil {
		realtest.Missing(t, "python3")
	}
	tmp, err := os.MkdirTemp("/tmp", "ds") // sockets need a short path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(tmp) })
	p := &program{dir: filepath.Join(tmp, "p"), tmp: tmp}
	if err := os.CopyFS(p.dir, os.DirFS("../../testdata/projects/wsgi")); err != nil {
		t.Fatal(err)
	}
	if out, err := p.command(t, "init", "--yes", "--module", "hello:application", "--name", "hello", "--domain", "hello.example").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return p
}

func (p *program) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (p *program) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := &exec.Cmd{Path: self, Args: append([]string{"deployctl"}, args...), Dir: p.dir}
	cmd.Env = append(os.Environ(), "TMPDIR="+p.tmp, "XDG_RUNTIME_DIR=", "LANG=C")
	return cmd
}

// up starts the pair in the foreground, and returns its URL.
func (p *program) up(t *testing.T, args ...string) (cmd *exec.Cmd, url string) {
	t.Helper()
	cmd = p.command(t, append([]string{"up"}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if u, ok := strings.CutPrefix(lines.Text(), "ready: "); ok {
			go func() {
				for lines.Scan() {
					p.add(lines.Text())
				}
			}()
			return cmd, u
		}
		t.Log(lines.Text())
	}
	t.Fatal("the pair does not start")
	return nil, ""
}

// runs are the folders of runs.
func (p *program) runs() []string {
	found, _ := filepath.Glob(filepath.Join(p.tmp, "deployctl-*", "*"))
	return found
}

// patient answers /api/slow once the file go is there, and makes the file begun
// before it waits for that.
const patient = `import os, time

def application(environ, start_response):
    if environ["PATH_INFO"] == "/api/slow":
        open("begun", "w").close()
        for _ in range(6000):
            if os.path.exists("go"):
                break
            time.sleep(0.01)
    start_response("200 OK", [("Content-Length", "0")])
    return []
`

// slow asks for a page that takes its time, and returns when that is under way.
func (p *program) slow(t *testing.T, url string) <-chan string {
	t.Helper()
	answer := make(chan string, 1)
	go func() {
		r, err := http.Get(url + "api/slow")
		if err != nil {
			answer <- "no answer"
			return
		}
		r.Body.Close()
		answer <- r.Status
	}()
	p.await(t, "the request to be under way", func() bool {
		_, err := os.Stat(filepath.Join(p.dir, "begun"))
		return err == nil
	})
	return answer
}

// await waits for something that has to come true.
func (p *program) await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.mu.Lock()
			defer p.mu.Unlock()
			t.Fatalf("waited 30 s for %s:\n%s", what, p.log.String())
		}
	}
}

func TestInterruptLetsRequestsFinish(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"embedded", "native"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			if engine == "native" {
				realtest.Need(t, "nginx")
				realtest.Need(t, "uwsgi")
			}
			interrupt(t, engine)
		})
	}
}

func interrupt(t *testing.T, engine string) {
	p := newProgram(t)
	p.write(t, "hello.py", patient)
	cmd, url := p.up(t, "--nginx", engine, "--uwsgi", engine)
	answer := p.slow(t, url)
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	p.await(t, "a line that says who blocks", func() bool { return p.said("GET /api/slow (process ") })
	p.write(t, "go", "")
	if got := <-answer; got != "200 OK" {
		t.Errorf("the request under way got %q", got)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if left := p.runs(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestSecondInterruptCutsOff(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	p.write(t, "hello.py", patient)
	cmd, url := p.up(t, "--nginx", "embedded", "--uwsgi", "embedded")
	answer := p.slow(t, url)
	began := time.Now()
	for range 2 {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond) // two signals at one time are one
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if got := <-answer; got == "200 OK" {
		t.Error("the request was not cut off")
	}
	if took := time.Since(began); took > 30*time.Second { // the request alone takes 60
		t.Errorf("stopped after %s", took)
	}
	if left := p.runs(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestKilled kills deployctl with a signal that nobody can answer: the next
// start finds nothing of it in its way.
func TestKilled(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"embedded", "native"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			if engine == "native" {
				realtest.Need(t, "nginx")
				realtest.Need(t, "uwsgi")
			}
			p := newProgram(t)
			cmd, _ := p.up(t, "--nginx", engine, "--uwsgi", engine)
			before := p.processes(t)
			if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			if len(p.runs()) != 1 {
				t.Fatalf("runs: %v", p.runs())
			}
			if out, err := p.command(t, "status").CombinedOutput(); err == nil || !strings.Contains(string(out), "does not run") {
				t.Errorf("status says %q", out)
			}
			out, err := p.command(t, "up", "--detach", "--nginx", engine, "--uwsgi", engine, "--format", "json").CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, id := range before {
				if id.Alive() {
					t.Errorf("process %d of the run that was killed still runs", id.PID)
				}
			}
			if out, err := p.command(t, "down").CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			if left := p.runs(); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// processes are those of the running pair.
func (p *program) processes(t *testing.T) []native.Identity {
	t.Helper()
	out, err := p.command(t, "status", "--format", "json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		Workers, Processes []struct{ PID int }
	}
	if err := json.Unmarshal(out, &s); err != nil {
		t.Fatal(err)
	}
	var all []native.Identity
	for _, one := range append(s.Workers, s.Processes...) {
		if id, ok := native.Identify(one.PID); ok {
			all = append(all, id)
		}
	}
	if len(all) == 0 {
		t.Fatalf("no processes in %s", out)
	}
	return all
}

//go:build unix

package main

import (
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/creack/pty"
	"golang.org/x/term"

	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/launch/native"
)

// session is deployctl on a terminal of its own.
type session struct {
	*program
	cmd      *exec.Cmd
	terminal *os.File
	before   *term.State
	ended    chan struct{}

	mu    sync.Mutex
	shown strings.Builder
	from  int // how much of it was looked at
}

// dashboard starts up --tui, and returns when the pair answers.
func (p *program) dashboard(t *testing.T, args ...string) *session {
	t.Helper()
	cmd := p.command(t, append([]string{"up", "--tui"}, args...)...)
	cmd.Env = append(cmd.Env, "TERM=xterm-256color", "TMUX=", "DISPLAY=", "WAYLAND_DISPLAY=")
	s := newSession(t, cmd)
	s.program = p
	s.sees(t, "no request yet: ask http://")
	return s
}

// newSession starts a command on a terminal of 80 columns and 24 lines, which
// answers nothing.
func newSession(t *testing.T, cmd *exec.Cmd) *session {
	t.Helper()
	s := &session{cmd: cmd, ended: make(chan struct{})}
	terminal, line, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	s.terminal = terminal
	if err := pty.Setsize(terminal, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	if s.before, err = term.GetState(int(terminal.Fd())); err != nil {
		t.Fatal(err)
	}
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = line, line, line
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		buffer := make([]byte, 4096)
		for {
			n, err := terminal.Read(buffer)
			s.mu.Lock()
			s.shown.Write(buffer[:n])
			s.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	go func() {
		_ = s.cmd.Wait() // the state tells
		close(s.ended)
	}()
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		<-s.ended
		line.Close()
		terminal.Close()
		<-read
	})
	return s
}

// sees waits until a text is drawn that was not drawn before the last key.
func (s *session) sees(t *testing.T, text string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		s.mu.Lock()
		shown := ansi.Strip(s.shown.String()[s.from:])
		s.mu.Unlock()
		if strings.Contains(shown, text) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the terminal does not show %q:\n%s", text, shown)
		}
	}
}

// press sends keys, and forgets what was drawn before.
func (s *session) press(t *testing.T, keys string) {
	t.Helper()
	s.mu.Lock()
	s.from = s.shown.Len()
	s.mu.Unlock()
	if _, err := s.terminal.WriteString(keys); err != nil {
		t.Fatal(err)
	}
}

// ends waits for the end with a code, and tells whether everything is as before:
// the terminal, the processes, the files.
func (s *session) ends(t *testing.T, code int, processes []native.Identity) {
	t.Helper()
	select {
	case <-s.ended:
	case <-time.After(30 * time.Second):
		t.Fatalf("deployctl does not end:\n%s", ansi.Strip(s.shown.String()))
	}
	if got := s.cmd.ProcessState.ExitCode(); got != code {
		t.Errorf("exit code %d, want %d", got, code)
	}
	after, err := term.GetState(int(s.terminal.Fd()))
	if err != nil || !reflect.DeepEqual(after, s.before) {
		t.Errorf("the terminal is left as %v, was %v, %v", after, s.before, err)
	}
	for _, text := range []string{"\x1b[?1049l", "\x1b[?25h", "\x1b[?1002l"} { // the screen, the cursor, the mouse
		s.raw(t, text)
	}
	for _, id := range processes {
		if id.Alive() {
			t.Errorf("process %d still runs", id.PID)
		}
	}
	if left := s.runs(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// raw waits for bytes that the terminal gets.
func (s *session) raw(t *testing.T, text string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		s.mu.Lock()
		found := strings.Contains(s.shown.String(), text)
		s.mu.Unlock()
		if found {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the terminal does not get %q", text)
		}
	}
}

func (s *session) url(t *testing.T) string {
	t.Helper()
	out, err := s.command(t, "status").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "http://") {
			return strings.TrimSpace(line)
		}
	}
	t.Fatalf("no URL in %s", out)
	return ""
}

func visit(t *testing.T, url string) {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	answer.Body.Close()
}

// The dashboard on a real terminal, from the first request to the end.
func TestDashboard(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"embedded", "native"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			if engine == "native" {
				realtest.Need(t, "nginx")
				realtest.Need(t, "uwsgi")
			}
			p := newProgram(t)
			s := p.dashboard(t, "--nginx", engine, "--uwsgi", engine)
			url := s.url(t)
			visit(t, url+"first?x=1")
			s.sees(t, "/first?x=1")
			visit(t, url+"second")
			s.sees(t, "/second")
			s.press(t, "/first")
			s.sees(t, "1 of 2 /first")
			s.press(t, "\r\r")
			s.sees(t, `"/" is the longest prefix`)
			s.press(t, "\x1b[F") // end
			s.sees(t, "Go-http-client/1.1")
			s.press(t, "y")
			s.sees(t, "copied as curl")
			s.raw(t, "\x1b]52;c;")
			s.press(t, "\r/\x15\r") // ctrl+u empties the filter
			s.sees(t, "/second")
			s.press(t, "2")
			s.sees(t, "worker 1")
			s.press(t, "\x1b[Fw")
			s.sees(t, "is replaced once it has finished its request")
			s.press(t, "4")
			s.sees(t, "the linter finds nothing in these files")
			s.press(t, "")
			p.edit(t, filepath.Join(p.dir, "deploy", "nginx.conf"), "server_tokens off;", "server_tokens off")
			s.sees(t, "✗>nginx.conf:")
			s.press(t, "3r")
			s.sees(t, "cannot be read")
			s.press(t, "4")
			p.edit(t, filepath.Join(p.dir, "deploy", "nginx.conf"), "server_tokens off", "server_tokens off;")
			s.sees(t, "the linter finds nothing in these files")
			s.press(t, "r")
			s.sees(t, "reloaded")
			if err := pty.Setsize(s.terminal, &pty.Winsize{Rows: 40, Cols: 120}); err != nil {
				t.Fatal(err)
			}
			s.sees(t, "│")
			processes := p.processes(t)
			s.press(t, "q")
			s.ends(t, 0, processes)
		})
	}
}

// However the run ends, the terminal is as it was, and what went wrong is said.
func TestDashboardGivesTheTerminalBack(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		end  func(*testing.T, *session)
		code int
		says string
	}{
		"ctrl-c":         {func(t *testing.T, s *session) { s.press(t, "\x03") }, exitOK, ""},
		"SIGTERM":        {func(t *testing.T, s *session) { _ = s.cmd.Process.Signal(syscall.SIGTERM) }, exitOK, ""},
		"deployctl down": {func(t *testing.T, s *session) { _ = s.command(t, "down").Run() }, exitOK, ""},
		"a crash of the application": {func(t *testing.T, s *session) {
			for _, id := range s.processes(t) {
				_ = syscall.Kill(id.PID, syscall.SIGKILL)
			}
		}, exitError, "has ended by itself"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProgram(t)
			s := p.dashboard(t, "--nginx", "embedded", "--uwsgi", "embedded")
			processes := p.processes(t)
			tt.end(t, s)
			s.ends(t, tt.code, processes)
			if tt.says != "" {
				s.sees(t, tt.says)
			}
		})
	}
}

// A pair that does not start says why after the screen is gone.
func TestDashboardOfWhatDoesNotStart(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	if err := os.WriteFile(filepath.Join(p.dir, "hello.py"), []byte("import nothing_of_that_name\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := p.command(t, "up", "--tui", "--nginx", "embedded", "--uwsgi", "embedded")
	cmd.Env = append(cmd.Env, "TERM=xterm-256color")
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	shown, _ := io.ReadAll(terminal) // ends with an error where the other side closes
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != exitError {
		t.Errorf("ended with %v", err)
	}
	_, after, ok := strings.Cut(string(shown), "\x1b[?1049l")
	if !ok || !strings.Contains(after, "nothing_of_that_name") || !strings.Contains(after, "no application could be loaded") {
		t.Errorf("after the screen: %q", after)
	}
}

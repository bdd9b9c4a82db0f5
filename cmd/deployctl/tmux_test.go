//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/internal/realtest"
)

// tmux is a terminal that shows what is drawn on it.
type tmux struct {
	t      *testing.T
	path   string
	socket string
	bin    string // folder with deployctl in it
}

// newTmux starts a command line of deployctl on a terminal, in a folder and with
// a home of its own.
func newTmux(t *testing.T, dir, home string, width, height, line string) *tmux {
	t.Helper()
	s := &tmux{t: t, path: realtest.Need(t, "tmux"), bin: t.TempDir()}
	// The path of a socket must be short.
	sockets, err := os.MkdirTemp("", "tmux")
	if err != nil {
		t.Fatal(err)
	}
	s.socket = filepath.Join(sockets, "s")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(s.bin, "deployctl")); err != nil { // TestMain makes it deployctl
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = exec.Command(s.path, "-S", s.socket, "kill-server").Run() // fails where nothing runs any more
		os.RemoveAll(sockets)
	})
	s.run("-f", os.DevNull, "new-session", "-d", "-x", width, "-y", height, "-c", dir,
		"env", "-i", "PATH="+s.bin+":"+os.Getenv("PATH"), "HOME="+home, "TERM=tmux-256color", "LC_ALL=C.UTF-8",
		"sh", "-c", line+"; echo exit $?; exec cat")
	return s
}

func (s *tmux) run(args ...string) string {
	s.t.Helper()
	out, err := exec.Command(s.path, append([]string{"-S", s.socket}, args...)...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("tmux %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// keys presses keys, as tmux names them; what is no name is written.
func (s *tmux) keys(keys ...string) {
	s.t.Helper()
	s.run(append([]string{"send-keys"}, keys...)...)
}

// await waits until the screen shows a text, and returns the screen.
func (s *tmux) await(text string) string {
	s.t.Helper()
	return s.until(text, func(screen string) bool { return strings.Contains(screen, text) })
}

// until waits for a screen, and returns it.
func (s *tmux) until(what string, is func(screen string) bool) string {
	s.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(60 * time.Second); ; {
		screen := s.run("capture-pane", "-p", "-J")
		if is(screen) {
			return screen
		}
		select {
		case <-late:
			s.t.Fatalf("%s: it does not come:\n%s", what, screen)
		case <-tick.C:
		}
	}
}

// steps is the line of steps, with its words or without.
var steps = regexp.MustCompile(`(?m)^.1 .* .7 `)

// resized awaits a text of the wizard, and awaits it again in other sizes and
// back in this one: small ones lack the line of steps, narrow ones the files.
func (s *tmux) resized(text string) {
	s.t.Helper()
	s.await(text)
	now := strings.TrimSpace(s.run("display-message", "-p", "#{window_width} #{window_height}"))
	for _, size := range []string{"40 15", "30 10", "80 24", "200 60", now} {
		width, height, _ := strings.Cut(size, " ")
		s.run("resize-window", "-x", width, "-y", height)
		s.until(text+" in "+size, func(screen string) bool {
			small, wide := strings.HasPrefix(size, "40") || strings.HasPrefix(size, "30"), len(width) == 3
			return strings.Contains(screen, text) && steps.MatchString(screen) != small && strings.Contains(screen, " │ ") == wide
		})
	}
}

// command runs a command line with deployctl in PATH.
func (s *tmux) command(dir, line string) string {
	s.t.Helper()
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + s.bin + ":" + os.Getenv("PATH"), "HOME=" + dir}
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Errorf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}

// shopCopy copies the sample Django project.
func shopCopy(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "shop")
	if err := os.CopyFS(dir, os.DirFS("../../testdata/projects/django")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// texts reads the files that init writes.
func texts(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, name := range []string{"deployctl.ini", "deploy/uwsgi.ini", "deploy/nginx.conf", "deploy/uwsgi_params", "deploy/web.service"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
		}
		all[name] = string(text)
	}
	return all
}

// The wizard from its first question to written files, on a terminal: they
// lint without a finding, the real nginx takes them, and the command line of
// the last screen writes the same.
func TestWizardInTmux(t *testing.T) {
	t.Parallel()
	nginx := realtest.Need(t, "nginx")
	dir, home := shopCopy(t), t.TempDir()
	s := newTmux(t, dir, home, "120", "40", "deployctl init")
	s.resized("1 of 7: What was found")
	s.keys("C-u", "web")
	s.await("/run/web/uwsgi.sock")
	s.keys(strings.Fields(strings.Repeat("Enter ", 11))...)
	s.resized("2 of 7: Where it will run")
	s.keys(strings.Fields(strings.Repeat("Enter ", 8))...)
	s.resized("3 of 7: Application server")
	s.keys("Down", "Down", "Down", "Down", "C-u", "900000")
	s.await(`! "900000" is no number`)
	s.keys("Enter", "C-u", "6", "Enter", "Enter")
	s.resized("4 of 7: Servers and TLS")
	s.keys("C-u", "shop.example", "Enter", "Right")
	s.await("Certificate") // and back: the nginx of old releases takes no http2 directive
	s.keys("Left", "Enter", "Enter")
	s.resized("> these are all: go on")
	s.keys("a", "C-u", "static.example", "Enter", "Enter", "Enter", "Enter")
	s.await("  static.example")
	s.keys("Enter")
	s.resized("5 of 7: Routes")
	s.keys("a", "C-u", "/old/", "Enter", "r", "Enter", "C-u", "https://new.example/?a=b", "Enter")
	s.resized("Route /old/")
	s.keys("Enter", "Enter", "Enter")
	s.await("  /old/")
	s.keys("M-6")
	s.resized("6 of 7: Limits and timeouts")
	s.keys("C-u", "20m")
	s.await("20971520") // the preview follows
	s.run("resize-window", "-x", "80", "-y", "24")
	s.keys(strings.Fields(strings.Repeat("Enter ", 6))...)
	s.resized("Enter writes these files")
	if _, err := os.Stat(filepath.Join(dir, "deployctl.ini")); err == nil {
		t.Error("written before the review was confirmed")
	}
	s.keys("Enter")
	s.await("exit 0")
	screen := s.run("capture-pane", "-p", "-J", "-S", "-") // what has scrolled away too
	if !strings.Contains(screen, "no findings in 5 files") {
		t.Errorf("the linter is not content:\n%s", screen)
	}
	written := texts(t, dir)
	for name, want := range map[string]string{"deployctl.ini": "body = 20m", "deploy/uwsgi.ini": "processes = 6", "deploy/nginx.conf": "return 302 https://new.example/?a=b;"} {
		if !strings.Contains(written[name], want) {
			t.Errorf("%s lacks %q", name, want)
		}
	}
	if out := s.command(dir, "deployctl lint"); !strings.Contains(out, "no findings") {
		t.Errorf("lint: %s", out)
	}
	if left, _ := filepath.Glob(filepath.Join(home, ".local/state/deployctl/*")); len(left) > 0 {
		t.Errorf("answers are kept after they were written: %v", left)
	}
	box := t.TempDir()
	for _, name := range []string{"nginx.conf", "uwsgi_params"} {
		if err := os.WriteFile(filepath.Join(box, name), []byte(realtest.Sandbox(written["deploy/"+name], box, "", "")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command(nginx, "-t", "-p", box, "-e", filepath.Join(box, "error.log"), "-c", filepath.Join(box, "nginx.conf")).CombinedOutput(); err != nil {
		t.Errorf("nginx -t: %v\n%s", err, out)
	}
	_, command, ok := strings.Cut(screen, "The same without questions:\n")
	if !ok {
		t.Fatalf("no command line:\n%s", screen)
	}
	command, _, _ = strings.Cut(strings.TrimSpace(command), "\n")
	again := shopCopy(t)
	s.command(again, command)
	if diff := cmp.Diff(written, texts(t, again)); diff != "" {
		t.Errorf("%s writes something else:\n%s", command, diff)
	}
}

// awaitKept waits until an answer is kept.
func awaitKept(t *testing.T, home, answer string) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(60 * time.Second); ; {
		// Not what is being written beside it.
		kept, _ := filepath.Glob(filepath.Join(home, ".local/state/deployctl/init-"+strings.Repeat("[0-9a-f]", 16)))
		for _, file := range kept {
			if text, err := os.ReadFile(file); err == nil && strings.Contains(string(text), answer) {
				return
			}
		}
		select {
		case <-late:
			t.Fatalf("%q is not kept", answer)
		case <-tick.C:
		}
	}
}

// A wizard whose terminal goes away goes on in the next one, and is asked about
// no more once its files are written.
func TestWizardGoesOnInTmux(t *testing.T) {
	t.Parallel()
	dir, home := shopCopy(t), t.TempDir()
	s := newTmux(t, dir, home, "80", "24", "deployctl init")
	s.await("1 of 7")
	s.keys("C-u", "web", "Enter", "M-4")
	s.await("4 of 7")
	s.keys("C-u", "web.example", "Enter")
	s.await("> TLS")
	awaitKept(t, home, "web.example")
	s.run("kill-server")
	if _, err := os.Stat(filepath.Join(dir, "deploy")); err == nil {
		t.Error("an interrupted wizard wrote something")
	}
	s = newTmux(t, dir, home, "80", "24", "LC_ALL=zh_CN.UTF-8 deployctl init") // in whichever language
	s.await("从上次停下的地方继续？")
	s.keys("Enter")
	s.await("第 4 步")
	s.keys("M-7")
	s.await("按 Enter 写入这些文件")
	s.keys("Escape")
	s.await("退出？")
	s.keys("y")
	if screen := s.await("exit 130"); !strings.Contains(screen, "deployctl: 已退出；没有写入任何文件") {
		t.Errorf("the end is not said in the person's language:\n%s", screen)
	}
	s = newTmux(t, dir, home, "80", "24", "deployctl init")
	s.await("Go on where you stopped?")
	s.keys("Enter", "M-7")
	s.await("Enter writes these files")
	s.keys("Enter")
	s.await("exit 0")
	if text := texts(t, dir)["deploy/nginx.conf"]; !strings.Contains(text, "server_name web.example;") {
		t.Errorf("the answers of before are gone:\n%s", text)
	}
	s = newTmux(t, dir, home, "80", "24", "deployctl init")
	s.await("1 of 7")
}

// A walk through findings, on a terminal: one is mended, one suppressed, and
// the file says both.
func TestWalkInTmux(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte("user nobody;\nworker_processes 1;\nevents {\n}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := newTmux(t, dir, t.TempDir(), "80", "24", "deployctl lint --interactive --select nginx-user-group,nginx-worker-limits nginx.conf")
	s.await("2 left")
	s.keys("a")
	s.await("1 mended")
	s.keys("i", "one core", "Enter")
	s.await("Enter writes 1 files")
	if text, _ := os.ReadFile(file); !strings.HasPrefix(string(text), "user nobody;") {
		t.Errorf("written before it was confirmed:\n%s", text)
	}
	s.keys("Enter")
	s.await("exit 0")
	want := "user nobody nogroup;\n# deployctl:ignore nginx-worker-limits one core\nworker_processes 1;\nevents {\n}\n"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Error(diff)
	}
}

// A walk through nothing says so and ends.
func TestWalkOfNothingInTmux(t *testing.T) {
	t.Parallel()
	s := newTmux(t, t.TempDir(), t.TempDir(), "80", "24", "deployctl lint --interactive")
	if screen := s.await("exit 2"); !strings.Contains(screen, "deployctl: no nginx or uWSGI configuration found in .") {
		t.Errorf("an empty folder:\n%s", screen)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "nginx.conf"), []byte("events {\n}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s = newTmux(t, dir, t.TempDir(), "80", "24", "deployctl lint --interactive --select nginx-user-group")
	if screen := s.await("exit 0"); !strings.Contains(screen, "no findings in 1 file") {
		t.Errorf("nothing to walk through:\n%s", screen)
	}
}

// Line by line, in Chinese: all that the wizard asks, and the same files.
func TestAccessibleInTmux(t *testing.T) {
	t.Parallel()
	dir := shopCopy(t)
	s := newTmux(t, dir, t.TempDir(), "120", "60", "ACCESSIBLE=1 LC_ALL=zh_CN.UTF-8 deployctl init")
	s.await("第 1 步，共 7 步")
	s.keys("web", "Enter")
	for range 35 {
		s.keys("Enter")
	}
	s.await("显示改动？")
	s.keys("Enter")
	s.await("写入文件？")
	if _, err := os.Stat(filepath.Join(dir, "deployctl.ini")); err == nil {
		t.Error("written before it was confirmed")
	}
	s.keys("Enter")
	s.await("exit 0")
	if text := texts(t, dir)["deploy/uwsgi.ini"]; !strings.Contains(text, "chdir = /srv/web\n") || !strings.Contains(text, "由 deployctl") {
		t.Errorf("the answers are not those that were given:\n%s", text)
	}
}

// With NO_COLOR the screen has no color, and bold and reverse stay.
func TestNoColorInTmux(t *testing.T) {
	t.Parallel()
	color := regexp.MustCompile(`\x1b\[[0-9;]*(3[0-8]|4[0-8]|9[0-7])[;m]`)
	for _, c := range []struct {
		env     string
		colored bool
	}{{"NO_COLOR=1", false}, {"NO_COLOR=", true}} {
		s := newTmux(t, shopCopy(t), t.TempDir(), "120", "40", c.env+" deployctl init")
		s.await("no findings in 5 files")
		screen := s.run("capture-pane", "-p", "-e")
		if color.MatchString(screen) != c.colored || !strings.Contains(screen, "\x1b[1m") {
			t.Errorf("%s:\n%q", c.env, screen)
		}
	}
}

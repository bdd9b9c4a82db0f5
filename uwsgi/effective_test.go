package uwsgi_test

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/uwsgi"
)

// config returns the configuration of lines in a [uwsgi] section.
func config(lines ...string) *uwsgi.Config {
	src := "[uwsgi]\n" + strings.Join(lines, "\n") + "\n"
	return uwsgi.LoadText(uwsgi.Parse("uwsgi.ini", src), "", uwsgi.LoadOptions{})
}

// dryRun returns what uWSGI logs on its way to a start that the lines have to
// stop short of.
func dryRun(t *testing.T, program string, lines ...string) string {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, map[string]string{"x.ini": "[uwsgi]\n" + strings.Join(lines, "\n") + "\n"})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, filepath.Join(dir, "x.ini"))
	cmd.Dir = dir
	out, _ := cmd.CombinedOutput() // a refused configuration ends with an exit code, which the log tells better
	return string(out)
}

// What uWSGI itself takes for the value of a setting has to be what Get, Int
// and Bool say.
func TestConfirmWinner(t *testing.T) {
	t.Parallel()
	program := realtest.Need(t, "uwsgi")
	number := func(pattern string) func(string) string {
		re := regexp.MustCompile(pattern)
		return func(log string) string {
			if m := re.FindStringSubmatch(log); m != nil {
				return m[1]
			}
			return ""
		}
	}
	contains := func(text string) func(string) string {
		return func(log string) string { return fmt.Sprint(strings.Contains(log, text)) }
	}
	cores := number(`for (\d+) cores`)
	mercy := number(`on workers is (\d+) seconds`)
	backlog := number(`backlog is limited to (\d+) connections`)
	limit := number(`address space limit is \d+ bytes \((\d+) MB\)`)
	thunder := contains("thunder lock: enabled")
	master := func(log string) string {
		return fmt.Sprint(!strings.Contains(log, "without its master process manager"))
	}
	setting := func(name string) func(*uwsgi.Config) string {
		return func(c *uwsgi.Config) string { n, _ := c.Int(name); return fmt.Sprint(n) }
	}
	flag := func(name string) func(*uwsgi.Config) string {
		return func(c *uwsgi.Config) string { return fmt.Sprint(c.Bool(name)) }
	}
	for _, tc := range []struct {
		lines string
		real  func(log string) string
		ours  func(*uwsgi.Config) string
	}{
		{"processes = 2", cores, setting("processes")},
		{"processes = 3x", cores, setting("processes")},
		{"workers = 2|processes = 5", cores, setting("workers")},
		{"processes = 5|workers = 2", cores, setting("processes")},
		{"processes = 2 ; two", cores, setting("processes")},
		{"processes = %(n)|n = 3", cores, setting("processes")},
		{"worker-reload-mercy = 7", mercy, setting("worker-reload-mercy")},
		{"worker-reload-mercy = 7|worker-reload-mercy = 9", mercy, setting("worker-reload-mercy")},
		{"worker-reload-mercy = 1m", mercy, setting("worker-reload-mercy")},
		{"worker-reload-mercy = +5", mercy, setting("worker-reload-mercy")},
		{"worker-reload-mercy = 07", mercy, setting("worker-reload-mercy")},
		{"worker-reload-mercy = 0x10", mercy, setting("worker-reload-mercy")},
		{"listen = 20", backlog, setting("listen")},
		{"listen = 20 ; c", backlog, setting("listen")},
		{"limit-as = 900|limit-as = 1000", limit, setting("limit-as")},
		{"limit-as = 1000MB", limit, setting("limit-as")},
		{"thunder-lock = true|master=1|processes=2", thunder, flag("thunder-lock")},
		{"thunder-lock = disabled|master=1|processes=2", thunder, flag("thunder-lock")},
		{"thunder-lock = false|master=1|processes=2", thunder, flag("thunder-lock")},
		{"thunder-lock = false ; c|master=1|processes=2", thunder, flag("thunder-lock")},
		{"thunder-lock = OFF|master=1|processes=2", thunder, flag("thunder-lock")},
		{"thunder-lock = No|master=1|processes=2", thunder, flag("thunder-lock")},
		{"thunder-lock = 00|master=1|processes=2", thunder, flag("thunder-lock")},
		{"thunder-lock = 0|master=1|processes=2", thunder, flag("thunder-lock")},
		{"thunder-lock = n|master=1|processes=2", thunder, flag("thunder-lock")},
		{"thunder-lock = \"false\"|master=1|processes=2", thunder, flag("thunder-lock")},
		{"thunder-lock|master=1|processes=2", thunder, flag("thunder-lock")},
		{"thunder-lock =|master=1|processes=2", thunder, flag("thunder-lock")},
		{"master = true", master, flag("master")},
		{"master = true|master = false", master, flag("master")},
		{"master = false|master = /x.pid", master, flag("master")},
		{"processes = 2", master, flag("master")},
		{"stats = /tmp/x", master, flag("master")},
		{"stats = /tmp/x|master = false", master, flag("master")},
		{"touch-reload = /tmp/x", master, flag("master")},
		{"harakiri = 5|vacuum = true|die-on-term = true|max-requests = 4", master, flag("master")},
		{"master_process = true", master, flag("master")},
	} {
		t.Run(tc.lines, func(t *testing.T) {
			t.Parallel()
			lines := strings.Split(tc.lines, "|")
			log := dryRun(t, program, append(lines, "socket = s", "no-server = true")...)
			got, want := tc.ours(config(lines...)), tc.real(log)
			if want == "" {
				t.Fatalf("uWSGI does not tell:\n%s", log)
			}
			if got != want {
				t.Errorf("%s: we say %s, uWSGI %s", tc.lines, got, want)
			}
		})
	}
}

// uid has the oddest rule: see identity.
func TestConfirmIdentity(t *testing.T) {
	t.Parallel()
	program := realtest.Need(t, "uwsgi")
	names := map[string]string{"root": "0", "nobody": "65534", "www-data": "33", "daemon": "1"}
	for _, values := range [][]string{
		{"33"}, {"nobody"}, {"33", "nobody"}, {"nobody", "33"}, {"33", "34"}, {"nobody", "www-data"},
		{"33", "nobody", "34"}, {"nobody", "33", "www-data"}, {"0", "nobody"}, {"nobody", "0", "www-data"},
		{"daemon", "33", "34"}, {"33", "nosuch"},
	} {
		t.Run(strings.Join(values, ","), func(t *testing.T) {
			t.Parallel()
			var lines []string
			for _, v := range values {
				lines = append(lines, "uid = "+v)
			}
			want := ""
			if m := regexp.MustCompile(`setuid\(\) to (\d+)`).FindStringSubmatch(dryRun(t, program, append(lines, "no-server = true")...)); m != nil {
				want = m[1]
			}
			got := config(lines...).Get("uid").Value
			if id := names[got]; id != "" {
				got = id
			}
			if got != want {
				t.Errorf("uid %v: we say %s, uWSGI %s", values, got, want)
			}
		})
	}
}

func TestConfirmMode(t *testing.T) {
	t.Parallel()
	program := realtest.Need(t, "uwsgi")
	for _, values := range [][]string{
		{"660"}, {"1"}, {"664", "664"}, {"660", "666"}, {"600", "1"}, {"1", "600"}, {"000"}, {"777"},
		{"0660"}, {"true"}, {""}, {"o+rw"}, {"660 ; c"}, {"888"}, {"66"},
	} {
		t.Run(strings.Join(values, ","), func(t *testing.T) {
			t.Parallel()
			var lines []string
			for _, v := range values {
				lines = append(lines, "chmod-socket = "+v)
			}
			mode, ok := config(lines...).Mode()
			// The socket's path is short: the kernel takes 107 bytes.
			log := dryRun(t, program, append(lines, "socket = s", "exec-pre-app = stat -c mode=%%a s", "exec-pre-app = false")...)
			m := regexp.MustCompile(`(?m)^mode=(\d+)$`).FindStringSubmatch(log)
			switch {
			case m == nil && ok:
				t.Errorf("%v: we say %o, uWSGI refuses it:\n%s", values, mode, log)
			case m == nil && !strings.Contains(log, "invalid chmod value"):
				t.Errorf("%v: uWSGI says neither a mode nor that it is invalid:\n%s", values, log)
			case m != nil && m[1] != fmt.Sprintf("%o", mode):
				t.Errorf("%v: we say %o, uWSGI %s", values, mode, m[1])
			}
		})
	}
}

func TestGetAndAll(t *testing.T) {
	t.Parallel()
	c := config("socket = /a", "uwsgi-socket = /b", "http-socket = :80", "home = /v1", "virtualenv = /v2", "x = 1", "x = 2", "if-env = A", "module = m", "endif")
	values := func(name string) (values []string) {
		for _, o := range c.All(name) {
			values = append(values, o.Value)
		}
		return values
	}
	for name, want := range map[string][]string{
		"socket": {"/a", "/b"}, "http-socket": {":80"}, "venv": {"/v1", "/v2"}, "x": {"1", "2"}, "nothing": nil, "processes": nil,
	} {
		if diff := cmp.Diff(want, values(name)); diff != "" {
			t.Errorf("All(%q): %s", name, diff)
		}
	}
	for name, want := range map[string]string{"socket": "/a", "pyhome": "/v2", "x": "1", "module": "m"} {
		if got := c.Get(name); got == nil || got.Value != want {
			t.Errorf("Get(%q) = %v, want %s", name, got, want)
		}
	}
	if c.Get("processes") != nil || c.Bool("master") {
		t.Error("what is not set is found")
	}
	if !c.Get("module").Maybe || c.Get("socket").Maybe {
		t.Error("Maybe does not follow the condition")
	}
	if _, ok := c.Int("processes"); ok {
		t.Error("Int finds what is not set")
	}
	if n, ok := config("buffer-size = 70000").Int("buffer-size"); n != 65535 || !ok {
		t.Errorf("buffer-size 70000 is read as %d", n)
	}
	if _, ok := config("processes = %(x)").Int("processes"); ok {
		t.Error("Int knows a value that is not resolved")
	}
}

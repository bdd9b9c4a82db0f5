package gen

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/project"
)

// TestRealUnits asks systemd-analyze about every unit: whether systemd reads it
// without a complaint, and how much an application that is taken over could do
// (0 nothing, 10 everything).
func TestRealUnits(t *testing.T) {
	t.Parallel()
	analyze := realtest.Need(t, "systemd-analyze")
	realtest.Need(t, "uwsgi") // verify looks for the program
	descriptions := targetDescriptions(t)
	low := *descriptions["hello"]
	low.App.Endpoint = "127.0.0.1:801"
	descriptions["low port"] = &low
	home := *descriptions["shop"]
	home.Root = "/home/anna/a shop 50%"
	home.Chdir, home.App.Writable, home.Routes = home.Root, nil, []project.Route{project.NewRoute("app")}
	descriptions["home"] = &home
	for name, p := range descriptions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files, err := Render(p, Options{Target: "systemd"})
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			units := 0
			for _, f := range files {
				if filepath.Ext(f.Path) != ".service" {
					continue
				}
				units++
				unit := filepath.Join(dir, f.Path)
				if err := os.WriteFile(unit, f.Content, 0o644); err != nil {
					t.Fatal(err)
				}
				if out, err := exec.Command(analyze, "verify", "--man=false", unit).CombinedOutput(); err != nil || strings.Contains(string(out), f.Path) {
					t.Errorf("systemd-analyze verify: %v\n%s", err, out)
				}
				bound := "20" // of 100: tenths
				if p.Target.Emperor {
					bound = "36"
				}
				if out, err := exec.Command(analyze, "security", "--offline=true", "--no-pager", "--threshold="+bound, unit).CombinedOutput(); err != nil {
					t.Errorf("%s is exposed more than %s: %v\n%s", f.Path, bound, err, out)
				}
			}
			if units != 1 {
				t.Errorf("%d units", units)
			}
		})
	}
}

// TestRealTmpfiles lets systemd-tmpfiles make the folders below a root.
func TestRealTmpfiles(t *testing.T) {
	t.Parallel()
	program := realtest.Need(t, "systemd-tmpfiles")
	root := t.TempDir()
	for name, text := range map[string]string{
		"etc/passwd": "root:x:0:0::/:/bin/sh\nshop:x:1001:33::/:/bin/sh\nnotes:x:1002:33::/:/bin/sh\n", "etc/group": "root:x:0:\nwww-data:x:33:\n",
	} {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, folders := range map[string][]string{
		"shop":   {"srv/shop/var/cache", "srv/shop/media"},
		"vassal": {"run/notes", "var/log/notes", "var/lib/notes"},
	} {
		dir := t.TempDir()
		p := renderTarget(t, name, "systemd", dir)
		if os.Getuid() != 0 {
			continue // only root gives folders to others
		}
		out, err := exec.Command(program, "--create", "--root="+root, filepath.Join(dir, p.Name+".tmpfiles")).CombinedOutput()
		if err != nil {
			t.Errorf("systemd-tmpfiles: %v\n%s", err, out)
		}
		for _, folder := range folders {
			info, err := os.Stat(filepath.Join(root, folder))
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if owner := info.Sys().(*syscall.Stat_t); owner.Uid < 1001 || owner.Gid != 33 {
				t.Errorf("%s belongs to %d:%d", folder, owner.Uid, owner.Gid)
			}
		}
	}
}

// TestRealLogrotate rotates the log of a uWSGI that runs, and asks where it
// writes from then on.
func TestRealLogrotate(t *testing.T) {
	t.Parallel()
	logrotate, uwsgi := realtest.Need(t, "logrotate"), realtest.Need(t, "uwsgi")
	dir := t.TempDir()
	p := renderTarget(t, "hello", "systemd", dir)
	log := filepath.Join(dir, "uwsgi.log")
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	rewrite := func(name string, old ...string) {
		text := strings.NewReplacer(append(old, p.App.Log, log)...).Replace(read(name))
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// As the test's own account, with a one-line application.
	rewrite("uwsgi.ini", "uid = www-data\n", "", "gid = www-data\n", "", "= 127.0.0.1:8001", "= "+filepath.Join(dir, "s"), "chdir = /srv/hello", "chdir = "+dir)
	rewrite("hello.logrotate", "    su www-data www-data\n", "", "create 0640 www-data www-data", "create 0640")
	if err := os.WriteFile(filepath.Join(dir, "hello.py"), []byte("def application(e, s):\n    s('200 OK', [])\n    return [b'']\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(uwsgi, "--ini", filepath.Join(dir, "uwsgi.ini"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGINT)
		_ = cmd.Wait()
	})
	await := func(what string, done func() bool) {
		t.Helper()
		for deadline := time.Now().Add(15 * time.Second); !done(); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				text, _ := os.ReadFile(log)
				t.Fatalf("%s; the log reads:\n%s", what, text)
			}
		}
	}
	await("uWSGI does not start", func() bool {
		text, _ := os.ReadFile(log)
		return strings.Contains(string(text), "spawned uWSGI worker 4")
	})
	if err := os.Chmod(filepath.Join(dir, "hello.logrotate"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(logrotate, "--force", "--state", filepath.Join(dir, "state"), filepath.Join(dir, "hello.logrotate")).CombinedOutput(); err != nil {
		t.Fatalf("logrotate: %v\n%s", err, out)
	}
	if !strings.Contains(read("uwsgi.log.1"), "spawned uWSGI worker 1") {
		t.Error("logrotate kept nothing of the old log")
	}
	await("uWSGI does not open the new log", func() bool { return strings.Contains(read("uwsgi.log"), "logsize") || read("uwsgi.log") != "" })
}

// TestRealEmperor stops a real emperor in the middle of a request to its vassal.
func TestRealEmperor(t *testing.T) {
	t.Parallel()
	uwsgi := realtest.Need(t, "uwsgi")
	dir := t.TempDir()
	renderTarget(t, "vassal", "systemd", dir)
	app := filepath.Join(dir, "app")
	if err := os.CopyFS(app, os.DirFS("../testdata/projects/flask")); err != nil {
		t.Fatal(err)
	}
	port := strconv.Itoa(realtest.FreePort(t))
	for name, old := range map[string][]string{
		"emperor.ini":       {"/etc/uwsgi/vassals", filepath.Join(dir, "vassals")},
		"vassals/notes.ini": {"uid = notes\ngid = www-data\n", "", "/srv/notes", app, "socket = /run/notes/uwsgi.sock", "http-socket = 127.0.0.1:" + port, "chmod-socket = 660\n", "", "/var/log/notes", dir, "strict = true", "strict = true\nsocket-timeout = 30"},
	} {
		file := filepath.Join(dir, name)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(strings.NewReplacer(old...).Replace(string(text))), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(uwsgi, "--ini", filepath.Join(dir, "emperor.ini"))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	get := func(path string) int {
		answer, err := http.Get("http://127.0.0.1:" + port + path)
		if err != nil {
			return 0
		}
		answer.Body.Close()
		return answer.StatusCode
	}
	for deadline := time.Now().Add(20 * time.Second); get("/") != 200; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			log, _ := os.ReadFile(filepath.Join(dir, "uwsgi.log"))
			t.Fatalf("the vassal does not answer:\n%s\n%s", out.String(), log)
		}
	}
	slow := make(chan int)
	go func() { slow <- get("/api/slow") }()
	time.Sleep(500 * time.Millisecond)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if status := <-slow; status != 200 {
		t.Errorf("the request in flight: status %d", status)
	}
	select {
	case <-ended:
	case <-time.After(30 * time.Second):
		t.Error("the emperor does not end")
	}
}

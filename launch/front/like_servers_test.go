package front

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/site"
)

// openDirs lets nginx's workers, which run as nobody, into a folder of a test.
func openDirs(dir string) {
	for d := dir; d != os.TempDir() && len(d) > 1; d = filepath.Dir(d) {
		_ = os.Chmod(d, 0o755)
	}
}

// shortDir makes a folder whose name leaves room for that of a unix socket.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "front")
	if err != nil {
		t.Fatal(err)
	}
	openDirs(dir)
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// wholeConf makes a configuration of what stands in http.
func wholeConf(dir, http string) string {
	temp := ""
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		temp += fmt.Sprintf("    %s_temp_path %s/tmp_%s;\n", kind, dir, kind)
	}
	return "worker_processes 1;\npid " + dir + "/nginx.pid;\nerror_log " + dir + "/error.log;\nevents {\n    worker_connections 256;\n}\nhttp {\n" + temp + http + "\n}\n"
}

// startNginx runs the real nginx, and returns where its error log is.
func startNginx(t *testing.T, bin, dir, conf string) string {
	t.Helper()
	work := t.TempDir()
	openDirs(work)
	path := filepath.Join(work, "nginx.conf")
	text := wholeConf(work, conf)
	if !strings.Contains(conf, "access_log") {
		text = strings.Replace(text, "http {\n", "http {\n    access_log off;\n", 1)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, "-c", path, "-p", dir, "-e", filepath.Join(work, "start.log"), "-g", "daemon off;")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		<-ended
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(work, "error.log"))
			t.Logf("nginx's log:\n%s%s", log, out.String())
		}
	})
	address := regexp.MustCompile(`listen (?:127\.0\.0\.1:)?(\d+)`).FindStringSubmatch(conf)
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", "127.0.0.1:"+address[1])
		if err == nil {
			conn.Close()
			return filepath.Join(work, "error.log")
		}
		select {
		case <-ended:
			t.Fatalf("nginx ended:\n%s", out.String())
		default:
		}
		if time.Now().After(deadline) {
			t.Fatal("nginx does not listen")
		}
	}
}

func startFront(t *testing.T, conf, dir string) (_ *Front, access, errors *lockedWriter) {
	t.Helper()
	tree := nginx.LoadText(nginx.Parse(filepath.Join(dir, "nginx.conf"), wholeConf(dir, conf)), "", nginx.LoadOptions{})
	access, errors = &lockedWriter{}, &lockedWriter{}
	f, err := New(site.New(tree, 0), Options{Prefix: dir, ErrorLog: errors, AccessLog: access})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := f.Stop(ctx); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("the front's log:\n%s", errors.text())
		}
	})
	return f, access, errors
}

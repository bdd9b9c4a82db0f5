package realtest

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Pair is a generated pair that runs under the real programs.
type Pair struct {
	Dir   string
	Ports map[int]int // where a port of the configuration is found instead
	Uwsgi *exec.Cmd
	done  chan struct{} // closed when uWSGI has ended
}

var (
	listenLine = regexp.MustCompile(`(?m)^(\s*listen )([^;\s]*?)(\d+)((?: [^;]*)?;)`)
	address    = regexp.MustCompile(`127\.0\.0\.1:(\d+)`)
	virtualenv = regexp.MustCompile(`(?m)^virtualenv = .*\n`)
)

// Start runs a generated pair with the application in the folder app. Beyond
// what Sandbox replaces, ports become free ones, the project's folder on the
// server becomes a copy of app, and the virtualenv becomes the system's Python.
// Everything is stopped when the test ends.
func Start(t testing.TB, files map[string]string, root, app string) *Pair {
	t.Helper()
	nginx, uwsgi := Need(t, "nginx"), Need(t, "uwsgi")
	p := &Pair{Dir: t.TempDir(), Ports: map[int]int{}, done: make(chan struct{})}
	open(t, p.Dir)
	project := filepath.Join(p.Dir, "project")
	if err := os.CopyFS(project, os.DirFS(app)); err != nil {
		t.Fatal(err)
	}
	certificate, key := Certificate(t)
	for name, text := range files {
		text = Sandbox(text, p.Dir, certificate, key)
		text = virtualenv.ReplaceAllString(text, "")
		text = strings.ReplaceAll(text, root, project)
		text = listenLine.ReplaceAllStringFunc(text, func(line string) string {
			m := listenLine.FindStringSubmatch(line)
			if !strings.HasSuffix(name, ".conf") {
				return line
			}
			return m[1] + m[2] + "127.0.0.1:" + strconv.Itoa(p.port(t, m[3])) + m[4]
		})
		text = address.ReplaceAllStringFunc(text, func(a string) string {
			m := address.FindStringSubmatch(a)
			if n, _ := strconv.Atoi(m[1]); p.mapped(n) {
				return a
			}
			return "127.0.0.1:" + strconv.Itoa(p.port(t, m[1]))
		})
		if err := os.WriteFile(filepath.Join(p.Dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(regexp.QuoteMeta(p.Dir)+`/run/[a-z]+`).FindAllString(text, -1) {
			give(t, m)
		}
	}
	p.Uwsgi = p.run(t, "uwsgi", uwsgi, "--ini", filepath.Join(p.Dir, "uwsgi.ini"))
	go func() {
		_ = p.Uwsgi.Wait()
		close(p.done)
	}()
	t.Cleanup(func() { p.stop(t, p.Uwsgi, p.done) })
	front := p.run(t, "nginx", nginx, "-c", filepath.Join(p.Dir, "nginx.conf"), "-p", p.Dir, "-e", filepath.Join(p.Dir, "start.log"), "-g", "daemon off;")
	ended := make(chan struct{})
	go func() {
		_ = front.Wait()
		close(ended)
	}()
	t.Cleanup(func() { p.stop(t, front, ended) })
	t.Cleanup(func() {
		if t.Failed() {
			p.showLogs(t)
		}
	})
	p.ready(t)
	return p
}

// mapped tells whether a port is already one of the free ones.
func (p *Pair) mapped(port int) bool {
	for _, free := range p.Ports {
		if free == port {
			return true
		}
	}
	return false
}

// port returns the free port that stands for one of the configuration.
func (p *Pair) port(t testing.TB, digits string) int {
	t.Helper()
	n, err := strconv.Atoi(digits)
	if err != nil {
		t.Fatal(err)
	}
	if p.Ports[n] == 0 {
		p.Ports[n] = FreePort(t)
	}
	return p.Ports[n]
}

// FreePort returns a port of 127.0.0.1 that nothing listens on, and that no other
// test is given while this one lasts. It is none of those that the kernel gives
// out by itself (from 32768 on).
func FreePort(t testing.TB) int {
	t.Helper()
	for range 100 {
		port := 20000 + rand.IntN(12000)
		l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
		if err != nil {
			continue
		}
		l.Close()
		if runtime.GOOS != "linux" {
			return port
		}
		// A name of Linux's abstract sockets has one owner on the whole machine,
		// and is free again when its process ends.
		claim, err := net.Listen("unix", "@deployctl-test-port-"+strconv.Itoa(port))
		if err != nil {
			continue
		}
		t.Cleanup(func() { claim.Close() })
		return port
	}
	t.Fatal("no port is free")
	return 0
}

// open lets other accounts into the test's folder, and gives it to nobody.
func open(t testing.TB, dir string) {
	t.Helper()
	for d := dir; d != os.TempDir() && len(d) > 1; d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

// give makes a folder that the web server's account may write to, as a unit's
// RuntimeDirectory is.
func give(t testing.TB, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	account, err := user.Lookup("www-data")
	if err != nil || os.Getuid() != 0 {
		return
	}
	uid, _ := strconv.Atoi(account.Uid)
	gid, _ := strconv.Atoi(account.Gid)
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
}

// run starts a program in a process group of its own.
func (p *Pair) run(t testing.TB, name, path string, args ...string) *exec.Cmd {
	t.Helper()
	log, err := os.Create(filepath.Join(p.Dir, name+".out"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = p.Dir, log, log
	Apart(cmd)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	log.Close()
	return cmd
}

// stop ends a program and everything it started.
func (p *Pair) stop(t testing.TB, cmd *exec.Cmd, done chan struct{}) {
	SignalGroup(cmd, syscall.SIGINT)
	select {
	case <-done:
	case <-time.After(5 * time.Second):
	}
	SignalGroup(cmd, syscall.SIGKILL)
	<-done
}

func (p *Pair) showLogs(t testing.TB) {
	_ = filepath.WalkDir(p.Dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && (strings.HasSuffix(path, ".log") || strings.HasSuffix(path, ".out")) {
			text, _ := os.ReadFile(path)
			lines := strings.Split(string(text), "\n")
			for i, l := range lines {
				lines[i] = l[:min(len(l), 300)]
			}
			t.Logf("%s:\n%s", filepath.Base(path), strings.Join(lines[max(0, len(lines)-30):], "\n"))
		}
		return nil
	})
}

// ready waits until uWSGI has loaded the application and nginx accepts.
func (p *Pair) ready(t testing.TB) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for time.Now().Before(deadline) {
		select {
		case <-p.done:
			t.Fatal("uWSGI has ended")
		default:
		}
		log, _ := os.ReadFile(filepath.Join(p.Dir, "uwsgi.out"))
		if loaded(string(log)) && p.accepts() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("the pair does not answer")
}

// loaded tells whether every worker has the application: the master loads it
// before it spawns them, or each of them for itself. A worker that is told to
// stop while it still loads goes on for ever.
func loaded(log string) bool {
	before, workers, ok := strings.Cut(log, "spawned uWSGI master process")
	if !ok {
		return strings.Contains(log, "spawned uWSGI worker 1")
	}
	n := strings.Count(workers, "spawned uWSGI worker ")
	return n > 0 && (strings.Contains(before, "WSGI app 0 ") || strings.Count(workers, "WSGI app 0 ") >= n)
}

// accepts tells whether every port accepts connections.
func (p *Pair) accepts() bool {
	conf, _ := os.ReadFile(filepath.Join(p.Dir, "nginx.conf"))
	for _, free := range p.Ports {
		if !strings.Contains(string(conf), "listen 127.0.0.1:"+strconv.Itoa(free)) {
			continue
		}
		c, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", free), time.Second)
		if err != nil {
			return false
		}
		c.Close()
	}
	return true
}

// Terminate sends uWSGI the signal that systemd sends to its main process.
func (p *Pair) Terminate(t testing.TB) {
	t.Helper()
	if err := p.Uwsgi.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// Ended waits until uWSGI has ended, and tells whether it did in time.
func (p *Pair) Ended(limit time.Duration) bool {
	select {
	case <-p.done:
		return true
	case <-time.After(limit):
		return false
	}
}

// Answer is what the pair answers to a request.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Raw sends bytes to a port of the configuration and returns the status line
// of the answer.
func (p *Pair) Raw(t testing.TB, port int, request string) string {
	t.Helper()
	c, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", p.Ports[port]), 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// Ask sends a request to a port of the configuration. Redirects are not
// followed; certificates are not checked.
func (p *Pair) Ask(t testing.TB, method, url string, port int, header map[string]string, body io.Reader) Answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		r.Header.Set(k, v)
	}
	client := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DisableKeepAlives: true,
			TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // the test's own certificate
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, network, fmt.Sprintf("127.0.0.1:%d", p.Ports[port]))
			},
		},
	}
	resp, err := client.Do(r)
	if err != nil {
		return Answer{Body: err.Error()}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return Answer{resp.StatusCode, resp.Header, string(text)}
}

//go:build unix

package appserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/deployctl/deployctl/uwsgi/wire"
)

// served starts the test application on a unix socket, and returns that.
func served(t *testing.T, more string) (*Server, string, *lockedBuffer) {
	t.Helper()
	dir := project(t, nil)
	sock := filepath.Join(dir, "s")
	s, log := start(t, fmt.Sprintf("[uwsgi]\nmaster = true\nchdir = %s\nwsgi-file = app.py\nsocket = %s\n%s", dir, sock, more), Options{})
	return s, sock, log
}

// dials make a connection without a socket, and one with it.
var dials = map[string]func(*Server, string) (net.Conn, error){
	"call":   func(s *Server, sock string) (net.Conn, error) { return s.Dial("unix", sock) },
	"socket": func(_ *Server, sock string) (net.Conn, error) { return net.Dial("unix", sock) },
}

// ask has a request answered over a connection.
func ask(conn net.Conn, packet []byte) (string, error) {
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(15 * time.Second))
	// An application may answer before it has read all.
	if _, err := conn.Write(packet); err != nil && !errors.Is(err, syscall.EPIPE) {
		return "", err
	}
	got, err := io.ReadAll(conn)
	return string(got), err
}

// begin asks for a path without a socket, and returns where the answer comes.
func begin(t *testing.T, s *Server, sock, path string) net.Conn {
	t.Helper()
	conn, err := s.Dial("unix", sock)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write(request(t, "GET", path, nil, "")); err != nil {
		t.Fatal(err)
	}
	return conn
}

// TestDial has requests answered with and without a socket.
func TestDial(t *testing.T) {
	t.Parallel()
	s, sock, log := served(t, "processes = 1\nbuffer-size = 1024\nsocket-timeout = 1\n")
	for name, dial := range dials {
		for _, c := range []struct {
			name   string
			packet []byte
			want   string // is in the answer; "" for no answer
		}{
			{"hello", request(t, "GET", "/", nil, ""), "hello"},
			{"a body", request(t, "POST", "/lines", nil, strings.Repeat("line\n", 100)), "line"},
			{"a body that nobody reads", request(t, "POST", "/", nil, strings.Repeat("x", 1<<20)), "hello"},
			{"close() after the response", request(t, "GET", "/closing", nil, ""), "200 OK"},
			{"too large", request(t, "GET", "/", []wire.Var{{Key: "X", Value: strings.Repeat("x", 2000)}}, ""), ""},
			{"HTTP on the uwsgi socket", []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), ""},
			{"half a packet", request(t, "GET", "/", nil, "")[:20], ""},
		} {
			conn, err := dial(s, sock)
			if err != nil {
				t.Fatal(err)
			}
			got, err := ask(conn, c.packet)
			// Who does not read all that comes may reset the connection.
			if err != nil && !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) || !strings.Contains(got, c.want) || c.want == "" && got != "" {
				t.Errorf("%s, %s: %q, %v", name, c.name, got, err)
			}
		}
		// Piece by piece.
		conn, err := dial(s, sock)
		if err != nil {
			t.Fatal(err)
		}
		packet := request(t, "POST", "/lines", nil, "a\nb\n")
		for _, b := range packet[:len(packet)-1] {
			if _, err := conn.Write([]byte{b}); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := ask(conn, packet[len(packet)-1:]); err != nil || !strings.Contains(got, "200 OK") {
			t.Errorf("%s, byte by byte: %q, %v", name, got, err)
		}
	}
	if n := strings.Count(log.String(), "invalid request block size: 21573 (max 1024)...skip"); n != 2 {
		t.Errorf("HTTP on the uwsgi socket is logged %d times", n)
	}
	if conn, err := s.Dial("unix", "/somewhere/else"); conn != nil || err != nil {
		t.Errorf("the address of somebody else: %v, %v", conn, err)
	}
}

// TestFullQueue lets more clients wait than the option listen allows.
func TestFullQueue(t *testing.T) {
	t.Parallel()
	for name, dial := range dials {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, sock, _ := served(t, "processes = 1\nlisten = 2\n")
			var open []net.Conn
			var refused error
			for refused == nil && len(open) < 10 {
				conn, err := dial(s, sock)
				if refused = err; err != nil {
					break
				}
				open = append(open, conn)
				if _, err := conn.Write(request(t, "GET", "/slow?2", nil, "")); err != nil {
					t.Fatal(err)
				}
				time.Sleep(20 * time.Millisecond)
			}
			// One is answered, one may be accepted, and the kernel lets one more in.
			if !errors.Is(refused, syscall.EAGAIN) || len(open) < 3 || len(open) > 5 {
				t.Errorf("%v after %d", refused, len(open))
			}
			for _, conn := range open[1:] {
				conn.Close()
			}
			if got, err := ask(open[0], nil); err != nil || !strings.HasSuffix(got, "hello") {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

// TestClientLeaves leaves while the application works, while a request waits, and
// in the middle of a response; the workers go on.
func TestClientLeaves(t *testing.T) {
	t.Parallel()
	s, sock, log := served(t, "processes = 1\n")
	for name, dial := range dials {
		var open []net.Conn
		for _, path := range []string{"/slow?0.5", "/slow?0", "/slow?0"} {
			conn, err := dial(s, sock)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := conn.Write(request(t, "GET", path, nil, "")); err != nil {
				t.Fatal(err)
			}
			open = append(open, conn)
			time.Sleep(50 * time.Millisecond)
		}
		_ = open[1].SetReadDeadline(time.Now().Add(10 * time.Millisecond))
		if _, err := open[1].Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: an answer before its turn: %v", name, err)
		}
		for _, conn := range open {
			conn.Close()
		}
		conn, err := dial(s, sock)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ask(conn, request(t, "GET", "/", nil, "")); err != nil || !strings.HasSuffix(got, "hello") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	waitFor(t, func() bool { return strings.Count(log.String(), "SIGPIPE: writing to a closed pipe") >= 2 })
}

// TestNobodyWaitsBehindASlowRequest has more requests than workers: those that a
// busy worker was told ahead are answered by the first that is free.
func TestNobodyWaitsBehindASlowRequest(t *testing.T) {
	t.Parallel()
	s, sock, _ := served(t, "processes = 2\n")
	waitFor(t, func() bool { return s.generation.pool.processOf(1).pid > 0 && s.generation.pool.processOf(2).pid > 0 })
	var wait sync.WaitGroup
	for i, seconds := range []string{"3", "0.3", "0", "0", "0", "0"} {
		conn := begin(t, s, sock, "/slow?"+seconds)
		began := time.Now()
		wait.Go(func() {
			got, err := ask(conn, nil)
			if err != nil || !strings.HasSuffix(got, "hello") {
				t.Errorf("%d: %q, %v", i, got, err)
			}
			if took := time.Since(began); i > 0 && took > 2*time.Second {
				t.Errorf("%d of %s seconds: %v", i, seconds, took)
			}
		})
	}
	wait.Wait()
}

// TestDeadWorkerWithOneAhead kills a worker that was told of a request that it
// has not begun with: another one answers that.
func TestDeadWorkerWithOneAhead(t *testing.T) {
	t.Parallel()
	s, sock, _ := served(t, "processes = 1\n")
	var all []net.Conn
	for _, path := range []string{"/slow?20", "/", "/"} {
		conn := begin(t, s, sock, path)
		all = append(all, conn)
	}
	first := make(chan string)
	go func() {
		got, _ := ask(all[0], nil)
		first <- got
	}()
	waitFor(t, func() bool {
		workers, err := s.Workers(t.Context())
		return err == nil && workers[0].BusySince > 0
	})
	if err := syscall.Kill(s.generation.pool.processOf(1).pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if got := <-first; got != "" {
		t.Errorf("an answer of a dead worker: %q", got)
	}
	for _, conn := range all[1:] {
		if got, err := ask(conn, nil); err != nil || !strings.HasSuffix(got, "hello") {
			t.Errorf("%q, %v", got, err)
		}
	}
}

// TestCallsByChance asks much at once, leaves before some answers come, and
// restarts workers: every other request gets the answer that is its own.
func TestCallsByChance(t *testing.T) {
	t.Parallel()
	s, sock, log := served(t, "processes = 3\nthreads = 2\n")
	var wait sync.WaitGroup
	for i := range 12 {
		wait.Go(func() {
			dice := rand.New(rand.NewPCG(uint64(i), 0))
			for n := range 150 {
				conn, err := s.Dial("unix", sock)
				if err != nil {
					t.Errorf("%v", err)
					return
				}
				query, method, body := fmt.Sprintf("%d-%d", i, n), "GET", ""
				path := "/environ?"
				switch dice.IntN(8) {
				case 0:
					path, query = "/slow?", "0.01"
				case 1:
					method, body = "POST", "a body that nobody reads"
				case 2:
					path, method, body = "/lines?", "POST", "one\ntwo\n"
				}
				leaves := dice.IntN(6) == 0
				if leaves {
					after := time.Duration(dice.IntN(2000)) * time.Microsecond
					time.AfterFunc(after, func() { conn.Close() })
				}
				got, err := ask(conn, request(t, method, path+query, nil, body))
				switch {
				case leaves:
				case err != nil || !strings.Contains(got, " 200 OK"):
					t.Errorf("%s%s: %q, %v", path, query, got, err)
				case path == "/environ?" && !strings.Contains(got, "QUERY_STRING='"+query+"'"):
					t.Errorf("%s%s has the answer of another one: %q", path, query, got)
				}
				if dice.IntN(100) == 0 {
					_ = s.RestartWorker(1 + dice.IntN(3)) // one that is being replaced cannot be
				}
			}
		})
	}
	wait.Wait()
	if n := strings.Count(log.String(), "Traceback"); n != strings.Count(log.String(), "OSError: error during read(") {
		t.Errorf("%d exceptions, and not all of them of a client that left", n)
	}
}

// TestLateAnswer waits twice for one answer: a wait that was too short loses
// nothing.
func TestLateAnswer(t *testing.T) {
	t.Parallel()
	s, sock, _ := served(t, "processes = 1\n")
	var all []net.Conn
	for range 2 {
		conn := begin(t, s, sock, "/slow?0.3")
		all = append(all, conn)
	}
	for _, conn := range all {
		_ = conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%v", err)
		}
	}
	for _, conn := range all {
		if got, err := ask(conn, nil); err != nil || !strings.HasSuffix(got, "hello") {
			t.Errorf("%q, %v", got, err)
		}
	}
}

// TestDeadWorker kills a worker that waits for a request, and one that works.
func TestDeadWorker(t *testing.T) {
	t.Parallel()
	s, sock, _ := served(t, "processes = 2\n")
	kill := func() {
		t.Helper()
		workers, err := s.Workers(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range workers {
			if w.PID > 0 {
				_ = syscall.Kill(w.PID, syscall.SIGKILL)
				waitFor(t, func() bool { return !alive(w.PID) })
			}
		}
	}
	waitFor(t, func() bool { return s.generation.pool.processOf(1).pid > 0 && s.generation.pool.processOf(2).pid > 0 })
	kill()
	for name, dial := range dials {
		conn, err := dial(s, sock)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ask(conn, request(t, "GET", "/", nil, "")); err != nil || !strings.HasSuffix(got, "hello") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for name, dial := range dials {
		conn, err := dial(s, sock)
		if err != nil {
			t.Fatal(err)
		}
		answer := make(chan string, 1)
		go func() {
			got, err := ask(conn, request(t, "GET", "/slow?5", nil, ""))
			answer <- fmt.Sprintf("%q, %v", got, err)
		}()
		waitFor(t, func() bool {
			workers, err := s.Workers(t.Context())
			return err == nil && workers[0].BusySince+workers[1].BusySince > 0
		})
		kill()
		if got := <-answer; strings.Contains(got, "hello") || strings.Contains(got, "timeout") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestRestartWorker replaces a worker without losing the request that it answers.
func TestRestartWorker(t *testing.T) {
	t.Parallel()
	s, sock, _ := served(t, "processes = 1\nthreads = 2\n")
	waitFor(t, func() bool { return s.generation.pool.processOf(1).pid > 0 })
	before := s.generation.pool.processOf(1)
	conn := begin(t, s, sock, "/slow?0.5")
	if err := s.RestartWorker(1); err != nil {
		t.Fatal(err)
	}
	if got, err := ask(conn, nil); err != nil || !strings.HasSuffix(got, "hello") {
		t.Errorf("%q, %v", got, err)
	}
	waitFor(t, func() bool { return s.generation.pool.processOf(1) != before })
	if alive(before.pid) {
		t.Error("the old worker lives")
	}
}

// TestHangup tells a worker itself to end, as one does under uWSGI.
func TestHangup(t *testing.T) {
	t.Parallel()
	s, sock, log := served(t, "processes = 1\n")
	waitFor(t, func() bool { return s.generation.pool.processOf(1).pid > 0 })
	before := s.generation.pool.processOf(1)
	if err := syscall.Kill(before.pid, syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { return s.generation.pool.processOf(1) != before })
	conn, err := s.Dial("unix", sock)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ask(conn, request(t, "GET", "/", nil, "")); err != nil || !strings.HasSuffix(got, "hello") {
		t.Errorf("%q, %v", got, err)
	}
	if strings.Contains(log.String(), "killed by signal") {
		t.Error("the worker did not end by itself")
	}
}

// TestCallsUnderReload asks without a socket while the server is reloaded.
func TestCallsUnderReload(t *testing.T) {
	t.Parallel()
	s, sock, log := served(t, "processes = 2\n")
	s.mu.Lock()
	c := s.config
	s.mu.Unlock()
	ctx, cancel := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for ctx.Err() == nil {
				conn, err := s.Dial("unix", sock)
				if err != nil {
					t.Errorf("%v", err)
					return
				}
				if got, err := ask(conn, request(t, "GET", "/slow?0.01", nil, "")); err != nil || !strings.HasSuffix(got, "hello") {
					t.Errorf("%q, %v", got, err)
					return
				}
			}
		})
	}
	for range 3 {
		if err := s.Reload(t.Context(), c); err != nil {
			t.Error(err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	cancel()
	wait.Wait()
	if strings.Contains(log.String(), "SIGPIPE") {
		t.Error("a request was given up")
	}
}

// TestKnownLength closes as soon as the response is there, as a front does that
// knows how long it is; the worker is used again.
func TestKnownLength(t *testing.T) {
	t.Parallel()
	s, sock, log := served(t, "processes = 1\n")
	for range 50 {
		conn := begin(t, s, sock, "/closing")
		if _, err := conn.Read(make([]byte, 4<<10)); err != nil {
			t.Fatal(err)
		}
		conn.Close()
	}
	waitFor(t, func() bool { return strings.Count(log.String(), " GET /closing => generated") == 50 })
}

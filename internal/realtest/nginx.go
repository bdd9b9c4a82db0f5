package realtest

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Nginx runs the real nginx with the configuration conf until the test ends.
// conf holds everything but pid and logs; it listens on ports of 127.0.0.1.
func Nginx(t testing.TB, conf string, ports ...int) {
	t.Helper()
	path := Need(t, "nginx")
	dir := t.TempDir()
	open(t, dir)
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte("pid "+dir+"/nginx.pid;\nerror_log "+dir+"/error.log;\n"+conf), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "-c", file, "-p", dir, "-e", filepath.Join(dir, "start.log"), "-g", "daemon off;")
	Apart(cmd)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(done)
	}()
	t.Cleanup(func() {
		SignalGroup(cmd, syscall.SIGTERM)
		select {
		case <-done:
		case <-time.After(5 * time.Second):
			SignalGroup(cmd, syscall.SIGKILL)
			<-done
		}
	})
	deadline := time.Now().Add(10 * time.Second)
	for _, port := range ports {
		for {
			c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
			if err == nil {
				c.Close()
				break
			}
			ended := time.Now().After(deadline)
			select {
			case <-done:
				ended = true
			case <-time.After(10 * time.Millisecond):
			}
			if ended {
				log, _ := os.ReadFile(filepath.Join(dir, "start.log"))
				t.Fatalf("nginx does not start: %s", log)
			}
		}
	}
}

// RawRequest sends bytes to a port of 127.0.0.1 and returns the whole answer.
func RawRequest(t testing.TB, port int, request string) string {
	t.Helper()
	return RawRequestFrom(t, "127.0.0.1", port, request)
}

// RawRequestFrom is RawRequest for a client with another of this machine's
// addresses.
func RawRequestFrom(t testing.TB, address string, port int, request string) string {
	t.Helper()
	from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	c, err := from.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(answer), "\r\n", "\n")
}

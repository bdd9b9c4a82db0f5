package pair

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/deployctl/deployctl/internal/realtest"
)

// freePort returns a port on which nobody listens now.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func answers(network, address string) bool {
	c, err := net.DialTimeout(network, address, 200*time.Millisecond)
	if err == nil {
		c.Close()
	}
	return err == nil
}

// TestBindsConfirm asks the real uWSGI where it listens for each form of an
// address.
func TestBindsConfirm(t *testing.T) {
	t.Parallel()
	uwsgiBinary := realtest.Need(t, "uwsgi")
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	var ini strings.Builder
	fmt.Fprintf(&ini, "[uwsgi]\nmaster = true\nchdir = %s/sub\n", dir)
	for _, form := range []string{
		"127.0.0.1:PORT", "localhost:PORT", ":PORT", "0:PORT", "0.0.0.0:PORT", "127.0.0.1 :PORT", "127.0.0.1: PORT",
		"[::1]:PORT", "[::]:PORT", "http://127.0.0.1:PORT", "::1:PORT", "unix:" + dir + "/nginx.sock", dir + "/with:colon.sock",
		dir + "/absolute.sock", "relative.sock", "./a/../dots.sock", "9001", "127.0.0.1", dir + "/x.sock ; comment", "@deployctl-test-" + filepath.Base(filepath.Dir(dir)),
	} {
		if strings.HasPrefix(form, "[") && !hasIPv6() {
			continue
		}
		fmt.Fprintf(&ini, "socket = %s\n", strings.ReplaceAll(form, "PORT", fmt.Sprint(freePort(t))))
	}
	if err := os.Mkdir(filepath.Join(dir, "sub/a"), 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "uwsgi.ini")
	if err := os.WriteFile(file, []byte(ini.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := Load([]string{file}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command(uwsgiBinary, "--ini", file)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
	}()
	started := func() bool {
		text, _ := os.ReadFile(log.Name())
		return strings.Contains(string(text), "spawned uWSGI")
	}
	for deadline := time.Now().Add(20 * time.Second); !started(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			text, _ := os.ReadFile(log.Name())
			t.Fatalf("uWSGI does not start:\n%s", text)
		}
	}
	for _, b := range p.Binds {
		port := fmt.Sprint(b.Port)
		here, everywhere := false, false
		switch {
		case b.Network == Unix:
			here = answers("unix", b.Path)
		case b.Network == Abstract:
			here = answers("unix", "@"+b.Path+"\x00") // uWSGI counts the NUL in
		case b.Host == "[::1]":
			here = answers("tcp", "[::1]:"+port)
		default:
			here, everywhere = answers("tcp", "127.0.0.1:"+port), answers("tcp", "127.0.0.2:"+port)
		}
		if wantHere := b.Host != Nowhere; here != wantHere || everywhere != b.Wildcard() {
			t.Errorf("socket = %s is read as %s: answers %v, want %v; on all addresses %v, want %v",
				b.Option.Value, b.Endpoint, here, wantHere, everywhere, b.Wildcard())
		}
	}
}

func hasIPv6() bool {
	l, err := net.Listen("tcp", "[::1]:0")
	if err == nil {
		l.Close()
	}
	return err == nil
}

//go:build unix

package front

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// pairOf returns both ends of a connection to a unix socket.
func pairOf(t *testing.T) (ours, theirs net.Conn) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if ours, err = dialUnix(path); err != nil {
		t.Fatal(err)
	}
	if theirs, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ours.Close()
		theirs.Close()
	})
	return ours, theirs
}

func TestUnixConn(t *testing.T) {
	t.Parallel()
	t.Run("more than the kernel takes at once", func(t *testing.T) {
		t.Parallel()
		ours, theirs := pairOf(t)
		sent := strings.Repeat("x", 4<<20)
		go func() {
			_, _ = io.WriteString(ours, sent)
			_ = ours.(interface{ CloseWrite() error }).CloseWrite()
		}()
		if got, err := io.ReadAll(theirs); err != nil || string(got) != sent {
			t.Errorf("%d bytes come, %v", len(got), err)
		}
		if _, err := io.WriteString(theirs, "back"); err != nil {
			t.Error(err)
		}
		theirs.Close()
		if got, err := io.ReadAll(ours); err != nil || string(got) != "back" {
			t.Errorf("%q, %v", got, err)
		}
	})
	t.Run("a deadline set before and one set while it waits", func(t *testing.T) {
		t.Parallel()
		ours, _ := pairOf(t)
		_ = ours.SetReadDeadline(time.Now().Add(time.Millisecond))
		if _, err := ours.Read(make([]byte, 1)); !isTimeout(err) {
			t.Errorf("%v", err)
		}
		_ = ours.SetReadDeadline(time.Time{})
		time.AfterFunc(10*time.Millisecond, func() { _ = ours.SetReadDeadline(past) })
		if _, err := ours.Read(make([]byte, 1)); !isTimeout(err) {
			t.Errorf("%v", err)
		}
	})
	t.Run("closed while it waits", func(t *testing.T) {
		t.Parallel()
		ours, _ := pairOf(t)
		time.AfterFunc(10*time.Millisecond, func() { ours.Close() })
		if _, err := ours.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) && !errors.Is(err, os.ErrClosed) {
			t.Errorf("%v", err)
		}
	})
	t.Run("closed before", func(t *testing.T) {
		t.Parallel()
		ours, _ := pairOf(t)
		ours.Close()
		if _, err := ours.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
			t.Errorf("%v", err)
		}
	})
	t.Run("the other side is gone", func(t *testing.T) {
		t.Parallel()
		ours, theirs := pairOf(t)
		theirs.Close()
		var op *net.OpError
		if _, err := ours.Write([]byte("x")); !errors.Is(err, syscall.EPIPE) || !errors.As(err, &op) || op.Op != "write" {
			t.Errorf("%v", err)
		}
	})
	t.Run("nobody listens", func(t *testing.T) {
		t.Parallel()
		if _, err := dialUnix(filepath.Join(t.TempDir(), "s")); !errors.Is(err, syscall.ENOENT) {
			t.Errorf("%v", err)
		}
	})
}

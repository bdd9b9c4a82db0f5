package native

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// UwsgiOptions say how uWSGI is started.
type UwsgiOptions struct {
	Ini     string // the configuration
	Plugin  string // that it needs beyond those it names; "" for none
	Dir     string // where it starts
	Master  bool   // it has a master process, which knows how to stop gracefully
	Scratch string // a folder for its sockets, with a short path
	Name    string // of the files in that folder
	Log     func(line string)
}

// Uwsgi is a running uWSGI.
type Uwsgi struct {
	*Process
	fifo   string
	notify string
	stats  string
}

func isUwsgi(path string) bool { return strings.HasPrefix(filepath.Base(path), "uwsgi") }

// StartUwsgi starts uWSGI and returns when the application is loaded: uWSGI says
// so on NOTIFY_SOCKET, as it does to systemd. What deployctl needs comes after
// --ini on the command line, where it wins.
func StartUwsgi(ctx context.Context, p Program, o UwsgiOptions) (*Uwsgi, error) {
	u := &Uwsgi{fifo: filepath.Join(o.Scratch, o.Name+".fifo"), notify: filepath.Join(o.Scratch, o.Name+".ready"), stats: filepath.Join(o.Scratch, o.Name+".stats")}
	os.Remove(u.notify)
	os.Remove(u.fifo)
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: u.notify, Net: "unixgram"})
	if err != nil {
		return nil, fmt.Errorf("wait for uWSGI: %w", err)
	}
	defer conn.Close()
	var args []string
	if o.Plugin != "" {
		args = append(args, "--plugin", o.Plugin)
	}
	args = append(args, "--ini", o.Ini, "--master-fifo", u.fifo, "--stats", u.stats)
	cmd := exec.Command(p.Path, args...)
	cmd.Dir = o.Dir
	cmd.Env = environment("NOTIFY_SOCKET="+u.notify, "PYTHONUNBUFFERED=1", "PYTHONDONTWRITEBYTECODE=1")
	if u.Process, err = run(cmd, o.Log, o.Log); err != nil {
		return nil, err
	}
	ready := make(chan struct{})
	go func() {
		buffer := make([]byte, 4096)
		for {
			n, err := conn.Read(buffer)
			if err != nil {
				return
			}
			if strings.Contains(string(buffer[:n]), "READY=1") {
				close(ready)
				return
			}
		}
	}()
	select {
	case <-ready:
		u.listens(ctx, o.Master)
		return u, nil
	case <-u.done:
		u.clean()
		return nil, errors.New(startFailure(u.tail))
	case <-ctx.Done():
		u.Kill()
		u.clean()
		return nil, fmt.Errorf("uWSGI has not loaded the application: %w", ctx.Err())
	}
}

// listens waits until the master hears what it is told: it does a moment after
// it is ready, and a worker that is stopped before goes on for ever.
func (u *Uwsgi) listens(ctx context.Context, master bool) {
	for master && ctx.Err() == nil {
		if f, err := os.OpenFile(u.fifo, os.O_WRONLY|syscall.O_NONBLOCK, 0); err == nil {
			f.Close()
			return
		}
		if u.wait(poll) {
			return
		}
	}
}

// startFailure is the line that says why uWSGI ended.
func startFailure(tail []string) string {
	for i := len(tail) - 1; i >= 0; i-- {
		if strings.Contains(tail[i], "running uWSGI as root") {
			continue // of that it only warns
		}
		for _, mark := range []string{"Error", "error", "already in use", "denied", "not found", "failed", "unable", "invalid", "!!!", "[strict-mode]", "No such file"} {
			if strings.Contains(tail[i], mark) {
				return "uWSGI: " + strings.TrimSpace(tail[i])
			}
		}
	}
	return "uWSGI has ended: " + strings.Join(tail, " | ")
}

func (u *Uwsgi) clean() {
	os.Remove(u.fifo)
	os.Remove(u.notify)
	os.Remove(u.stats)
}

// graceful is how long uWSGI takes for a graceful stop without any request.
const graceful = 1500 * time.Millisecond

// drains waits until requests under way have ended and uWSGI with them. It is
// false when ctx is done first, or when no worker is busy and uWSGI goes on all
// the same: one that was told to stop while it started does.
func (u *Uwsgi) drains(ctx context.Context) bool {
	for ctx.Err() == nil {
		t := time.NewTimer(graceful)
		select {
		case <-u.done:
			t.Stop()
			return true
		case <-ctx.Done():
			t.Stop()
			return false
		case <-t.C:
		}
		workers, err := u.Workers(ctx)
		if err == nil && !slices.ContainsFunc(workers, func(w Worker) bool { return w.Request != "" }) {
			return false
		}
	}
	return false
}

// Stop takes no new request, lets those under way finish until ctx is done, and
// cuts them off then. It tells whether any was. Only SIGINT stops uWSGI in every
// configuration, at once; its fifo knows a graceful stop where there is a master.
func (u *Uwsgi) Stop(ctx context.Context) (cut bool) {
	defer u.clean()
	if f, err := os.OpenFile(u.fifo, os.O_WRONLY|syscall.O_NONBLOCK, 0); err == nil {
		_, err = f.WriteString("q")
		f.Close()
		if err == nil {
			if u.drains(ctx) {
				return false
			}
			cut = ctx.Err() != nil
		}
	}
	u.signal(syscall.SIGINT)
	patience := 2 * time.Second
	if cut {
		patience = 300 * time.Millisecond // it waits for workers that are busy
	}
	if !u.wait(patience) {
		u.Kill()
		return true
	}
	return cut
}

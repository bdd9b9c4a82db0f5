package native

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Nginx is a running nginx.
type Nginx struct{ *Process }

// StartNginx starts nginx with a configuration that keeps it in the foreground,
// and returns when it listens: it writes its pid file after that.
func StartNginx(ctx context.Context, p Program, conf, prefix, pid string, out, err func(string)) (*Nginx, error) {
	os.Remove(pid)
	cmd := exec.Command(p.Path, "-c", conf, "-p", prefix, "-e", "stderr")
	cmd.Dir = prefix
	process, failure := run(cmd, out, err)
	if failure != nil {
		return nil, failure
	}
	n := &Nginx{process}
	for {
		if text, err := os.ReadFile(pid); err == nil && len(text) > 0 {
			return n, nil
		}
		select {
		case <-n.done:
			return nil, fmt.Errorf("nginx: %s", emergency(n.tail))
		case <-ctx.Done():
			n.Kill()
			return nil, fmt.Errorf("nginx does not listen: %w", ctx.Err())
		case <-time.After(poll):
		}
	}
}

// poll is how often it is looked whether nginx has got further.
const poll = 10 * time.Millisecond

// emergency is what nginx says of why it does not start.
func emergency(tail []string) string {
	for _, line := range tail {
		if _, message, ok := strings.Cut(line, "[emerg] "); ok {
			return numbers.ReplaceAllString(message, "")
		}
	}
	return strings.Join(tail, " | ")
}

// Reload lets nginx read its configuration again, and returns when only new
// workers take requests. gone is closed when those under way have ended with the
// old ones.
func (n *Nginx) Reload(ctx context.Context) (gone <-chan struct{}, err error) {
	before := n.workers()
	n.signal(syscall.SIGHUP)
	for {
		left := leaving
		for pid, w := range n.workers() {
			if _, old := before[pid]; !old {
				left |= renewed
			} else if !w {
				left &^= leaving
			}
		}
		if left == leaving|renewed {
			break
		}
		select {
		case <-n.done:
			return nil, n.Err()
		case <-ctx.Done():
			return nil, fmt.Errorf("nginx has not taken the new configuration: %w", ctx.Err())
		case <-time.After(poll):
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n.any(before) && !n.wait(10*poll) {
		}
	}()
	return done, nil
}

// What is known of nginx's workers while it reloads.
const (
	leaving = 1 << iota // all old ones take nothing any more
	renewed             // a new one is there
)

// workers returns the processes that nginx's master has started, and whether
// each takes no new request any more.
func (n *Nginx) workers() map[int]bool {
	all := map[int]bool{}
	text, err := exec.Command("ps", "-A", "-o", "pid=,ppid=,args=").Output()
	if err != nil {
		return all
	}
	for line := range strings.Lines(string(text)) {
		var child, parent int
		if _, err := fmt.Sscan(line, &child, &parent); err == nil && parent == n.PID() {
			all[child] = strings.Contains(line, "shutting down")
		}
	}
	return all
}

// any tells whether one of these workers still runs.
func (n *Nginx) any(these map[int]bool) bool {
	now := n.workers()
	for pid := range these {
		if _, ok := now[pid]; ok {
			return true
		}
	}
	return false
}

// Stop lets requests under way finish until ctx is done, and cuts them off then.
// It tells whether any was.
func (n *Nginx) Stop(ctx context.Context) (cut bool) {
	n.signal(syscall.SIGQUIT)
	select {
	case <-n.done:
		return false
	case <-ctx.Done():
	}
	n.signal(syscall.SIGTERM)
	if !n.wait(time.Second) {
		n.Kill()
	}
	return true
}

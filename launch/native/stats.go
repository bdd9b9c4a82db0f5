package native

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"
)

// Worker is what one worker of uWSGI does.
type Worker struct {
	ID       int // from 1
	PID      int
	Requests int64
	Request  string // what it is busy with; "" when it waits
	Restarts int
}

// Workers asks uWSGI's stats server what the workers do.
func (u *Uwsgi) Workers(ctx context.Context) ([]Worker, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", u.stats)
	if err != nil {
		return nil, fmt.Errorf("ask uWSGI for its statistics: %w", err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	var s struct {
		Workers []struct {
			ID       int
			PID      int
			Requests int64
			Respawns int `json:"respawn_count"` // with the first start
			Cores    []struct {
				InRequest int `json:"in_request"`
				Vars      []string
			}
		}
	}
	if err := json.NewDecoder(conn).Decode(&s); err != nil {
		return nil, fmt.Errorf("read uWSGI's statistics: %w", err)
	}
	var all []Worker
	for _, w := range s.Workers {
		one := Worker{ID: w.ID, PID: w.PID, Requests: w.Requests, Restarts: max(0, w.Respawns-1)}
		for _, core := range w.Cores {
			if core.InRequest == 1 {
				one.Request = requestOf(core.Vars)
			}
		}
		if one.PID > 0 {
			all = append(all, one)
		}
	}
	return all, nil
}

// requestOf is the method and the URI among a request's variables.
func requestOf(vars []string) string {
	method, uri := "", ""
	for _, v := range vars {
		if value, ok := strings.CutPrefix(v, "REQUEST_METHOD="); ok {
			method = value
		}
		if value, ok := strings.CutPrefix(v, "REQUEST_URI="); ok {
			uri = value
		}
	}
	if method == "" {
		return "a request" // its variables are still on their way
	}
	return strings.TrimSpace(method + " " + uri)
}

// again is how long a worker that waits may need to end before it is told once
// more: one that is still starting does not hear.
const again = 500 * time.Millisecond

// RestartWorker lets a worker finish its request and end; the master starts
// another (SIGHUP, core/uwsgi.c's gracefully_kill). It returns when the worker
// has heard.
func (u *Uwsgi) RestartWorker(ctx context.Context, id int) error {
	before := 0
	for {
		workers, err := u.Workers(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(workers, func(w Worker) bool { return w.ID == id })
		if i < 0 || before != 0 && workers[i].PID != before {
			return nil // it has ended
		}
		before = workers[i].PID
		if err := hangup(before); err != nil {
			return fmt.Errorf("restart worker %d: %w", id, err)
		}
		if workers[i].Request != "" {
			return nil
		}
		select {
		case <-time.After(again):
		case <-ctx.Done():
			return fmt.Errorf("worker %d does not end: %w", id, ctx.Err())
		}
	}
}

package native

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"strings"
)

// Worker is what one worker of uWSGI does.
type Worker struct {
	PID      int
	Requests int64
	Request  string // what it is busy with; "" when it waits
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
			PID      int
			Requests int64
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
		one := Worker{PID: w.PID, Requests: w.Requests}
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

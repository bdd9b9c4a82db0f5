package appserver

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/deployctl/deployctl/pair"
)

// version is what the embedded server calls itself where uWSGI gives a release.
const version = "2.0-deployctl"

// statsServer answers each connection with the JSON of uWSGI's stats server
// (core/master_utils.c, uwsgi_master_generate_stats) and closes it.
type statsServer struct {
	bind *pair.Bind
	l    *listener
}

func (st *statsServer) close() { st.l.Close() }

// serveStats binds what the configuration's stats options ask for.
func (s *Server) serveStats(binds []*pair.Bind) {
	for _, st := range s.stats {
		st.close()
	}
	s.stats = nil
	for _, b := range binds {
		l, err := listen(b)
		if err != nil {
			fmt.Fprintf(s.options.Log, "*** Stats server not enabled: %v\n", err)
			continue
		}
		st := &statsServer{b, l}
		s.stats = append(s.stats, st)
		fmt.Fprintf(s.options.Log, "*** Stats server enabled on %s ***\n", b.Endpoint)
		go func() {
			for {
				conn, err := st.l.Accept()
				if err != nil {
					return
				}
				go s.sendStats(conn)
			}
		}()
	}
}

func (s *Server) sendStats(conn net.Conn) {
	defer conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Second)
	defer cancel()
	text, err := s.Stats(ctx)
	if err != nil {
		return
	}
	_ = conn.SetDeadline(time.Now().Add(4 * time.Second))
	_, _ = conn.Write(text)
}

type statsReport struct {
	Version           string        `json:"version"`
	ListenQueue       int           `json:"listen_queue"`
	ListenQueueErrors int           `json:"listen_queue_errors"`
	SignalQueue       int           `json:"signal_queue"`
	Load              int           `json:"load"`
	PID               int           `json:"pid"`
	UID               int           `json:"uid"`
	GID               int           `json:"gid"`
	CWD               string        `json:"cwd"`
	Locks             []any         `json:"locks"`
	Sockets           []statsSocket `json:"sockets"`
	Workers           []statsWorker `json:"workers"`
}

type statsSocket struct {
	Name     string `json:"name"`
	Proto    string `json:"proto"`
	Queue    int    `json:"queue"`
	MaxQueue int    `json:"max_queue"`
	Shared   int    `json:"shared"`
	Offload  int    `json:"can_offload"`
}

type statsWorker struct {
	ID          int         `json:"id"`
	PID         int         `json:"pid"`
	Accepting   int         `json:"accepting"`
	Requests    int64       `json:"requests"`
	Delta       int64       `json:"delta_requests"`
	Exceptions  int64       `json:"exceptions"`
	Harakiris   int64       `json:"harakiri_count"`
	Signals     int         `json:"signals"`
	SignalQueue int         `json:"signal_queue"`
	Status      string      `json:"status"`
	RSS         int         `json:"rss"`
	VSZ         int         `json:"vsz"`
	RunningTime int64       `json:"running_time"`
	LastSpawn   int64       `json:"last_spawn"`
	Respawns    int         `json:"respawn_count"`
	TX          int64       `json:"tx"`
	AverageTime int64       `json:"avg_rt"`
	Apps        []any       `json:"apps"`
	Cores       []statsCore `json:"cores"`
}

type statsCore struct {
	ID        int            `json:"id"`
	Requests  int64          `json:"requests"`
	InRequest int            `json:"in_request"`
	Vars      []string       `json:"vars"`
	Info      map[string]any `json:"req_info"`
}

// Stats returns what uWSGI's stats server would.
func (s *Server) Stats(ctx context.Context) ([]byte, error) {
	workers, err := s.Workers(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r := statsReport{
		Version: version, PID: os.Getpid(), UID: os.Getuid(), GID: os.Getgid(),
		Locks: []any{}, Sockets: []statsSocket{}, Workers: []statsWorker{},
	}
	if o := s.config.Get("chdir"); o != nil {
		r.CWD = o.Value
	} else if dir, err := os.Getwd(); err == nil {
		r.CWD = dir
	}
	backlog := number(s.config, "listen", defaultBacklog)
	requests, _ := binds(s.config)
	for _, b := range requests {
		r.Sockets = append(r.Sockets, statsSocket{Name: b.Endpoint.String(), Proto: string(b.Protocol), MaxQueue: backlog})
	}
	for _, w := range workers {
		status := "idle"
		core := statsCore{Requests: w.Requests, Vars: []string{}, Info: map[string]any{}}
		if w.BusySince > 0 {
			status = "busy"
			core.InRequest = 1
			core.Vars = append(core.Vars, w.Request)
			core.Info["request_start"] = int64(w.BusySince)
		}
		r.Workers = append(r.Workers, statsWorker{
			ID: w.ID, PID: w.PID, Accepting: 1, Requests: w.Requests, Delta: w.Requests, Exceptions: w.Exceptions, Harakiris: w.Harakiris,
			Status: status, RunningTime: w.RunningTime, LastSpawn: w.LastSpawn, Respawns: w.Respawns, TX: w.Sent, AverageTime: w.AverageTime,
			Apps: []any{}, Cores: []statsCore{core},
		})
	}
	text, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return nil, fmt.Errorf("write the statistics: %w", err)
	}
	return append(text, '\n'), nil
}

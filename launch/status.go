package launch

import (
	"cmp"
	"context"
	"os"
	"slices"
	"time"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/launch/native"
)

// Status is what a run tells of itself.
type Status struct {
	PID       int           `json:"pid"`
	Dir       string        `json:"dir"` // the project's folder
	URLs      []string      `json:"urls"`
	Engines   EngineNames   `json:"engines"`
	Started   time.Time     `json:"started"`
	Reloads   int           `json:"reloads"`
	Failure   string        `json:"failure,omitempty"`
	Workers   []AppStatus   `json:"workers,omitempty"`
	Processes []ProcessName `json:"processes,omitempty"`
	Memory    int64         `json:"memory,omitempty"` // of deployctl itself, as ProcessName.Memory
	// NginxWorkers are those of the native nginx, where the system tells.
	NginxWorkers []ProcessName `json:"nginxWorkers,omitempty"`
	Listens      []Listen      `json:"listens,omitempty"`
}

// EngineNames says what runs the halves: embedded, or native with its version.
type EngineNames struct {
	Nginx string `json:"nginx"`
	Uwsgi string `json:"uwsgi"`
}

// AppStatus is one worker of the application.
type AppStatus struct {
	File     string `json:"file"`
	ID       int    `json:"id"`  // uWSGI's number of the worker, from 1
	PID      int    `json:"pid"` // 0 while it is being replaced
	Requests int64  `json:"requests"`
	Request  string `json:"request,omitempty"` // what it is busy with
	Restarts int    `json:"restarts"`
	Memory   int64  `json:"memory,omitempty"`
}

// ProcessName is a real program that runs.
type ProcessName struct {
	Name   string `json:"name"`
	PID    int    `json:"pid"`
	Memory int64  `json:"memory,omitempty"` // bytes that it holds in RAM, with what it shares; 0 where that is not known
}

// Status returns how the run is.
func (r *Run) Status(ctx context.Context) Status {
	r.state.Lock()
	s := Status{PID: os.Getpid(), Dir: r.source.Dir, URLs: r.plan.URLs, Started: r.started, Reloads: r.reloads}
	s.Engines = r.engines.names(r.plan)
	if r.plan.Nginx != nil {
		s.Listens = r.plan.Nginx.listens
	}
	if r.failure != nil {
		s.Failure = r.failure.Error()
	}
	apps := make([]*appHalf, 0, len(r.apps))
	for _, a := range r.apps {
		apps = append(apps, a)
	}
	slices.SortFunc(apps, func(a, b *appHalf) int { return cmp.Compare(a.file(), b.file()) })
	add := func(name string, pid int) {
		if pid > 0 {
			s.Processes = append(s.Processes, ProcessName{Name: name, PID: pid})
		}
	}
	if r.front != nil && r.front.native != nil {
		add("nginx", r.front.native.PID())
		for _, pid := range native.Children(r.front.native.PID()) {
			s.NginxWorkers = append(s.NginxWorkers, ProcessName{Name: "nginx worker", PID: pid})
		}
	}
	r.state.Unlock()
	for _, a := range apps {
		if a.native != nil {
			add("uwsgi "+a.file(), a.native.PID())
		} else {
			add("python "+a.file(), a.server.PID())
		}
		workers, err := a.workers(ctx)
		if err != nil {
			s.Failure = err.Error()
		}
		s.Workers = append(s.Workers, workers...)
	}
	s.weigh()
	return s
}

// weigh asks how much memory each process holds.
func (s *Status) weigh() {
	pids := []int{s.PID}
	for _, p := range slices.Concat(s.Processes, s.NginxWorkers) {
		pids = append(pids, p.PID)
	}
	for _, w := range s.Workers {
		pids = append(pids, w.PID)
	}
	held := native.Memory(pids)
	s.Memory = held[s.PID]
	for i := range s.Processes {
		s.Processes[i].Memory = held[s.Processes[i].PID]
	}
	for i := range s.NginxWorkers {
		s.NginxWorkers[i].Memory = held[s.NginxWorkers[i].PID]
	}
	for i := range s.Workers {
		s.Workers[i].Memory = held[s.Workers[i].PID]
	}
}

func (a *appHalf) file() string { return a.plan.Source.Main.Name }

// restartWorker lets a worker finish its request, and replaces it.
func (a *appHalf) restartWorker(ctx context.Context, id int) error {
	if !a.plan.Config.Bool("master") {
		return diag.T("%s has no master process, which would start the worker again", a.file())
	}
	workers, err := a.workers(ctx)
	if err != nil {
		return err
	}
	for _, w := range workers {
		switch {
		case w.ID != id:
		case a.native != nil:
			return a.native.RestartWorker(ctx, id)
		default:
			return a.server.RestartWorker(id)
		}
	}
	return diag.T("%s has no worker %d", a.file(), id)
}

// workers returns what the workers of a half do.
func (a *appHalf) workers(ctx context.Context) ([]AppStatus, error) {
	var all []AppStatus
	file := a.file()
	if a.native != nil {
		workers, err := a.native.Workers(ctx)
		for _, w := range workers {
			all = append(all, AppStatus{File: file, ID: w.ID, PID: w.PID, Requests: w.Requests, Request: w.Request, Restarts: w.Restarts})
		}
		return all, err
	}
	workers, err := a.server.Workers(ctx)
	for _, w := range workers {
		all = append(all, AppStatus{File: file, ID: w.ID, PID: w.PID, Requests: w.Requests, Request: w.Request, Restarts: max(0, w.Respawns-1)})
	}
	return all, err
}

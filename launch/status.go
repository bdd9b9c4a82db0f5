package launch

import (
	"context"
	"os"
	"time"
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
	Listens   []Listen      `json:"listens,omitempty"`
}

// EngineNames says what runs the halves: embedded, or native with its version.
type EngineNames struct {
	Nginx string `json:"nginx"`
	Uwsgi string `json:"uwsgi"`
}

// AppStatus is one worker of the application.
type AppStatus struct {
	File     string `json:"file"`
	PID      int    `json:"pid"`
	Requests int64  `json:"requests"`
	Request  string `json:"request,omitempty"` // what it is busy with
}

// ProcessName is a real program that runs.
type ProcessName struct {
	Name string `json:"name"`
	PID  int    `json:"pid"`
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
	if r.front != nil && r.front.native != nil {
		s.Processes = append(s.Processes, ProcessName{"nginx", r.front.native.PID()})
	}
	r.state.Unlock()
	for _, a := range apps {
		if a.native != nil {
			s.Processes = append(s.Processes, ProcessName{"uwsgi " + a.plan.Source.Main.Name, a.native.PID()})
		}
		workers, err := a.workers(ctx)
		if err != nil {
			s.Failure = err.Error()
		}
		s.Workers = append(s.Workers, workers...)
	}
	return s
}

// workers returns what the workers of a half do.
func (a *appHalf) workers(ctx context.Context) ([]AppStatus, error) {
	var all []AppStatus
	file := a.plan.Source.Main.Name
	if a.native != nil {
		workers, err := a.native.Workers(ctx)
		for _, w := range workers {
			all = append(all, AppStatus{file, w.PID, w.Requests, w.Request})
		}
		return all, err
	}
	workers, err := a.server.Workers(ctx)
	for _, w := range workers {
		all = append(all, AppStatus{file, w.PID, w.Requests, w.Request})
	}
	return all, err
}

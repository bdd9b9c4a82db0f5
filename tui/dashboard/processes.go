package dashboard

import (
	"path/filepath"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/launch"
)

// process is one row of the processes.
type process struct {
	name     string // of a worker only what tells it from another file's
	pid      int
	memory   int64 // bytes
	state    state
	worker   int    // its number, 0 for what is no worker of the application
	file     string // whose worker it is
	restarts int
	requests int64
	request  string // what it is busy with
}

// state is what a process does.
type state int

const (
	running state = iota // it only supervises, or is deployctl itself
	idle
	busy
	starting
)

func (s state) text() diag.Text {
	switch s {
	case idle:
		return diag.T("idle")
	case busy:
		return diag.T("busy")
	case starting:
		return diag.T("starting")
	}
	return diag.T("running")
}

// mark is the state in one column.
func (s state) mark() string { return [...]string{" ", "○", "●", "…"}[s] }

// processesOf makes the rows of a status: deployctl, the programs, the workers.
func processesOf(s *launch.Status) []process {
	all := []process{{name: "deployctl", pid: s.PID, memory: s.Memory}}
	files := map[string]bool{}
	for _, w := range s.Workers {
		files[w.File] = true
	}
	for _, p := range s.Processes {
		name, file, ok := strings.Cut(p.Name, " ")
		if ok && len(files) > 1 {
			name += " " + filepath.Base(file)
		}
		all = append(all, process{name: name, pid: p.PID, memory: p.Memory})
		if p.Name != "nginx" {
			continue
		}
		for _, worker := range s.NginxWorkers {
			all = append(all, process{name: worker.Name, pid: worker.PID, memory: worker.Memory})
		}
	}
	for _, w := range s.Workers {
		p := process{pid: w.PID, memory: w.Memory, state: idle, worker: w.ID, file: w.File, restarts: w.Restarts, requests: w.Requests, request: w.Request}
		if len(files) > 1 {
			p.name = " " + filepath.Base(w.File)
		}
		switch {
		case w.PID == 0:
			p.state = starting
		case w.Request != "":
			p.state = busy
		}
		all = append(all, p)
	}
	return all
}

func (m *Model) nameOf(p *process) string {
	if p.worker > 0 {
		return m.text(diag.T("worker %d", p.worker)) + p.name
	}
	return p.name
}

// workers counts the workers, and those that are busy.
func (m *Model) workers() (busyOnes, all int) {
	for _, p := range m.processes {
		if p.worker > 0 {
			all++
			if p.state == busy {
				busyOnes++
			}
		}
	}
	return busyOnes, all
}

// processWidths are the columns of a process behind its mark; 0 for one that has
// no room.
type processWidths struct{ name, state, pid, memory, restarts, requests, doing int }

func processWidthsOf(width int) processWidths {
	w := processWidths{pid: 7, memory: 8, restarts: 4, requests: 6}
	if width >= 64 {
		w.state, w.restarts, w.requests = 9, 8, 8
	}
	if width >= 90 {
		w.doing = width / 3
	}
	if width < 40 {
		w.restarts = 0
	}
	w.name = width - 2 - w.pid - w.memory - w.requests - 3
	if w.restarts > 0 {
		w.name -= w.restarts + 1
	}
	if w.state > 0 {
		w.name -= w.state + 1
	}
	if w.doing > 0 {
		w.name -= w.doing + 2
	}
	return w
}

func (m *Model) processColumns(width int) string {
	w := processWidthsOf(width)
	restarts, requests := diag.T("Rst."), diag.T("Req.")
	if w.state > 0 {
		restarts, requests = diag.T("Restarts"), diag.T("Requests")
	}
	return w.line("  ", m.text(diag.T("Process")), m.text(diag.T("State")), "PID", m.text(diag.T("Memory")), m.text(restarts), m.text(requests), m.text(diag.T("Busy with")))
}

// line puts the columns together.
func (w processWidths) line(mark, name, state, pid, memory, restarts, requests, doing string) string {
	line := mark + pad(name, w.name)
	if w.state > 0 {
		line += " " + pad(state, w.state)
	}
	line += " " + padLeft(pid, w.pid) + " " + padLeft(memory, w.memory)
	if w.restarts > 0 {
		line += " " + padLeft(restarts, w.restarts)
	}
	line += " " + padLeft(requests, w.requests)
	if w.doing > 0 {
		line += "  " + cut(doing, w.doing)
	}
	return line
}

func (m *Model) processRow(p *process, width int, s styles) string {
	memory, pid, restarts, requests := "", "", "", ""
	if p.memory > 0 {
		memory = size(p.memory)
	}
	if p.pid > 0 {
		pid = strconv.Itoa(p.pid)
	}
	if p.worker > 0 {
		restarts, requests = thousands(int64(p.restarts)), thousands(p.requests)
	}
	line := processWidthsOf(width).line(p.state.mark()+" ", m.nameOf(p), m.text(p.state.text()), pid, memory, restarts, requests, clean(p.request))
	if p.state == busy {
		return s.mark.Render(line)
	}
	return line
}

func (m *Model) processDetail(p *process) []string {
	lines := []string{m.nameOf(p), m.text(diag.T("state: %s", p.state.text()))}
	add := func(t diag.Text) { lines = append(lines, m.text(t)) }
	if p.pid > 0 {
		add(diag.T("process: %d", p.pid))
	}
	if p.memory > 0 {
		add(diag.T("memory: %s, with what it shares with others", size(p.memory)))
	}
	if p.worker > 0 {
		add(diag.T("requests: %s", thousands(p.requests)))
		add(diag.T("restarts: %s", thousands(int64(p.restarts))))
		add(diag.T("configuration: %s", p.file))
	}
	if p.request != "" {
		add(diag.T("busy with: %s", p.request))
	}
	if p.pid == m.status.PID {
		add(diag.T("nginx: %s, uWSGI: %s", m.status.Engines.Nginx, m.status.Engines.Uwsgi))
		for _, l := range m.status.Listens {
			add(diag.T("listens on %s for %s", l.To, l.From))
		}
	}
	return lines
}

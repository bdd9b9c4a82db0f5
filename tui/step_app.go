package tui

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/project"
)

// appStep asks for the application server.
var appStep = step{short: diag.T("Workers"), title: diag.T("Application server"), fields: func(answers) []field {
	processes := keyed("app.processes", diag.T("Processes"), diag.T("how many requests are worked on at once, with the threads of each"))
	processes.reason = func(a answers) diag.Text {
		p := project.Propose(a.host)
		return diag.T("proposed %d: %s", p.Processes, p.Why)
	}
	threads := keyed("app.threads", diag.T("Threads"), diag.T("in each process; 1 for code that is not thread-safe"))
	threads.reason = func(a answers) diag.Text { return diag.T("proposed %d", project.Propose(a.host).Threads) }
	return []field{
		keyed("app.endpoint", diag.T("Listens on"), diag.T("where uWSGI listens and nginx connects: unix:/path or host:port")),
		keyed("app.protocol", diag.T("Protocol"), diag.T("what the two speak with each other")).among(
			choice{"uwsgi", diag.T("uwsgi")}, choice{"http", diag.T("HTTP")}),
		number(diag.T("Processors"), diag.T("of the server; those of this machine unless you say otherwise"),
			func(a answers) int64 { return int64(a.host.Cores) },
			func(a *answers, n int64) { a.resized(project.Host{Cores: int(n), Memory: a.host.Memory}) }),
		number(diag.T("Memory, MiB"), diag.T("of the server; 0 where you do not know"),
			func(a answers) int64 { return a.host.Memory },
			func(a *answers, n int64) { a.resized(project.Host{Cores: a.host.Cores, Memory: n}) }),
		processes, threads,
	}
}}

// resized takes another server, and its proposal where the answers were that
// of the one before.
func (a *answers) resized(h project.Host) {
	was, is := project.Propose(a.host), project.Propose(h)
	if a.App.Processes == was.Processes && a.App.Threads == was.Threads {
		a.App.Processes, a.App.Threads = is.Processes, is.Threads
	}
	a.host = h
}

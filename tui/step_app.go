package tui

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/project"
)

// appStep asks for the application server.
var appStep = step{diag.T("Application server"), []field{
	text(diag.T("Listens on"), diag.T("unix:/path or host:port"), func(p *project.Project) *string { return &p.App.Endpoint }),
	number(diag.T("Processes"), diag.T("about two for each processor of the server"),
		func(p *project.Project) int64 { return int64(p.App.Processes) },
		func(p *project.Project, n int64) { p.App.Processes = int(n) }),
	number(diag.T("Threads"), diag.T("in each process; 1 for code that is not thread-safe"),
		func(p *project.Project) int64 { return int64(p.App.Threads) },
		func(p *project.Project, n int64) { p.App.Threads = int(n) }),
}}

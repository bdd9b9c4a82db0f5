package tui

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/project"
)

// projectStep shows what was found, to be corrected.
var projectStep = step{diag.T("What was found"), []field{
	{diag.T("Name"), diag.T("names the unit, the socket's folder and the upstream"),
		func(p *project.Project) string { return p.Name },
		func(p *project.Project, s string) error { rename(p, s); return nil }},
	text(diag.T("WSGI callable"), diag.T("package.module:name"), func(p *project.Project) *string { return &p.Module }),
	text(diag.T("Virtualenv"), diag.T("absolute, or below the project's folder; empty for the system's Python"),
		func(p *project.Project) *string { return &p.Virtualenv }),
}}

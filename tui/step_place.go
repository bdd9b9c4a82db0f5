package tui

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/project"
)

// placeStep asks where the application will run.
var placeStep = step{diag.T("Where it will run"), []field{
	{diag.T("Folder on the server"), diag.T("an absolute path"),
		func(p *project.Project) string { return p.Root },
		func(p *project.Project, s string) error { moveTo(p, s); return nil }},
	text(diag.T("User"), diag.T("the account that the application runs as"), func(p *project.Project) *string { return &p.App.User }),
	text(diag.T("System"), diag.T("debian, ubuntu or rhel"), func(p *project.Project) *string { return &p.Target.OS }),
}}

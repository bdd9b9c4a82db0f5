package tui

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/project"
)

// serverStep asks for host names and TLS.
var serverStep = step{diag.T("Servers and TLS"), []field{
	{diag.T("Host names"), diag.T("separated by blanks; _ for any"),
		func(p *project.Project) string { return strings.Join(p.Servers[0].Names, " ") }, setNames},
	{diag.T("TLS"), diag.T("none, own (your certificate) or letsencrypt"),
		func(p *project.Project) string { return string(p.Servers[0].TLS) },
		func(p *project.Project, s string) error { setTLS(p, s); return nil }},
}}

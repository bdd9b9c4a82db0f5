package tui

import (
	"time"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/project"
)

// limitStep asks for limits and timeouts.
var limitStep = step{diag.T("Limits and timeouts"), []field{
	number(diag.T("Largest request body, MiB"), diag.T("a larger upload is answered with 413"),
		func(p *project.Project) int64 { return p.Limits.Body >> 20 },
		func(p *project.Project, n int64) {
			if n != p.Limits.Body>>20 { // a size between two MiB stays as it was written
				p.Limits.Body = n << 20
			}
		}),
	number(diag.T("Wait for the application, s"), diag.T("nginx answers 504 after this time"),
		func(p *project.Project) int64 { return int64(p.Limits.ReadTimeout / time.Second) },
		func(p *project.Project, n int64) {
			if seconds(n) != p.Limits.ReadTimeout.Truncate(time.Second) {
				p.Limits.ReadTimeout = seconds(n)
			}
		}),
}}

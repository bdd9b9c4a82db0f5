package tui

import "github.com/deployctl/deployctl/diag"

// limitStep asks for limits and timeouts.
var limitStep = step{short: diag.T("Limits"), title: diag.T("Limits and timeouts"), fields: func(answers) []field {
	return []field{
		keyed("limits.body", diag.T("Request body"), diag.T("such as 10m; a larger upload is answered with 413")),
		keyed("limits.read-timeout", diag.T("nginx waits"), diag.T("for the application, such as 60s; 504 after it")),
		keyed("app.harakiri", diag.T("uWSGI gives up"), diag.T("a worker that takes longer is killed; shorter than nginx waits, so that its log says which request it was")),
		keyed("limits.header-size", diag.T("Longest header"), diag.T("such as 8k; uWSGI's buffer-size is computed from it")),
		keyed("app.max-worker-lifetime", diag.T("Fresh workers after"), diag.T("such as 1h; 0 for never")),
		keyed("app.reload-on-rss", diag.T("Memory of a worker"), diag.T("MiB above which it starts anew; 0 for no limit")),
	}
}}

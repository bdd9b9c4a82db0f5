package nginxrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// TryFilesCache reports a long try_files that asks the disk at each request.
var TryFilesCache = &lint.Rule{
	ID:       "nginx-try-files-cache",
	Severity: diag.Info,
	Summary:  "many checks of try_files and no open_file_cache",
	Page:     page("nginx-try-files-cache"),
	Check:    checkTryFilesCache,
}

// manyChecks is the number of files from which on a cache is worth a word: the
// usual `$uri $uri/ $uri.html` is below.
const manyChecks = 4

func checkTryFilesCache(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, n := range c.Find("try_files") {
			checks := len(n.Args) - 1
			if checks < manyChecks || n.Row == nil || len(n.Scope.Effective("open_file_cache")) > 0 || opaqueAround(n.Scope) {
				continue
			}
			p.Report(diag.Diagnostic{
				Location: n.HeadLocation(),
				Message:  diag.T("try_files asks the disk for up to %d files at each request", checks),
				Why:      diag.T("each is a system call that holds the worker, on a network file system for milliseconds"),
				Help:     diag.T("add `open_file_cache max=1000 inactive=20s;` and `open_file_cache_errors on;`"),
			})
		}
	}
}

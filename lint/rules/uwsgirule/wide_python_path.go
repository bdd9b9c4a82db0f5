package uwsgirule

import (
	"path"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// WidePythonPath finds folders from which anybody's code may be imported.
var WidePythonPath = &lint.Rule{
	ID:       "uwsgi-wide-python-path",
	Severity: diag.Info,
	Summary:  "a folder of the import path that every account writes to",
	Page:     page("uwsgi-wide-python-path"),
	Check:    checkWidePythonPath,
}

func checkWidePythonPath(p *lint.Pass) {
	for _, c := range p.Uwsgi {
		if !runsPython(c) {
			continue
		}
		for _, name := range [...]string{"pythonpath", "home", "chdir"} {
			for _, o := range c.All(name) {
				if !isKnown(o) || o.Maybe || !isWide(p, o.Value) {
					continue
				}
				p.Report(diag.Diagnostic{
					Location: o.ValueLocation(),
					Message:  diag.T("every account of the machine may write to %s, and Python imports from there", o.Value),
					Why:      diag.T("a file with the name of a module that the application imports runs as the application"),
					Help:     diag.T("use a folder that root or the deployment's account owns"),
				})
			}
		}
	}
}

// isWide tells whether a folder is one that every account writes to: below the
// folders for temporary files, whose names anybody may take first, or, on the
// machine itself, by its mode.
func isWide(p *lint.Pass, dir string) bool {
	clean := path.Clean(dir)
	for _, tmp := range [...]string{"/tmp", "/var/tmp", "/dev/shm"} {
		if clean == tmp || strings.HasPrefix(clean, tmp+"/") && p.Machine == nil {
			return true
		}
	}
	if p.Machine == nil || !path.IsAbs(clean) {
		return false
	}
	f, err := p.Machine.File(clean)
	return err == nil && f.Mode.IsDir() && f.Mode&0o002 != 0
}

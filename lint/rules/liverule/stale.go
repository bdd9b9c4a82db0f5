package liverule

import (
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/machine"
	"github.com/deployctl/deployctl/lint"
)

// Stale reports programs that were started before their files were changed.
var Stale = &lint.Rule{
	ID:       "live-stale",
	Severity: diag.Warning,
	Summary:  "nginx or uWSGI runs with what its files said before they were changed",
	Page:     page("live-stale"),
	Check:    checkStale,
}

// slack is how much older than its files a program may be: files are written
// and programs reloaded in one go.
const slack = 2 * time.Second

func checkStale(p *lint.Pass) {
	if p.Machine == nil {
		return
	}
	masters := nginxMasters(p)
	for _, c := range p.Nginx {
		path, err := filepath.Abs(c.Tree.Main.Path)
		if err != nil || c.Tree.Main.Path == "" || len(masters[path]) != 1 {
			continue // nobody runs it, or two do
		}
		since, ok := started(p, "nginx", func(n machine.Process) bool {
			return n.Parent == masters[path][0] && strings.Contains(n.Command, "worker process")
		})
		if !ok {
			continue
		}
		for _, f := range c.Tree.Files {
			changed(p, f.File, f.Path, since, "nginx", "nginx -t && nginx -s reload")
		}
	}
	for _, c := range p.Uwsgi {
		path, err := filepath.Abs(c.Main.Path)
		if err != nil || c.Main.Path == "" {
			continue
		}
		since, ok := started(p, "uwsgi", func(u machine.Process) bool { return slices.Contains(strings.Fields(u.Command), path) })
		if !ok {
			continue
		}
		for _, f := range c.Files {
			changed(p, f.File, f.Path, since, "uWSGI", "systemctl reload, or SIGHUP to its master")
		}
	}
}

// defaultMain is the main file of an nginx that was told of none: that of the
// distributions and of nginx.org's packages.
const defaultMain = "/etc/nginx/nginx.conf"

// nginxMasters returns the numbers of nginx's master processes by the main file
// that their command lines name.
func nginxMasters(p *lint.Pass) map[string][]int {
	masters := map[string][]int{}
	for _, n := range p.Machine.Running("nginx") {
		command, ok := strings.CutPrefix(n.Command, "nginx: master process ")
		if !ok {
			continue
		}
		main, words := defaultMain, strings.Fields(command)
		for i, w := range words {
			if w == "-c" && i+1 < len(words) {
				main = words[i+1]
			}
		}
		masters[filepath.Clean(main)] = append(masters[filepath.Clean(main)], n.PID)
	}
	return masters
}

// started returns when the newest process of a program began that is meant.
func started(p *lint.Pass, program string, meant func(machine.Process) bool) (time.Time, bool) {
	var newest time.Time
	for _, process := range p.Machine.Running(program) {
		if meant(process) && process.Started.After(newest) {
			newest = process.Started
		}
	}
	return newest, !newest.IsZero()
}

func changed(p *lint.Pass, file *diag.File, path string, since time.Time, program, reload string) {
	if path == "" {
		return
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	f, err := p.Machine.File(path)
	if err != nil || !f.Modified.After(since.Add(slack)) {
		return
	}
	p.Report(diag.Diagnostic{
		Location: diag.Location{File: file, Span: file.LineSpan(1)},
		Message:  diag.T("the file was changed at %s, and %s runs since %s", moment(f.Modified), program, moment(since)),
		Why:      diag.T("what runs is not what stands here"),
		Help:     diag.T("load it again: %s", reload),
	})
}

func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") }

package nginxrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// RootInLocation reports a root that every location repeats.
var RootInLocation = &lint.Rule{
	ID:       "nginx-root-in-location",
	Severity: diag.Info,
	Summary:  "the same root repeated in every location",
	Fixable:  true,
	Page:     page("nginx-root-in-location"),
	Check:    checkRootInLocation,
}

func checkRootInLocation(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, s := range c.Servers {
			if s.Opener != nil && s.Context == directive.Server && !isOpaque(s.Scope) {
				checkRepeatedRoot(p, s)
			}
		}
	}
}

func checkRepeatedRoot(p *lint.Pass, s *site.Server) {
	var roots []*site.Node
	bare := false // some location takes its files from the server's root
	for _, l := range s.Locations {
		if nodes := l.Here("root"); len(nodes) == 1 && len(nodes[0].Args) == 1 {
			roots = append(roots, nodes[0])
			continue
		}
		bare = bare || servesFiles(l)
	}
	if len(roots) < 2 {
		return
	}
	dir := cleanRoot(roots[0].Arg(0))
	for _, r := range roots {
		if cleanRoot(r.Arg(0)) != dir {
			return
		}
	}
	outer := s.Effective("root")
	same := len(outer) > 0 && cleanRoot(outer[0].Arg(0)) == dir
	if len(outer) > 0 && !same && bare {
		return
	}
	d := diag.Diagnostic{
		Location: roots[0].HeadLocation(),
		Message:  diag.T("root %s stands in each of %d locations", roots[0].Arg(0), len(roots)),
		Why:      diag.T("a location that is added later, and error pages, look below another folder"),
		Help:     diag.T("write it once, in the server"),
	}
	for _, r := range roots[1:] {
		d.Related = append(d.Related, diag.Related{Location: r.HeadLocation(), Message: diag.T("again here")})
	}
	// Locations without a root would find other files.
	if same || !bare && len(s.Here("root")) == 0 {
		d.Fix = moveRoot(s, roots, same)
	}
	p.Report(d)
}

// moveRoot writes the root before the first location and takes it out of all;
// all of it has to be written in one file, in the block of the server itself.
func moveRoot(s *site.Server, roots []*site.Node, there bool) *diag.Fix {
	fix := &diag.Fix{Message: diag.T("move it to the server")}
	file := s.Opener.File
	for _, r := range roots {
		if r.File != file || !r.Terminated {
			return nil
		}
		fix.Edits = append(fix.Edits, diag.Edit{File: file.File, Span: r.Line()})
	}
	if there {
		return fix
	}
	first := s.Locations[0].Opener
	if first == nil || first.File != file {
		return nil
	}
	fix.Edits = append(fix.Edits, first.Before(file.Text(roots[0].Head())+";"))
	return fix
}

func cleanRoot(dir string) string {
	if len(dir) > 1 {
		return strings.TrimRight(dir, "/")
	}
	return dir
}

// servesFiles tells whether a location answers with files below its root, as
// far as it can be seen: it has no pass, no return, no module of its own.
func servesFiles(l *site.Location) bool {
	if isOpaque(l.Scope) || passHere(l.Scope) != nil {
		return false
	}
	for _, name := range []string{"alias", "return", "rewrite", "stub_status", "empty_gif", "deny", "js_content", "perl", "content_by_lua", "content_by_lua_block", "content_by_lua_file", "echo", "api"} {
		if len(l.Here(name)) > 0 {
			return false
		}
	}
	if deny := l.Here("deny"); len(deny) > 0 && deny[len(deny)-1].Arg(0) == "all" {
		return false
	}
	for _, n := range l.Nodes {
		if n.Row == nil {
			return false // a module that is not known may answer
		}
	}
	return true
}

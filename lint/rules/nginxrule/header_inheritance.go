package nginxrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// HeaderInheritance reports lists of headers in an inner block that drop those
// of the outer one.
var HeaderInheritance = &lint.Rule{
	ID:       "nginx-header-inheritance",
	Severity: diag.Warning,
	Summary:  "add_header, proxy_set_header and their like in an inner block drop the outer ones",
	Fixable:  true,
	Page:     page("nginx-header-inheritance"),
	Check:    checkHeaderInheritance,
}

// listDirectives are those whose inner list replaces the outer one as a whole,
// with the pass that they need, if any. uwsgi_param has a rule of its own.
var listDirectives = []struct{ name, pass string }{
	{"add_header", ""}, {"add_trailer", ""},
	{"proxy_set_header", "proxy_pass"}, {"grpc_set_header", "grpc_pass"},
	{"fastcgi_param", "fastcgi_pass"}, {"scgi_param", "scgi_pass"},
	{"proxy_hide_header", "proxy_pass"}, {"uwsgi_hide_header", "uwsgi_pass"}, {"fastcgi_hide_header", "fastcgi_pass"}, {"scgi_hide_header", "scgi_pass"}, {"grpc_hide_header", "grpc_pass"},
	{"proxy_pass_header", "proxy_pass"}, {"uwsgi_pass_header", "uwsgi_pass"}, {"fastcgi_pass_header", "fastcgi_pass"}, {"scgi_pass_header", "scgi_pass"}, {"grpc_pass_header", "grpc_pass"},
}

// maxLost bounds the dropped lines that one finding speaks of and repeats.
const maxLost = 40

func checkHeaderInheritance(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, list := range listDirectives {
			passing := passingScopes(c, list.pass)
			var last *site.Scope
			for _, n := range c.Find(list.name) {
				if n.Scope == last || n.Row == nil {
					continue // a scope is looked at once, at its first line
				}
				last = n.Scope
				if list.pass == "" || passing[n.Scope] {
					checkDropped(p, c.Tree, n)
				}
			}
		}
	}
}

// passingScopes returns the scopes from which a pass inherits.
func passingScopes(c *site.Config, pass string) map[*site.Scope]bool {
	found := map[*site.Scope]bool{}
	for _, n := range c.Find(pass) {
		for s := n.Scope; s != nil && !found[s]; s = s.Parent {
			found[s] = true
		}
	}
	return found
}

// checkDropped compares the list that n starts with the one that it hides.
func checkDropped(p *lint.Pass, tree *nginx.Config, n *site.Node) {
	scope, name := n.Scope, n.Name.Value
	if scope.Parent == nil || isOpaque(scope) || keepsOuter(p, scope, name) {
		return
	}
	if scope.Context&(directive.IfInLocation|directive.IfInServer) != 0 && answers(scope) {
		return // such as the answer to a preflight, which is complete as it is
	}
	outer := scope.Parent.Effective(name)
	if len(outer) == 0 {
		return
	}
	inner := map[string]bool{}
	for _, i := range scope.Here(name) {
		inner[strings.ToLower(i.Arg(0))] = true
	}
	var names []string
	var lost []*site.Node
	dropped := map[string]bool{}
	for _, o := range outer {
		key := strings.ToLower(o.Arg(0))
		if key == "" || inner[key] {
			continue
		}
		if len(lost) == maxLost {
			break // each block would be compared with a list of any length
		}
		if !dropped[key] {
			dropped[key] = true
			names = append(names, o.Arg(0))
		}
		lost = append(lost, o)
	}
	if len(names) == 0 {
		return
	}
	d := diag.Diagnostic{
		Location: n.HeadLocation(),
		Message:  diag.T("this %s drops the outer %s", name, strings.Join(names[:min(3, len(names))], ", ")),
		Why:      diag.T("%s is inherited only by a block that has none of its own", name),
		Help:     diag.T("repeat the outer ones in this block"),
	}
	if len(lost) < maxLost {
		d.Fix = repeatLost(tree, scope, lost)
	}
	if len(names) > 3 {
		d.Message = diag.T("this %s drops the outer %s and %d more", name, strings.Join(names[:3], ", "), len(names)-3)
	}
	if strings.HasPrefix(name, "add_") && saidAtLeast(p, "1.29.3") {
		d.Help = diag.T("repeat the outer ones in this block, or write `%s_inherit merge;`", name)
	}
	for _, o := range lost[:min(5, len(lost))] {
		d.Related = append(d.Related, diag.Related{Location: o.HeadLocation(), Message: diag.T("dropped")})
	}
	p.Report(d)
}

// keepsOuter tells whether add_header_inherit (nginx 1.29.3) settles the matter:
// merge adds to the outer headers, off says that they are not wanted.
func keepsOuter(p *lint.Pass, scope *site.Scope, name string) bool {
	if !strings.HasPrefix(name, "add_") || saidOlder(p, "1.29.3") {
		return false
	}
	value := inForce(scope, name+"_inherit", "on")
	return value == "merge" || value == "off"
}

// repeatLost writes the lost lines before the first one of the block, or the
// include that brought them. There is no fix where the block's own lines come
// from a file that others may share.
func repeatLost(tree *nginx.Config, scope *site.Scope, lost []*site.Node) *diag.Fix {
	if scope.Opener == nil {
		return nil
	}
	var at *site.Node
	for _, n := range scope.Here(lost[0].Name.Value) {
		if n.File == scope.Opener.File {
			at = n
			break
		}
	}
	if at == nil {
		return nil
	}
	var lines []string
	if include := includeOnly(tree, lost); include != "" {
		lines = []string{"include " + include + ";"}
	} else {
		for _, n := range lost {
			lines = append(lines, n.File.Text(n.Head())+";")
		}
	}
	return &diag.Fix{Message: diag.T("repeat what is inherited"), Edits: []diag.Edit{at.Before(lines...)}}
}

// includeOnly returns the argument of the include in the outer block that
// brought all the lost lines and nothing else; "" when there is none.
func includeOnly(tree *nginx.Config, lost []*site.Node) string {
	scope, file := lost[0].Scope, lost[0].File
	if scope.Opener == nil || scope.Opener.Block == nil || file == scope.Opener.File {
		return ""
	}
	count := 0
	for d := range nginx.Directives(file.Nodes) {
		if d.Name.Value != lost[0].Name.Value {
			return ""
		}
		count++
	}
	for _, n := range lost {
		if n.File != file {
			return ""
		}
	}
	if count != len(lost) {
		return ""
	}
	for d := range nginx.Directives(scope.Opener.Block.Nodes) {
		if d.Name.Value == "include" && len(tree.Included[d]) == 1 && tree.Included[d][0] == file {
			return scope.Opener.File.Text(d.Args[0].Span())
		}
	}
	return ""
}

package nginxrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// MergeSlashes reports merge_slashes off where it lets requests around a
// location that refuses them, and where it has no effect.
var MergeSlashes = &lint.Rule{
	ID:       "nginx-merge-slashes",
	Severity: diag.Info,
	Summary:  "merge_slashes off lets //path around the rules of location /path",
	Page:     page("nginx-merge-slashes"),
	Check:    checkMergeSlashes,
}

func checkMergeSlashes(p *lint.Pass) {
	for _, c := range p.Nginx {
		off := c.Find("merge_slashes")
		if len(off) == 0 {
			continue
		}
		first, marked := map[listenKey]*site.Server{}, map[listenKey]bool{}
		for _, s := range c.Servers {
			for _, l := range s.Listens {
				if k := keyOf(l); first[k] == nil || l.Default && !marked[k] {
					first[k], marked[k] = s, l.Default
				}
			}
		}
		said := map[*site.Node]bool{}
		for _, s := range c.Servers {
			nodes := s.Effective("merge_slashes")
			if len(nodes) == 0 || nodes[0].Arg(0) != "off" || said[nodes[0]] {
				continue
			}
			if guarded := guardedLocation(s); guarded != nil {
				said[nodes[0]] = true
				reportMergeSlashes(p, nodes[0], guarded)
			} else if d := shadowingDefault(s, first); d != nil && nodes[0].Scope == s.Scope && wholeConfig(c) {
				said[nodes[0]] = true
				p.Report(diag.Diagnostic{
					Location: nodes[0].HeadLocation(),
					Message:  diag.T("merge_slashes has no effect in a server that is not the default of its address"),
					Why:      diag.T("nginx reads the request line before it knows the Host: the default server's setting holds"),
					Help:     diag.T("write it in the default server, or in http"),
					Related:  []diag.Related{{Location: d.Opener.Location(0), Message: diag.T("the default server")}},
				})
			}
		}
	}
}

// guardedLocation returns a location whose prefix keeps some requests out.
func guardedLocation(s *site.Server) *site.Location {
	for _, l := range s.Locations {
		if l.Kind == site.Named || isRegexLocation(l) || l.Pattern == "/" || l.Opener == nil {
			continue
		}
		for _, name := range []string{"deny", "auth_basic", "auth_request", "internal"} {
			if nodes := l.Here(name); len(nodes) > 0 && nodes[0].Arg(0) != "off" {
				return l
			}
		}
		if r := l.Here("return"); len(r) > 0 && len(r[0].Arg(0)) == 3 && r[0].Arg(0)[0] == '4' {
			return l
		}
	}
	return nil
}

func reportMergeSlashes(p *lint.Pass, n *site.Node, guarded *site.Location) {
	p.Report(diag.Diagnostic{
		Location: n.HeadLocation(),
		Message:  diag.T("with merge_slashes off a request for /%s goes around location %s", guarded.Pattern, shownLocation(guarded)),
		Why:      diag.T("the location does not match, and applications mostly read both slashes as one"),
		Help:     diag.T("remove it, or refuse `//` with a location of its own: `location ~ // { return 400; }`"),
		Related:  []diag.Related{{Location: guarded.Opener.HeadLocation(), Message: diag.T("this keeps requests out")}},
	})
}

// shadowingDefault returns the default server of all addresses of a server
// without TLS, when it is another one that does not say the same.
func shadowingDefault(s *site.Server, first map[listenKey]*site.Server) *site.Server {
	var found *site.Server
	for _, l := range s.Listens {
		d := first[keyOf(l)]
		if l.SSL || l.QUIC || d == s || d == nil || d.Context != directive.Server || d.Opener == nil || inForce(d.Scope, "merge_slashes", "on") == "off" {
			return nil
		}
		found = d
	}
	return found
}

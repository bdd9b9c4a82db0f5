package nginxrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/nginx/value"
)

// Incompatible reports directives that nginx does not take together.
var Incompatible = &lint.Rule{
	ID:       "nginx-incompatible",
	Severity: diag.Error,
	Summary:  "directives, or values of several, that exclude each other",
	Page:     page("nginx-incompatible"),
	Check:    checkIncompatible,
}

func checkIncompatible(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, pair := range excluding {
			checkExcluding(p, c, pair.name, pair.other, pair.values)
		}
		checkAlias(p, c)
		checkPassURI(p, c)
		checkRedirectDefault(p, c)
		checkBalancing(p, c)
		checkHandlers(p, c)
		checkSharedLogs(p, c)
		checkBuffers(p, c)
		checkClientCertificate(p, c)
		checkStreamServers(p, c)
		checkLoadOrder(p, c)
	}
}

// excluding are directives that may not stand in one block; with values set,
// only where neither is off.
var excluding = []struct {
	name, other string
	values      bool
}{
	{"root", "alias", false},
	{"proxy_cache", "proxy_store", true}, {"uwsgi_cache", "uwsgi_store", true}, {"fastcgi_cache", "fastcgi_store", true}, {"scgi_cache", "scgi_store", true},
	{"secure_link_secret", "secure_link", false}, {"secure_link_secret", "secure_link_md5", false},
}

func checkExcluding(p *lint.Pass, c *site.Config, name, other string, values bool) {
	for _, n := range c.Find(name) {
		if n.Row == nil || values && n.Arg(0) == "off" {
			continue
		}
		for _, o := range n.Scope.Here(other) {
			if o.Row == nil || values && o.Arg(0) == "off" {
				continue
			}
			reportTogether(p, n, o)
			break
		}
	}
}

// reportTogether reports two directives of one block at the one that nginx
// meets second.
func reportTogether(p *lint.Pass, a, b *site.Node) {
	if a.File == b.File && a.Name.Span().Start < b.Name.Span().Start {
		a, b = b, a
	}
	p.Report(diag.Diagnostic{
		Location: a.HeadLocation(),
		Message:  diag.T("%q and %q exclude each other", a.Name.Value, b.Name.Value),
		Why:      diag.T("nginx does not start: %q directive is incompatible with %q", a.Name.Value, b.Name.Value),
		Help:     diag.T("remove one of them"),
		Related:  []diag.Related{{Location: b.HeadLocation(), Message: diag.T("the first one")}},
	})
}

func checkAlias(p *lint.Pass, c *site.Config) {
	for _, n := range c.Find("alias") {
		if n.Row == nil || n.Scope.Opener == nil || !strings.HasPrefix(n.Scope.Opener.Arg(0), "@") {
			continue
		}
		p.Report(diag.Diagnostic{
			Location: n.HeadLocation(),
			Message:  diag.T("alias has no meaning in the named location %s", n.Scope.Opener.Arg(0)),
			Why:      diag.T(`nginx does not start: the "alias" directive cannot be used inside the named location`),
			Help:     diag.T("write root instead"),
		})
	}
}

// checkPassURI finds a proxy_pass whose URI would replace a prefix where there
// is none.
func checkPassURI(p *lint.Pass, c *site.Config) {
	for _, n := range c.Find("proxy_pass") {
		_, rest, ok := strings.Cut(n.Arg(0), "://")
		if n.Row == nil || !ok || strings.Contains(rest, "$") || template(rest) || n.Scope.Enclosing(directive.HTTP|directive.Server|directive.Location) == nil {
			continue
		}
		a, refused := value.ParseAddress(rest, value.AddressUse{URI: true})
		if refused != "" {
			continue
		}
		checkUpstreamPort(p, c, n, a)
		if a.URI == "" || !withoutPrefix(n.Scope) {
			continue
		}
		p.Report(diag.Diagnostic{
			Location: n.Location(1),
			Message:  diag.T("proxy_pass has the URI %q where there is no prefix that it could replace", a.URI),
			Why:      diag.T(`nginx does not start: "proxy_pass" cannot have URI part in location given by regular expression, or inside named location, or inside "if" statement, or inside "limit_except" block`),
			Help:     diag.T("write %s, and change the URI with rewrite", strings.TrimSuffix(n.Arg(0), a.URI)),
		})
	}
}

// withoutPrefix tells whether a scope has no prefix of a location that a URI
// could replace.
func withoutPrefix(s *site.Scope) bool {
	if s.Context&(directive.IfInLocation|directive.LimitExcept) != 0 {
		return true
	}
	if s.Context != directive.Location || s.Opener == nil {
		return false
	}
	first := s.Opener.Arg(0)
	return strings.HasPrefix(first, "~") || strings.HasPrefix(first, "@")
}

func checkUpstreamPort(p *lint.Pass, c *site.Config, n *site.Node, a value.Address) {
	if u := c.Upstreams[a.Host]; u != nil && !a.NoPort && a.Host != "" && u.Opener != nil {
		p.Report(diag.Diagnostic{
			Location: n.Location(1),
			Message:  diag.T("the upstream %q is named with the port %d, and its members have their own", a.Host, a.Port),
			Why:      diag.T("nginx does not start: upstream %q may not have port %d", a.Host, a.Port),
			Help:     diag.T("write the name of the upstream alone"),
			Related:  []diag.Related{{Location: u.Opener.HeadLocation(), Message: diag.T("the upstream")}},
		})
	}
}

func checkRedirectDefault(p *lint.Pass, c *site.Config) {
	for _, n := range c.Find("proxy_redirect") {
		if n.Row == nil || len(n.Args) != 1 || n.Arg(0) != "default" {
			continue
		}
		before := false
		for _, pass := range n.Scope.Here("proxy_pass") {
			before = before || !strings.Contains(pass.Arg(0), "$") && (pass.File != n.File || pass.Name.Span().Start < n.Name.Span().Start)
		}
		if !before {
			p.Report(diag.Diagnostic{
				Location: n.HeadLocation(),
				Message:  diag.T("`proxy_redirect default` needs a proxy_pass without variables before it, in the same block"),
				Why:      diag.T(`nginx does not start: "proxy_redirect default" should be placed after the "proxy_pass" directive`),
				Help:     diag.T("remove it: default is the default"),
			})
		}
	}
}

// checkBalancing follows the flags that a method of balancing leaves to the
// members that come after it, and looks for an upstream without members.
func checkBalancing(p *lint.Pass, c *site.Config) {
	for _, o := range c.Find("upstream") {
		if o.Body == nil || o.Row == nil || len(o.Body.Here("include")) > 0 {
			continue
		}
		var method *site.Node
		members, primary := 0, 0
		for _, n := range o.Body.Nodes {
			switch n.Name.Value {
			case "hash", "ip_hash", "random":
				method = n
			case "least_conn", "least_time":
				method = nil
			case "server":
				members++
				backup := false
				for i, a := range n.Args {
					if a.Value != "backup" || i == 0 {
						continue
					}
					backup = true
					if method != nil {
						p.Report(diag.Diagnostic{
							Location: n.Location(i + 1),
							Message:  diag.T("%q knows no backup servers", method.Name.Value),
							Why:      diag.T("nginx does not start: balancing method does not support parameter %q", a.Value),
							Related:  []diag.Related{{Location: method.HeadLocation(), Message: diag.T("the method")}},
						})
					}
				}
				if !backup {
					primary++
				}
			case "zone":
				if members == 0 {
					continue
				}
			}
		}
		switch {
		case members == 0:
			p.Report(diag.Diagnostic{Location: o.HeadLocation(), Message: diag.T("the upstream has no servers"), Why: diag.T("nginx does not start: no servers are inside upstream")})
		case primary == 0:
			p.Report(diag.Diagnostic{Location: o.HeadLocation(), Message: diag.T("the upstream has none but backup servers"), Why: diag.T("nginx does not start: no servers in upstream %q", o.Arg(0))})
		}
	}
}

// handlers are the directives that answer every request of a location.
var handlers = []string{"proxy_pass", "uwsgi_pass", "fastcgi_pass", "scgi_pass", "grpc_pass", "memcached_pass", "stub_status", "empty_gif", "flv", "mp4", "perl"}

// checkHandlers warns of two of them in one block: nginx starts and silently
// takes the last.
func checkHandlers(p *lint.Pass, c *site.Config) {
	first := map[*site.Scope]*site.Node{}
	for _, name := range handlers {
		for _, n := range c.Find(name) {
			if n.Row == nil || n.Scope.Context&(directive.Location|directive.IfInLocation) == 0 {
				continue
			}
			earlier := first[n.Scope]
			if earlier == nil {
				first[n.Scope] = n
				continue
			}
			if earlier.Name.Value == name {
				continue // a duplicate
			}
			later := n
			if n.File == earlier.File && n.Name.Span().Start < earlier.Name.Span().Start {
				earlier, later = n, earlier
			}
			p.Report(diag.Diagnostic{
				Location: later.HeadLocation(), Severity: diag.Warning,
				Message: diag.T("%q and %q both answer the requests of this location", earlier.Name.Value, later.Name.Value),
				Why:     diag.T("nginx takes the last one and says nothing"),
				Help:    diag.T("remove one of them"),
				Related: []diag.Related{{Location: earlier.HeadLocation(), Message: diag.T("the first one")}},
			})
		}
	}
}

// checkLoadOrder finds modules that are loaded after a block was read.
func checkLoadOrder(p *lint.Pass, c *site.Config) {
	if c.Root.Context != directive.Main {
		return
	}
	var block *site.Node
	for _, n := range c.Root.Nodes {
		switch {
		case n.Row == nil:
		case n.Block != nil && block == nil:
			block = n
		case n.Name.Value == "load_module" && block != nil:
			p.Report(diag.Diagnostic{
				Location: n.HeadLocation(),
				Message:  diag.T("a module is loaded after %q, where it is too late", block.Name.Value),
				Why:      diag.T(`nginx does not start: "load_module" directive is specified too late`),
				Help:     diag.T("move it to the top of the file"),
				Related:  []diag.Related{{Location: block.Location(0), Message: diag.T("the block")}},
			})
		}
	}
}

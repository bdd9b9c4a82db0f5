package nginxrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// Undefined reports names that nothing defines.
var Undefined = &lint.Rule{
	ID:       "nginx-undefined",
	Severity: diag.Error,
	Summary:  "a variable, log format, zone or named location that nothing defines",
	Page:     page("nginx-undefined"),
	Check:    checkUndefined,
}

func checkUndefined(p *lint.Pass) {
	for _, c := range p.Nginx {
		checkNamedLocations(p, c)
		if c.Root.Context != directive.Main || len(c.Tree.Problems) > 0 || foreign(c) {
			continue // what is missing here may be defined where a fragment is included
		}
		checkVariables(p, c)
		checkFormats(p, c)
		checkZones(p, c)
		checkUpstreams(p, c)
	}
}

// checkUpstreams finds passes to a name that is neither an upstream nor an
// address: the protocols of applications have no default port.
func checkUpstreams(p *lint.Pass, c *site.Config) {
	for _, name := range []string{"uwsgi_pass", "fastcgi_pass", "scgi_pass"} {
		for _, n := range c.Find(name) {
			_, target, ok := strings.Cut(n.Arg(0), "://")
			if !ok {
				target = n.Arg(0)
			}
			if n.Row == nil || target == "" || strings.ContainsAny(target, ":/$") || template(target) || c.Upstreams[target] != nil {
				continue
			}
			p.Report(diag.Diagnostic{
				Location: n.Location(1),
				Message:  diag.T("no upstream is called %q", target),
				Why:      diag.T("nginx does not start: no port in upstream %q", target),
				Help:     diag.T("add `upstream %s { server ...; }`, or write an address with its port", target),
			})
		}
	}
}

// foreign tells whether modules that are not nginx's own are loaded: they
// define variables that are not known here.
func foreign(c *site.Config) bool {
	for n := range c.All() {
		if _, ok := directive.ThirdParty(n.Name.Value); ok && n.Row == nil {
			return true
		}
	}
	return false
}

// evaluated names the directives of http whose arguments nginx searches for
// variables, with the first argument that it does so for.
var evaluated = map[string]int{
	"return": 0, "rewrite": 1, "set": 1, "if": 0, "map": 0, "split_clients": 0, "root": 0, "alias": 0, "try_files": 0,
	"proxy_pass": 0, "uwsgi_pass": 0, "fastcgi_pass": 0, "scgi_pass": 0, "grpc_pass": 0,
	"proxy_set_header": 1, "grpc_set_header": 1, "uwsgi_param": 1, "fastcgi_param": 1, "scgi_param": 1,
	"add_header": 1, "add_trailer": 1, "log_format": 1, "limit_req_zone": 0, "limit_conn_zone": 0,
	"proxy_cache_key": 0, "uwsgi_cache_key": 0, "fastcgi_cache_key": 0, "scgi_cache_key": 0,
	"proxy_redirect": 1, "index": 0, "auth_request_set": 1, "error_page": 1, "sub_filter": 0, "proxy_cache_bypass": 0, "proxy_no_cache": 0, "uwsgi_cache_bypass": 0, "uwsgi_no_cache": 0,
}

func checkVariables(p *lint.Pass, c *site.Config) {
	for n := range c.All() {
		from, ok := evaluated[n.Name.Value]
		if !ok || n.Row == nil || n.Scope.Enclosing(directive.HTTP) == nil {
			continue
		}
		for i := from; i < len(n.Args); i++ {
			arg := n.Args[i].Value
			if strings.IndexByte(arg, '$') < 0 || template(arg) && !strings.Contains(arg, "${") {
				continue
			}
			if n.Name.Value == "if" && isRegex(n, i) || n.Name.Value == "log_format" && strings.HasPrefix(arg, "escape=") {
				continue
			}
			for _, name := range site.Variables(arg) {
				if site.Builtin(name) || len(c.Variables[name]) > 0 {
					continue
				}
				p.Report(diag.Diagnostic{
					Location: n.Location(i + 1),
					Message:  diag.T("nothing defines the variable $%s", name),
					Why:      diag.T("nginx does not start: unknown %q variable", name),
					Help:     diag.T("define it with set or map, or mend its name"),
				})
			}
		}
	}
}

// isRegex tells whether an argument of if is the expression after ~ or ~*.
func isRegex(n *site.Node, i int) bool {
	return i > 0 && strings.HasPrefix(strings.TrimPrefix(n.Args[i-1].Value, "!"), "~")
}

// checkFormats compares access_log with the log formats.
func checkFormats(p *lint.Pass, c *site.Config) {
	known := map[string]bool{"combined": true}
	for _, n := range c.Find("log_format") {
		known[n.Arg(0)] = true
	}
	for _, n := range c.Find("access_log") {
		if len(n.Args) < 2 || n.Scope.Enclosing(directive.HTTP) == nil || strings.Contains(n.Arg(1), "=") || strings.Contains(n.Arg(1), "$") || known[n.Arg(1)] {
			continue
		}
		p.Report(diag.Diagnostic{
			Location: n.Location(2),
			Message:  diag.T("no log_format is called %q", n.Arg(1)),
			Why:      diag.T("nginx does not start: unknown log format %q", n.Arg(1)),
			Help:     diag.T("add `log_format %s ...;` to the http block, or use combined", n.Arg(1)),
		})
	}
}

// zoneUses are the directives that name a zone of memory, with the directive
// that defines it.
var zoneUses = []struct{ use, define, parameter string }{
	{"limit_req", "limit_req_zone", "zone="}, {"limit_conn", "limit_conn_zone", ""},
	{"proxy_cache", "proxy_cache_path", ""}, {"uwsgi_cache", "uwsgi_cache_path", ""},
	{"fastcgi_cache", "fastcgi_cache_path", ""}, {"scgi_cache", "scgi_cache_path", ""},
}

func checkZones(p *lint.Pass, c *site.Config) {
	for _, z := range zoneUses {
		known := map[string]bool{"off": true}
		for _, define := range []string{"limit_req_zone", "limit_conn_zone", "proxy_cache_path", "uwsgi_cache_path", "fastcgi_cache_path", "scgi_cache_path"} {
			if define != z.define && (strings.HasPrefix(z.define, "limit") || strings.HasPrefix(define, "limit")) {
				continue
			}
			for _, n := range c.Find(define) {
				for _, a := range n.Args {
					for _, prefix := range []string{"zone=", "keys_zone="} {
						if name, ok := strings.CutPrefix(a.Value, prefix); ok {
							name, _, _ = strings.Cut(name, ":")
							known[name] = true
						}
					}
				}
			}
		}
		for _, n := range c.Find(z.use) {
			i := 0
			name := n.Arg(0)
			if z.parameter != "" {
				for i = range n.Args {
					if name = strings.TrimPrefix(n.Arg(i), z.parameter); name != n.Arg(i) {
						break
					}
				}
			}
			if n.Row == nil || name == "" || strings.Contains(name, "$") || known[name] {
				continue
			}
			p.Report(diag.Diagnostic{
				Location: n.Location(i + 1),
				Message:  diag.T("no %s defines the zone %q", z.define, name),
				Why:      diag.T("nginx does not start: zero size shared memory zone %q", name),
				Help:     diag.T("add `%s` for it to the http block", z.define),
			})
		}
	}
}

// checkNamedLocations compares error_page and try_files with the named
// locations of their server. nginx only finds out when it answers.
func checkNamedLocations(p *lint.Pass, c *site.Config) {
	for _, name := range []string{"error_page", "try_files"} {
		for _, n := range c.Find(name) {
			last := len(n.Args) - 1
			if last < 1 || !strings.HasPrefix(n.Arg(last), "@") || strings.Contains(n.Arg(last), "$") {
				continue
			}
			server := n.Scope.Enclosing(directive.Server)
			if server == nil || server.Opener == nil || len(c.Tree.Problems) > 0 || hasLocation(server, n.Arg(last)) {
				continue
			}
			p.Report(diag.Diagnostic{
				Location: n.Location(last + 1),
				Message:  diag.T("the server has no location %s", n.Arg(last)),
				Why:      diag.T("nginx answers 500 and logs: could not find named location %q", n.Arg(last)),
				Help:     diag.T("add `location %s { ... }` to the server", n.Arg(last)),
			})
		}
	}
}

func hasLocation(server *site.Scope, name string) bool {
	for _, l := range server.Here("location") {
		if l.Arg(0) == name {
			return true
		}
	}
	return false
}

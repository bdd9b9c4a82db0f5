package nginxrule

import (
	"maps"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/nearest"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/nginx/value"
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
		checkThreadPools(p, c)
		checkCharsets(p, c)
		checkUpstreamZones(p, c)
		checkMemcachedKey(p, c)
		checkStreamPorts(p, c)
	}
}

// passes are the directives that name an upstream, with the schemes before it.
var passes = map[string]string{
	"uwsgi_pass": "uwsgi suwsgi", "fastcgi_pass": "", "scgi_pass": "scgi", "grpc_pass": "grpc grpcs", "memcached_pass": "", "proxy_pass": "http https",
}

// checkUpstreams finds passes to a name that is neither an upstream nor an
// address: only proxy_pass has a default port, and some names are none.
func checkUpstreams(p *lint.Pass, c *site.Config) {
	for _, name := range slices.Sorted(maps.Keys(passes)) {
		for _, n := range c.Find(name) {
			target := n.Arg(0)
			if scheme, rest, ok := strings.Cut(target, "://"); ok && slices.Contains(strings.Fields(passes[name]), strings.ToLower(scheme)) {
				target = rest
			}
			if n.Row == nil || n.Row.Contexts&directive.StreamServer != 0 || strings.Contains(target, "$") || template(target) {
				continue
			}
			a, refused := value.ParseAddress(target, value.AddressUse{URI: name == "proxy_pass"})
			if refused != "" || a.Unix != "" || c.Upstreams[a.Host] != nil {
				continue
			}
			if a.Possible() && (!a.NoPort || name == "proxy_pass") {
				warnOfNear(p, c, n, a)
				continue
			}
			d := diag.Diagnostic{
				Location: n.Location(1),
				Message:  diag.T("no upstream is called %q", a.Host),
				Why:      diag.T("nginx does not start: no port in upstream %q", a.Host),
				Help:     diag.T("add `upstream %s { server ...; }`, or write an address with its port", a.Host),
			}
			if !a.Possible() && (!a.NoPort || name == "proxy_pass") {
				d.Why = diag.T("nginx does not start: host not found in upstream %q", a.Host)
			}
			p.Report(d)
		}
	}
}

// warnOfNear warns of a host that is called nearly as an upstream. It may be a
// machine all the same, such as another container with a number in its name.
func warnOfNear(p *lint.Pass, c *site.Config, n *site.Node, a value.Address) {
	const many = 200 // upstreams, above which they are not compared with each name
	if !a.NoPort || a.IP.IsValid() || len(a.Host) < 4 || strings.Contains(a.Host, ".") || len(c.Upstreams) > many {
		return
	}
	near := nearest.Name(a.Host, slices.Sorted(maps.Keys(c.Upstreams)))
	digits := func(s string) string { return strings.Map(func(r rune) rune { return max(r, '9') }, s) }
	if near == "" || max(len(near), len(a.Host))-min(len(near), len(a.Host)) > 2 || strings.EqualFold(near, a.Host) || digits(near) == digits(a.Host) {
		return
	}
	p.Report(diag.Diagnostic{
		Location: n.Location(1), Severity: diag.Warning,
		Message: diag.T("no upstream is called %q; the nearest name is %q", a.Host, near),
		Why:     diag.T("nginx does not start: host not found in upstream %q, unless it is the name of a machine", a.Host),
		Related: []diag.Related{{Location: c.Upstreams[near].Opener.HeadLocation(), Message: diag.T("the upstream")}},
	})
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

func checkVariables(p *lint.Pass, c *site.Config) {
	for n := range c.All() {
		if n.Scope.Context == directive.Entries {
			checkResult(p, c, n)
			continue
		}
		if !readable(n) || n.Scope.Enclosing(directive.HTTP|directive.Stream) == nil {
			continue
		}
		for i, a := range n.Args {
			if n.Name.Value == "geo" && i == 0 && len(n.Args) == 2 {
				reportUndefined(p, c, n, 1, a.Value)
			}
			if strings.IndexByte(a.Value, '$') >= 0 && value.Evaluated(n.Row, n.Args, i) && !(n.Name.Value == "if" && isRegex(n, i)) {
				reportUndefined(p, c, n, i+1, a.Value)
			}
		}
	}
}

// checkResult looks at the result of an entry of a map.
func checkResult(p *lint.Pass, c *site.Config, n *site.Node) {
	o := n.Scope.Opener
	if o != nil && o.Name.Value == "map" && len(n.Args) == 1 && o.Scope.Context&directive.HTTP != 0 {
		reportUndefined(p, c, n, 1, n.Arg(0))
	}
}

func reportUndefined(p *lint.Pass, c *site.Config, n *site.Node, word int, text string) {
	if template(text) && !strings.Contains(text, "${") || strings.HasPrefix(text, "escape=") {
		return
	}
	names, _ := value.Variables(text)
	for _, name := range names {
		if site.Builtin(name) || len(c.Variables[name]) > 0 {
			continue
		}
		p.Report(diag.Diagnostic{
			Location: n.Location(word),
			Message:  diag.T("nothing defines the variable $%s", name),
			Why:      diag.T("nginx does not start: unknown %q variable", name),
			Help:     diag.T("define it with set or map, or mend its name"),
		})
	}
}

// isRegex tells whether an argument of if is the expression after ~ or ~*.
func isRegex(n *site.Node, i int) bool {
	return i > 0 && strings.HasPrefix(strings.TrimPrefix(n.Args[i-1].Value, "!"), "~")
}

// checkFormats compares access_log with the log formats, which have to be
// defined before they are used.
func checkFormats(p *lint.Pass, c *site.Config) {
	for _, context := range []directive.Context{directive.HTTP, directive.Stream} {
		known, later := map[string]bool{"combined": context == directive.HTTP}, map[string]*site.Node{}
		for _, n := range c.Find("log_format") {
			if name := strings.ToLower(n.Arg(0)); later[name] == nil && n.Scope.Context == context {
				later[name] = n
			}
		}
		for n := range c.All() {
			switch {
			case n.Name.Value == "log_format" && n.Scope.Context == context:
				known[strings.ToLower(n.Arg(0))] = true
			case n.Name.Value == "access_log" && n.Row != nil && len(n.Args) > 1 && n.Scope.Enclosing(context) != nil:
				checkFormat(p, n, known, later)
			}
		}
	}
}

func checkFormat(p *lint.Pass, n *site.Node, known map[string]bool, later map[string]*site.Node) {
	name := strings.ToLower(n.Arg(1))
	if known[name] || n.Arg(0) == "off" || template(name) {
		return
	}
	d := diag.Diagnostic{
		Location: n.Location(2),
		Message:  diag.T("no log_format is called %q", n.Arg(1)),
		Why:      diag.T("nginx does not start: unknown log format %q", n.Arg(1)),
		Help:     diag.T("add `log_format %s ...;` to the http block, or use combined", n.Arg(1)),
	}
	if l := later[name]; l != nil {
		d.Message = diag.T("the log_format %q is defined below its use", n.Arg(1))
		d.Help = diag.T("move the log_format up")
		d.Related = []diag.Related{{Location: l.HeadLocation(), Message: diag.T("the definition")}}
	}
	p.Report(d)
}

// zoneUses are the directives that name a zone of memory, with the directive
// that defines it and the module that owns it.
var zoneUses = []struct{ use, define, owner, parameter string }{
	{"limit_req", "limit_req_zone", "limit_req", "zone="}, {"limit_conn", "limit_conn_zone", "limit_conn", ""},
	{"proxy_cache", "proxy_cache_path", "proxy", ""}, {"uwsgi_cache", "uwsgi_cache_path", "uwsgi", ""},
	{"fastcgi_cache", "fastcgi_cache_path", "fastcgi", ""}, {"scgi_cache", "scgi_cache_path", "scgi", ""},
}

func checkZones(p *lint.Pass, c *site.Config) {
	type owned struct{ owner, name string }
	known := map[owned]bool{}
	zones(c, func(z zone) { known[owned{z.owner, z.name}] = true })
	for _, z := range zoneUses {
		for _, n := range c.Find(z.use) {
			i := 0
			name := n.Arg(0)
			if z.parameter != "" {
				i = slices.IndexFunc(n.Args, func(a nginx.Word) bool { return strings.HasPrefix(a.Value, z.parameter) })
				if i < 0 {
					continue // another rule says so
				}
				name = n.Arg(i)[len(z.parameter):]
			} else if z.owner != "limit_conn" && (name == "off" || name == "") {
				continue
			}
			if n.Row == nil || strings.Contains(name, "$") || template(name) || known[owned{zoneOwner(n, z.owner), name}] {
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

package nginxrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/nginx/value"
)

// DuplicateUpstream reports names that are defined twice.
var DuplicateUpstream = &lint.Rule{
	ID:       "nginx-duplicate-upstream",
	Severity: diag.Error,
	Summary:  "an upstream, a zone, a log format or a path of a cache is defined twice",
	Page:     page("nginx-duplicate-upstream"),
	Check:    checkDuplicateUpstream,
}

func checkDuplicateUpstream(p *lint.Pass) {
	for _, c := range p.Nginx {
		checkNames(p, c)
		checkDuplicateZones(p, c)
	}
}

// named are directives that give something a name that may be given once.
var named = []struct {
	directive string
	fold      bool // case makes no difference
	log       string
}{
	{"upstream", true, "duplicate upstream %q"},
	{"log_format", false, "duplicate \"log_format\" name %q"},
	{"thread_pool", false, "duplicate thread pool %q"},
}

func checkNames(p *lint.Pass, c *site.Config) {
	for _, kind := range named {
		type name struct {
			context directive.Context
			text    string
		}
		first := map[name]*site.Node{}
		for _, n := range c.Find(kind.directive) {
			if n.Row == nil || len(n.Args) == 0 || template(n.Arg(0)) {
				continue
			}
			at := name{n.Scope.Context, n.Arg(0)}
			if kind.fold {
				at.text = strings.ToLower(at.text)
			}
			if kind.directive == "log_format" && at.text == "combined" && first[at] == nil {
				first[at] = n
				p.Report(diag.Diagnostic{
					Location: n.Location(1),
					Message:  diag.T("%s %q is nginx's own and cannot be defined again", kind.directive, n.Arg(0)),
					Why:      diag.T("nginx does not start: duplicate \"log_format\" name %q", n.Arg(0)),
				})
				continue
			}
			if earlier := first[at]; earlier != nil {
				p.Report(diag.Diagnostic{
					Location: n.Location(1),
					Message:  diag.T("%s %q is defined twice", kind.directive, n.Arg(0)),
					Why:      diag.T("nginx does not start: duplicate %s %q", strings.ReplaceAll(kind.directive, "_", " "), n.Arg(0)),
					Help:     diag.T("remove or rename one of them"),
					Related:  []diag.Related{{Location: earlier.Location(1), Message: diag.T("the first one")}},
				})
				continue
			}
			first[at] = n
		}
	}
}

// zoneDefinitions are the directives that reserve shared memory under a name,
// with the module that owns it; shared ones may name the same zone again.
var zoneDefinitions = []struct {
	directive, owner, parameter string
	shared                      bool
}{
	{"limit_req_zone", "limit_req", "zone=", false}, {"limit_conn_zone", "limit_conn", "zone=", false},
	{"proxy_cache_path", "proxy", "keys_zone=", false}, {"uwsgi_cache_path", "uwsgi", "keys_zone=", false},
	{"fastcgi_cache_path", "fastcgi", "keys_zone=", false}, {"scgi_cache_path", "scgi", "keys_zone=", false},
	{"ssl_session_cache", "ssl", "shared:", true}, {"zone", "upstream", "", true},
}

// zone is shared memory that a directive reserves.
type zone struct {
	node        *site.Node
	word        int
	owner, name string
	size        int64 // 0 when it is not said
	shared      bool
}

// zones yields the zones of a configuration, those of each directive in
// reading order.
func zones(c *site.Config, yield func(zone)) {
	for _, d := range zoneDefinitions {
		for _, n := range c.Find(d.directive) {
			if n.Row == nil {
				continue
			}
			if d.parameter == "" {
				size, _ := value.Size(n.Arg(1))
				yield(zone{n, 1, zoneOwner(n, d.owner), n.Arg(0), size, d.shared})
				continue
			}
			for i, a := range n.Args {
				if rest, ok := strings.CutPrefix(a.Value, d.parameter); ok {
					name, bytes, _ := strings.Cut(rest, ":")
					size, _ := value.Size(bytes)
					yield(zone{n, i + 1, zoneOwner(n, d.owner), name, size, d.shared})
				}
			}
		}
	}
}

// zoneOwner returns the module that a zone belongs to: those of stream are others.
func zoneOwner(n *site.Node, owner string) string {
	if n.Scope.Enclosing(directive.Stream) != nil {
		return "stream " + owner
	}
	return owner
}

func checkDuplicateZones(p *lint.Pass, c *site.Config) {
	first := map[string]zone{}
	zones(c, func(z zone) {
		if template(z.name) {
			return
		}
		earlier, ok := first[z.name]
		if !ok {
			first[z.name] = z
			return
		}
		d := diag.Diagnostic{
			Location: z.node.Location(z.word),
			Related:  []diag.Related{{Location: earlier.node.Location(earlier.word), Message: diag.T("the first one")}},
			Help:     diag.T("remove or rename one of them"),
		}
		switch {
		case earlier.owner != z.owner:
			d.Message = diag.T("the zone %q serves %s already", z.name, earlier.node.Name.Value)
			d.Why = diag.T("nginx does not start: the shared memory zone %q is already declared for a different use", z.name)
		case z.size != 0 && earlier.size != 0 && z.size != earlier.size:
			d.Message = diag.T("the zone %q has another size elsewhere", z.name)
			d.Why = diag.T("nginx does not start: the size %d of shared memory zone %q conflicts with already declared size %d", z.size, z.name, earlier.size)
		case z.shared:
			return
		default:
			d.Message = diag.T("the zone %q is defined twice", z.name)
			d.Why = diag.T("nginx does not start: duplicate zone %q", z.name)
		}
		p.Report(d)
	})
	paths := map[string]*site.Node{}
	for _, name := range []string{"proxy_cache_path", "uwsgi_cache_path", "fastcgi_cache_path", "scgi_cache_path"} {
		for _, n := range c.Find(name) {
			path := strings.TrimSuffix(n.Arg(0), "/")
			if earlier := paths[path]; earlier != nil {
				p.Report(diag.Diagnostic{
					Location: n.Location(1),
					Message:  diag.T("two caches have the folder %q", path),
					Why:      diag.T("nginx does not start: the same path name %q used in two places", path),
					Related:  []diag.Related{{Location: earlier.Location(1), Message: diag.T("the first one")}},
				})
				continue
			}
			paths[path] = n
		}
	}
}

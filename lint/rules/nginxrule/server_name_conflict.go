package nginxrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// ServerNameConflict reports names that an earlier server of the same address
// has already.
var ServerNameConflict = &lint.Rule{
	ID:       "nginx-server-name-conflict",
	Severity: diag.Warning,
	Summary:  "the same name on the same address in two servers: one is ignored",
	Page:     page("nginx-server-name-conflict"),
	Check:    checkServerNameConflict,
}

func checkServerNameConflict(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, conflict := range nameConflicts(c) {
			reportNameConflict(p, conflict)
		}
	}
}

// listenKey is an address that servers share.
type listenKey struct {
	unix, host string
	port       int
}

func keyOf(l site.Listen) listenKey { return listenKey{l.Unix, l.Host, l.Port} }

func (k listenKey) String() string {
	if k.unix != "" {
		return "unix:" + k.unix
	}
	host := k.host
	if host == "*" {
		host = "0.0.0.0"
	}
	return host + ":" + itoa(k.port)
}

// nameConflict is a name of a server that an earlier one of the address has.
type nameConflict struct {
	address       listenKey
	name          site.Name
	server, first *site.Server
}

// maxPairs bounds the names of one server times its addresses.
const maxPairs = 100_000

// nameConflicts returns the names that nginx ignores. Names with variables and
// templates are left out.
func nameConflicts(c *site.Config) []nameConflict {
	type key struct {
		at   listenKey
		name string
	}
	first := map[key]*site.Server{}
	shared := map[listenKey]*site.Server{} // nil for an address that several have
	for _, s := range c.Servers {
		for _, l := range s.Listens {
			if earlier, ok := shared[keyOf(l)]; ok && earlier != s {
				shared[keyOf(l)] = nil
			} else if !ok {
				shared[keyOf(l)] = s
			}
		}
	}
	var found []nameConflict
	for _, s := range c.Servers {
		if s.Opener == nil {
			continue
		}
		seen := map[key]bool{} // a server may listen on one address twice by mistake
		for i, l := range s.Listens {
			if shared[keyOf(l)] != nil || i > maxPairs/len(s.Names) {
				continue
			}
			for _, n := range s.Names {
				if strings.ContainsAny(n.Value, "${") && n.Kind != site.RegexName || n.Kind == site.RegexName && template(n.Value) {
					continue
				}
				for _, name := range spellings(n) {
					k := key{keyOf(l), name}
					switch earlier := first[k]; {
					case earlier == nil:
						first[k] = s
					case earlier != s && !seen[k]:
						found = append(found, nameConflict{keyOf(l), n, s, earlier})
					}
					seen[k] = true
				}
			}
		}
	}
	return found
}

// spellings returns what nginx enters into its tables for a name: .x.org stands
// for x.org and *.x.org.
func spellings(n site.Name) []string {
	if n.Kind == site.LeadingWildcard && strings.HasPrefix(n.Value, ".") {
		return []string{n.Value[1:], "*" + n.Value}
	}
	return []string{n.Value}
}

func reportNameConflict(p *lint.Pass, c nameConflict) {
	if c.name.Kind == site.RegexName {
		return // nginx keeps both, and the first always matches: nginx-unreachable-location
	}
	at := c.server.Opener.Location(0)
	if c.name.Node != nil {
		at = c.name.Node.Location(c.name.Word + 1)
	}
	p.Report(diag.Diagnostic{
		Location: at,
		Message:  diag.T("server_name %q on %s is taken by an earlier server", c.name.Value, c.address),
		Why:      diag.T("nginx starts with the warning: conflicting server name %q on %s, ignored; the earlier server answers", c.name.Value, c.address),
		Help:     diag.T("remove the name from one of the two, or merge the servers"),
		Related:  []diag.Related{{Location: c.first.Opener.Location(0), Message: diag.T("this server has it")}},
	})
}

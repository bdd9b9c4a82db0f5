package api

import (
	"cmp"
	"maps"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/pair"
)

// Outcome is what becomes of a request. Its value is a key of the JSON.
type Outcome string

// The outcomes.
const (
	// Reached: the location hands the request on to the application.
	Reached Outcome = "reached"
	// Refused: nginx answers with an error whatever the method is.
	Refused Outcome = "refused"
	// MethodRefused: nginx answers other methods, and not this one.
	MethodRefused Outcome = "method-refused"
	// Redirected: nginx answers with a redirect.
	Redirected Outcome = "redirected"
	// Files: the request ends among files.
	Files Outcome = "files"
	// Fallback: the page of a single-page front end answers.
	Fallback Outcome = "fallback"
	// TooLarge: a body that the contract lets through is more than nginx takes.
	TooLarge Outcome = "too-large"
	// NoServer: nothing listens on the host and port of the contract.
	NoServer Outcome = "no-server"
	// Unclear: a rewrite or a condition decides, which is not followed.
	Unclear Outcome = "unclear"
)

// Text returns the outcome as people read it.
func (o Outcome) Text() diag.Text {
	switch o {
	case Reached:
		return diag.T("reached")
	case Refused:
		return diag.T("refused")
	case MethodRefused:
		return diag.T("method refused")
	case Redirected:
		return diag.T("redirected")
	case Files:
		return diag.T("files")
	case Fallback:
		return diag.T("front end")
	case TooLarge:
		return diag.T("body refused")
	case NoServer:
		return diag.T("no server")
	}
	return diag.T("unclear")
}

// Covered is an operation under one of its servers, and what answers it.
type Covered struct {
	Operation
	Base     *url.URL // the server of the contract
	URL      *url.URL // an example of what a client asks for
	Outcome  Outcome
	Why      diag.Text
	Server   *site.Server   // nil without one
	Location *site.Location // nil where the server itself answers
	// Decides is the directive that decides the outcome, nil when none does.
	Decides *site.Node
	// BodyLimit is the largest body in bytes that nginx takes, 0 for any;
	// ReadTimeout is how long it waits for the application, as written.
	BodyLimit   int64
	ReadTimeout string
	limits      *site.Node // client_max_body_size, nil for the default
}

// Missed tells that a request fails for certain.
func (c *Covered) Missed() bool { return c.Outcome != Reached && c.Outcome != Unclear }

// Where returns the place that answers: the location, else the server.
func (c *Covered) Where() (diag.Location, bool) {
	switch {
	case c.Location != nil && c.Location.Opener != nil:
		return c.Location.Opener.HeadLocation(), true
	case c.Server != nil && c.Server.Opener != nil:
		return c.Server.Opener.HeadLocation(), true
	}
	return diag.Location{}, false
}

// maxServers bounds the servers that are tried for a contract that names no host.
const maxServers = 32

// Coverage tells for every operation of a specification, under each of its
// servers, what becomes of its requests in a pair. Servers of the contract that
// the pair knows nothing of are left out for an operation that another one
// reaches: they are another deployment's.
func Coverage(s *Spec, p *pair.Pair) []Covered {
	v := newViewer(p)
	var all []Covered
	for _, o := range s.Operations() {
		from := len(all)
		for _, base := range o.Servers {
			all = append(all, v.cover(o, base, p))
		}
		mine := all[from:]
		if slices.ContainsFunc(mine, func(c Covered) bool { return c.Outcome != NoServer }) {
			all = append(all[:from], slices.DeleteFunc(mine, func(c Covered) bool { return c.Outcome == NoServer })...)
		}
	}
	return all
}

// viewer finds the servers of a pair that answer for those of a contract.
type viewer struct {
	any    []*site.Server // those that answer for a contract without a host
	byBase map[string][]*site.Server
	byName map[string][]*site.Server // by each exact name
}

func newViewer(p *pair.Pair) viewer {
	v := viewer{any: anyServers(p), byBase: map[string][]*site.Server{}, byName: map[string][]*site.Server{}}
	for _, c := range p.Nginx {
		for _, s := range c.Servers {
			for _, n := range s.Names {
				if n.Kind == site.ExactName && n.Value != "" {
					v.byName[n.Value] = append(v.byName[n.Value], s)
				}
			}
		}
	}
	return v
}

// servers returns the servers that answer on a contract's URL.
func (v *viewer) servers(base *url.URL, p *pair.Pair) []*site.Server {
	if base.Host == "" {
		return v.any
	}
	key := base.Scheme + "//" + base.Host
	if found, ok := v.byBase[key]; ok {
		return found
	}
	var found []*site.Server
	for _, c := range p.Nginx {
		for _, a := range addresses(c, base) {
			if s := c.ServerFor(a, base.Hostname()); s != nil {
				found = append(found, s)
				break
			}
		}
	}
	if len(found) == 0 {
		found = v.byName[strings.ToLower(base.Hostname())]
	}
	v.byBase[key] = found
	return found
}

// cover looks at one operation; of several servers the one that serves it best
// counts.
func (v *viewer) cover(o Operation, base *url.URL, p *pair.Pair) Covered {
	best := Covered{Operation: o, Base: base, URL: base.JoinPath(o.Example()), Outcome: NoServer, Why: diag.T("no server of nginx listens there")}
	for i, s := range v.servers(base, p) {
		c := Covered{Operation: o, Base: base, URL: best.URL, Server: s}
		c.answer(c.URL.EscapedPath())
		if i == 0 || !c.Missed() {
			best = c
		}
		if c.Outcome == Reached {
			break
		}
	}
	return best
}

// anyServers returns the servers that may answer for a contract that names no
// host: those with a location that hands requests on, or else all.
func anyServers(p *pair.Pair) []*site.Server {
	var handing, all []*site.Server
	for _, c := range p.Nginx {
		for _, s := range c.Servers {
			all = append(all, s)
			for l := range s.All() {
				if first(l.Scope, passes...) != nil {
					handing = append(handing, s)
					break
				}
			}
		}
	}
	if len(handing) == 0 {
		handing = all
	}
	return handing[:min(len(handing), maxServers)]
}

// addresses are those that the requests for a contract's server may arrive at.
// TLS may end on another machine, in front of this one; and where nothing listens
// on the usual ports, another program does and hands the requests on.
func addresses(c *site.Config, base *url.URL) []string {
	at := func(port string) string { return net.JoinHostPort("", port) }
	port := base.Port()
	if port == "" {
		port = map[string]string{"https": "443"}[base.Scheme]
	}
	all := []string{at(cmp.Or(port, "80"))}
	if port == "443" {
		all = append(all, at("80"))
	}
	if !slices.Contains([]string{"", "80", "443"}, port) {
		return all
	}
	others := map[string]bool{}
	for _, s := range c.Servers {
		for _, l := range s.Listens {
			switch {
			case l.Port == 80 || l.Port == 443:
				return all
			case l.Unix == "":
				others[at(strconv.Itoa(l.Port))] = true
			}
		}
	}
	all = append(all, slices.Sorted(maps.Keys(others))...)
	return all[:min(len(all), maxServers)]
}

// Undocumented are the locations that hand requests on to the application and
// that no operation of the contract reaches, in servers of which the contract
// speaks. A location that holds operations deeper down is not one of them.
func Undocumented(covered []Covered, p *pair.Pair) []*site.Location {
	reached := map[*site.Location]bool{}
	servers := map[*site.Server]bool{}
	for _, c := range covered {
		servers[c.Server] = true
		for l := c.Location; l != nil; l = l.Outer {
			reached[l] = true
		}
	}
	var all []*site.Location
	for _, config := range p.Nginx {
		for _, s := range config.Servers {
			if !servers[s] {
				continue
			}
			for l := range s.All() {
				if !reached[l] && l.Kind != site.Named && first(l.Scope, passes...) != nil && len(l.Effective("internal")) == 0 {
					all = append(all, l)
				}
			}
		}
	}
	return all
}

// ServerName returns what a person calls a server: its first name or address.
func ServerName(s *site.Server) string {
	for _, n := range s.Names {
		if n.Value != "" {
			return n.Value
		}
	}
	for _, l := range s.Listens {
		if l.Unix != "" {
			return "unix:" + l.Unix
		}
		return ":" + strconv.Itoa(l.Port)
	}
	return "_"
}

// Title returns a location's head as it is written.
func Title(l *site.Location) string {
	if l.Opener == nil {
		return l.Pattern
	}
	words := []string{"location"}
	for i := range l.Opener.Args {
		words = append(words, l.Opener.Arg(i))
	}
	return strings.Join(words, " ")
}

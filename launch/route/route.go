package route

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/pair"
)

// Request is what is asked.
type Request struct {
	Method string // "" for GET
	Addr   string // where it arrives, as in site.Request
	Host   string // the Host header
	URI    string // path and query, as sent
	TLS    bool
	Header http.Header
}

// Kind is how a request ends.
type Kind string

// The ways in which requests end. Unknown is for what only a running pair can
// tell.
const (
	Endpoint Kind = "endpoint"
	File     Kind = "file"
	Redirect Kind = "redirect"
	Status   Kind = "status"
	Unknown  Kind = "unknown"
)

// Step is something that was tried on the way.
type Step struct {
	At    diag.Location // zero for nginx's own
	What  string        // the directive as written
	Taken bool
	Why   diag.Text
}

// Setting is a directive or option in force where the request ends.
type Setting struct {
	At   diag.Location
	Name string
	Text string // the arguments
}

// Result is what becomes of a request.
type Result struct {
	Server   *site.Server   // nil when nothing listens
	Location *site.Location // nil outside of all locations
	Steps    []Step
	Kind     Kind
	Code     int    // of Redirect and Status; 0 where the application or the file decides
	Target   string // the file, the URL, or the endpoint
	At       diag.Location
	// Bind is what listens at the endpoint; nil for none.
	Bind    *pair.Bind
	Path    string    // the path that nginx ends with
	Headers []Setting // that nginx adds
	Limits  []Setting
	Why     diag.Text // what cannot be known, for Unknown
}

// Local tells where a path of the server lies on this machine, and whether it
// is there.
type Local func(path string) (string, bool)

// maxCycles bounds internal redirects (NGX_HTTP_MAX_URI_CHANGES).
const maxCycles = 10

// Find follows a request through a configuration of a pair.
func Find(p *pair.Pair, c *site.Config, q Request, local Local) *Result {
	if q.Method == "" {
		q.Method = http.MethodGet
	}
	w := &walker{pair: p, config: c, q: q, local: local, result: &Result{}, vars: map[string]string{}}
	w.run()
	if w.result.Kind == "" {
		w.end(Status, http.StatusInternalServerError, "", diag.Location{})
	}
	w.settings()
	return w.result
}

// walker is a request on its way.
type walker struct {
	pair       *pair.Pair
	config     *site.Config
	q          Request
	local      Local
	result     *Result
	scope      *site.Scope // whose settings hold
	path, args string
	vars       map[string]string
	captures   []string
	internal   bool
	done       bool
	cycles     int
}

func (w *walker) run() {
	m := w.config.Match(site.Request{Addr: w.q.Addr, Host: w.q.Host, URI: w.q.URI, TLS: w.q.TLS})
	w.result.Server = m.Server
	if m.Server == nil {
		w.unknown(diag.Location{}, diag.T("nothing listens on %s", w.q.Addr))
		return
	}
	w.scope = m.Server.Scope
	for _, s := range m.Steps {
		if s.Server != nil {
			w.matched(s)
		}
	}
	if m.BadRequest {
		w.end(Status, http.StatusBadRequest, "", diag.Location{})
		return
	}
	w.path, w.args = m.Path, m.Args
	w.script(m.Server.Scope)
	for w.cycles = 0; !w.done && w.cycles < maxCycles; w.cycles++ {
		w.find()
	}
}

// matched keeps a step of the search for server or location.
func (w *walker) matched(s site.Step) {
	step := Step{Taken: s.Taken, Why: s.Why}
	var opener *site.Node
	switch {
	case s.Location != nil:
		opener = s.Location.Opener
	case s.Server != nil:
		opener = s.Server.Opener
	}
	if opener != nil {
		step.At = opener.HeadLocation()
		step.What = written(step.At)
	}
	if s.Server != nil && s.Location == nil {
		if names := s.Server.Here("server_name"); len(names) > 0 {
			step.At = names[0].HeadLocation()
			step.What = "server " + written(step.At)
		}
	}
	w.result.Steps = append(w.result.Steps, step)
}

// step notes a directive that was executed.
func (w *walker) step(n *site.Node, taken bool, why diag.Text) {
	at := n.HeadLocation()
	w.result.Steps = append(w.result.Steps, Step{At: at, What: written(at), Taken: taken, Why: why})
}

func written(at diag.Location) string {
	return strings.Join(strings.Fields(at.File.Text(at.Span)), " ")
}

// find chooses the location for the path, and goes on in it.
func (w *walker) find() {
	m := w.config.Match(site.Request{Addr: w.q.Addr, Host: w.q.Host, URI: (&url.URL{Path: w.path}).EscapedPath(), TLS: w.q.TLS})
	for _, s := range m.Steps {
		if s.Location != nil {
			w.matched(s)
		}
	}
	w.result.Location = m.Location
	w.scope = w.result.Server.Scope
	if m.Redirect != "" && (w.internal || len(m.Location.Effective("internal")) == 0) {
		w.scope = m.Location.Scope
		to := m.Redirect
		if w.args != "" {
			to += "?" + w.args
		}
		w.end(Redirect, http.StatusMovedPermanently, w.absolute(to), place(m.Location))
		return
	}
	if m.Location == nil {
		if !w.refused() {
			w.content()
		}
		return
	}
	if l := m.Location; l.Kind == site.Regex || l.Kind == site.RegexNoCase {
		w.matches(l.Pattern, l.Kind == site.RegexNoCase, w.path)
	}
	w.enter(m.Location)
}

// enter runs what stands in a location.
func (w *walker) enter(l *site.Location) {
	w.result.Location, w.scope = l, l.Scope
	if nodes := l.Effective("internal"); !w.internal && len(nodes) > 0 {
		n := nodes[0]
		w.step(n, true, diag.T("only nginx itself may ask for this location"))
		w.end(Status, http.StatusNotFound, "", n.HeadLocation())
		return
	}
	if w.excepted(l) {
		if !w.refused() {
			w.content()
		}
		return
	}
	if !w.script(l.Scope) || w.done {
		return // another location is looked for, or the request has ended
	}
	if w.refused() || w.tryFiles() {
		return
	}
	w.content()
}

// excepted takes what limit_except holds for the scope, where it is not the
// method's: the rewrites and try_files of the location do not count then
// (ngx_http_update_location_config).
func (w *walker) excepted(l *site.Location) bool {
	nodes := l.Here("limit_except")
	if len(nodes) == 0 || nodes[0].Body == nil {
		return false
	}
	n := nodes[0]
	for _, a := range n.Args {
		if strings.EqualFold(a.Value, w.q.Method) || w.q.Method == http.MethodHead && strings.EqualFold(a.Value, http.MethodGet) {
			w.step(n, false, diag.T("%s is among the methods that it names", w.q.Method))
			return false
		}
	}
	w.step(n, true, diag.T("%s is not among the methods that it names", w.q.Method))
	w.scope = n.Body
	return true
}

func place(l *site.Location) diag.Location {
	if l == nil || l.Opener == nil {
		return diag.Location{}
	}
	return l.Opener.HeadLocation()
}

// end says how the request ends.
func (w *walker) end(k Kind, code int, target string, at diag.Location) {
	w.done = true
	w.result.Kind, w.result.Code, w.result.Target, w.result.At, w.result.Path = k, code, target, at, w.path
}

func (w *walker) unknown(at diag.Location, why diag.Text) {
	w.end(Unknown, 0, "", at)
	w.result.Why = why
}

// refused tells whether the access rules turn a client of this machine away.
func (w *walker) refused() bool {
	for s := w.scope; s != nil; s = s.Parent {
		found := false
		for _, n := range s.Nodes {
			if n.Name.Value != "allow" && n.Name.Value != "deny" {
				continue
			}
			found = true
			if n.Arg(0) == "all" || n.Arg(0) == "127.0.0.1" || n.Arg(0) == "127.0.0.0/8" {
				if n.Name.Value == "deny" {
					w.step(n, true, diag.T("the client is 127.0.0.1"))
					w.end(Status, http.StatusForbidden, "", n.HeadLocation())
					return true
				}
				return false
			}
		}
		if found {
			return false
		}
	}
	return false
}

// separator joins arguments to a URI.
func separator(uri string) string {
	if strings.Contains(uri, "?") {
		return "&"
	}
	return "?"
}

// String says where a request ends, for people.
func (r *Result) String() string {
	switch r.Kind {
	case Redirect:
		return fmt.Sprintf("%d -> %s", r.Code, r.Target)
	case Status:
		return fmt.Sprint(r.Code)
	}
	return r.Target
}

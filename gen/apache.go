package gen

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/project"
)

// apacheView is what the template of Apache's virtual hosts shows.
type apacheView struct {
	Name      string
	Members   []string
	Method    string
	Listens   []string // ports beyond those that the package opens
	Redirects []apacheRedirect
	Hosts     []apacheHost
	Body      int64
	Timeout   int
	Challenge string
}

type apacheRedirect struct {
	Name    string
	Aliases []string
	Port    string
}

type apacheHost struct {
	Listen, Name                         string
	Aliases                              []string
	TLS                                  bool
	Certificate, Key, Protocols, Ciphers string
	HSTS                                 int
	Dotfiles                             bool
	// Lines are the routes, the most special first: Apache takes the first ProxyPass that fits.
	Lines []string
}

// apache renders Apache in nginx's place, as virtual hosts that speak uWSGI's
// protocol to the same uwsgi.ini.
func (r *renderer) apache() {
	c := *r.p
	r.p = &c
	if d := apacheAccounts[r.p.Target.OS]; r.p.Target.NginxUser == "" || r.p.Target.NginxUser == distributionUser(r.p.Target.OS) {
		if r.p.App.User == r.p.Target.NginxUser {
			r.p.App.User = d
		}
		if r.p.App.Group == r.p.Target.NginxGroup {
			r.p.App.Group = d
		}
		r.p.Target.NginxUser, r.p.Target.NginxGroup = d, d
	}
	if r.p.App.BufferSize == 0 {
		// Apache limits each line, and not the whole.
		r.p.App.BufferSize = 65535
	}
	for key, raw := range map[string]string{"nginx.main": r.p.RawNginx.Main, "nginx.http": r.p.RawNginx.HTTP} {
		if raw != "" {
			r.fail(key, errForNginx)
		}
	}
	r.render("native/uwsgi.ini", "uwsgi.ini", r.uwsgi())
	r.render("apache/vhost", r.p.Name+".conf", r.apacheView())
	if r.p.Target.Init == "systemd" {
		r.render("native/service", r.p.Name+".service", r.service())
	}
}

// apacheAccounts are Apache's accounts by distribution.
var apacheAccounts = map[string]string{"debian": "www-data", "ubuntu": "www-data", "rhel": "apache"}

func distributionUser(os string) string {
	if os == "rhel" {
		return "nginx"
	}
	return "www-data"
}

var errForNginx = errors.New("it holds directives of nginx, which Apache does not know")

func (r *renderer) apacheView() *apacheView {
	p := r.p
	v := &apacheView{Name: p.Name, Body: p.Limits.Body, Timeout: seconds(p.Limits.ReadTimeout)}
	r.apacheMembers(v)
	opened := map[string]bool{"80": true, "443": true}
	for i := range p.Servers {
		s := &p.Servers[i]
		section := "server." + s.Name
		if s.Raw != "" {
			r.fail(section+".raw", errForNginx)
		}
		name, aliases := r.apacheNames(s)
		if s.TLS != project.NoTLS && s.RedirectHTTP {
			v.Redirects = append(v.Redirects, apacheRedirect{Name: name, Aliases: aliases, Port: portSuffix(s.Listen[0])})
		}
		if s.TLS == project.LetsEncrypt {
			v.Challenge = challengeFolder
		}
		for _, l := range s.Listen {
			address := l
			if !strings.Contains(l, ":") {
				address = "*:" + l
			}
			if port := address[strings.LastIndexByte(address, ':')+1:]; !opened[port] {
				opened[port] = true
				v.Listens = append(v.Listens, port)
			}
			h := apacheHost{Listen: r.apacheWord(section+".listen", address), Name: name, Aliases: aliases, TLS: s.TLS != project.NoTLS}
			if h.TLS {
				h.Certificate, h.Key = r.apacheWord(section+".certificate", s.Certificate), r.apacheWord(section+".key", s.Key)
				h.Protocols, h.Ciphers = "-all +TLSv1.2 +TLSv1.3", ""
				if _, h.Ciphers = tlsProfile(s.Profile); h.Ciphers == "" {
					h.Protocols = "-all +TLSv1.3"
				}
				h.HSTS = seconds(s.HSTS)
			}
			h.Lines, h.Dotfiles = r.apacheRoutes(s)
			v.Hosts = append(v.Hosts, h)
		}
	}
	return v
}

// apacheMembers adds the backends.
func (r *renderer) apacheMembers(v *apacheView) {
	v.Method = map[string]string{"round-robin": "byrequests", "least_conn": "bybusyness"}[r.p.Limits.Balance]
	if v.Method == "" && len(r.p.Backends) > 0 {
		r.fail("limits.balance", fmt.Errorf("Apache has no %s", r.p.Limits.Balance))
	}
	for _, b := range r.p.Backends {
		line := "\"" + strings.TrimSuffix(r.apacheEndpoint(b.Address), "/") + "\" retry=" + fmt.Sprint(seconds(b.FailTimeout))
		if b.Weight > 1 {
			line += fmt.Sprintf(" loadfactor=%d", b.Weight)
		}
		if b.MaxConns > 0 {
			line += fmt.Sprintf(" max=%d", b.MaxConns)
		}
		if b.Backup {
			line += " status=+H"
		}
		v.Members = append(v.Members, line)
	}
}

func portSuffix(listen string) string {
	if port := listen[strings.LastIndexByte(listen, ':')+1:]; port != "443" {
		return ":" + port
	}
	return ""
}

// apacheNames returns a server's name and its other ones, as ServerName and
// ServerAlias take them: .example.com is both itself and all below it.
func (r *renderer) apacheNames(s *project.Server) (string, []string) {
	var all []string
	for _, n := range s.Names {
		switch {
		case n == "_":
		case strings.HasPrefix(n, "~"):
			r.fail("server."+s.Name+".names", fmt.Errorf("%q is a regular expression, which Apache does not take for a name", n))
		case strings.HasPrefix(n, "."):
			all = append(all, n[1:], "*"+n)
		default:
			all = append(all, n)
		}
	}
	for i := range all {
		all[i] = r.apacheWord("server."+s.Name+".names", all[i])
	}
	if len(all) == 0 {
		return "", nil
	}
	return all[0], all[1:]
}

// apacheWord writes a value as one word of Apache's language.
func (r *renderer) apacheWord(key, s string) string {
	if strings.ContainsAny(s, "\"\\$%{}<>\n\r\t") || strings.ContainsFunc(s, func(c rune) bool { return c < ' ' }) {
		r.fail(key, fmt.Errorf("%q holds a character that Apache reads as its own", s))
	}
	if strings.ContainsAny(s, " '#") {
		return `"` + s + `"`
	}
	return s
}

// apacheRoutes returns the lines of a server's routes, and whether one serves files.
func (r *renderer) apacheRoutes(s *project.Server) (lines []string, files bool) {
	var routes []*project.Route
	for i := range r.p.Routes {
		if rt := &r.p.Routes[i]; rt.On(s.Name) {
			routes = append(routes, rt)
		}
	}
	// The first ProxyPass that fits is taken: exact paths, expressions, long prefixes.
	slices.SortStableFunc(routes, func(a, b *project.Route) int {
		return cmp.Or(cmp.Compare(apacheRank(a), apacheRank(b)), cmp.Compare(len(b.Path), len(a.Path)))
	})
	for _, rt := range routes {
		more, serves := r.apacheRoute(rt)
		lines, files = append(lines, more...), files || serves
	}
	return lines, files
}

func apacheRank(rt *project.Route) int {
	switch modifier, _ := rt.Match(); modifier {
	case "=":
		return 0
	case "~", "~*":
		return 1
	}
	return 2
}

// apacheRoute returns the lines of one route, with a blank one before them.
func (r *renderer) apacheRoute(rt *project.Route) (lines []string, files bool) {
	section := "route." + rt.Name
	modifier, uri := rt.Match()
	switch {
	case rt.Raw != "":
		r.fail(section+".raw", errForNginx)
	case rt.Rate != "":
		r.fail(section+".rate", errors.New("Apache has no limit for the requests of a client"))
	}
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	add("")
	pattern := uri
	switch modifier {
	case "=":
		pattern = "^" + regexp.QuoteMeta(uri) + "$"
	case "~*":
		pattern = "(?i)" + uri
	}
	matched := modifier == "=" || strings.HasPrefix(modifier, "~")
	if matched {
		pattern = strings.ReplaceAll(pattern, `\/`, "/")
		if strings.ContainsAny(pattern, "\" \n\r") {
			r.fail(section+".path", fmt.Errorf("%q cannot be written for Apache", rt.Path))
		}
	} else {
		uri = r.apacheWord(section+".path", uri)
	}
	limits := func() {
		if rt.Body == 0 && len(rt.Methods) == 0 {
			return
		}
		if matched {
			add("<LocationMatch \"%s\">", pattern)
		} else {
			add("<Location %s>", uri)
		}
		if rt.Body > 0 {
			add("    LimitRequestBody %d", rt.Body)
		}
		if len(rt.Methods) > 0 {
			add("    <LimitExcept %s>", strings.Join(rt.Methods, " "))
			add("        Require all denied")
			add("    </LimitExcept>")
		}
		if matched {
			add("</LocationMatch>")
		} else {
			add("</Location>")
		}
	}
	pass := func(target, options string) {
		if matched {
			add("ProxyPassMatch \"%s\" \"%s\"%s", pattern, strings.TrimSuffix(target, "/"), options)
		} else {
			add("ProxyPass %s \"%s\"%s", uri, strings.TrimSuffix(target, "/")+uri, options)
		}
	}
	timeout := ""
	if rt.Timeout > 0 {
		timeout = fmt.Sprintf(" timeout=%d", seconds(rt.Timeout))
	}
	switch rt.Kind {
	case project.ToApp:
		pass(r.apacheTarget(), timeout)
	case project.ToUpstream:
		to := upstreamURL(rt.To)
		if strings.Contains(to, "unix:") {
			r.fail(section+".to", errors.New("write host:port for Apache"))
		}
		pass(strings.TrimSuffix(r.apacheWord(section+".to", to), "/")+"/", timeout)
	case project.ToRedirect:
		if matched {
			add("RedirectMatch %d \"%s\" %s", rt.Code, pattern, r.apacheURL(section+".to", rt.To))
		} else {
			add("RedirectMatch %d \"^%s\" %s", rt.Code, regexp.QuoteMeta(uri), r.apacheURL(section+".to", rt.To))
		}
	case project.ToNothing:
		if matched {
			add("RedirectMatch 404 \"%s\"", pattern)
		} else {
			add("RedirectMatch 404 \"^%s\"", regexp.QuoteMeta(uri))
		}
	case project.ToFiles, project.ToSPA:
		r.apacheFiles(rt, uri, add)
		return lines, true
	}
	if rt.Kind == project.ToRedirect || rt.Kind == project.ToNothing {
		if !matched {
			add("ProxyPass %s !", uri)
		} else {
			add("ProxyPassMatch \"%s\" !", pattern)
		}
	}
	limits()
	return lines, false
}

// apacheURL writes where a redirect leads; nginx's variables for the request are
// nothing that Apache knows.
func (r *renderer) apacheURL(key, to string) string {
	if strings.HasPrefix(to, "/") || strings.Contains(to, "://") {
		return r.apacheWord(key, to)
	}
	return r.apacheWord(key, "/"+to)
}

func (r *renderer) apacheFiles(rt *project.Route, uri string, add func(string, ...any)) {
	section := "route." + rt.Name
	dir := r.apacheWord(section+".dir", slashed(r.p.Abs(rt.Dir)))
	add("ProxyPass %s !", uri)
	add("Alias %s %s", uri, dir)
	add("<Directory %s>", dir)
	add("    Require all granted")
	add("    Options None")
	add("    AllowOverride None")
	if rt.Kind == project.ToSPA {
		add("    FallbackResource %s", strings.TrimSuffix(uri, "/")+"/index.html")
		add("    Header always set X-Frame-Options SAMEORIGIN")
	}
	if rt.Expires > 0 {
		add("    Header set Cache-Control \"max-age=%d\"", seconds(rt.Expires))
	}
	add("    %s", comment(r.opts.Lang, "nosniff"))
	add("    Header always set X-Content-Type-Options nosniff")
	if rt.Media {
		add("    Header always set Content-Security-Policy \"default-src 'none'; sandbox\"")
		add("    SetHandler default-handler")
	}
	add("</Directory>")
}

// apacheTarget returns where the application is, as ProxyPass takes it.
func (r *renderer) apacheTarget() string {
	if len(r.p.Backends) > 0 {
		return "balancer://" + r.p.Name + "/"
	}
	return r.apacheEndpoint(r.p.App.Endpoint)
}

func (r *renderer) apacheEndpoint(endpoint string) string {
	scheme := "uwsgi"
	if r.p.App.Protocol == "http" {
		scheme = "http"
	}
	if file := project.Socket(endpoint); file != "" {
		return "unix:" + file + "|" + scheme + "://" + r.p.Name + "/"
	}
	return scheme + "://" + endpoint + "/"
}

package gen

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/deployctl/deployctl/project"
)

// errLineBreak is the error for values that have to stand on one line.
var errLineBreak = errors.New("the value cannot be written on one line")

// challengeFolder is where certbot's webroot plugin puts its answers.
const challengeFolder = "/var/www/letsencrypt"

// nginxView is what the template of nginx.conf shows.
type nginxView struct {
	Site                                  bool
	User, Group, PID, ErrorLog, AccessLog string
	// Front tells that something else ends TLS and speaks for the clients.
	Front                                            bool
	RawMain, RawHTTP                                 string
	Body, HeaderSize, ResponseHeader                 string
	Headers, Tries                                   int
	Prefix, ConnectTimeout, SendTimeout, ReadTimeout string
	PortName                                         string
	Zones                                            []zone
	Upstream                                         *upstream
	Refusing                                         []refusing
	Redirects                                        []redirect
	Servers                                          []serverView
}

type zone struct{ Name, Rate string }

type upstream struct {
	Name, Balance string
	Servers       []string
}

// refusing is the server for hosts that no other one names.
type refusing struct {
	Listen string
	TLS    bool
}

// redirect is the server that leads plain HTTP to TLS.
type redirect struct {
	Listen, Port, Challenge string
	Names                   []string
}

type serverView struct {
	Listen, Names                        []string
	HTTP2, TLS                           bool
	Certificate, Key, Protocols, Ciphers string
	HSTS                                 int
	Raw, Settings, Challenge             string
	Dotfiles                             bool
	Locations                            []location
}

// location is a block with its lines.
type location struct {
	Match string
	Lines []string
	Raw   string
}

func (l *location) add(format string, args ...any) {
	l.Lines = append(l.Lines, fmt.Sprintf(format, args...))
}

func (r *renderer) nginx(params string) *nginxView {
	p := r.p
	v := &nginxView{
		Site: r.opts.Site, User: p.Target.NginxUser, Group: p.Target.NginxGroup, PID: "/run/nginx.pid", Front: r.front,
		ErrorLog: "/var/log/nginx/error.log", AccessLog: "/var/log/nginx/access.log",
		RawMain: p.RawNginx.Main, RawHTTP: p.RawNginx.HTTP,
		PortName: portName(p), Body: size(p.Limits.Body), Headers: p.Limits.Headers, Tries: p.Limits.Tries, HeaderSize: size(int64(p.Limits.HeaderSize)), ResponseHeader: size(int64(p.Limits.ResponseHeader)),
		Prefix: "uwsgi", ConnectTimeout: duration(p.Limits.ConnectTimeout), SendTimeout: duration(p.Limits.SendTimeout), ReadTimeout: duration(p.Limits.ReadTimeout),
	}
	if p.App.Protocol == "http" {
		v.Prefix = "proxy"
	}
	if p.Target.Init == "container" {
		v.ErrorLog, v.AccessLog = "/dev/stderr", "/dev/stdout"
	}
	if r.front {
		v.User, v.PID = "", "/tmp/nginx.pid" // it starts under its account
	}
	for _, rt := range p.Routes {
		if rt.Rate != "" && !slices.Contains(v.Zones, zone{zoneName(p, rt), rt.Rate}) {
			v.Zones = append(v.Zones, zone{zoneName(p, rt), rt.Rate})
		}
	}
	if len(p.Backends) > 0 {
		v.Upstream = r.upstream()
	}
	for i := range p.Servers {
		v.Servers = append(v.Servers, r.server(&p.Servers[i], params, v))
	}
	v.Refusing, v.Redirects = r.plainServers()
	return v
}

// portName is the variable that holds the port of the Host header, with its
// colon.
func portName(p *project.Project) string { return "port_" + strings.ReplaceAll(p.Name, "-", "_") }

// host is what the application is told as the host: the one that nginx chose
// the server by, and the port that the client named.
func host(p *project.Project) string { return "$host$" + portName(p) }

// params returns the variables that tell the application how it was asked.
func (r *renderer) params() *paramsView {
	if r.front {
		return &paramsView{host(r.p), "$client_scheme", "$client_https"}
	}
	return &paramsView{host(r.p), "$scheme", "$https"}
}

// listens returns the addresses of a server. Behind something that ends TLS they
// are ports that take no rights to open.
func (r *renderer) listens(s *project.Server) []string {
	if !r.front {
		return s.Listen
	}
	var ports []string
	for _, l := range s.Listen {
		port, err := strconv.Atoi(l[strings.LastIndexByte(l, ':')+1:])
		switch {
		case err != nil || port == 80 || port == 443:
			port = podPort
		case port < 1024:
			port += podPort
		}
		if p := strconv.Itoa(port); !slices.Contains(ports, p) {
			ports = append(ports, p)
		}
	}
	return ports
}

func zoneName(p *project.Project, rt project.Route) string { return p.Name + "_" + rt.Name }

// methods are nginx's directives for the words of [limits] balance.
var methods = map[string]string{
	"least_conn": "least_conn", "ip_hash": "ip_hash",
	"random": "random two least_conn", // for several nginx that know nothing of each other
	"hash":   "hash $remote_addr consistent",
}

func (r *renderer) upstream() *upstream {
	u := &upstream{Name: r.p.Name}
	u.Balance = methods[r.p.Limits.Balance]
	for _, b := range r.p.Backends {
		line := r.word("backend."+b.Name+".address", b.Address)
		if b.Weight != 1 {
			line += fmt.Sprintf(" weight=%d", b.Weight)
		}
		line += fmt.Sprintf(" max_fails=%d fail_timeout=%s", b.MaxFails, duration(b.FailTimeout))
		if b.MaxConns > 0 {
			line += fmt.Sprintf(" max_conns=%d", b.MaxConns)
		}
		if b.Backup {
			line += " backup"
		}
		u.Servers = append(u.Servers, line)
	}
	return u
}

// http2Since is the release that replaced the parameter of listen.
const http2Since = "1.25.1"

func (r *renderer) server(s *project.Server, params string, v *nginxView) serverView {
	section := "server." + s.Name
	out := serverView{TLS: s.TLS != project.NoTLS && !r.front, Raw: s.Raw}
	if s.TLS != project.NoTLS {
		out.HSTS = seconds(s.HSTS)
	}
	for _, n := range s.Names {
		out.Names = append(out.Names, r.phrase(section+".names", n))
	}
	extra := ""
	if s.Default {
		extra = " default_server"
	}
	if out.TLS {
		extra += " ssl"
		if out.HTTP2 = r.p.Target.Nginx == "" || known(r.p.Target.Nginx, http2Since); !out.HTTP2 {
			extra += " http2"
		}
		out.Certificate = r.word(section+".certificate", s.Certificate)
		out.Key = r.word(section+".key", s.Key)
		out.Protocols, out.Ciphers = tlsProfile(s.Profile)
	}
	for _, l := range r.listens(s) {
		out.Listen = append(out.Listen, r.word(section+".listen", l)+extra)
	}
	if s.TLS == project.LetsEncrypt && !s.RedirectHTTP && !r.front {
		out.Challenge = challengeFolder
	}
	if r.opts.Site {
		out.Settings = r.settings(v)
	}
	for i := range r.p.Routes {
		rt := &r.p.Routes[i]
		if !rt.On(s.Name) {
			continue
		}
		if rt.Kind == project.ToFiles || rt.Kind == project.ToSPA {
			out.Dotfiles = true
		}
		out.Locations = append(out.Locations, r.location(rt, params, out.HSTS))
	}
	return out
}

// settings returns the limits as lines of a server block.
func (r *renderer) settings(v *nginxView) string {
	return strings.Join([]string{
		comment(r.opts.Lang, "body"), "client_max_body_size " + v.Body + ";",
		comment(r.opts.Lang, "headers"), fmt.Sprintf("large_client_header_buffers %d %s;", v.Headers, v.HeaderSize), "",
		comment(r.opts.Lang, "timeouts"),
		v.Prefix + "_connect_timeout " + v.ConnectTimeout + ";", v.Prefix + "_send_timeout " + v.SendTimeout + ";", v.Prefix + "_read_timeout " + v.ReadTimeout + ";",
		tries(v),
		comment(r.opts.Lang, "response"), v.Prefix + "_buffer_size " + v.ResponseHeader + ";", v.Prefix + "_buffers 8 " + v.ResponseHeader + ";",
	}, "\n")
}

// tries returns the line that bounds how many backends a request is sent to, or "".
func tries(v *nginxView) string {
	if v.Tries == 0 {
		return ""
	}
	return fmt.Sprintf("%s_next_upstream_tries %d;", v.Prefix, v.Tries)
}

// tlsProfile returns the protocols and ciphers of Mozilla's guideline 6.0; TLS
// 1.3 has no list of its own.
func tlsProfile(name string) (protocols, ciphers string) {
	if name == "modern" {
		return "TLSv1.3", ""
	}
	return "TLSv1.2 TLSv1.3", "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
}

// location writes the block of a route; hsts is the server's.
func (r *renderer) location(rt *project.Route, params string, hsts int) location {
	section := "route." + rt.Name
	modifier, uri := rt.Match()
	l := location{Raw: rt.Raw}
	if modifier != "" {
		l.Match = modifier + " "
	}
	if strings.HasPrefix(modifier, "~") {
		l.Match += r.phrase(section+".path", uri)
	} else {
		l.Match += r.word(section+".path", uri)
	}
	if rt.Body > 0 {
		l.add("client_max_body_size %s;", size(rt.Body))
	}
	if rt.Rate != "" {
		l.add("limit_req zone=%s burst=%d nodelay;", zoneName(r.p, *rt), rt.Burst)
	}
	if len(rt.Methods) > 0 {
		l.add("limit_except %s {", strings.Join(rt.Methods, " "))
		l.add("    deny all;")
		l.add("}")
	}
	switch rt.Kind {
	case project.ToNothing:
		l.add("return 404;")
	case project.ToApp:
		r.toApp(&l, rt, params)
	case project.ToFiles:
		r.toFiles(&l, rt, uri, hsts)
	case project.ToSPA:
		dir := r.p.Abs(rt.Dir)
		if uri == "/" {
			l.add("root %s;", r.word(section+".dir", dir))
		} else {
			l.add("alias %s;", r.word(section+".dir", slashed(dir)))
		}
		l.add("try_files $uri %s;", r.word(section+".path", path.Join(uri, "index.html")))
		compress(&l)
		r.headers(&l, hsts)
		l.add("%s", comment(r.opts.Lang, "frames"))
		l.add("add_header X-Frame-Options SAMEORIGIN always;")
	case project.ToRedirect:
		l.add("return %d %s;", rt.Code, r.phrase(section+".to", rt.To))
	case project.ToUpstream:
		r.proxy(&l, rt, r.phrase(section+".to", upstreamURL(rt.To)))
	}
	return l
}

func (r *renderer) toApp(l *location, rt *project.Route, params string) {
	target := r.word("app.endpoint", r.p.App.Endpoint)
	if len(r.p.Backends) > 0 {
		target = r.p.Name
	}
	if r.p.App.Protocol == "http" {
		r.proxy(l, rt, "http://"+target)
		return
	}
	l.add("include %s;", params)
	if rt.Timeout > 0 {
		l.add("uwsgi_read_timeout %s;", duration(rt.Timeout))
	}
	l.add("uwsgi_pass %s;", target)
}

func (r *renderer) toFiles(l *location, rt *project.Route, uri string, hsts int) {
	section := "route." + rt.Name
	dir := r.p.Abs(rt.Dir)
	if uri == "/" {
		l.add("root %s;", r.word(section+".dir", dir))
	} else {
		l.add("alias %s;", r.word(section+".dir", slashed(dir)))
	}
	if rt.Expires > 0 {
		l.add("expires %s;", duration(rt.Expires))
	}
	if !rt.Media {
		compress(l)
	}
	r.headers(l, hsts)
	if rt.Media {
		l.add("add_header Content-Security-Policy \"default-src 'none'; sandbox\" always;")
	}
}

// headers writes the headers of a location that serves files. hsts is the
// server's, whose header an add_header in the block drops.
func (r *renderer) headers(l *location, hsts int) {
	if hsts > 0 {
		l.add("%s", comment(r.opts.Lang, "again"))
		l.add("add_header Strict-Transport-Security \"max-age=%d\" always;", hsts)
	}
	l.add("%s", comment(r.opts.Lang, "nosniff"))
	l.add("add_header X-Content-Type-Options nosniff always;")
}

// compress writes the lines that compress text. Files are the same for everybody:
// unlike an answer of the application they hold no secret that their length
// could give away.
func compress(l *location) {
	l.add("gzip on;")
	l.add("gzip_vary on;")
	l.add("gzip_types text/css text/javascript application/javascript application/json image/svg+xml;")
}

// proxy writes the lines of a proxy_pass, with the headers that tell the other
// end who asks for what.
func (r *renderer) proxy(l *location, rt *project.Route, target string) {
	for _, h := range []string{
		"Host " + host(r.p), "X-Real-IP $remote_addr", "X-Forwarded-For $remote_addr", "X-Forwarded-Proto " + r.params().Scheme, "X-Forwarded-Host " + host(r.p), `Proxy ""`,
	} {
		l.add("proxy_set_header %s;", h)
	}
	if rt.Timeout > 0 {
		l.add("proxy_read_timeout %s;", duration(rt.Timeout))
	}
	l.add("proxy_pass %s;", target)
}

// upstreamURL completes an address to what proxy_pass takes.
func upstreamURL(to string) string {
	if strings.Contains(to, "://") {
		return to
	}
	return "http://" + to
}

func slashed(dir string) string { return strings.TrimRight(dir, "/") + "/" }

// plainServers returns the servers that stand beside the described ones: those
// that lead from plain HTTP to TLS, and those that refuse unknown hosts.
func (r *renderer) plainServers() ([]refusing, []redirect) {
	var refuse []refusing
	var redirects []redirect
	type address struct {
		listen string
		tls    bool
	}
	taken := map[string]bool{} // addresses that have a server for every host
	var order []address
	seen := map[string]bool{}
	note := func(listen string, tls, all bool) {
		taken[listen] = taken[listen] || all
		if !seen[listen] {
			seen[listen] = true
			order = append(order, address{listen, tls})
		}
	}
	plain := map[string]bool{}
	for i := range r.p.Servers {
		s := &r.p.Servers[i]
		all := s.Default || len(s.Names) == 0
		for _, n := range s.Names {
			all = all || n == "_"
		}
		tls := s.TLS != project.NoTLS && !r.front
		for _, l := range r.listens(s) {
			if !tls {
				plain[l] = true
			}
			note(r.word("server."+s.Name+".listen", l), tls, all)
		}
	}
	for _, s := range r.p.Servers {
		if s.TLS == project.NoTLS || !s.RedirectHTTP || plain["80"] || r.front {
			continue
		}
		d := redirect{Listen: "80"}
		if s.TLS == project.LetsEncrypt {
			d.Challenge = challengeFolder
		}
		if l := s.Listen[0]; !strings.HasSuffix(l, "443") {
			d.Port = ":" + l[strings.LastIndexByte(l, ':')+1:]
		}
		all := false
		for _, n := range s.Names {
			d.Names = append(d.Names, r.phrase("server."+s.Name+".names", n))
			all = all || n == "_"
		}
		note("80", false, all)
		redirects = append(redirects, d)
	}
	if r.opts.Site {
		return nil, redirects // other sites of the machine may answer them
	}
	for _, a := range order {
		if !taken[a.listen] {
			listen := a.listen
			if a.tls {
				listen += " ssl"
			}
			refuse = append(refuse, refusing{listen, a.tls})
		}
	}
	return refuse, redirects
}

// duration writes a time as nginx reads it.
func duration(d time.Duration) string {
	for _, u := range []struct {
		suffix string
		unit   time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}} {
		if d >= u.unit && d%u.unit == 0 && d != u.unit {
			return fmt.Sprintf("%d%s", d/u.unit, u.suffix)
		}
	}
	return fmt.Sprintf("%ds", d/time.Second)
}

// size writes a number of bytes as nginx reads it.
func size(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%dm", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%dk", n>>10)
	}
	return fmt.Sprint(n)
}

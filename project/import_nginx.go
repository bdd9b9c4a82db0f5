package project

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/pair"
)

// usual are the directives that gen writes into every nginx.conf, with their
// arguments, several ways of them between bars; "" for any. Those that a person set otherwise have no place in a
// description: a second one would be refused as a duplicate.
var usual = map[string]string{
	"user": "", "worker_processes": "auto", "pid": "/run/nginx.pid", "error_log": "/var/log/nginx/error.log warn|/dev/stderr warn", "events": "", "worker_connections": "1024",
	"include": "mime.types|/etc/nginx/mime.types", "default_type": "application/octet-stream", "access_log": "/var/log/nginx/access.log|/dev/stdout", "sendfile": "on", "tcp_nopush": "on",
	"keepalive_timeout": "65s", "server_tokens": "off", "limit_req_status": "429",
	"ssl_prefer_server_ciphers": "off", "ssl_session_timeout": "1d", "ssl_session_cache": "shared:TLS:10m", "ssl_ciphers": "", "http2": "on",
}

// asUsual tells whether a directive is as gen writes it.
func asUsual(n *site.Node) bool {
	want := usual[n.Name.Value]
	return want == "" || slices.Contains(strings.Split(want, "|"), arguments(n))
}

func arguments(n *site.Node) string {
	var args []string
	for _, a := range n.Args {
		args = append(args, a.Value)
	}
	return strings.Join(args, " ")
}

func (i *importer) nginx() {
	for _, c := range i.pair.Nginx {
		if c.HTTP == nil && len(c.Servers) == 0 {
			continue
		}
		i.zones = map[string]string{}
		for _, n := range c.Find("limit_req_zone") {
			for _, a := range n.Args {
				if rate, ok := strings.CutPrefix(a.Value, "rate="); ok {
					i.zones[zoneOf(n)] = rate
				}
			}
		}
		if c.Root.Context == directive.Main {
			i.scope(c.Root, &i.out.RawNginx.Main, "nginx.main")
			for _, events := range c.Root.Here("events") {
				for _, n := range events.Body.Nodes {
					if usual[n.Name.Value] == "" || !asUsual(n) {
						i.leave(n.HeadLocation(), "")
					}
				}
			}
		}
		if c.HTTP != nil {
			i.scope(c.HTTP, &i.out.RawNginx.HTTP, "nginx.http")
		}
		i.servers(c)
	}
}

// zoneOf returns the name of a limit_req_zone.
func zoneOf(n *site.Node) string {
	for _, a := range n.Args {
		if zone, ok := strings.CutPrefix(a.Value, "zone="); ok {
			name, _, _ := strings.Cut(zone, ":")
			return name
		}
	}
	return ""
}

// scope takes what stands in main or http.
func (i *importer) scope(s *site.Scope, raw *string, where string) {
	for _, n := range s.Nodes {
		name := n.Name.Value
		_, known := usual[name]
		switch {
		case name == "http", name == "server", i.limit(n):
		case name == "types" && path.Base(n.File.Name) == "mime.types":
		case known && asUsual(n):
		case known:
			i.leave(n.HeadLocation(), "")
		case name == "limit_req_zone" && n.Arg(0) == "$binary_remote_addr":
		case name == "map" && hostPort(n):
		case name == "upstream" && i.backends(n):
		default:
			i.keep(raw, n, where)
		}
	}
}

// hostPort tells whether a map takes the port out of the Host header, as gen
// writes it.
func hostPort(n *site.Node) bool {
	return n.Arg(0) == "$http_host" && strings.HasPrefix(n.Arg(1), "$port_") && n.Body != nil && len(n.Body.Nodes) == 2 &&
		n.Body.Nodes[0].Name.Value == "default" && n.Body.Nodes[1].Name.Value == "~(:[0-9]+)$"
}

// limit takes one of the limits, and tells whether it is one.
func (i *importer) limit(n *site.Node) bool {
	l := &i.out.Limits
	name := strings.TrimPrefix(strings.TrimPrefix(n.Name.Value, "uwsgi_"), "proxy_")
	switch name {
	case "client_max_body_size":
		return i.bytes(n.Arg(0), &l.Body)
	case "large_client_header_buffers":
		var each int64
		count, err := strconv.Atoi(n.Arg(0))
		if err != nil || !i.bytes(n.Arg(1), &each) {
			return false
		}
		l.Headers, l.HeaderSize = count, int(each)
		return true
	case "connect_timeout":
		return i.time(n.Arg(0), &l.ConnectTimeout)
	case "send_timeout":
		return name != n.Name.Value && i.time(n.Arg(0), &l.SendTimeout)
	case "read_timeout":
		return i.time(n.Arg(0), &l.ReadTimeout)
	case "buffer_size":
		var size int64
		ok := i.bytes(n.Arg(0), &size)
		l.ResponseHeader = int(size)
		return ok
	case "next_upstream_tries":
		count, err := strconv.Atoi(n.Arg(0))
		if err != nil || count < 0 {
			return false
		}
		l.Tries = count
		return name != n.Name.Value
	case "buffers":
		return n.Arg(0) == "8"
	}
	return false
}

func (i *importer) bytes(s string, to *int64) bool {
	n, err := parseSize(s)
	if err == nil {
		*to = n
	}
	return err == nil
}

func (i *importer) time(s string, to *time.Duration) bool {
	d, err := parseDuration(s)
	if err == nil {
		*to = d
	}
	return err == nil
}

// backends takes an upstream block that leads to the application.
func (i *importer) backends(n *site.Node) bool {
	used := false
	for _, via := range i.pair.Passes {
		for _, t := range via.Targets {
			used = used || t.Upstream != nil && t.Upstream.Name == n.Arg(0) && via.Protocol == pair.UWSGI
		}
	}
	if !used || i.upstream != "" {
		return false
	}
	for _, d := range n.Body.Nodes {
		switch d.Name.Value {
		case "server", "least_conn", "ip_hash", "zone":
		case "random", "hash":
			if arguments(d) != map[string]string{"random": "two least_conn", "hash": "$remote_addr consistent"}[d.Name.Value] {
				return false
			}
		default:
			return false
		}
	}
	i.upstream = n.Arg(0)
	for _, d := range n.Body.Nodes {
		if d.Name.Value == "zone" {
			continue
		}
		if d.Name.Value != "server" {
			i.out.Limits.Balance = d.Name.Value
			continue
		}
		b := NewBackend("b" + strconv.Itoa(len(i.out.Backends)+1))
		b.Address = d.Arg(0)
		for _, a := range d.Args[1:] {
			key, value, _ := strings.Cut(a.Value, "=")
			switch key {
			case "weight":
				b.Weight, _ = strconv.Atoi(value)
			case "max_fails":
				b.MaxFails, _ = strconv.Atoi(value)
			case "fail_timeout":
				i.time(value, &b.FailTimeout)
			case "max_conns":
				b.MaxConns, _ = strconv.Atoi(value)
			case "backup":
				b.Backup = true
			default:
				i.leave(d.HeadLocation(), "")
			}
		}
		i.out.Backends = append(i.out.Backends, b)
	}
	return true
}

// servers takes the server blocks; those that gen adds on its own are
// understood.
func (i *importer) servers(c *site.Config) {
	var redirected [][]string
	for _, s := range c.Servers {
		if s.Opener == nil || refuses(s) {
			continue
		}
		if names, ok := redirects(s); ok && hasTLS(c, names) {
			redirected = append(redirected, names)
			continue
		}
		i.server(s)
	}
	for n := range i.out.Servers {
		s := &i.out.Servers[n]
		if s.TLS != NoTLS {
			s.RedirectHTTP = slices.ContainsFunc(redirected, func(names []string) bool { return slices.Equal(names, s.Names) })
		}
	}
}

// refuses tells whether a server only turns unknown hosts away.
func refuses(s *site.Server) bool {
	turns := false
	for _, n := range s.Nodes {
		switch n.Name.Value {
		case "listen":
		case "server_name":
			if arguments(n) != "_" {
				return false
			}
		case "return":
			if n.Arg(0) != "444" && n.Arg(0) != "421" {
				return false
			}
			turns = turns || n.Arg(0) == "444"
		case "ssl_reject_handshake":
			turns = turns || n.Arg(0) == "on"
		default:
			return false
		}
	}
	return turns
}

// redirects tells whether a server only leads to https, and under which names.
func redirects(s *site.Server) ([]string, bool) {
	leads := false
	var names []string
	for _, n := range s.Nodes {
		switch n.Name.Value {
		case "listen":
		case "server_name":
			for _, a := range n.Args {
				names = append(names, a.Value)
			}
		case "return":
			leads = strings.HasPrefix(n.Arg(1), "https://$host")
		case "location":
			if acme(n) {
				continue
			}
			ret := n.Body.Here("return")
			if n.Arg(0) != "/" || len(ret) != 1 || len(n.Body.Nodes) != 1 {
				return nil, false
			}
			leads = strings.HasPrefix(ret[0].Arg(1), "https://$host")
		default:
			return nil, false
		}
	}
	return names, leads
}

func hasTLS(c *site.Config, names []string) bool {
	for _, s := range c.Servers {
		if len(s.Listens) > 0 && s.Listens[0].SSL && slices.EqualFunc(s.Names, names, func(n site.Name, name string) bool { return n.Value == strings.ToLower(name) }) {
			return true
		}
	}
	return false
}

// acme tells whether a location answers the challenge of Let's Encrypt.
func acme(n *site.Node) bool {
	return strings.HasPrefix(n.Arg(len(n.Args)-1), "/.well-known/acme-challenge")
}

func (i *importer) server(from *site.Server) {
	taken := []string{}
	for _, s := range i.out.Servers {
		taken = append(taken, s.Name)
	}
	s := NewServer(unique("main", taken))
	s.HSTS, s.Profile = 0, "intermediate"
	where := "server." + s.Name + ".raw"
	var locations []*site.Node
	first := len(i.out.Servers) == 0
	for _, n := range from.Nodes {
		name := n.Name.Value
		switch _, known := usual[name]; {
		case name == "listen":
			s.Listen = append(s.Listen, n.Arg(0))
			i.listen(&s, n)
		case name == "server_name":
			s.Names = nil
			for _, a := range n.Args {
				s.Names = append(s.Names, a.Value)
			}
		case name == "ssl_certificate":
			s.Certificate, s.TLS = n.Arg(0), OwnTLS
			if strings.HasPrefix(n.Arg(0), "/etc/letsencrypt/") {
				s.TLS = LetsEncrypt
			}
		case name == "ssl_certificate_key":
			s.Key = n.Arg(0)
		case name == "ssl_protocols" && arguments(n) == "TLSv1.3":
			s.Profile = "modern"
		case name == "ssl_protocols" && arguments(n) == "TLSv1.2 TLSv1.3":
		case name == "add_header" && i.hsts(&s, n):
		case name == "location":
			locations = append(locations, n)
		case first && len(from.Parent.Here(name)) == 0 && i.limit(n):
			i.limits[name] = arguments(n)
		case !first && i.limits[name] == arguments(n) && len(n.Args) > 0:
		case known && asUsual(n):
		default:
			i.keep(&s.Raw, n, where)
		}
	}
	if s.TLS == NoTLS {
		s.HSTS = 365 * 24 * time.Hour // the default, which means nothing here
	}
	i.out.Servers = append(i.out.Servers, s)
	for _, n := range locations {
		i.location(n)
	}
}

// listen takes the words of a listen directive that a description has keys for.
func (i *importer) listen(s *Server, n *site.Node) {
	for _, a := range n.Args[1:] {
		switch a.Value {
		case "default_server":
			s.Default = true
		case "ssl", "http2":
		default:
			i.leave(n.HeadLocation(), "")
		}
	}
}

// hsts takes a Strict-Transport-Security header of max-age alone.
func (i *importer) hsts(s *Server, n *site.Node) bool {
	age, ok := strings.CutPrefix(n.Arg(1), "max-age=")
	if !strings.EqualFold(n.Arg(0), "Strict-Transport-Security") || !ok || n.Arg(2) != "always" {
		return false
	}
	return i.time(age, &s.HSTS)
}

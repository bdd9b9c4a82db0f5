package launch

import (
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/nginx/site"
)

// hostVariables are those that stand for the host that a client asked for.
var hostVariables = []string{"host", "http_host", "server_name", "ssl_server_name"}

// absolute adds the port of this machine to an absolute URL that leads back to
// the site, as redirects have it: https://$host/ would lead to port 443. What
// leads elsewhere stays.
func (p *Plan) absolute(url string, from *site.Server) string {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok || scheme != "http" && scheme != "https" && scheme != "$scheme" {
		return url
	}
	host, rest := cutHost(rest)
	if host == "" {
		return url
	}
	written := ""
	if strings.HasPrefix(rest, ":") {
		digits := strings.TrimLeft(rest[1:], "0123456789")
		written, rest = rest[1:len(rest)-len(digits)], digits
		if written == "" {
			return url // the port is a variable
		}
	}
	port := p.portFor(scheme, written)
	if port == "" {
		return url
	}
	switch own := namesOf(from); {
	case strings.Contains(host, "$http_host") || slices.Contains(own, strings.ToLower(host)):
		host = "$host"
	case !strings.Contains(host, "$") && !p.hosts()[strings.ToLower(host)]:
		return url
	}
	return scheme + "://" + host + ":" + port + rest
}

// cutHost parts a URL after its scheme into the host, variables included, and
// what follows.
func cutHost(s string) (host, rest string) {
	i := 0
	for i < len(s) {
		if s[i] != '$' {
			if strings.IndexByte("/:?;#\"' ", s[i]) >= 0 {
				break
			}
			i++
			continue
		}
		name := strings.TrimPrefix(s[i+1:], "{")
		end := 0
		for end < len(name) && (name[end] == '_' || name[end] >= 'a' && name[end] <= 'z' || name[end] >= '0' && name[end] <= '9') {
			end++
		}
		if !slices.Contains(hostVariables, name[:end]) {
			break
		}
		length := 1 + end
		if strings.HasPrefix(s[i+1:], "{") {
			length += 2
		}
		i = min(len(s), i+length)
	}
	return s[:i], s[i:]
}

// portFor returns the port here that stands for a scheme's own, or for a
// written one; "" where none does or it is the same.
func (p *Plan) portFor(scheme, written string) string {
	if scheme == "$scheme" {
		if written == "" {
			return "$server_port"
		}
		return ""
	}
	want := map[string]string{"http": "80", "https": "443"}[scheme]
	if written != "" {
		want = written
	}
	for _, l := range p.Nginx.listens {
		if l.TLS != (scheme == "https") {
			continue
		}
		_, from, err := net.SplitHostPort(l.From)
		_, to, err2 := net.SplitHostPort(l.To)
		if err == nil && err2 == nil && from == want && from != to {
			return to
		}
	}
	return ""
}

func namesOf(s *site.Server) []string {
	var names []string
	if s == nil {
		return nil
	}
	for _, n := range s.Names {
		if n.Kind == site.ExactName && n.Value != "" {
			names = append(names, n.Value)
		}
	}
	return names
}

// hosts are the names of all servers.
func (p *Plan) hosts() map[string]bool {
	all := map[string]bool{}
	for _, c := range p.Nginx.Sources {
		for _, s := range c.Servers {
			for _, n := range namesOf(s) {
				all[n] = true
			}
		}
	}
	return all
}

// listenOn returns the address here that stands for one of nginx's.
func (p *Plan) listenOn(l site.Listen) Listen {
	if l.Unix != "" {
		from := "unix:" + l.Unix
		return p.listened(from, func() string { return "unix:" + p.scratch("nginx"+strconv.Itoa(len(p.Nginx.listens))+".sock") }, l.SSL)
	}
	host := "127.0.0.1"
	if l.Host == "[::]" || l.Host == "[::1]" {
		host = "::1"
	}
	from := net.JoinHostPort(strings.Trim(l.Host, "[]"), strconv.Itoa(l.Port))
	return p.listened(from, func() string { return net.JoinHostPort(host, strconv.Itoa(p.ports.free(host, l.Port))) }, l.SSL)
}

func (p *Plan) listened(from string, to func() string, tls bool) Listen {
	for i := range p.Nginx.listens {
		if l := &p.Nginx.listens[i]; l.From == from {
			l.TLS = l.TLS || tls
			return *l
		}
	}
	l := Listen{From: from, TLS: tls}
	if before := p.Options.Before; before != nil && before.Nginx != nil {
		for _, old := range before.Nginx.listens {
			if old.From == from && !p.ports.taken[old.To] {
				l.To = old.To
				p.ports.taken[old.To] = true
			}
		}
	}
	if l.To == "" {
		l.To = to()
	}
	p.Nginx.listens = append(p.Nginx.listens, l)
	return l
}

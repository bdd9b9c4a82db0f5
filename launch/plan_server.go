package launch

import (
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/pair"
)

// server rewrites where a server listens, and opens one for localhost where
// the default one answers nobody.
func (n *nginxPlanner) server(s *site.Server) {
	for _, l := range s.Listens {
		n.listen(s, l)
	}
	if n.Options.NativeNginx {
		n.insert(s.Opener, `set $deployctl_at "";`)
		for _, l := range s.Locations {
			n.mark(l)
		}
	}
	if n.opened(s) {
		names := " localhost 127.0.0.1 [::1]"
		n.Nginx.local = append(n.Nginx.local, s)
		if nodes := s.Here("server_name"); len(nodes) > 0 {
			last := nodes[0].Location(len(nodes[0].Args))
			n.edits[last.File] = append(n.edits[last.File], diag.Edit{File: last.File, Span: diag.Span{Start: last.Span.End, End: last.Span.End}, New: names})
			n.change(nodes[0].HeadLocation(), strings.Join(strings.Fields(last.File.Text(nodes[0].HeadLocation().Span)), " ")+names, diag.T("the default server answers nobody, and a browser here asks for localhost"), false)
		} else {
			n.insert(s.Opener, "server_name"+names+";")
		}
	}
}

// mark lets the native nginx say which location answered.
func (n *nginxPlanner) mark(l *site.Location) {
	if l.Opener != nil {
		n.insert(l.Opener, fmt.Sprintf("set $deployctl_at %d;", len(n.Nginx.marks)))
		n.Nginx.marks = append(n.Nginx.marks, l.Opener)
	}
	for _, inner := range l.Locations {
		n.mark(inner)
	}
}

func (n *nginxPlanner) listen(s *site.Server, l site.Listen) {
	switch {
	case l.QUIC:
		if l.Node != nil {
			n.remove(l.Node, diag.T("HTTP/3 is not served here"), true)
		}
		return
	case l.Host == "[::]" && !n.ports.v6:
		if l.Node != nil && len(s.Listens) > 1 {
			n.remove(l.Node, diag.T("this machine has no IPv6"), false)
			return
		}
	}
	to := n.listenOn(l)
	if l.Node == nil {
		n.insert(s.Opener, "listen "+to.To+";")
		return
	}
	why := diag.T("only this machine is served")
	_, port, _ := net.SplitHostPort(to.To)
	if port != fmt.Sprint(l.Port) && l.Unix == "" {
		why = diag.T("port %d takes root, or another program listens there", l.Port)
	}
	n.replace(l.Node, 0, to.To, why)
}

// opened tells whether a server is the first one that answers where the default
// server turns everybody away.
func (n *nginxPlanner) opened(s *site.Server) bool {
	if closed(s) {
		return false
	}
	for _, l := range s.Listens {
		first, blocked := (*site.Server)(nil), false
		for _, other := range n.config.Servers {
			for _, ol := range other.Listens {
				if ol.Host != l.Host || ol.Port != l.Port || ol.Unix != l.Unix {
					continue
				}
				if first == nil && !closed(other) {
					first = other
				}
				blocked = blocked || ol.Default && closed(other)
				for _, name := range other.Names {
					if name.Value == "localhost" {
						return false
					}
				}
			}
		}
		if blocked && first == s {
			return true
		}
	}
	return false
}

// closed tells whether a server turns every request away.
func closed(s *site.Server) bool {
	for _, d := range s.Here("ssl_reject_handshake") {
		if d.Arg(0) == "on" {
			return true
		}
	}
	for _, d := range s.Here("return") {
		if len(d.Args) == 1 && strings.HasPrefix(d.Arg(0), "4") {
			return true
		}
	}
	return false
}

// targets leads what nginx passes on to where the application listens here.
func (n *nginxPlanner) targets() {
	done := map[diag.Location]bool{}
	for _, via := range n.Pair.Passes {
		if via.Config != n.config {
			continue
		}
		for _, t := range via.Targets {
			if done[t.At] || t.At.File == nil {
				continue
			}
			done[t.At] = true
			to, why := n.target(t)
			if to == "" {
				continue
			}
			word := t.At.File.Text(t.At.Span)
			old := addressIn(word)
			if portBehind.MatchString(via.Node.Arg(0)) && !strings.Contains(old, ":") {
				host, port, _ := net.SplitHostPort(to)
				if port != strconv.Itoa(t.Port) {
					old = "" // the port that stands behind it is another one here
				}
				to = host
			}
			if old == "" || strings.Contains(old, "$") {
				n.variable(t.At)
				continue
			}
			n.edits[t.At.File] = append(n.edits[t.At.File], diag.Edit{File: t.At.File, Span: t.At.Span, New: strings.Replace(word, old, to, 1)})
			n.change(t.At, strings.Replace(word, old, to, 1), why, false)
		}
	}
}

// portBehind finds a port that stands behind a variable.
var portBehind = regexp.MustCompile(`\$\{?\w+\}?:\d`)

// variable says where an address leads that only a request tells.
func (n *nginxPlanner) variable(at diag.Location) {
	if n.Options.NativeNginx {
		n.change(at, "", diag.T("the address is a variable, and leads where it does on the server"), true)
		return
	}
	n.change(at, "", diag.T("the address is a variable: other machines in it mean this one"), true)
}

// target returns where a target is found here; "" where it stays.
func (n *nginxPlanner) target(t *pair.Target) (string, diag.Text) {
	if to, ok := n.moved[t.Endpoint]; ok {
		return to.Nginx(), diag.T("the application listens there")
	}
	for _, b := range t.Binds {
		if to, ok := n.moved[b.Endpoint]; ok {
			return to.Nginx(), diag.T("the application listens there")
		}
	}
	if t.Network != pair.TCP || t.Port == 0 || t.Loopback() || t.Wildcard() || t.Upstream == nil && n.config.Upstreams[t.Host] != nil {
		return "", diag.Text{}
	}
	for _, b := range n.Pair.Binds {
		if to, ok := n.moved[b.Endpoint]; ok && b.ForNginx && b.Network == pair.TCP && b.Port == t.Port {
			return to.Nginx(), diag.T("%s is another machine's name for the application", t.Host)
		}
	}
	return fmt.Sprintf("127.0.0.1:%d", t.Port), diag.T("%s is not asked from here: start what listens there on this machine", t.Host)
}

// addressIn returns the part of a word of nginx that is the address.
func addressIn(word string) string {
	word = strings.Trim(word, `"'`)
	if i := strings.Index(word, "unix:"); i >= 0 {
		rest := word[i+len("unix:"):]
		if end := strings.IndexByte(rest, ':'); end >= 0 {
			rest = rest[:end]
		}
		return "unix:" + rest
	}
	if _, rest, ok := strings.Cut(word, "://"); ok {
		word = rest
	}
	if i := strings.IndexAny(word, "/?"); i >= 0 {
		word = word[:i]
	}
	return word
}

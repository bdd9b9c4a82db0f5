package front

import (
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/uwsgi/wire"
)

// uwsgi is uwsgi_pass with what it alone has (ngx_http_uwsgi_module.c).
type uwsgi struct {
	*pass
	schema               string
	modifier1, modifier2 byte
	own                  map[string]bool // params that keep the client's headers away
}

func newUwsgiPass(c *config, l *location, n *site.Node) handler {
	x := &uwsgi{pass: c.newPass(l, "uwsgi"), schema: "uwsgi://", own: map[string]bool{}}
	address := strings.TrimPrefix(n.Arg(0), "uwsgi://")
	if rest, ok := strings.CutPrefix(address, "suwsgi://"); ok {
		address, x.schema = rest, "suwsgi://"
		x.secure = c.secureUpstream(l, "uwsgi")
	}
	x.target = c.text(address)
	if x.target.constant() {
		if err := x.fix(c, address, 0); err != nil {
			c.fail(n, "%v", err)
			return nil
		}
	}
	x.own = map[string]bool{}
	for _, n := range c.all(l.Scope, "uwsgi_param") {
		if strings.HasPrefix(n.Arg(0), "HTTP_") {
			x.own[n.Arg(0)] = true
			if n.Arg(1) == "" {
				continue // that is all it is for
			}
		}
		x.params = append(x.params, passParam{n.Arg(0), c.text(n.Arg(1)), n.Arg(2) == "if_not_empty"})
	}
	x.modifier1, x.modifier2 = byte(c.number(l.Scope, "uwsgi_modifier1", 0)), byte(c.number(l.Scope, "uwsgi_modifier2", 0))
	return x.serve
}

func (x *uwsgi) serve(r *request) (*response, int) {
	u, status := x.group(r, x.target.eval(r), 0)
	if status != 0 {
		return nil, status
	}
	packet := packets.Get().(*[]byte)
	defer packets.Put(packet)
	return x.run(r, u, dialect{
		host:   u.name,
		schema: x.schema,
		write: func() (_ []byte, ok bool) {
			*packet, ok = x.packet(r, (*packet)[:0])
			return *packet, ok
		},
		read: func(e *exchange) (*response, error) { return x.readHead(r, e) },
	})
}

// cgiName is the variable that a header becomes: HTTP_USER_AGENT.
func cgiName(header string) string {
	const prefix = "HTTP_"
	b := make([]byte, len(prefix)+len(header))
	copy(b, prefix)
	for i := range len(header) {
		c := header[i]
		switch {
		case c >= 'a' && c <= 'z':
			c -= 'a' - 'A'
		case c == '-':
			c = '_'
		}
		b[len(prefix)+i] = c
	}
	return string(b)
}

// packets keeps memory for packets.
var packets = sync.Pool{New: func() any { p := make([]byte, 0, 1024); return &p }}

// packet makes the variables of a request in memory that is there: the
// parameters, then its headers.
func (x *uwsgi) packet(r *request, packet []byte) ([]byte, bool) {
	packet = append(packet, 0, 0, 0, 0)
	size := 0
	add := func(name, value string) {
		size += 4 + len(name) + len(value)
		if size <= wire.MaxSize {
			packet, _ = wire.AppendVar(packet, name, value) // both are short enough, and no name is empty
		}
	}
	for i := range x.params {
		param := &x.params[i]
		v := param.value.eval(r)
		if v == "" && param.ifNotEmpty {
			continue
		}
		add(param.name, v)
	}
	if x.passHead {
		seen := make(map[string]bool, len(r.headers))
		for i := range r.headers {
			h := &r.headers[i]
			name := cgiName(h.name)
			if x.own[name] || seen[name] {
				continue
			}
			seen[name] = true
			v, _ := r.header(h.name)
			add(name, v)
		}
	}
	if size > wire.MaxSize {
		r.log("alert", "uwsgi request is too big: "+strconv.Itoa(size), "")
		return packet, false
	}
	wire.Header{Modifier1: x.modifier1, Size: len(packet) - wire.HeaderSize, Modifier2: x.modifier2}.Append(packet[:0])
	return packet, true
}

// readHead reads the head of a response: with a status line, or with a Status
// field as CGI has it; the body ends with the connection, or where
// Content-Length says.
func (x *uwsgi) readHead(r *request, e *exchange) (*response, error) {
	out := &response{length: -1, cgi: true}
	first, err := readStatusLine(e.reader)
	size := 0
	switch {
	case err == nil:
		out.status, out.statusLine, size = first.status, first.text, first.size
	case err != errNoStatus:
		return nil, err
	}
	if out.headers, err = readFields(e.reader, x.headSize, size); err != nil {
		return nil, err
	}
	if out.status == 0 {
		if err := out.statusField(); err != nil {
			return nil, err
		}
	}
	if _, asked := r.header("upgrade"); asked && out.status == http.StatusSwitchingProtocols {
		out.switched(e)
		return out, nil
	}
	out.frame(e, false)
	return out, nil
}

// statusField takes the status of a response from its fields, as CGI has it.
func (p *response) statusField() error {
	status, ok := p.header("status")
	location, moved := p.header("location")
	switch {
	case ok:
		code, _, _ := strings.Cut(status, " ")
		n, err := strconv.ParseUint(code, 10, 10)
		if err != nil || len(code) != 3 {
			return badAnswer("upstream sent invalid status \"" + status + "\"")
		}
		p.status, p.statusLine = int(n), status
	case moved && location != "":
		p.status, p.statusLine = http.StatusFound, "302 Moved Temporarily"
	default:
		p.status, p.statusLine = http.StatusOK, "200 OK"
	}
	return nil
}

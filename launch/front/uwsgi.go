package front

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/uwsgi/wire"
)

// newUwsgiPass makes the handler of uwsgi_pass (ngx_http_uwsgi_module.c).
func newUwsgiPass(c *config, l *location, n *site.Node) handler {
	p := c.newPass(l, "uwsgi")
	address := strings.TrimPrefix(n.Arg(0), "uwsgi://")
	if rest, ok := strings.CutPrefix(address, "suwsgi://"); ok {
		address = rest
		p.secure = c.secureUpstream(l, "uwsgi")
	}
	p.target = c.text(address)
	if p.target.constant() {
		u, err := p.group(&request{conf: c}, address, 0)
		if err != nil {
			c.fail(n, "%v", err)
			return nil
		}
		p.fixed = u
	}
	for _, n := range c.all(l.Scope, "uwsgi_param") {
		p.params = append(p.params, passParam{n.Arg(0), c.text(n.Arg(1)), n.Arg(2) == "if_not_empty"})
	}
	modifier1, modifier2 := c.number(l.Scope, "uwsgi_modifier1", 0), c.number(l.Scope, "uwsgi_modifier2", 0)
	return func(r *request) (*response, int) {
		u, err := p.group(r, p.target.eval(r), 0)
		if err != nil {
			r.logError("%v", err)
			return nil, http.StatusInternalServerError
		}
		if p.passBody && p.spool && r.length < 0 {
			if _, status := r.readBody(); status != 0 {
				return nil, status
			}
		}
		packet, status := p.packet(r, byte(modifier1), byte(modifier2))
		if status != 0 {
			return nil, status
		}
		return p.run(r, u, func(x *exchange) error {
			_, err := x.conn.Write(packet)
			return err
		}, func(x *exchange) (*response, error) { return p.readCGI(x) })
	}
}

// packet makes the variables of a request: the parameters, then its headers.
func (p *pass) packet(r *request, modifier1, modifier2 byte) ([]byte, int) {
	packet := append(make([]byte, 0, 1024), 0, 0, 0, 0)
	add := func(name, value string) bool {
		var err error
		if packet, err = wire.AppendVar(packet, name, value); err != nil {
			r.logError("uwsgi request: %v", err)
			return false
		}
		return true
	}
	own := map[string]bool{}
	for i := range p.params {
		v := p.params[i].value.eval(r)
		if name := p.params[i].name; strings.HasPrefix(name, "HTTP_") {
			own[name] = true
		}
		if v == "" && p.params[i].ifNotEmpty {
			continue
		}
		if p.params[i].name == "CONTENT_LENGTH" && v == "" && r.length < 0 && r.bodyRead != nil {
			v = strconv.FormatInt(r.bodyRead.size, 10)
		}
		if !add(p.params[i].name, v) {
			return nil, http.StatusInternalServerError
		}
	}
	if p.passHead {
		seen := map[string]bool{}
		for i := range r.headers {
			h := &r.headers[i]
			name := "HTTP_" + strings.ToUpper(strings.ReplaceAll(h.name, "-", "_"))
			if own[name] || seen[name] {
				continue
			}
			seen[name] = true
			v, _ := r.header(h.name)
			if !add(name, v) {
				return nil, http.StatusInternalServerError
			}
		}
	}
	size := len(packet) - wire.HeaderSize
	if size > wire.MaxSize {
		r.logError("uwsgi request is too big: %d", size)
		return nil, http.StatusInternalServerError
	}
	wire.Header{Modifier1: modifier1, Size: size, Modifier2: modifier2}.Append(packet[:0])
	return packet, 0
}

// readCGI reads the head of a response: with a status line, or with a Status
// field as CGI has it; the body ends with the connection, or where
// Content-Length says.
func (p *pass) readCGI(x *exchange) (*response, error) {
	out := &response{length: -1}
	line, err := x.reader.Peek(5)
	if err != nil {
		return nil, err
	}
	if string(line) == "HTTP/" {
		if err := out.readStatus(x.reader); err != nil {
			return nil, err
		}
	}
	if out.headers, err = readHead(x.reader, p.headSize); err != nil {
		return nil, err
	}
	if out.status == 0 {
		out.status = http.StatusOK
		if s, ok := out.header("status"); ok {
			code, _, _ := strings.Cut(s, " ")
			if out.status, err = strconv.Atoi(code); err != nil {
				return nil, errBadHead
			}
			_, out.reason, _ = strings.Cut(s, " ")
		} else if to, ok := out.header("location"); ok && to != "" {
			out.status = http.StatusFound
		}
	}
	out.frame(x, false)
	return out, nil
}

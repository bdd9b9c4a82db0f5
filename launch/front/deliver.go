package front

import (
	"net/http"
	"strings"
)

// deliver makes of a peer's response the one that goes to the client: headers
// hidden, redirects followed inside, errors intercepted.
func (p *pass) deliver(r *request, out *response) (*response, int) {
	out.upstream = true
	if to, ok := out.header("x-accel-redirect"); ok && !p.ignored["x-accel-redirect"] && out.upgrade == nil {
		return p.accel(r, out, to)
	}
	if p.intercept && out.status >= 300 && r.hasErrorPage(out.status) {
		challenge, asked := out.header("www-authenticate")
		status := out.status
		out.close()
		page := r.finish(nil, status)
		if asked && page != nil {
			page.set("WWW-Authenticate", challenge)
		}
		return page, 0
	}
	if v, ok := out.header("x-accel-limit-rate"); ok && !p.ignored["x-accel-limit-rate"] {
		r.setVar("limit_rate", v)
	}
	out.take(p)
	return out, 0
}

func (r *request) hasErrorPage(status int) bool {
	for i := range r.loc.errorPages {
		if r.loc.errorPages[i].codes[status] {
			return !r.errorPage || r.loc.recursiveErrors
		}
	}
	return false
}

// take moves the headers that the filters work on out of the list, and drops
// those that are hidden.
func (out *response) take(p *pass) {
	kept := out.headers[:0:0]
	for _, h := range out.headers {
		switch name := strings.ToLower(h.name); name {
		case "content-type":
			out.contentType = h.value
		case "content-length", "connection", "keep-alive", "transfer-encoding", "status":
			if name == "connection" && out.upgrade != nil {
				kept = append(kept, h)
			}
		case "last-modified":
			if t, err := http.ParseTime(h.value); err == nil {
				out.modified = t
				continue
			}
			kept = append(kept, h)
		case "etag":
			out.etag = h.value
		case "accept-ranges":
			out.ranges = out.ranges || strings.EqualFold(h.value, "bytes") && out.length >= 0
			if !out.ranges {
				kept = append(kept, h)
			}
		default:
			if !p.hidden[name] {
				kept = append(kept, h)
			}
		}
	}
	out.headers = kept
}

// keptByAccel are the headers of a response with X-Accel-Redirect that stay.
var keptByAccel = []string{"Content-Type", "Set-Cookie", "Content-Disposition", "Cache-Control", "Expires"}

// accel goes on at the URI of X-Accel-Redirect.
func (p *pass) accel(r *request, from *response, to string) (*response, int) {
	var kept []header
	kind := ""
	for _, h := range from.headers {
		for _, name := range keptByAccel {
			if !strings.EqualFold(h.name, name) {
				continue
			}
			if name == "Content-Type" {
				kind = h.value
			} else {
				kept = append(kept, h)
			}
		}
	}
	from.close()
	if r.method != http.MethodHead {
		r.method = http.MethodGet
	}
	var answer *response
	if strings.HasPrefix(to, "@") {
		answer = r.redirectNamed(to)
	} else {
		path, args, ok := strings.Cut(to, "?")
		uri := unescape(path)
		if ok {
			uri += "?" + args
		}
		r.args = ""
		answer = r.redirectTo(uri)
	}
	if answer == nil {
		return nil, closeConnection
	}
	answer.headers = append(kept, answer.headers...)
	if kind != "" && answer.status < 300 {
		answer.contentType = kind
	}
	return answer, 0
}

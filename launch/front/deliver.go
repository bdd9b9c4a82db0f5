package front

import (
	"net/http"
	"strconv"
	"strings"
)

// deliver makes of a peer's response the one that goes to the client: errors
// intercepted, redirects followed inside, headers hidden.
func (p *pass) deliver(r *request, out *response) (*response, int) {
	out.upstream = true
	if p.intercept && out.status >= http.StatusMultipleChoices && r.hasErrorPage(out.status) {
		return p.interceptError(r, out), 0
	}
	if to, ok := out.header("x-accel-redirect"); ok && !p.ignored["x-accel-redirect"] {
		return p.accel(r, out, to)
	}
	if v, ok := out.header("x-accel-limit-rate"); ok && !p.ignored["x-accel-limit-rate"] {
		if _, err := strconv.ParseUint(v, 10, 62); err == nil {
			r.setVar("limit_rate", v)
		}
	}
	if v, ok := out.header("x-accel-charset"); ok && !p.ignored["x-accel-charset"] {
		out.forcedCharset = v
	}
	p.take(out)
	return out, 0
}

// interceptError answers with the error_page instead of the peer's own page;
// only what a peer asks credentials for is passed on
// (ngx_http_upstream_intercept_errors).
func (p *pass) interceptError(r *request, out *response) *response {
	challenge, asked := out.header("www-authenticate")
	status := out.status
	out.close()
	page := r.finish(nil, status)
	if asked && status == http.StatusUnauthorized && page != nil {
		page.set("WWW-Authenticate", challenge)
	}
	return page
}

func (r *request) hasErrorPage(status int) bool {
	for i := range r.loc.errorPages {
		if r.loc.errorPages[i].codes[status] {
			return true
		}
	}
	return false
}

// take moves the headers that the filters work on out of the list, and drops
// those that are hidden (ngx_http_upstream_process_headers).
func (p *pass) take(out *response) {
	kept := out.headers[:0:0]
	for _, h := range out.headers {
		name := strings.ToLower(h.name)
		if p.hidden[name] {
			continue
		}
		switch name {
		case "content-type":
			out.contentType = h.value
			continue
		case "etag":
			out.etag = h.value
			continue
		case "content-length", "connection", "keep-alive", "transfer-encoding":
			continue
		case "last-modified":
			out.modified, _ = http.ParseTime(h.value)
		case "accept-ranges":
			if p.forceRanges {
				continue
			}
		}
		kept = append(kept, h)
	}
	out.headers = kept
	out.ranges = p.forceRanges && out.length >= 0
}

// keptByAccel are the headers of a response with X-Accel-Redirect that stay.
var keptByAccel = map[string]bool{
	"set-cookie": true, "content-disposition": true, "cache-control": true, "expires": true, "accept-ranges": true,
}

// accel goes on at the URI of X-Accel-Redirect.
func (p *pass) accel(r *request, from *response, to string) (*response, int) {
	var kept []header
	for _, h := range from.headers {
		if keptByAccel[strings.ToLower(h.name)] {
			kept = append(kept, h)
		}
	}
	kind, _ := from.header("content-type")
	from.close()
	var answer *response
	if strings.HasPrefix(to, "@") {
		answer = r.redirectNamed(to)
	} else {
		uri, ok := unsafeURI(to)
		if !ok {
			return nil, http.StatusNotFound
		}
		if r.method != http.MethodHead {
			r.method = http.MethodGet
		}
		answer = r.redirectTo(uri)
	}
	if answer == nil {
		return nil, closeConnection
	}
	answer.headers = append(kept, answer.headers...)
	if kind != "" && !answer.plain && !answer.text && (!answer.upstream || answer.contentType == "") {
		answer.contentType = kind
	}
	return answer, 0
}

// unsafeURI undoes the escapes of a URI that the application wrote; false for
// one that climbs out (ngx_http_parse_unsafe_uri).
func unsafeURI(uri string) (string, bool) {
	if uri == "" || uri[0] == '?' {
		return "", false
	}
	path, args, hasArgs := strings.Cut(uri, "?")
	quoted := strings.Contains(path, "%")
	if path = unescape(path); strings.HasPrefix(path, "../") || path == ".." || strings.HasSuffix(path, "/..") || strings.Contains(path, "/../") {
		return "", false
	}
	if strings.ContainsRune(path, 0) || quoted && strings.ContainsRune(path, '?') {
		return "", false
	}
	if hasArgs {
		path += "?" + args
	}
	return path, true
}

package front

import (
	"net/http"
	"strings"

	"github.com/deployctl/deployctl/nginx/site"
)

// maxCycles bounds internal redirects (NGX_HTTP_MAX_URI_CHANGES).
const maxCycles = 10

// process takes a request through the phases and returns its response; nil
// when the connection is closed without one.
func (r *request) process() *response {
	r.cycles = maxCycles
	r.loc = r.server.own
	if status := r.checkClient(); status != 0 {
		return r.finish(nil, status)
	}
	r.findClient()
	return r.fromServer()
}

// fromServer begins with the server's script, as an internal redirect does too.
func (r *request) fromServer() *response {
	r.loc = r.server.own
	s, response, status := r.execute(r.server.script)
	if s == end {
		return r.finish(response, status)
	}
	r.uriChanged = false
	return r.find()
}

// find looks for the location of the path and lets it answer.
func (r *request) find() *response {
	for {
		l, to := r.conf.site.Locate(r.server.Server, r.path)
		if l == nil {
			r.enter(r.server.own)
		} else {
			r.enter(r.conf.locations[l.Scope])
			r.captureLocation(l)
		}
		if r.loc.internal && !r.internal {
			return r.finish(nil, http.StatusNotFound)
		}
		if most := r.loc.maxBody; most > 0 && r.length > int64(most) && !r.refused {
			r.logError("client intended to send too large body: %d bytes", r.length)
			r.refused = true
			return r.finish(nil, http.StatusRequestEntityTooLarge)
		}
		if to != "" {
			to = escape(l.Pattern)
			if r.args != "" {
				to += "?" + r.args
			}
			return r.finish(redirect(http.StatusMovedPermanently, to), 0)
		}
		response, status, changed := r.inLocation()
		if !changed {
			return r.finish(response, status)
		}
		if r.cycles--; r.cycles < 0 {
			return r.finish(nil, http.StatusInternalServerError)
		}
	}
}

// captureLocation keeps what the groups of a location's expression match.
func (r *request) captureLocation(l *site.Location) {
	if l.Kind == site.Regex || l.Kind == site.RegexNoCase {
		r.match(r.loc.pattern, r.path)
	}
}

// inLocation runs the phases from the location's rewrites to its content.
// changed tells that a rewrite asks for another location.
func (r *request) inLocation() (_ *response, status int, changed bool) {
	s, response, status := r.execute(r.loc.script)
	switch {
	case s == end:
		return response, status, false
	case r.uriChanged && s != stop:
		r.uriChanged = false
		return nil, 0, true
	}
	r.uriChanged = false
	r.findClient()
	if response, status := r.access(); response != nil || status != 0 {
		return response, status, false
	}
	if t := r.loc.tryFiles; t != nil {
		if found, response, status := t.run(r); !found {
			return response, status, false
		}
	}
	if status := r.mirror(); status != 0 {
		return nil, status, false
	}
	response, status = r.content()
	return response, status, false
}

// content makes the response: by the location's handler, or from files.
func (r *request) content() (*response, int) {
	if r.loc.handler != nil {
		return r.loc.handler(r)
	}
	return r.serveFiles()
}

// redirectTo goes on with another URI, as try_files, error_page and
// X-Accel-Redirect do: the arguments are those of the URI.
func (r *request) redirectTo(uri string) *response {
	path, args, _ := strings.Cut(uri, "?")
	return r.redirectInternally(path, args)
}

// redirectInternally is ngx_http_internal_redirect.
func (r *request) redirectInternally(path, args string) *response {
	if r.cycles--; r.cycles < 0 {
		r.logError("rewrite or internal redirection cycle while internally redirecting to %q", path)
		return r.finish(nil, http.StatusInternalServerError)
	}
	r.path, r.args, r.hadArgs = path, args, false
	r.internal, r.ownURI, r.brokenURI, r.addURIToAlias = true, true, false, false
	return r.fromServer()
}

// redirectNamed goes on in a named location.
func (r *request) redirectNamed(name string) *response {
	if r.cycles--; r.cycles < 0 {
		return r.finish(nil, http.StatusInternalServerError)
	}
	l := r.server.named[name]
	if l == nil {
		r.logError("could not find named location %q", name)
		return r.finish(nil, http.StatusInternalServerError)
	}
	r.enter(l)
	r.internal = true
	response, status, changed := r.inLocation()
	if changed {
		return r.find()
	}
	return r.finish(response, status)
}

// finish turns a status without a response into the error_page that is asked
// for, or nginx's own page.
func (r *request) finish(resp *response, status int) *response {
	switch {
	case resp != nil:
	case r.lost != 0:
		r.status = r.lost
		return nil
	case status == closeConnection, status == http.StatusRequestTimeout, status == statusClientLeft:
		r.status = status
		return nil
	case status == 0:
		return nil // a redirect inside has come to that
	}
	if resp != nil && !resp.special {
		if r.override > 0 {
			resp.status, resp.statusLine = r.override, ""
		}
		return resp
	}
	if resp != nil {
		status = resp.status
	}
	r.override = 0
	switch status {
	case 400, 413, 414, 495, 496, 497, 500, 501:
		r.closing = true // ngx_http_special_response_handler does not keep these connections
	}
	if page, ok := r.errorPageFor(status); ok {
		if page != nil && resp != nil && !page.relocated && page.location == "" {
			page.location = resp.location
		}
		return page
	}
	if resp == nil {
		return r.special(status)
	}
	return r.specialRedirect(status, resp.location)
}

// specialRedirect is the page that goes along with a redirect.
func (r *request) specialRedirect(status int, to string) *response {
	if r.loc.msieRefresh && (status == http.StatusMovedPermanently || status == http.StatusFound) && r.browser().msie {
		return r.refresh(to)
	}
	page := r.special(status)
	page.location = to
	page.relocated = true
	return page
}

// closeConnection is nginx's own code for closing without an answer.
const closeConnection = 444

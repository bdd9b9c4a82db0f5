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
		if to != "" {
			r.loc = r.conf.locations[l.Scope]
			if r.args != "" {
				to, _, _ = strings.Cut(to, "?")
				to += "?" + r.args
			}
			return r.finish(redirect(http.StatusMovedPermanently, to), 0)
		}
		r.loc = r.server.own
		if l != nil {
			r.loc = r.conf.locations[l.Scope]
			r.captureLocation(l)
		}
		if r.loc.internal && !r.internal {
			return r.finish(nil, http.StatusNotFound)
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
	if most := r.loc.maxBody; most > 0 && r.length > int64(most) {
		r.closing = true
		return nil, http.StatusRequestEntityTooLarge, false
	}
	s, response, status := r.execute(r.loc.script)
	switch {
	case s == end:
		return response, status, false
	case r.uriChanged && s != stop:
		r.uriChanged = false
		return nil, 0, true
	}
	r.uriChanged = false
	if inner := r.loc.limitExcept; inner != nil && !inner.allows(r.method) {
		r.loc = inner.location
	}
	if response, status := r.access(); response != nil || status != 0 {
		return response, status, false
	}
	if t := r.loc.tryFiles; t != nil {
		outcome, response, status := t.run(r)
		switch outcome {
		case tryFound:
		case tryRedirect:
			return nil, 0, true
		default:
			return response, status, false
		}
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

// redirectTo goes on with another URI, as index, try_files, error_page and
// X-Accel-Redirect do.
func (r *request) redirectTo(uri string) *response {
	if r.cycles--; r.cycles < 0 {
		return r.finish(nil, http.StatusInternalServerError)
	}
	r.setURI(uri)
	r.internal = true
	return r.find()
}

// setURI replaces the path, and the arguments where the URI has some.
func (r *request) setURI(uri string) {
	path, args, ok := strings.Cut(uri, "?")
	r.path = path
	if ok {
		r.args = args
	}
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
	r.loc, r.internal = l, true
	response, status, changed := r.inLocation()
	if changed {
		return r.find()
	}
	return r.finish(response, status)
}

// finish turns a status without a response into the error_page that is asked
// for, or nginx's own page.
func (r *request) finish(resp *response, status int) *response {
	if resp == nil && status == closeConnection {
		return nil
	}
	if resp == nil || resp.special {
		if resp != nil {
			status = resp.status
		}
		if page := r.errorPageFor(status); page != nil {
			return page
		}
		page := r.special(status)
		if resp != nil {
			page.location = resp.location
		}
		resp = page
	}
	if r.override > 0 {
		resp.status = r.override
		r.override = 0
	}
	return resp
}

// closeConnection is nginx's own code for closing without an answer.
const closeConnection = 444

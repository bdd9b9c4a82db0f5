package front

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/nginx/value"
)

// addedHeader is one add_header.
type addedHeader struct {
	name   string
	value  *text
	always bool
}

func (c *config) addedHeaders(s *site.Scope, directive string) []addedHeader {
	var list []addedHeader
	for _, n := range c.all(s, directive) {
		if len(n.Args) < 2 {
			continue
		}
		list = append(list, addedHeader{n.Arg(0), c.text(n.Arg(1)), n.Arg(2) == "always"})
	}
	return list
}

// expires is one expires directive.
type expires struct {
	value    *text
	modified bool
}

func (c *config) newExpires(s *site.Scope) *expires {
	n := c.one(s, "expires")
	if n == nil || n.Arg(0) == "off" {
		return nil
	}
	e := &expires{value: c.text(n.Arg(0))}
	if n.Arg(0) == "modified" {
		e.modified, e.value = true, c.text(n.Arg(1))
	}
	return e
}

// addable are the statuses whose responses get add_header without always, and
// expires (ngx_http_headers_filter).
var addable = map[int]bool{200: true, 201: true, 204: true, 206: true, 301: true, 302: true, 303: true, 304: true, 307: true, 308: true}

// addHeaders is the headers filter: expires, then add_header.
func (r *request) addHeaders(p *response) {
	if r.loc.expires != nil || len(r.loc.addedHeaders) > 0 || strings.HasPrefix(r.loc.charset, "$") {
		r.sentHead = r.head(p) // what $sent_http_ shows to the values below
	}
	if e := r.loc.expires; e != nil && addable[p.status] {
		r.setExpires(p, e)
	}
	r.trailing = r.trailing || r.hasTrailers(p)
	for _, h := range r.loc.addedHeaders {
		if !h.always && !addable[p.status] {
			continue
		}
		v := h.value.eval(r)
		if v == "" {
			continue
		}
		switch strings.ToLower(h.name) {
		case "last-modified":
			p.modified, _ = time.Parse(httpTime, v)
		case "etag":
			p.etag = v
		default:
			p.headers = append(p.headers, header{h.name, v})
		}
	}
}

// setExpires sets Expires and Cache-Control (ngx_http_set_expires).
func (r *request) setExpires(p *response, e *expires) {
	v := e.value.eval(r)
	expire, control := "", ""
	now := time.Now()
	switch {
	case v == "off" || v == "":
		return
	case v == "epoch":
		expire, control = "Thu, 01 Jan 1970 00:00:01 GMT", "no-cache"
	case v == "max":
		expire, control = "Thu, 31 Dec 2037 23:55:55 GMT", "max-age=315360000"
	case strings.HasPrefix(v, "@"):
		seconds, ok := value.Seconds(v[1:])
		if !ok {
			return
		}
		day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location()).Add(time.Duration(seconds) * time.Second)
		if !day.After(now) {
			day = day.AddDate(0, 0, 1)
		}
		expire, control = day.UTC().Format(httpTime), "max-age="+strconv.FormatInt(int64(day.Sub(now).Seconds()), 10)
	default:
		digits, negative := strings.CutPrefix(strings.TrimPrefix(v, "+"), "-")
		seconds, ok := value.Seconds(digits)
		if !ok {
			return
		}
		if negative {
			seconds = -seconds
		}
		at, age := now.Add(time.Duration(seconds)*time.Second), seconds
		if e.modified && !p.modified.IsZero() {
			at = p.modified.Add(time.Duration(seconds) * time.Second)
			age = int64(at.Sub(now).Seconds())
		}
		expire, control = at.UTC().Format(httpTime), "max-age="+strconv.FormatInt(age, 10)
		if negative || age < 0 {
			control = "no-cache"
		}
	}
	p.set("Expires", expire)
	p.remove("Cache-Control")
	p.headers = append(p.headers, header{"Cache-Control", control})
}

// notModified is the filter of conditional requests
// (ngx_http_not_modified_filter_module.c).
func (r *request) notModified(p *response) {
	if p.status != http.StatusOK || p.upstream {
		return // nginx leaves the responses of upstreams alone, unless it caches them
	}
	if since, ok := r.header("if-unmodified-since"); ok {
		if t, err := http.ParseTime(since); err != nil || p.modified.IsZero() || p.modified.After(t) {
			r.precondition(p)
			return
		}
	}
	if tags, ok := r.header("if-match"); ok && !tagMatches(tags, p.etag, false) {
		r.precondition(p)
		return
	}
	since, hasSince := r.header("if-modified-since")
	tags, hasTags := r.header("if-none-match")
	if !hasSince && !hasTags {
		return
	}
	if hasSince && r.modifiedAfter(p, since) {
		return
	}
	if hasTags && !tagMatches(tags, p.etag, true) {
		return
	}
	p.discard()
	p.status = http.StatusNotModified
	p.contentType, p.charset = "", ""
	p.remove("Content-Encoding")
}

func (p *response) discard() {
	p.close()
	p.body, p.stream, p.file, p.length = nil, nil, nil, -1
}

// precondition answers 412 in a response's place, as the last on its connection
// (ngx_http_filter_finalize_request).
func (r *request) precondition(p *response) {
	r.finalized = true
	p.close()
	page := r.finish(nil, http.StatusPreconditionFailed)
	if page == nil {
		page = r.special(http.StatusPreconditionFailed)
	}
	*p = *page
	r.notModified(p) // a page may be a file that has its own conditions
}

// modifiedAfter tells whether a response is newer than a client's copy.
func (r *request) modifiedAfter(p *response, since string) bool {
	if r.loc.modifiedSince == "off" || p.modified.IsZero() {
		return true
	}
	t, err := http.ParseTime(since)
	if err != nil {
		return true
	}
	if t.Equal(p.modified) {
		return false
	}
	return r.loc.modifiedSince == "exact" || t.Before(p.modified)
}

// tagMatches compares a list of tags with a response's.
func tagMatches(list, tag string, weak bool) bool {
	if list == "*" {
		return true
	}
	if tag == "" {
		return false
	}
	if weak {
		tag = strings.TrimPrefix(tag, "W/")
	}
	for part := range strings.SplitSeq(list, ",") {
		part = strings.TrimSpace(part)
		if weak {
			part = strings.TrimPrefix(part, "W/")
		}
		if part == tag {
			return true
		}
	}
	return false
}

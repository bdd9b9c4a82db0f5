package front

import (
	"bytes"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// response is what a handler makes, before the filters.
type response struct {
	status      int
	statusLine  string // with the words behind it; "" for nginx's own
	contentType string
	charset     string // that the charset filter adds
	length      int64  // of the body, in bytes; -1 when it is not known
	headers     []header
	location    string
	relocated   bool      // there is a Location, even an empty one
	modified    time.Time // Last-Modified; zero for none
	etag        string    // with its quotes
	upstream    bool      // the head came from an upstream

	// At most one of these is the body.
	body   []byte
	memory *[smallFile]byte // where that of a small file lies, to be given back once it is sent
	stream io.ReadCloser
	file   *os.File
	offset int64 // where the body begins in the file

	forcedCharset string // of X-Accel-Charset

	ranges  bool      // parts of it may be asked for
	plain   bool      // a page of nginx itself: no expires, no charset
	special bool      // a redirect, which an error_page may replace
	text    bool      // of return: its type is that of the location
	upgrade *upgraded // the connection is handed over
	prompt  bool      // the head is sent at once: the upstream is not buffered
	chunked bool      // the upstream sent it in chunks
	cgi     bool      // it came over the uwsgi protocol, which knows no chunks
	bare    bool      // it has no body, whatever the head says
	framed  bool      // the body of an upstream ends before its connection does
	keep    bool      // and the upstream keeps that
}

// upgraded is a connection that no longer speaks HTTP.
type upgraded struct {
	conn     net.Conn
	buffered []byte        // what came from it already
	idle     time.Duration // how long both sides may be silent

	sent, received int64 // bytes to and from the upstream, known at the end
}

// close gives up what a response holds.
func (p *response) close() {
	if p.stream != nil {
		p.stream.Close()
	}
	if p.file != nil {
		p.file.Close()
	}
	if p.upgrade != nil {
		p.upgrade.conn.Close()
	}
}

// reader returns the body as a stream.
func (p *response) reader() io.Reader {
	switch {
	case p.stream != nil:
		return p.stream
	case p.file != nil:
		return io.NewSectionReader(p.file, p.offset, p.length)
	}
	return bytes.NewReader(p.body)
}

// unmeasured makes the body one whose length is not said before it.
func (p *response) unmeasured() {
	if p.stream == nil {
		p.stream = io.NopCloser(p.reader())
	}
	p.length = -1
}

// set replaces a header, or adds it.
func (p *response) set(name, value string) {
	for i := range p.headers {
		if strings.EqualFold(p.headers[i].name, name) {
			p.headers[i].value = value
			return
		}
	}
	p.headers = append(p.headers, header{name, value})
}

func (p *response) header(name string) (string, bool) { return lookup(p.headers, name) }

// remove drops all headers of a name.
func (p *response) remove(name string) {
	kept := p.headers[:0]
	for _, h := range p.headers {
		if !strings.EqualFold(h.name, name) {
			kept = append(kept, h)
		}
	}
	p.headers = kept
}

// httpTime is how HTTP writes times.
const httpTime = "Mon, 02 Jan 2006 15:04:05 GMT"

// prepare runs the filters of the head, and wraps the body where one changes
// it, in the order in which nginx does.
func (r *request) prepare(p *response) {
	if !r.sub && r.parent == nil {
		r.notModified(p)
		r.status = r.told(p)
		r.addHeaders(p)
		r.addCharset(p)
		r.substitute(p)
		r.addBodies(p)
		r.compress(p)
		if r.varies && r.loc.gzip.vary {
			p.headers = append(p.headers, header{"Vary", "Accept-Encoding"})
			r.varies = false
		}
		r.selectRanges(p)
	}
}

// told is the status that variables and logs tell: that of an error_page, though
// the client is sent a part of it, or that it has it already (err_status).
func (r *request) told(p *response) int {
	if r.override > 0 {
		return r.override
	}
	return p.status
}

// head writes the fields of a response in nginx's order, without those of the
// connection.
func (r *request) head(p *response) []header {
	fields := make([]header, 0, 8+len(p.headers))
	if _, own := p.header("server"); !own {
		fields = append(fields, header{"Server", r.loc.signature()})
	}
	if _, own := p.header("date"); !own {
		fields = append(fields, header{"Date", r.front.now()})
	}
	if p.contentType != "" && (p.status != 204 || p.upstream) {
		kind := p.contentType
		if p.charset != "" {
			kind += "; charset=" + p.charset
		}
		fields = append(fields, header{"Content-Type", kind})
	}
	if p.length >= 0 && (p.status != 204 || p.upstream) {
		fields = append(fields, header{"Content-Length", strconv.FormatInt(p.length, 10)})
	}
	if _, own := p.header("last-modified"); !own && !p.modified.IsZero() && (p.status == 200 || p.status == 206 || p.status == 304) {
		fields = append(fields, header{"Last-Modified", p.modified.UTC().Format(httpTime)})
	}
	if p.location != "" || p.relocated {
		fields = append(fields, header{"Location", r.absolute(p.location)})
	}
	fields = append(fields, p.headers...)
	if p.etag != "" {
		fields = append(fields, header{"ETag", p.etag})
	}
	if p.ranges && p.status == 200 {
		fields = append(fields, header{"Accept-Ranges", "bytes"})
	}
	return fields
}

// absolute makes a whole URL of a path in a redirect (absolute_redirect).
func (r *request) absolute(location string) string {
	if !strings.HasPrefix(location, "/") || !r.loc.absoluteRedirect {
		return location
	}
	scheme, standard := "http", "80"
	if r.conn.tls != nil {
		scheme, standard = "https", "443"
	}
	host := r.host
	switch {
	case r.loc.serverNameInRedirect:
		host = r.server.name
	case host == "":
		host = r.conn.localAddress()
	}
	if port, _ := r.conn.localPort(); r.loc.portInRedirect && port != standard && port != "" {
		host += ":" + port
	}
	return scheme + "://" + host + location
}

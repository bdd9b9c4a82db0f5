package front

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/deployctl/deployctl/nginx/site"
)

// Access is what became of a request.
type Access struct {
	Time         time.Time
	Remote       string // the client's address
	Server, Host string // the name of the server that answered, and the one asked for
	Method, URI  string
	Status       int
	Sent         int64 // bytes of the body
	Took         time.Duration
	File         string // where the location that answered is written
	Line         int
	Location     string // as written; "" outside of all locations
	Upstream     string // the address that was asked last, "" for none
	Listen       string // the address that the request came in at
	TLS          bool
	// The headers of the request as they came and of the answer as it left, and
	// those of the application's answer as they were before; nil without
	// Options.Detail.
	Asked, Answered, Passed []Field
}

// Field is a header.
type Field struct{ Name, Value string }

// logError writes a line of the error log, as nginx words it.
func (r *request) logError(format string, args ...any) {
	r.log("error", fmt.Sprintf(format, args...), "")
}

// errorLog is what holds of the error log in a location.
type errorLog struct {
	level         int  // an index of levels: what is behind it is not written
	quietNotFound bool // log_not_found off
	rewrites      bool // rewrite_log
	quietUnset    bool // uninitialized_variable_warn off
}

// levels are those of error_log, from the worst on.
var levels = []string{"emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"}

// levelOf returns the level that a word names, otherwise another one.
func levelOf(word string, otherwise int) int {
	if i := slices.Index(levels, word); i >= 0 {
		return i
	}
	if strings.HasPrefix(word, "debug_") {
		return len(levels) - 1
	}
	return otherwise
}

func (c *config) errorLog(s *site.Scope) errorLog {
	usual := slices.Index(levels, "error")
	e := errorLog{
		level: usual, quietNotFound: !c.flag(s, "log_not_found", true), rewrites: c.flag(s, "rewrite_log", false),
		quietUnset: !c.flag(s, "uninitialized_variable_warn", true),
	}
	for i, n := range c.all(s, "error_log") {
		level := levelOf(n.Arg(1), usual)
		if i == 0 {
			e.level = level
		}
		e.level = max(e.level, level)
	}
	return e
}

// log writes a line of the error log with what is known of the request, and of
// the upstream that it was about (ngx_http_log_error_handler).
func (r *request) log(level, text, upstream string) {
	if at := r.loc; at != nil && levelOf(level, 0) > at.level {
		return
	}
	client := "unix:"
	if a := r.remote(); a.IsValid() {
		client = a.Addr().String()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s, client: %s, server: %s", text, client, r.server.name)
	if r.line != "" {
		fmt.Fprintf(&b, ", request: %q", r.line)
	}
	if r.parent != nil {
		fmt.Fprintf(&b, ", subrequest: %q", r.path)
	}
	if upstream != "" {
		fmt.Fprintf(&b, ", upstream: %q", upstream)
	}
	if host, ok := r.header("host"); ok {
		fmt.Fprintf(&b, ", host: %q", host)
	}
	if referer, ok := r.header("referer"); ok {
		fmt.Fprintf(&b, ", referrer: %q", referer)
	}
	r.front.log(level, b.String())
}

func (f *Front) logError(line string) { f.log("error", line) }

// log writes a line of the error log about a connection.
func (c *connection) log(level, line string) {
	if c.refresh(); c.fallback != nil && levelOf(level, 0) > c.fallback.own.level {
		return
	}
	c.front.log(level, line)
}

func (f *Front) log(level, line string) {
	if f.options.ErrorLog != nil {
		fmt.Fprintf(f.options.ErrorLog, "%s [%s] %s\n", time.Now().Format("2006/01/02 15:04:05"), level, line)
	}
}

// report makes the report of a request.
func (r *request) report() Access {
	remote, _ := builtin["remote_addr"](r)
	a := Access{
		Time: r.started, Remote: remote, Server: r.server.name, Host: r.host, Method: r.method, URI: r.target, Status: r.status,
		Sent: r.bodySent, Took: time.Since(r.started), Listen: r.conn.address, TLS: r.conn.tls != nil,
	}
	if r.front.options.Detail {
		a.Asked, a.Answered = fields(r.headers), fields(r.sentHead)
	}
	if len(r.tried) > 0 {
		last := &r.tried[len(r.tried)-1]
		a.Upstream = last.address
		if r.front.options.Detail {
			a.Passed = fields(last.headers)
		}
	}
	if n := r.loc.Opener; n != nil {
		at := n.HeadLocation()
		a.File, a.Line = at.File.Name, at.Range().Start.Line
		if r.loc.of != nil {
			a.Location = at.File.Text(at.Span)
		}
	}
	return a
}

func fields(headers []header) []Field {
	all := make([]Field, len(headers))
	for i, h := range headers {
		all[i] = Field{h.name, h.value}
	}
	return all
}

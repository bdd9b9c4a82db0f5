package front

import (
	"fmt"
	"strings"

	"github.com/deployctl/deployctl/nginx/site"
)

// accessLog is one access_log.
type accessLog struct {
	format *logFormat
	when   *text // nil for always
}

// logFormat is one log_format: its text, what stands for a variable without a
// value, and how those that have one are written.
type logFormat struct {
	*text
	absent string
	write  func(*strings.Builder, string)
}

// combined is the format that nginx has from the start.
const combined = `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"`

func (c *config) logFormats() {
	c.formats["combined"] = &logFormat{c.text(combined), "-", escapeLog}
	for _, n := range c.site.Find("log_format") {
		if len(n.Args) < 2 {
			continue
		}
		f := &logFormat{absent: "-", write: escapeLog}
		parts := n.Args[1:]
		switch parts[0].Value {
		case "escape=json":
			f.absent, f.write, parts = "", escapeJSON, parts[1:]
		case "escape=none":
			f.absent, f.write, parts = "", func(b *strings.Builder, s string) { b.WriteString(s) }, parts[1:]
		case "escape=default":
			parts = parts[1:]
		}
		var b strings.Builder
		for _, a := range parts {
			b.WriteString(a.Value)
		}
		f.text = c.text(b.String())
		c.formats[n.Arg(0)] = f
		c.used[n] = true
	}
}

func (c *config) accessLogs(s *site.Scope) []accessLog {
	nodes := c.all(s, "access_log")
	if len(nodes) == 0 {
		return []accessLog{{format: c.formats["combined"]}}
	}
	var logs []accessLog
	for _, n := range nodes {
		if n.Arg(0) == "off" {
			return nil
		}
		l := accessLog{format: c.formats["combined"]}
		for i, a := range n.Args[1:] {
			switch {
			case strings.HasPrefix(a.Value, "if="):
				l.when = c.text(a.Value[3:])
			case i == 0 && !strings.Contains(a.Value, "="):
				if l.format = c.formats[a.Value]; l.format == nil {
					c.fail(n, "unknown log format %q", a.Value)
				}
			}
		}
		if l.format != nil {
			logs = append(logs, l)
		}
	}
	return logs
}

// logAccess writes the access logs of a request that is done.
func (r *request) logAccess() {
	for _, l := range r.loc.accessLogs {
		if l.when != nil {
			if v := l.when.eval(r); v == "" || v == "0" {
				continue
			}
		}
		if r.front.options.AccessLog != nil {
			fmt.Fprintln(r.front.options.AccessLog, l.format.line(r))
		}
	}
	if observe := r.front.options.Observe; observe != nil {
		observe(r.report())
	}
}

// line makes the line of a log.
func (f *logFormat) line(r *request) string {
	var b strings.Builder
	if f.parts == nil {
		return f.source
	}
	for _, p := range f.parts {
		if p.get == nil {
			b.WriteString(p.literal)
			continue
		}
		v, ok := p.get(r)
		if !ok {
			b.WriteString(f.absent)
			continue
		}
		f.write(&b, v)
	}
	return b.String()
}

// escapeLog escapes the bytes that could break a line (ngx_http_log_escape).
func escapeLog(b *strings.Builder, s string) {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' || c == '"' || c == '\\' || c > 0x7e {
			fmt.Fprintf(b, "\\x%02X", c)
			continue
		}
		b.WriteByte(c)
	}
}

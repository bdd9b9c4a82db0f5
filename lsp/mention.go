package lsp

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx"
)

// nameKind is what a name of nginx's names.
type nameKind uint8

const (
	upstreamName nameKind = iota
	variableName
	locationName // a named location, with its @
	logFormatName
	requestZone
	connectionZone
	cacheZone
)

// name is something that a configuration defines in one place and uses in others.
type name struct {
	kind nameKind
	text string
}

// mention is a name where it stands.
type mention struct {
	name
	span    diag.Span
	defines bool
}

// mentions returns the names that a directive speaks of. src is its file's text.
func mentions(d *nginx.Directive, src string) []mention {
	m := mentioner{src: src}
	directive := d.Name.Value
	// A line of a map or the like has its key for a name.
	if strings.Contains(directive, "$") {
		m.variables(d.Name, nil)
	}
	var defined *nginx.Word
	switch directive {
	case "set", "perl_set", "js_set", "js_var", "auth_request_set":
		defined = wordOf(d, 0)
	case "map", "split_clients":
		defined = wordOf(d, 1)
	case "geo":
		defined = wordOf(d, len(d.Args)-1)
	case "upstream":
		m.word(upstreamName, wordOf(d, 0), true)
	case "location":
		if w := wordOf(d, 0); w != nil && strings.HasPrefix(w.Value, "@") {
			m.word(locationName, w, true)
		}
	case "try_files", "error_page", "post_action":
		if w := wordOf(d, len(d.Args)-1); w != nil && strings.HasPrefix(w.Value, "@") {
			m.word(locationName, w, false)
		}
	case "log_format":
		m.word(logFormatName, wordOf(d, 0), true)
	case "access_log":
		if w := wordOf(d, 1); w != nil && !strings.Contains(w.Value, "=") {
			m.word(logFormatName, w, false)
		}
	case "limit_req_zone":
		m.parameter(requestZone, d, "zone=", true)
	case "limit_req":
		m.parameter(requestZone, d, "zone=", false)
	case "limit_conn_zone":
		m.parameter(connectionZone, d, "zone=", true)
	case "limit_conn":
		m.word(connectionZone, wordOf(d, 0), false)
	case "proxy_cache_path", "uwsgi_cache_path", "fastcgi_cache_path", "scgi_cache_path":
		m.parameter(cacheZone, d, "keys_zone=", true)
	case "proxy_cache", "uwsgi_cache", "fastcgi_cache", "scgi_cache":
		if w := wordOf(d, 0); w != nil && w.Value != "off" {
			m.word(cacheZone, w, false)
		}
	case "uwsgi_pass", "proxy_pass", "fastcgi_pass", "scgi_pass", "grpc_pass", "memcached_pass":
		m.pass(wordOf(d, 0))
	}
	for _, w := range d.Args {
		m.variables(w, defined)
	}
	return m.found
}

func wordOf(d *nginx.Directive, n int) *nginx.Word {
	if n < 0 || n >= len(d.Args) {
		return nil
	}
	return &d.Args[n]
}

type mentioner struct {
	src   string
	found []mention
}

// raw returns the text of a word without its quotes, and where that starts.
func (m *mentioner) raw(w *nginx.Word) (string, int) {
	start, end := w.Span().Start, min(w.Span().End, len(m.src))
	if w.Quote != 0 && end-start >= 2 {
		start, end = start+1, end-1
	}
	return m.src[start:end], start
}

func (m *mentioner) add(kind nameKind, text string, start int, defines bool) {
	if text != "" {
		m.found = append(m.found, mention{name{kind, text}, diag.Span{Start: start, End: start + len(text)}, defines})
	}
}

// word takes a word as a name, unless it holds a variable.
func (m *mentioner) word(kind nameKind, w *nginx.Word, defines bool) {
	if w == nil {
		return
	}
	if text, at := m.raw(w); !strings.Contains(text, "$") {
		m.add(kind, text, at, defines)
	}
}

// parameter takes the name after prefix, up to a colon, of an argument.
func (m *mentioner) parameter(kind nameKind, d *nginx.Directive, prefix string, defines bool) {
	for i := range d.Args {
		text, at := m.raw(&d.Args[i])
		if rest, ok := strings.CutPrefix(text, prefix); ok {
			zone, _, _ := strings.Cut(rest, ":")
			m.add(kind, zone, at+len(prefix), defines)
		}
	}
}

// pass takes the host of an address that may be an upstream's name.
func (m *mentioner) pass(w *nginx.Word) {
	if w == nil {
		return
	}
	text, at := m.raw(w)
	if scheme, rest, ok := strings.Cut(text, "://"); ok {
		at += len(scheme) + len("://")
		text = rest
	}
	host, _, _ := strings.Cut(text, "/")
	if !strings.ContainsAny(host, "$:") {
		m.add(upstreamName, host, at, false)
	}
}

// variables takes the variables of a word, and what its regular expression
// captures by name. The variable that the word defined is, is defined.
func (m *mentioner) variables(w nginx.Word, defined *nginx.Word) {
	text, at := m.raw(&w)
	isDefined := defined != nil && defined.Span() == w.Span()
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '$':
			start := i + 1
			if start < len(text) && text[start] == '{' {
				start++
			}
			end := start
			for end < len(text) && isNameByte(text[end]) {
				end++
			}
			if end > start && (text[start] < '0' || text[start] > '9') {
				m.add(variableName, text[start:end], at+start, isDefined)
			}
			i = max(i, end-1)
		case strings.HasPrefix(text[i:], "(?<") || strings.HasPrefix(text[i:], "(?P<"):
			start := i + strings.IndexByte(text[i:], '<') + 1
			end := start
			for end < len(text) && isNameByte(text[end]) {
				end++
			}
			if end < len(text) && text[end] == '>' {
				m.add(variableName, text[start:end], at+start, true)
			}
		}
	}
}

func isNameByte(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

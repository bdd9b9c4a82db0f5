package route

import (
	"net"
	"net/url"
	"strings"
)

// expand replaces the variables in a value. It is false when one of them is not
// known before the request is made; what is known is replaced all the same.
func (w *walker) expand(text string) (string, bool) {
	var b strings.Builder
	known := true
	for i := 0; i < len(text); {
		if text[i] != '$' || i+1 == len(text) {
			b.WriteByte(text[i])
			i++
			continue
		}
		name, length := name(text[i+1:])
		if name == "" {
			b.WriteByte('$')
			i++
			continue
		}
		value, ok := w.variable(strings.ToLower(name))
		if !ok {
			known = false
			value = text[i : i+1+length]
		}
		b.WriteString(value)
		i += 1 + length
	}
	return b.String(), known
}

// name returns the name at the beginning of a text that follows a $.
func name(s string) (name string, length int) {
	if inner, ok := strings.CutPrefix(s, "{"); ok {
		if end := strings.IndexByte(inner, '}'); end >= 0 {
			return inner[:end], end + 2
		}
		return "", 0
	}
	if s != "" && s[0] >= '0' && s[0] <= '9' {
		return s[:1], 1
	}
	end := 0
	for end < len(s) && (s[end] == '_' || s[end] >= 'a' && s[end] <= 'z' || s[end] >= 'A' && s[end] <= 'Z' || s[end] >= '0' && s[end] <= '9') {
		end++
	}
	return s[:end], end
}

func (w *walker) scheme() string {
	if w.q.TLS {
		return "https"
	}
	return "http"
}

// variable returns the value of a variable that the request alone decides.
func (w *walker) variable(name string) (string, bool) {
	if len(name) == 1 && name[0] >= '0' && name[0] <= '9' {
		if i := int(name[0] - '0'); i < len(w.captures) {
			return w.captures[i], true
		}
		return "", true
	}
	if v, ok := w.vars[name]; ok {
		return v, true
	}
	host := strings.ToLower(w.q.Host)
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	switch name {
	case "uri", "document_uri":
		return w.path, true
	case "request_uri":
		return w.q.URI, true
	case "args", "query_string":
		return w.args, true
	case "is_args":
		if w.args != "" {
			return "?", true
		}
		return "", true
	case "host":
		return host, true
	case "http_host":
		return w.q.Host, true
	case "server_name":
		for _, n := range w.result.Server.Names {
			if n.Value != "" {
				return n.Value, true
			}
		}
		return "", true
	case "server_port":
		_, port, err := net.SplitHostPort(w.q.Addr)
		return port, err == nil
	case "scheme":
		return w.scheme(), true
	case "https":
		if w.q.TLS {
			return "on", true
		}
		return "", true
	case "request_method":
		return w.q.Method, true
	case "remote_addr":
		return "127.0.0.1", true
	case "document_root":
		if root, ok := w.root(); ok {
			return root, true
		}
	case "request_filename":
		if file, ok := w.file(w.path); ok {
			return file, true
		}
	}
	if header, ok := strings.CutPrefix(name, "http_"); ok {
		return w.q.Header.Get(strings.ReplaceAll(header, "_", "-")), true
	}
	if arg, ok := strings.CutPrefix(name, "arg_"); ok {
		values, err := url.ParseQuery(w.args)
		return values.Get(arg), err == nil
	}
	if cookie, ok := strings.CutPrefix(name, "cookie_"); ok {
		for part := range strings.SplitSeq(w.q.Header.Get("Cookie"), ";") {
			if k, v, ok := strings.Cut(strings.TrimSpace(part), "="); ok && strings.EqualFold(k, cookie) {
				return v, true
			}
		}
		return "", true
	}
	return w.mapped(name)
}

// mapped looks a variable up in a map that is written with plain values.
func (w *walker) mapped(name string) (string, bool) {
	for _, n := range w.config.Variables[name] {
		if n.Name.Value != "map" || n.Body == nil {
			continue
		}
		source, ok := w.expand(n.Arg(0))
		if !ok {
			return "", false
		}
		otherwise, found := "", false
		for _, e := range n.Body.Nodes {
			key := e.Name.Value
			switch {
			case len(e.Args) != 1:
				continue
			case key == "default":
				otherwise = e.Arg(0)
				continue
			case strings.HasPrefix(key, "~*"):
				found = w.matches(key[2:], true, source)
			case strings.HasPrefix(key, "~"):
				found = w.matches(key[1:], false, source)
			default:
				found = strings.EqualFold(key, source)
			}
			if found {
				return w.expand(e.Arg(0))
			}
		}
		return w.expand(otherwise)
	}
	return "", false
}

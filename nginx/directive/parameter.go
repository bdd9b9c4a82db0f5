package directive

import "strings"

// Parameter is an argument of a directive that not all releases know.
type Parameter struct {
	Directive string
	Contexts  Context
	// Text is the word, or its beginning where it ends with "=".
	Text         string
	Since, Until string
}

// parameters is read off nginx's CHANGES and the documentation of each module.
var parameters = []Parameter{
	{"listen", Server, "spdy", "", "1.9.4"},
	{"listen", Server, "http2", "1.9.5", ""},
	{"listen", Server, "reuseport", "1.9.1", ""},
	{"listen", Server, "quic", "1.25.0", ""},
	{"listen", StreamServer, "default_server", "1.25.5", ""},
	{"server", Upstream, "max_conns=", "1.11.5", ""},
	{"server", Upstream, "resolve", "1.27.3", ""},
	{"server", Upstream, "service=", "1.27.3", ""},
	{"limit_req", HTTP | Server | Location, "delay=", "1.15.7", ""},
	{"log_format", HTTP | Stream, "escape=none", "1.13.10", ""},
	{"log_format", HTTP, "escape=", "1.11.8", ""},
	{"resolver", HTTP | Server | Location | Stream | StreamServer, "ipv4=", "1.23.1", ""},
	{"ssl_protocols", HTTP | Server | Stream | StreamServer | Mail | MailServer, "TLSv1.3", "1.13.0", ""},
	{"proxy_cache_path", HTTP, "min_free=", "1.19.1", ""},
	{"uwsgi_cache_path", HTTP, "min_free=", "1.19.1", ""},
	{"fastcgi_cache_path", HTTP, "min_free=", "1.19.1", ""},
	{"scgi_cache_path", HTTP, "min_free=", "1.19.1", ""},
	{"proxy_next_upstream", HTTP | Server | Location, "non_idempotent", "1.9.13", ""},
	{"proxy_next_upstream", HTTP | Server | Location, "http_429", "1.11.13", ""},
	{"uwsgi_next_upstream", HTTP | Server | Location, "http_429", "1.11.13", ""},
	{"fastcgi_next_upstream", HTTP | Server | Location, "http_429", "1.11.13", ""},
	{"scgi_next_upstream", HTTP | Server | Location, "http_429", "1.11.13", ""},
	{"server_tokens", HTTP | Server | Location, "build", "1.11.10", ""},
}

// FindParameter returns what is known of the releases of an argument of a
// directive in a context, nil when all of them take it or none does.
func FindParameter(name string, c Context, argument string) *Parameter {
	for i := range parameters {
		p := &parameters[i]
		if p.Directive == name && p.Contexts&c != 0 && (argument == p.Text || strings.HasSuffix(p.Text, "=") && strings.HasPrefix(argument, p.Text)) {
			return p
		}
	}
	return nil
}

// HasParameters tells whether FindParameter knows any argument of a directive.
func HasParameters(name string) bool {
	for i := range parameters {
		if parameters[i].Directive == name {
			return true
		}
	}
	return false
}

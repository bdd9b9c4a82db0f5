package route

import (
	"strings"

	"github.com/deployctl/deployctl/nginx/site"
)

// limits are the directives that bound a request, by what it ends at.
var limits = []string{
	"client_max_body_size", "client_body_timeout", "limit_req", "limit_conn", "limit_rate", "auth_basic", "auth_request", "satisfy", "expires",
	"uwsgi_connect_timeout", "uwsgi_read_timeout", "uwsgi_send_timeout", "uwsgi_buffering", "uwsgi_buffer_size",
	"proxy_connect_timeout", "proxy_read_timeout", "proxy_send_timeout", "proxy_buffering", "proxy_buffer_size",
}

// options are uWSGI's that bound a request.
var options = []string{"harakiri", "buffer-size", "limit-post", "post-buffering", "socket-timeout", "processes", "threads", "mount"}

// settings lists what holds where the request ends.
func (w *walker) settings() {
	if w.scope == nil {
		return
	}
	for _, n := range w.scope.Effective("add_header") {
		w.result.Headers = append(w.result.Headers, setting(n))
	}
	for _, name := range limits {
		prefix, _, _ := strings.Cut(name, "_")
		if (prefix == "uwsgi" || prefix == "proxy") && (w.result.Kind != Endpoint || !strings.HasPrefix(w.passName(), prefix)) {
			continue
		}
		for _, n := range w.scope.Effective(name) {
			w.result.Limits = append(w.result.Limits, setting(n))
		}
	}
	if w.result.Bind == nil {
		return
	}
	for _, name := range options {
		if o := w.result.Bind.Config.Get(name); o != nil {
			w.result.Limits = append(w.result.Limits, Setting{o.KeyLocation(), o.Key, o.Value})
		}
	}
}

// passName is the directive that handed the request on.
func (w *walker) passName() string {
	if w.result.At.File == nil {
		return ""
	}
	return w.result.At.File.Text(w.result.At.Span)
}

func setting(n *site.Node) Setting {
	at := n.HeadLocation()
	return Setting{at, n.Name.Value, strings.TrimSpace(strings.TrimPrefix(written(at), n.Name.Value))}
}

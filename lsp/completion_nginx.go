package lsp

import (
	"strings"

	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// listenWords are the parameters of listen that take no value
// (ngx_http_core_listen).
var listenWords = []string{"default_server", "ssl", "http2", "quic", "proxy_protocol", "reuseport", "bind", "deferred"}

func (w *proposals) nginx() {
	p := placeAt(w.d.src, w.end, w.s.context(w.d))
	w.start = p.start
	if p.comment {
		return
	}
	if p.directive == "" {
		w.directives(p.context)
		return
	}
	if rest, at, ok := typedAfter(p.typed, "$"); ok {
		brace := strings.HasPrefix(rest, "{")
		if brace {
			rest, at = rest[1:], at+1
		}
		if strings.Trim(rest, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == "" {
			w.start += at
			w.names(variableName, "")
			w.addAll(site.Builtins(), variableItem)
			return
		}
	}
	w.arguments(p)
}

// directives proposes the directives that may stand in a context.
func (w *proposals) directives(ctx directive.Context) {
	if ctx == directive.Entries {
		return
	}
	release := ""
	if w.a != nil {
		release = w.a.options.Target.NginxRelease()
	}
	for id := range directive.ID(directive.Names) {
		row := id.In(ctx)
		if row == nil || !row.In(release) {
			continue
		}
		what, _ := directive.Describe(row.Name)
		w.add(row.Name, propertyItem, row.Args.String(), what.Text)
	}
}

// arguments proposes the values of a directive.
func (w *proposals) arguments(p place) {
	if row := directive.Find(p.directive).In(p.context); row != nil {
		if row.Value == "flag" {
			w.addAll([]string{"on", "off"}, valueItem)
		}
		if len(row.Words) > 0 && (p.words == 0 || row.Args&(directive.OneMore|directive.TwoMore) != 0) {
			w.addAll(row.Words, enumItem)
		}
	}
	first := p.words == 0
	switch p.directive {
	case "uwsgi_pass", "fastcgi_pass", "scgi_pass", "grpc_pass", "proxy_pass":
		if !first {
			return
		}
		scheme := ""
		if p.directive == "proxy_pass" {
			scheme = "http://"
		}
		w.names(upstreamName, scheme)
		w.sockets(scheme)
	case "server":
		if p.context == directive.Upstream && first {
			w.sockets("")
		}
	case "listen":
		if !first {
			w.addAll(listenWords, enumItem)
		}
	case "access_log":
		if first {
			w.add("off", valueItem, "", "")
		} else if p.words == 1 {
			w.names(logFormatName, "")
		}
	case "limit_req":
		w.names(requestZone, "zone=")
	case "limit_conn":
		if first {
			w.names(connectionZone, "")
		}
	case "uwsgi_cache", "proxy_cache", "fastcgi_cache", "scgi_cache":
		w.add("off", valueItem, "", "")
		w.names(cacheZone, "")
	case "try_files", "error_page":
		if !first {
			w.names(locationName, "")
		}
	}
}

// sockets proposes the addresses that uWSGI listens on.
func (w *proposals) sockets(scheme string) {
	if w.a == nil {
		return
	}
	for _, b := range w.a.pair.Binds {
		if b.ForNginx && !b.Unknown {
			w.add(scheme+b.Nginx(), valueItem, b.Option.Key+" in "+b.Option.File.Name, "")
		}
	}
}

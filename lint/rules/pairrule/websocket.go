package pairrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
)

// Websocket finds websocket locations that cannot upgrade.
var Websocket = &lint.Rule{
	ID:       "pair-websocket",
	Severity: diag.Warning,
	Summary:  "a websocket location that cannot upgrade the connection",
	Page:     page("pair-websocket"),
	Check:    checkWebsocket,
}

func checkWebsocket(p *lint.Pass) {
	for _, via := range p.Passes {
		_, uri := pattern(locationScope(via.Node.Scope))
		headers := via.Node.Scope.Effective("proxy_set_header")
		switch {
		case via.Protocol == pair.UWSGI && (websocketPath(uri) || site.First(headers, "Upgrade") != nil):
			for _, c := range configs(via) {
				checkWebsocketWorkers(p, via, c)
			}
		case via.Protocol == pair.HTTP && (site.First(headers, "Upgrade") != nil || websocketPath(uri) && len(configs(via)) > 0):
			checkUpgradeHeaders(p, via, headers)
		}
	}
}

// websocketPath tells whether a location is plainly meant for websockets.
func websocketPath(uri string) bool {
	for _, part := range strings.Split(strings.ToLower(uri), "/") {
		switch part {
		case "ws", "wss", "websocket", "websockets", "socket.io", "sockjs":
			return true
		}
	}
	return false
}

// checkWebsocketWorkers finds uWSGI workers that can hold only one websocket each.
func checkWebsocketWorkers(p *lint.Pass, via *pair.Pass, c *uwsgi.Config) {
	if asynchronous(c) || c.Bool("http-websockets") {
		return
	}
	p.Report(diag.Diagnostic{
		Location: via.Node.HeadLocation(),
		Message:  diag.T("websockets pass to %s, whose workers are synchronous", c.Main.Name),
		Why:      diag.T("every open websocket holds a worker or thread: when all are held, other requests wait until they answer 504"),
		Help:     diag.T("use gevent in a uWSGI of its own for this location, or pass it to an ASGI server with proxy_pass"),
	})
}

// checkUpgradeHeaders finds a proxied websocket location that lacks a part of the handshake.
func checkUpgradeHeaders(p *lint.Pass, via *pair.Pass, headers []*site.Node) {
	var missing string
	version := ""
	if nodes := via.Node.Scope.Effective("proxy_http_version"); len(nodes) > 0 {
		version = nodes[0].Arg(0)
	}
	switch {
	case site.First(headers, "Upgrade") == nil:
		missing = "proxy_set_header Upgrade $http_upgrade;"
	case site.First(headers, "Connection") == nil:
		missing = `proxy_set_header Connection "upgrade";`
	case version != "1.1" && version != "2":
		missing = "proxy_http_version 1.1;"
	default:
		return
	}
	p.Report(diag.Diagnostic{
		Location: via.Node.HeadLocation(),
		Message:  diag.T("the websocket handshake does not reach the application: `%s` is missing", missing),
		Why:      diag.T("nginx speaks HTTP/1.0 to the other end and drops Upgrade and Connection unless it is told otherwise: the handshake answers 400 or 426"),
		Help:     diag.T("add `%s`", missing),
	})
}

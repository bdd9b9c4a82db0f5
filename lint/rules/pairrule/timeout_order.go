package pairrule

import (
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
)

// TimeoutOrder finds timeouts that end in the wrong order.
var TimeoutOrder = &lint.Rule{
	ID:       "pair-timeout-order",
	Severity: diag.Warning,
	Summary:  "nginx gives up on a request before uWSGI ends it",
	Page:     page("pair-timeout-order"),
	Check:    checkTimeoutOrder,
}

const (
	// defaultTimeout is nginx's, in seconds, for uwsgi_read_timeout,
	// proxy_read_timeout and client_body_timeout, and that of uWSGI's HTTP
	// router (plugins/http/http.c, http-timeout).
	defaultTimeout = 60
	// defaultSocketTimeout is uWSGI's (core/init.c, uwsgi.socket_timeout), in seconds.
	defaultSocketTimeout = 4
)

func checkTimeoutOrder(p *lint.Pass) {
	type longest struct {
		via     *pair.Pass
		seconds int
	}
	// A file that several locations reach is compared with the longest of them.
	byConfig := map[*uwsgi.Config]longest{}
	var order []*uwsgi.Config
	unbuffered := map[*uwsgi.Config]bool{}
	for _, via := range p.Passes {
		family := prefixes[via.Protocol]
		if family != "uwsgi_" && family != "proxy_" {
			continue
		}
		seconds, ok := timeout(via, family+"read_timeout")
		if !ok {
			continue
		}
		for _, c := range configs(via) {
			l, seen := byConfig[c]
			if !seen {
				order = append(order, c)
			}
			if !seen || seconds > l.seconds {
				byConfig[c] = longest{via, seconds}
			}
			if !unbuffered[c] && !on(via.Node.Scope, family+"request_buffering", true) {
				unbuffered[c] = true
				checkSocketTimeout(p, c, via)
			}
		}
	}
	for _, c := range order {
		l := byConfig[c]
		checkHarakiri(p, c, l.via, l.seconds)
		checkRouter(p, c, l.via, l.seconds)
	}
}

// timeout returns a timeout of nginx, in seconds, at the place of a pass.
func timeout(via *pair.Pass, name string) (int, bool) {
	nodes := via.Node.Scope.Effective(name)
	if len(nodes) == 0 {
		return defaultTimeout, true
	}
	return timeSeconds(nodes[0].Arg(0))
}

// reachedBind returns the listener of a file that a pass reaches, or nil.
func reachedBind(via *pair.Pass, c *uwsgi.Config) *pair.Bind {
	for _, t := range via.Targets {
		for _, b := range t.Binds {
			if b.Config == c {
				return b
			}
		}
	}
	return nil
}

func checkHarakiri(p *lint.Pass, c *uwsgi.Config, via *pair.Pass, seconds int) {
	related := []diag.Related{{Location: via.Node.HeadLocation(), Message: diag.T("nginx waits %d seconds here", seconds)}}
	harakiri := c.Get("harakiri")
	if harakiri == nil {
		d := diag.Diagnostic{
			Message: diag.T("nothing ends a request when nginx gives up on it after %d seconds", seconds),
			Why:     diag.T("504: upstream timed out (110: Connection timed out); the worker goes on, and with all of them stuck every request waits"),
			Help:    diag.T("write `harakiri = %d`", max(1, seconds-5)),
			Related: related,
		}
		d.Location = reachedBind(via, c).Option.KeyLocation()
		p.Report(d)
		return
	}
	n, ok := c.Int("harakiri")
	if !ok || n == 0 || n < seconds {
		return
	}
	p.Report(diag.Diagnostic{
		Location: harakiri.ValueLocation(),
		Message:  diag.T("harakiri of %d seconds does not end before nginx gives up after %d", n, seconds),
		Why:      diag.T("504: upstream timed out (110: Connection timed out) while reading response header from upstream; uWSGI finishes the request for nobody and logs 200"),
		Help:     diag.T("write `harakiri = %d`, or a longer %s", max(1, seconds-5), strings.TrimSuffix(via.Node.Name.Value, "pass")+"read_timeout"),
		Related:  related,
	})
}

// checkRouter finds the router of uWSGI's option http between the two, which
// gives up before either of them does.
func checkRouter(p *lint.Pass, c *uwsgi.Config, via *pair.Pass, seconds int) {
	b := reachedBind(via, c)
	if b.ForNginx || plain(b.Protocol) != pair.HTTP {
		return
	}
	limit, at := defaultTimeout, b.Option.KeyLocation()
	if o := c.Get("http-timeout"); o != nil {
		n, ok := c.Int("http-timeout")
		if !ok {
			return
		}
		limit, at = n, o.ValueLocation()
	}
	harakiri, ok := c.Int("harakiri")
	if limit >= seconds && (!ok || limit > harakiri) {
		return
	}
	p.Report(diag.Diagnostic{
		Location: at,
		Message:  diag.T("uWSGI's router gives up after %d seconds, before nginx, which waits %d, or harakiri", limit, seconds),
		Why:      diag.T("502: upstream prematurely closed connection while reading response header from upstream; the worker goes on"),
		Help:     diag.T("write `http-timeout = %d`, and a harakiri below it; or bind an http-socket, which has no router", seconds),
		Related:  []diag.Related{{Location: via.Node.HeadLocation(), Message: diag.T("nginx waits %d seconds here", seconds)}},
	})
}

// checkSocketTimeout finds uWSGI giving up on a request body that nginx hands
// on as slowly as the client sends it.
func checkSocketTimeout(p *lint.Pass, c *uwsgi.Config, via *pair.Pass) {
	seconds, ok := timeout(via, "client_body_timeout")
	if !ok {
		return
	}
	limit, at := defaultSocketTimeout, reachedBind(via, c).Option.KeyLocation()
	if o := c.Get("socket-timeout"); o != nil {
		n, ok := c.Int("socket-timeout")
		if !ok {
			return
		}
		limit, at = n, o.ValueLocation()
	}
	if limit >= seconds {
		return
	}
	p.Report(diag.Diagnostic{
		Location: at,
		Message:  diag.T("uWSGI waits %d seconds for more of a request body, and nginx, which does not buffer it, %d", limit, seconds),
		Why:      diag.T("an upload that pauses for longer ends with 502; uWSGI logs: [uwsgi-body-read] Timeout reading 10 bytes. Content-Length: 20 consumed: 10 left: 10"),
		Help:     diag.T("write `socket-timeout = %d`, or let nginx buffer request bodies", seconds),
		Related:  []diag.Related{{Location: via.Node.HeadLocation(), Message: diag.T("request bodies are handed on unbuffered here")}},
	})
}

// timeSeconds reads a time as nginx does (ngx_parse_time): numbers with y, M,
// w, d, h, m, s or ms, added up; a plain number is seconds.
func timeSeconds(s string) (int, bool) {
	units := map[string]int{"y": 31536000, "M": 2592000, "w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1, "": 1}
	total := 0
	for s != "" {
		end := 0
		for end < len(s) && s[end] >= '0' && s[end] <= '9' {
			end++
		}
		n, err := strconv.Atoi(s[:end])
		if err != nil || n > 1<<30 {
			return 0, false
		}
		s = s[end:]
		switch {
		case strings.HasPrefix(s, "ms"):
			total, s = total+n/1000, s[2:]
			continue
		case s == "":
			return total + n, true
		}
		unit, ok := units[s[:1]]
		if !ok {
			return 0, false
		}
		total, s = total+n*unit, strings.TrimLeft(s[1:], " ")
	}
	return total, true
}

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
	// defaultReadTimeout is nginx's for uwsgi_read_timeout and proxy_read_timeout, in seconds.
	defaultReadTimeout = 60
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
	for _, via := range p.Passes {
		name := map[pair.Protocol]string{pair.UWSGI: "uwsgi_read_timeout", pair.HTTP: "proxy_read_timeout"}[via.Protocol]
		if name == "" {
			continue
		}
		seconds := defaultReadTimeout
		if nodes := via.Node.Scope.Effective(name); len(nodes) > 0 {
			s, ok := timeSeconds(nodes[0].Arg(0))
			if !ok {
				continue
			}
			seconds = s
		}
		for _, c := range configs(via) {
			l, seen := byConfig[c]
			if !seen {
				order = append(order, c)
			}
			if !seen || seconds > l.seconds {
				byConfig[c] = longest{via, seconds}
			}
		}
	}
	for _, c := range order {
		l := byConfig[c]
		checkHarakiri(p, c, l.via, l.seconds)
		if l.via.Protocol == pair.HTTP {
			checkSocketTimeout(p, c, l.via, l.seconds)
		}
	}
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
		if b := bindOf(p, c); b != nil {
			d.Location = b.Option.KeyLocation()
			p.Report(d)
		}
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

// checkSocketTimeout finds http-sockets that give up on slow clients of nginx.
func checkSocketTimeout(p *lint.Pass, c *uwsgi.Config, via *pair.Pass, seconds int) {
	timeout, at := defaultSocketTimeout, bindOf(p, c).Option.KeyLocation()
	for _, name := range []string{"socket-timeout", "http-timeout"} {
		if o := c.Get(name); o != nil {
			n, ok := c.Int(name)
			if !ok {
				return
			}
			timeout, at = n, o.ValueLocation()
		}
	}
	if timeout >= seconds || c.Get("post-buffering") != nil && timeout > defaultSocketTimeout {
		return
	}
	p.Report(diag.Diagnostic{
		Severity: diag.Info,
		Location: at,
		Message:  diag.T("uWSGI waits %d seconds for the socket, and nginx %d", timeout, seconds),
		Why:      diag.T("a request that pauses for longer is cut off: 502 with upstream prematurely closed connection"),
		Help:     diag.T("write `socket-timeout = %d`", seconds),
		Related:  []diag.Related{{Location: via.Node.HeadLocation(), Message: diag.T("nginx waits here")}},
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

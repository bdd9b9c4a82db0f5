package front

import (
	"net/http"
	"time"

	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/nginx/value"
)

// keepalive are the keepalive_ directives of a location.
type keepalive struct {
	keepFor    time.Duration // 0 closes the connection
	keepHeader time.Duration // what Keep-Alive says; 0 for no such header
	keepMost   int           // requests
	keepTime   time.Duration // from the first request on
	notMSIE6   bool          // keepalive_disable
	notSafari  bool
}

func (c *config) keepalive(s *site.Scope) keepalive {
	k := keepalive{
		keepFor: c.duration(s, "keepalive_timeout", 75*time.Second), keepMost: c.number(s, "keepalive_requests", 1000),
		keepTime: c.duration(s, "keepalive_time", time.Hour), notMSIE6: true,
	}
	if n := c.one(s, "keepalive_timeout"); n != nil {
		seconds, _ := value.Seconds(n.Arg(1))
		k.keepHeader = time.Duration(seconds) * time.Second
	}
	if n := c.one(s, "keepalive_disable"); n != nil {
		k.notMSIE6 = false
		for _, a := range n.Args {
			k.notMSIE6 = k.notMSIE6 || a.Value == "msie6"
			k.notSafari = k.notSafari || a.Value == "safari"
		}
	}
	return k
}

// enter makes a location that of the request, or what limit_except puts in its
// place, and decides whether the connection may be kept
// (ngx_http_update_location_config).
func (r *request) enter(l *location) {
	if l.limitExcept != nil && !l.limitExcept.allows(r.method) {
		l = l.limitExcept.location
	}
	r.loc = l
	if r.closing || r.conn == nil {
		return
	}
	b := browser{}
	if l.notSafari || l.notMSIE6 && r.method == http.MethodPost {
		b = r.browser()
	}
	r.closing = l.keepFor == 0 || r.conn.requests >= l.keepMost || time.Since(r.conn.began) > l.keepTime ||
		l.notMSIE6 && b.msie6 && r.method == http.MethodPost || l.notSafari && b.safari
}

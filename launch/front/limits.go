package front

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/nginx/value"
)

// zone is a limit_req_zone or a limit_conn_zone.
type zone struct {
	name string
	key  *text
	rate int64 // thousandths of a request per second
	*memory
}

// memory is what a zone remembers; it outlives a reload.
type memory struct {
	mu     sync.Mutex
	states map[string]*rateState
	counts map[string]int
}

type rateState struct {
	excess int64 // thousandths of a request
	last   time.Time
}

// maxStates bounds the keys that a zone keeps.
const maxStates = 100_000

// rateLimit is one limit_req.
type rateLimit struct {
	zone         *zone
	burst, delay int64 // thousandths; delay below 0 for nodelay
}

// connectionLimit is one limit_conn.
type connectionLimit struct {
	zone *zone
	most int
}

func (c *config) makeZones() {
	for _, name := range []string{"limit_req_zone", "limit_conn_zone"} {
		for _, n := range c.site.Find(name) {
			c.used[n] = true
			z := &zone{key: c.text(n.Arg(0)), memory: &memory{states: map[string]*rateState{}, counts: map[string]int{}}}
			for _, a := range n.Args[1:] {
				switch {
				case strings.HasPrefix(a.Value, "zone="):
					z.name, _, _ = strings.Cut(a.Value[5:], ":")
				case strings.HasPrefix(a.Value, "rate="):
					digits, unit, _ := strings.Cut(a.Value[5:], "r/")
					rate, _ := strconv.ParseInt(digits, 10, 64)
					if unit == "m" {
						z.rate = rate * 1000 / 60
					} else {
						z.rate = rate * 1000
					}
				}
			}
			if old := c.front.zone(name + z.name); old != nil && old.rate == z.rate && old.key.source == z.key.source {
				z.memory = old.memory
			}
			c.zones[name+z.name] = z
		}
	}
}

func (c *config) limitSettings(l *location, s *site.Scope) {
	for _, n := range c.all(s, "limit_req") {
		limit := rateLimit{}
		for _, a := range n.Args {
			switch {
			case strings.HasPrefix(a.Value, "zone="):
				limit.zone = c.zones["limit_req_zone"+a.Value[5:]]
			case strings.HasPrefix(a.Value, "burst="):
				burst, _ := strconv.ParseInt(a.Value[6:], 10, 64)
				limit.burst = burst * 1000
			case strings.HasPrefix(a.Value, "delay="):
				delay, _ := strconv.ParseInt(a.Value[6:], 10, 64)
				limit.delay = delay * 1000
			case a.Value == "nodelay":
				limit.delay = -1
			}
		}
		if limit.zone == nil {
			c.fail(n, "zero size shared memory zone")
			continue
		}
		l.rates = append(l.rates, limit)
	}
	for _, n := range c.all(s, "limit_conn") {
		most, _ := strconv.Atoi(n.Arg(1))
		z := c.zones["limit_conn_zone"+n.Arg(0)]
		if z == nil {
			c.fail(n, "zero size shared memory zone %q", n.Arg(0))
			continue
		}
		l.connections = append(l.connections, connectionLimit{z, most})
	}
	l.limitReq, l.limitConn = c.limiting(s, "limit_req"), c.limiting(s, "limit_conn")
	l.limitRate = c.optional(s, "limit_rate")
	l.limitAfter = c.optional(s, "limit_rate_after")
}

// limiting is what limit_req_ and limit_conn_ directives say.
type limiting struct {
	status int
	dryRun bool
	level  int // of the line about a request that is refused
}

func (c *config) limiting(s *site.Scope, name string) limiting {
	return limiting{
		status: c.number(s, name+"_status", http.StatusServiceUnavailable), dryRun: c.flag(s, name+"_dry_run", false),
		level: levelOf(c.word(s, name+"_log_level", "error"), 0),
	}
}

// dry is what the lines say of a limit that holds nobody back.
func (l *limiting) dry() string {
	if l.dryRun {
		return ", dry run"
	}
	return ""
}

// limit is the preaccess phase: limit_conn and limit_req.
func (r *request) limit() (*response, int) {
	if r.limited {
		return nil, 0
	}
	for _, c := range r.loc.connections {
		key := c.zone.key.eval(r)
		if key == "" {
			continue
		}
		if !c.zone.enter(key, c.most) {
			how := &r.loc.limitConn
			r.log(levels[how.level], fmt.Sprintf("limiting connections%s by zone %q", how.dry(), c.zone.name), "")
			if how.dryRun {
				r.setVar("limit_conn_status", "REJECTED_DRY_RUN")
				break
			}
			r.setVar("limit_conn_status", "REJECTED")
			return nil, how.status
		}
		r.setVar("limit_conn_status", "PASSED")
		r.leave = append(r.leave, func() { c.zone.exit(key) })
	}
	wait, how := time.Duration(0), &r.loc.limitReq
	slowest, over := "", int64(0)
	for _, l := range r.loc.rates {
		key := l.zone.key.eval(r)
		if key == "" {
			continue
		}
		excess, ok := l.zone.take(key, l.burst, time.Now())
		if !ok {
			r.log(levels[how.level], fmt.Sprintf("limiting requests%s, excess: %.3f by zone %q", how.dry(), float64(excess)/1000, l.zone.name), "")
			if how.dryRun {
				r.setVar("limit_req_status", "REJECTED_DRY_RUN")
				wait = 0
				break
			}
			r.setVar("limit_req_status", "REJECTED")
			return nil, how.status
		}
		r.setVar("limit_req_status", "PASSED")
		if l.delay >= 0 && excess > l.delay && l.zone.rate > 0 {
			if delay := time.Duration((excess-l.delay)*1000/l.zone.rate) * time.Millisecond; delay > wait {
				wait, slowest, over = delay, l.zone.name, excess
			}
		}
	}
	if wait > 0 {
		status := "DELAYED"
		r.log(levels[min(how.level+1, len(levels)-1)], fmt.Sprintf("delaying request%s, excess: %.3f, by zone %q", how.dry(), float64(over)/1000, slowest), "")
		if how.dryRun {
			status, wait = "DELAYED_DRY_RUN", 0
		}
		r.setVar("limit_req_status", status)
	}
	if len(r.loc.rates)+len(r.loc.connections) > 0 {
		r.limited = true
	}
	if wait > 0 {
		r.front.sleep(wait)
	}
	return nil, 0
}

// take counts a request, and tells how far it is above the rate, in thousandths
// (ngx_http_limit_req_lookup).
func (z *zone) take(key string, burst int64, now time.Time) (excess int64, ok bool) {
	z.mu.Lock()
	defer z.mu.Unlock()
	s := z.states[key]
	if s == nil {
		if len(z.states) >= maxStates {
			clear(z.states)
		}
		z.states[key] = &rateState{last: now}
		return 0, true
	}
	ms := now.Sub(s.last).Milliseconds()
	excess = max(0, s.excess-z.rate*max(0, ms)/1000+1000)
	if excess > burst {
		return excess, false
	}
	s.excess, s.last = excess, now
	return excess, true
}

func (z *zone) enter(key string, most int) bool {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.counts[key] >= most {
		return false
	}
	z.counts[key]++
	return true
}

func (z *zone) exit(key string) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.counts[key]--; z.counts[key] <= 0 {
		delete(z.counts, key)
	}
}

// limitRateText is the value of $limit_rate.
func (l *location) limitRateText(r *request) string {
	return strconv.FormatInt(sizeOf(l.limitRate, r), 10)
}

// pace is how fast a response may be sent: bytes per second, 0 for any, and
// the bytes that are free.
func (r *request) pace() (rate, after int64) {
	rate = sizeOf(r.loc.limitRate, r)
	if v, ok := r.sets["limit_rate"]; ok {
		rate, _ = value.Offset(v)
	}
	return rate, sizeOf(r.loc.limitAfter, r)
}

package front

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// upstreamVariables are the variables of proxy_pass and of what upstreams
// answered; the getters see the request whose attempts they show.
var upstreamVariables = map[string]getter{
	"proxy_add_x_forwarded_for": func(r *request) (string, bool) {
		address, _ := builtin["remote_addr"](r)
		if v, ok := r.header("x-forwarded-for"); ok {
			return v + ", " + address, true
		}
		return address, true
	},
	"proxy_host":               func(r *request) (string, bool) { v, ok := r.sets["\x00proxy_host"]; return v, ok },
	"proxy_port":               func(r *request) (string, bool) { v, ok := r.sets["\x00proxy_port"]; return v, ok },
	"upstream_addr":            attempts(func(a *attempt) string { return a.address }),
	"upstream_status":          attempts(attemptStatus),
	"upstream_response_time":   attempts(func(a *attempt) string { return seconds(a.total) }),
	"upstream_connect_time":    attempts(func(a *attempt) string { return seconds(a.connect) }),
	"upstream_header_time":     attempts(func(a *attempt) string { return seconds(a.header) }),
	"upstream_response_length": attempts(func(a *attempt) string { return strconv.FormatInt(a.body, 10) }),
	"upstream_bytes_sent":      attempts(func(a *attempt) string { return strconv.FormatInt(a.sent, 10) }),
	"upstream_bytes_received":  attempts(func(a *attempt) string { return strconv.FormatInt(a.received, 10) }),
}

func init() {
	// Without a cache, which is not executed here, nginx has none of these either.
	for _, name := range []string{"status", "age", "key", "last_modified"} {
		upstreamVariables["upstream_cache_"+name] = func(*request) (string, bool) { return "", false }
	}
}

// attempts joins what is known of each attempt; those of one location are
// parted by commas, and those of one from the next by a colon.
func attempts(of func(*attempt) string) getter {
	return func(r *request) (string, bool) {
		if len(r.tried) == 0 {
			return "", false
		}
		var b strings.Builder
		for i := range r.tried {
			switch {
			case r.tried[i].address == "":
				b.WriteString(" : ")
				continue
			case i > 0 && r.tried[i-1].address != "":
				b.WriteString(", ")
			}
			b.WriteString(of(&r.tried[i]))
		}
		return b.String(), true
	}
}

func attemptStatus(a *attempt) string {
	if a.status == 0 {
		return "-"
	}
	return strconv.Itoa(a.status)
}

func seconds(d time.Duration) string {
	if d < 0 {
		return "-"
	}
	return fmt.Sprintf("%.3f", d.Seconds())
}

// upstreamHeader makes $upstream_http_NAME.
func upstreamHeader(name string) getter {
	name = strings.ReplaceAll(name, "_", "-")
	return func(r *request) (string, bool) { return lookup(r.answered, name) }
}

// upstreamCookie makes $upstream_cookie_NAME.
func upstreamCookie(name string) getter {
	return func(r *request) (string, bool) {
		for _, h := range r.answered {
			if !strings.EqualFold(h.name, "set-cookie") {
				continue
			}
			if k, v, ok := strings.Cut(h.value, "="); ok && strings.EqualFold(k, name) {
				v, _, _ = strings.Cut(v, ";")
				return v, true
			}
		}
		return "", false
	}
}

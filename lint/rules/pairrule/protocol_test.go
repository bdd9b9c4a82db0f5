package pairrule

import (
	"strings"
	"testing"
)

func TestProtocolMismatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		nginx, uwsgi string
		why          string // part of the reason; "" for no finding
		fixed        string // what the option is called then
	}{
		{"uwsgi_pass h:1;", "socket = :1", "", ""},
		{"proxy_pass http://h:1;", "http-socket = :1", "", ""},
		{"uwsgi_pass h:1;", "http-socket = :1", "502 after 4 seconds", "socket"},
		{"proxy_pass http://h:1;", "socket = :1", "invalid request block size: 21573", "http-socket"},
		{"fastcgi_pass h:1;", "socket = :1", "unavailable modifier requested: 1", "fastcgi-socket"},
		{"scgi_pass h:1;", "socket = :1", "invalid request block size: 14385", "scgi-socket"},
		{"uwsgi_pass h:1;", "fastcgi-socket = :1", "502 after 8 seconds", "socket"},
		{"uwsgi_pass h:1;", "puwsgi-socket = :1", "every answer takes 4 seconds", "socket"},
		{"uwsgi_pass h:1;", "protocol = http\nsocket = :1", "502 after 4 seconds", "uwsgi-socket"},
		{"uwsgi_pass h:1;", "protocol = http\nuwsgi-socket = :1", "", ""},
		{"uwsgi_pass h:1;", "http = :1", "504 after uwsgi_read_timeout", "-"},
		{"proxy_pass http://h:1;", "stats = :1\nstats-http = true", "", ""},
		{"proxy_pass http://h:1;", "stats = :1", "502", "-"},
		{"proxy_pass http://h:1;", "rawrouter = :1", "", ""},
		{"grpc_pass grpc://h:1;", "http-socket = :1", "502", "-"},
		{"uwsgi_pass suwsgi://h:1;", "socket = :1", "", ""},
		{"proxy_pass http://h:1;\n}\nlocation /x {\nuwsgi_pass h:1;", "socket = :1", "invalid request block size", "-"},
	} {
		found := check(t, ProtocolMismatch, files{nginx: c.nginx, uwsgi: c.uwsgi})
		if c.why == "" {
			if len(found) > 0 {
				t.Errorf("%s to %s: found %s", c.nginx, c.uwsgi, found[0].Message)
			}
			continue
		}
		if len(found) != 1 || !strings.Contains(found[0].Why.String(), c.why) {
			t.Errorf("%s to %s: found %v, want %q", c.nginx, c.uwsgi, found, c.why)
			continue
		}
		fixed := "-"
		if fix := found[0].Fix; fix != nil {
			fixed = fix.Edits[0].New
		}
		if fixed != c.fixed {
			t.Errorf("%s to %s: fixed by %s, want %s", c.nginx, c.uwsgi, fixed, c.fixed)
		}
	}
}

func TestSSLToBackend(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ nginx, uwsgi, why string }{
		{"uwsgi_pass suwsgi://h:1;", "suwsgi-socket = :1,c,k", ""},
		{"uwsgi_pass suwsgi://h:1;", "socket = :1", "peer closed connection in SSL handshake"},
		{"uwsgi_pass h:1;", "suwsgi-socket = :1,c,k", "recv() failed (104: Connection reset by peer)"},
		{"proxy_pass https://h:1;", "http-socket = :1", "peer closed connection in SSL handshake"},
		{"proxy_pass http://h:1;", "https-socket = :1,c,k", "recv() failed (104: Connection reset by peer)"},
		{"proxy_pass https://h:1;", "socket = :1", ""},
	} {
		why := ""
		for _, d := range check(t, SSLToBackend, files{nginx: c.nginx, uwsgi: c.uwsgi}) {
			why = d.Why.String()
		}
		if !strings.Contains(why, c.why) || (why == "") != (c.why == "") {
			t.Errorf("%s to %s: %q, want %q", c.nginx, c.uwsgi, why, c.why)
		}
	}
}

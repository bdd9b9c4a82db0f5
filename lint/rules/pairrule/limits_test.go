package pairrule

import (
	"strings"
	"testing"
)

func TestTimeoutOrder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		nginx, uwsgi string
		want         []string
	}{
		{"uwsgi_pass h:1;", "socket = :1\nharakiri = 55", nil},
		{"uwsgi_pass h:1;", "socket = :1\nharakiri = 60", []string{"warning 60"}},
		{"uwsgi_pass h:1;\nuwsgi_read_timeout 2m;", "socket = :1\nharakiri = 90", nil},
		{"uwsgi_pass h:1;\nuwsgi_read_timeout 1m30s;", "socket = :1\nharakiri = 90", []string{"warning 90"}},
		{"uwsgi_pass h:1;\nuwsgi_read_timeout 500ms;", "socket = :1\nharakiri = 1", []string{"warning 1"}},
		{"uwsgi_pass h:1;\nuwsgi_read_timeout $x;", "socket = :1\nharakiri = 90", nil},
		{"uwsgi_pass h:1;", "socket = :1", []string{"warning socket"}},
		{"uwsgi_pass h:1;", "socket = :1\nharakiri = $(H)", nil},
		{"uwsgi_pass h:1;\n}\nlocation /long {\nuwsgi_read_timeout 300;\nuwsgi_pass h:1;", "socket = :1\nharakiri = 200", nil},
		{"proxy_pass http://h:1;", "http-socket = :1\nharakiri = 55", nil},
		{"proxy_pass http://h:1;", "http-socket = :1\nharakiri = 70", []string{"warning 70"}},
		{"proxy_pass http://h:1;", "http = :1\nharakiri = 55", nil},
		{"proxy_pass http://h:1;", "http = :1\nharakiri = 20\nhttp-timeout = 20", []string{"warning 20"}},
		{"proxy_pass http://h:1;\nproxy_read_timeout 300;", "http = :1\nharakiri = 200", []string{"warning http"}},
		{"proxy_pass http://h:1;\nproxy_read_timeout 300;", "http-socket = :1\nharakiri = 200", nil},
		{"uwsgi_pass h:1;\nuwsgi_request_buffering off;", "socket = :1\nharakiri = 55", []string{"warning socket"}},
		{"uwsgi_pass h:1;\nuwsgi_request_buffering off;", "socket = :1\nharakiri = 55\nsocket-timeout = 30", []string{"warning 30"}},
		{"uwsgi_pass h:1;\nuwsgi_request_buffering off;", "socket = :1\nharakiri = 55\nsocket-timeout = 60", nil},
	} {
		want(t, c.nginx+" and "+c.uwsgi, check(t, TimeoutOrder, files{nginx: c.nginx, uwsgi: c.uwsgi}), c.want...)
	}
}

func TestRequestBuffer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		nginx, uwsgi string
		want         []string
		fix          string
	}{
		{"uwsgi_pass h:1;", "socket = :1", []string{"warning socket"}, "buffer-size = 45056\n"},
		{"uwsgi_pass h:1;", "socket = :1\nbuffer-size = 40960", []string{"warning 40960"}, "45056"},
		{"uwsgi_pass h:1;", "socket = :1\nbuffer-size = 41984", nil, ""},
		{"uwsgi_pass h:1;", "socket = :1\nbuffer-size = 8k", []string{"warning 8k"}, "45056"},
		{"uwsgi_pass h:1;", "socket = :1\nbuffer-size", []string{"warning buffer-size"}, ""},
		{"uwsgi_pass h:1;", "socket = :1\nbuffer-size = $(SIZE)", nil, ""},
		{"proxy_pass http://h:1;", "http-socket = :1\nbuffer-size = 32768", []string{"warning 32768"}, "45056"},
		{"proxy_pass http://h:1;", "http-socket = :1\nbuffer-size = 65535", nil, ""},
		{"large_client_header_buffers 2 4k;\nuwsgi_pass h:1;", "socket = :1\nbuffer-size = 16384", nil, ""},
		{"large_client_header_buffers 4 16k;\nuwsgi_pass h:1;", "socket = :1\nbuffer-size = 65535", []string{"info large_client_header_buffers 4 16k"}, ""},
		{"uwsgi_pass h:1;\n}\nlocation /x {\nlarge_client_header_buffers 4 10k;\nuwsgi_pass h:1;", "socket = :1\nbuffer-size = 45056", []string{"warning 45056"}, "53248"},
		{"fastcgi_pass h:1;", "fastcgi-socket = :1", nil, ""},
	} {
		found := check(t, RequestBuffer, files{nginx: c.nginx, uwsgi: c.uwsgi})
		want(t, c.nginx+" and "+c.uwsgi, found, c.want...)
		fix := ""
		for _, d := range found {
			if d.Fix != nil {
				fix = d.Fix.Edits[0].New
			}
		}
		if fix != c.fix {
			t.Errorf("%s and %s: mended by %q, want %q", c.nginx, c.uwsgi, fix, c.fix)
		}
	}
}

func TestBodyLimit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		nginx, uwsgi string
		why          string // part of the reason; "" for no finding
	}{
		{"uwsgi_pass h:1;", "socket = :1", ""},
		{"uwsgi_pass h:1;", "socket = :1\nlimit-post = 1048576", ""},
		{"uwsgi_pass h:1;", "socket = :1\nlimit-post = 1000000", "502 in place of 413"},
		{"uwsgi_pass h:1;", "socket = :1\nlimit-post = 10485760", "client intended to send too large body"},
		{"uwsgi_pass h:1;\nclient_max_body_size 1g;", "socket = :1\nlimit-post = 1073741824", ""},
		{"uwsgi_pass h:1;\nclient_max_body_size 1g;", "socket = :1\nlimit-post = 1000", "502 in place of 413"},
		{"uwsgi_pass h:1;\nclient_max_body_size 0;", "socket = :1", "fill the disk"},
		{"uwsgi_pass h:1;\nclient_max_body_size 0;", "socket = :1\nlimit-post = 1000", "502 in place of 413"},
		{"uwsgi_pass h:1;\nclient_max_body_size 0;", "socket = :2", ""},
		{"proxy_pass http://h:1;\nclient_max_body_size 2m;", "http-socket = :1\nlimit-post = 1048576", "502 in place of 413"},
		{"uwsgi_pass h:1;\n}\nlocation /up {\nclient_max_body_size 10m;\nuwsgi_pass h:1;", "socket = :1\nlimit-post = 10485760", ""},
		{"uwsgi_pass h:1;", "socket = :1\nlimit-post = $(LIMIT)", ""},
	} {
		why := ""
		for _, d := range check(t, BodyLimit, files{nginx: c.nginx, uwsgi: c.uwsgi}) {
			why = d.Why.String()
		}
		if !strings.Contains(why, c.why) || (why == "") != (c.why == "") {
			t.Errorf("%s and %s: %q, want %q", c.nginx, c.uwsgi, why, c.why)
		}
	}
}

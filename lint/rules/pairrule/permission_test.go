package pairrule

import (
	"strings"
	"testing"
)

// TestSocketPermission holds what nginx 1.22.1 as www-data was seen to answer
// for a socket of uWSGI 2.0.21 that was started as root.
func TestSocketPermission(t *testing.T) {
	t.Parallel()
	const conf = "user www-data;\nevents {}\nhttp {\nserver {\nlocation / {\nuwsgi_pass unix:/run/a.sock;\n}\n}\n}\n"
	unit := map[string]string{"shop.service": "[Service]\nUser=shop\nGroup=www-data\n"}
	for _, c := range []struct {
		uwsgi string
		more  map[string]string
		want  string // severity and, after a slash, the lines of the fix
	}{
		{"uid = shop", nil, "error/chmod-socket = 660\nchown-socket = shop:www-data\n"},
		{"uid = shop\ngid = www-data", nil, "error/chmod-socket = 660\n"},
		{"uid = shop\ngid = www-data\nchmod-socket = 660", nil, ""},
		{"uid = shop\ngid = www-data\nchmod-socket = 664", nil, ""},
		{"uid = shop\ngid = www-data\nchmod-socket = 644", nil, "error/660"},
		{"uid = shop\ngid = shop\nchmod-socket = 660", nil, "warning/chown-socket = shop:www-data\n"},
		{"uid = shop\ngid = shop\nchmod-socket = 660\nchown-socket = shop:www-data", nil, ""},
		{"uid = shop\nchmod-socket = 660", nil, "error/chown-socket = shop:www-data\n"},
		{"uid = www-data", nil, ""},
		{"uid = 33", nil, ""},
		{"chmod-socket = 660\nchown-socket = www-data", nil, ""},
		{"chmod-socket = 660\nchown-socket = root:www-data", nil, ""},
		{"chmod-socket = 440\nchown-socket = www-data:www-data", nil, "error/660"},
		{"chmod-socket = 660", nil, ""}, // who starts uWSGI is not written
		{"", nil, ""},
		{"umask = 000\nuid = shop", nil, ""},
		{"chmod-socket = 666", nil, "warning/-"},
		{"chmod-socket = 1", nil, "warning/-"},
		{"chmod-socket = 660", unit, ""},
		{"", unit, "error/chmod-socket = 660\n"},
		{"", map[string]string{"shop.service": "[Service]\nUser=shop\n"}, "error/-"},
		{"uid = shop\nchmod-socket = $(MODE)", nil, ""},
	} {
		got := ""
		for _, d := range check(t, SocketPermission, files{nginx: conf, uwsgi: "socket = /run/a.sock\n" + c.uwsgi, more: c.more}) {
			got = d.Severity.String() + "/-"
			if d.Fix != nil {
				got = d.Severity.String() + "/"
				for _, e := range d.Fix.Edits {
					got += e.New
				}
			}
		}
		if got != c.want {
			t.Errorf("%q with %v: %q, want %q", c.uwsgi, c.more, got, c.want)
		}
	}
	for _, user := range []string{"", "user root;\n"} {
		rest := strings.TrimPrefix(conf, "user www-data;\n")
		want(t, user, check(t, SocketPermission, files{nginx: user + rest, uwsgi: "socket = /run/a.sock\nuid = shop"}))
	}
}

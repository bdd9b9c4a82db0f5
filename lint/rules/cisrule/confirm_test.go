package cisrule_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/linttest"
	"github.com/deployctl/deployctl/lint/report"
	"github.com/deployctl/deployctl/lint/rules/cisrule"
)

// TestConfirm asks nginx whether the items of the benchmark that a client can
// see are met.
func TestConfirm(t *testing.T) {
	t.Parallel()
	in := func(server string) string {
		return "server_tokens off;\nserver { listen @LISTEN@; server_name shop.example; " + server + " }"
	}
	named := linttest.Body404("nginx")
	powered, address := linttest.Header("X-Powered-By: echo"), linttest.Passed("X-Real-IP: 127.0.0.2")
	silent := func(answer string) bool { return !address(answer) && strings.HasPrefix(answer, "HTTP/1.1 200") }
	linttest.Confirm(t, []linttest.Claim{
		{Name: "built-in page", Rule: cisrule.ErrorPages, Conf: in("root @DIR@;"), Path: "/none", Shows: named},
		{Name: "page of one's own", Rule: cisrule.ErrorPages, Conf: in("root @DIR@; error_page 404 /404.html;"), Path: "/none", Shows: named, Harmless: true},
		{Name: "redirect", Rule: cisrule.ErrorPages, Conf: in("return 301 https://shop.example/;"), Path: "/none", Shows: named, Harmless: true},
		{Name: "header of the application", Rule: cisrule.HiddenHeaders, Conf: in("location / { proxy_pass http://@BACK@; }"), Path: "/", Shows: powered},
		{Name: "header hidden", Rule: cisrule.HiddenHeaders, Conf: in("proxy_hide_header X-Powered-By; location / { proxy_pass http://@BACK@; }"), Path: "/", Shows: powered, Harmless: true},
		{Name: "header shown by an inner list", Rule: cisrule.HiddenHeaders, Conf: in("proxy_hide_header X-Powered-By; location / { proxy_hide_header X-A; proxy_pass http://@BACK@; }"), Path: "/", Shows: powered},
		{Name: "no address", Rule: cisrule.SourceAddress, Conf: in("location / { proxy_pass http://@BACK@; }"), Path: "/", Shows: silent},
		{Name: "address", Rule: cisrule.SourceAddress, Conf: in("location / { proxy_set_header X-Real-IP $remote_addr; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_pass http://@BACK@; }"), Path: "/", Shows: silent, Harmless: true},
		{Name: "any host", Rule: cisrule.UnknownHosts, Conf: in("return 200 shop;"), Path: "/", Shows: linttest.Body("shop")},
		{Name: "known hosts", Rule: cisrule.UnknownHosts, Conf: in("return 200 shop;") + " server { listen @LISTEN@ default_server; return 404; }", Path: "/", Shows: linttest.Body("shop"), Harmless: true},
	}, map[string]string{"404.html": "not here"})
}

// TestFindings are cases beyond those of the pages.
func TestFindings(t *testing.T) {
	t.Parallel()
	http := func(text string) string { return "events {}\nhttp {\n" + text + "\n}\n" }
	timed := "keepalive_timeout 10; send_timeout 10s; client_body_timeout 1500ms; client_header_timeout 10s; "
	for _, c := range []struct {
		name string
		rule *lint.Rule
		conf string
		want []string // line and column of each finding
	}{
		{"ports", cisrule.Ports, http("server { listen 80; listen [::]:443 ssl; listen 127.0.0.1:9000; listen [::1]:9000; listen localhost:9001; listen unix:/run/a; listen 8080; listen 10.0.0.1:8443 ssl; }"), []string{"3:134", "3:147"}},
		{"timeouts", cisrule.Timeouts, http(timed + "server { }"), nil},
		{"long timeouts", cisrule.Timeouts, http(timed + "server { keepalive_timeout 0; send_timeout 1m; client_body_timeout 11s; client_header_timeout 1d; }"), []string{"3:105", "3:126", "3:143", "3:168"}},
		{"timeouts of a fragment", cisrule.Timeouts, "server { listen 80; }\n", nil},
		{"timeout as a variable of a template", cisrule.Timeouts, "server { send_timeout ${TIMEOUT}; }\n", nil},
		{"combined", cisrule.AccessLog, http("access_log /var/log/a; server { access_log /var/log/b combined; location /x { access_log off; } }"), nil},
		{"no log", cisrule.AccessLog, http("access_log off; server { }"), []string{"3:1"}},
		{"short format", cisrule.AccessLog, http("log_format short '$remote_addr $request'; access_log /var/log/a short;"), []string{"3:1"}},
		{"format of other variables", cisrule.AccessLog, http("log_format json '$remote_addr $remote_user $time_iso8601 $request_uri $status $bytes_sent $http_referer $http_user_agent'; access_log /var/log/a json;"), nil},
		{"format that nothing uses", cisrule.AccessLog, http("log_format short '$remote_addr';"), nil},
		{"levels", cisrule.ErrorLog, "error_log /var/log/a info;\nerror_log /var/log/b;\nerror_log /dev/null crit;\nevents {}\n", []string{"2:1"}},
		{"account", cisrule.Account, "user root;\nevents {}\n", []string{"1:1"}},
		{"no account", cisrule.Account, http("server { }"), []string{"2:1"}},
		{"account of its own", cisrule.Account, "user nginx;\n" + http("server { }"), nil},
		{"account of a fragment", cisrule.Account, "server { listen 80; }\n", nil},
		{"handshake refused", cisrule.UnknownHosts, http("server { listen 443 ssl default_server; ssl_reject_handshake on; } server { listen 443 ssl; server_name a; }"), nil},
		{"one of two addresses refused", cisrule.UnknownHosts, http("server { listen 80 default_server; return 444; } server { listen 80; listen 81; server_name a; }"), []string{"3:70"}},
		{"uwsgi without an address", cisrule.SourceAddress, http("server { location / { uwsgi_pass 127.0.0.1:1; uwsgi_param A b; } }"), []string{"3:23"}},
		{"uwsgi with a file that is not here", cisrule.SourceAddress, http("server { location / { include params; uwsgi_pass 127.0.0.1:1; } }"), nil},
		{"headers of a fragment", cisrule.HiddenHeaders, "server { location / { proxy_pass http://127.0.0.1:1; } }\n", nil},
		{"Server of uWSGI", cisrule.HiddenHeaders, http("server { uwsgi_hide_header X-Powered-By; location / { uwsgi_pass 127.0.0.1:1; } }"), []string{"3:55"}},
	} {
		var got []string
		for _, d := range linttest.Find(t, c.rule, map[string]string{"nginx.conf": c.conf}, lint.Options{}) {
			at, _, _ := strings.Cut(strings.TrimPrefix(report.Line(d), "nginx.conf:"), ": ")
			got = append(got, at)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

package pairrule

import (
	"testing"
)

func TestIgnoredDirective(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		nginx string
		want  []string
	}{
		{"uwsgi_pass h:1;\nproxy_read_timeout 5;", []string{"warning proxy_read_timeout 5"}},
		{"proxy_pass http://h:1;\nuwsgi_read_timeout 5;\nuwsgi_param A b;", []string{"warning uwsgi_read_timeout 5", "warning uwsgi_param A b"}},
		{"uwsgi_pass h:1;\nproxy_set_header A b;\nfastcgi_param A b;", nil},
		{"uwsgi_pass h:1;\nuwsgi_read_timeout 5;\nsend_timeout 5;", nil},
		{"uwsgi_pass h:1;\nproxy_read_timeout 5;\nlocation /ws {\nproxy_pass http://h:2;\n}", nil},
		{"if ($arg_x) {\nproxy_pass http://h:2;\n}\nproxy_read_timeout 5;\nuwsgi_pass h:1;", nil},
		{"uwsgi_pass h:1;\n}\nproxy_read_timeout 5;\nlocation /b {\n", []string{"warning proxy_read_timeout 5"}},
		{"uwsgi_pass h:1;\n}\nproxy_read_timeout 5;\nlocation /b {\nproxy_pass http://h:2;", nil},
		{"uwsgi_pass h:1;\n}\nlocation /b {\nproxy_read_timeout 5;\nreturn 200;", nil},
	} {
		want(t, c.nginx, check(t, IgnoredDirective, files{nginx: c.nginx, uwsgi: "socket = :1"}), c.want...)
	}
	everywhere := "proxy_read_timeout 5;\nserver {\nlocation / {\nuwsgi_pass h:1;\n}\n}\n"
	want(t, "in http", check(t, IgnoredDirective, files{nginx: everywhere}))
}

func TestParams(t *testing.T) {
	t.Parallel()
	const full = "uwsgi_param REQUEST_METHOD $request_method;\nuwsgi_param PATH_INFO $document_uri;\n"
	server := func(outer, inner string) string {
		return "server {\n" + outer + "\nlocation / {\n" + inner + "\nuwsgi_pass h:1;\n}\n}\n"
	}
	for _, c := range []struct {
		outer, inner                 string
		missing, overridden, another []string // of missing-params, params-override, wrong-params
	}{
		{"", "", []string{"error uwsgi_pass h:1"}, nil, nil},
		{"", full, nil, nil, nil},
		{"", "include uwsgi_params;", nil, nil, nil},
		{"", "include /etc/nginx/uwsgi_params;", nil, nil, nil},
		{"", "include absent.conf;", nil, nil, nil},
		{"", "include mime.types;", []string{"error uwsgi_pass h:1"}, nil, nil},
		{"include conf.d/absent-*.conf;", "", []string{"error uwsgi_pass h:1"}, nil, nil},
		{"include uwsgi_params;", "", nil, nil, nil},
		{"", "uwsgi_modifier1 9;", nil, nil, nil},
		{"", "uwsgi_param A b;", []string{"error uwsgi_pass h:1"}, nil, nil},
		{"uwsgi_param A b;", "", []string{"error uwsgi_pass h:1"}, nil, nil},
		{full, "uwsgi_param A b;", nil, []string{"warning uwsgi_param A b"}, nil},
		{"include uwsgi_params;", "uwsgi_param A b;", nil, []string{"warning uwsgi_param A b"}, nil},
		{"include uwsgi_params;\nuwsgi_param A b;", "include uwsgi_params;", nil, []string{"warning include uwsgi_params"}, nil},
		{"include uwsgi_params;\nuwsgi_param A b;", "include uwsgi_params;\nuwsgi_param A c;", nil, nil, nil},
		{"include uwsgi_params;", "include uwsgi_params;\nuwsgi_param A c;", nil, nil, nil},
		{"include uwsgi_params;\nuwsgi_param A b;", full, nil, []string{"warning uwsgi_param REQUEST_METHOD $request_method"}, nil},
		{"", "include fastcgi_params;", nil, nil, []string{"error include fastcgi_params"}},
		{"", "include /etc/nginx/scgi_params;", nil, nil, []string{"error include /etc/nginx/scgi_params"}},
		{"", "include proxy_params;", []string{"error uwsgi_pass h:1"}, nil, []string{"warning include proxy_params"}},
		{"", "include uwsgi_params;\ninclude fastcgi_params;", nil, nil, []string{"warning include fastcgi_params"}},
		{"", "fastcgi_param A b;", nil, nil, []string{"error fastcgi_param A b"}},
		{"", full + "fastcgi_param A b;", nil, nil, []string{"warning fastcgi_param A b"}},
		{"", full + "proxy_set_header Host $host;", nil, nil, []string{"warning proxy_set_header Host $host"}},
	} {
		name := c.outer + "; " + c.inner
		f := files{nginx: server(c.outer, c.inner), uwsgi: "socket = :1"}
		want(t, "pair-missing-params: "+name, check(t, MissingParams, f), c.missing...)
		want(t, "pair-params-override: "+name, check(t, ParamsOverride, f), c.overridden...)
		want(t, "pair-wrong-params: "+name, check(t, WrongParams, f), c.another...)
	}
	want(t, "a fragment", check(t, MissingParams, files{more: map[string]string{"a.conf": "# deployctl:context server\nlocation / {\nuwsgi_pass h:1;\n}\n"}}))
}

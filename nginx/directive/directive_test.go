package directive

import (
	"slices"
	"testing"
)

func TestEveryNameIsFound(t *testing.T) {
	t.Parallel()
	for id := range ID(Names) {
		name := id.Name()
		if got := Find(name); got != id {
			t.Errorf("Find(%q) = %d, want %d", name, got, id)
		}
		for _, r := range Lookup(name) {
			if r.Name != name {
				t.Errorf("Lookup(%q) holds a row of %q", name, r.Name)
			}
		}
	}
	for _, name := range []string{"", "locatio", "Location", "location ", "a_name_that_is_longer_than_any_name_of_the_table"} {
		if got := Find(name); got != None {
			t.Errorf("Find(%q) = %d, want None", name, got)
		}
	}
	if None.Rows() != nil || None.Name() != "" || None.In(HTTP) != nil {
		t.Error("None has rows")
	}
}

func TestIn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		context Context
		module  string
	}{
		{"server", HTTP, "ngx_http_core_module"},
		{"server", Upstream, "ngx_http_upstream"},
		{"server", StreamUpstream, "ngx_stream_upstream"},
		{"server", Location, ""},
		{"include", Entries, "ngx_conf_file"},
		{"try_files", Server, "ngx_http_try_files_module"},
		{"uwsgi_pass", IfInLocation, "ngx_http_uwsgi_module"},
		{"uwsgi_pass", Server, ""},
	} {
		module := ""
		if row := Find(c.name).In(c.context); row != nil {
			module = row.Module
		}
		if module != c.module {
			t.Errorf("%s in %s is of %q, want %q", c.name, c.context, module, c.module)
		}
	}
}

func TestReleases(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		row     Row
		release string
		want    bool
	}{
		{Row{Since: "1.25.1"}, "1.22.1", false},
		{Row{Since: "1.25.1"}, "1.25.1", true},
		{Row{Since: "1.9.13"}, "1.22.1", true},
		{Row{Since: "1.25.1"}, "", true},
		{Row{Until: "1.25.0"}, "1.25.0", true},
		{Row{Until: "1.25.0"}, "1.25.1", false},
		{Row{Until: "1.9.4"}, "1.31", false},
	} {
		if got := c.row.In(c.release); got != c.want {
			t.Errorf("In(%q) of %q to %q is %t", c.release, c.row.Since, c.row.Until, got)
		}
	}
}

func TestArgs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args Args
		ok   []int
		want string
	}{
		{1 << 0, []int{0}, "no arguments"},
		{1 << 1, []int{1}, "1 argument"},
		{1 << 3, []int{3}, "3 arguments"},
		{1<<1 | 1<<2, []int{1, 2}, "1 or 2 arguments"},
		{1<<1 | 1<<2 | 1<<3, []int{1, 2, 3}, "1, 2 or 3 arguments"},
		{Flag, []int{1}, "on or off"},
		{OneMore, []int{1, 2, 3, 4, 5, 6, 7, 8, 9}, "at least 1 argument"},
		{TwoMore, []int{2, 3, 4, 5, 6, 7, 8, 9}, "at least 2 arguments"},
		{AnyCount, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, "any number of arguments"},
	} {
		if got := c.args.String(); got != c.want {
			t.Errorf("%b is %q, want %q", c.args, got, c.want)
		}
		for n := range 10 {
			if got := c.args.Accepts(n); got != slices.Contains(c.ok, n) {
				t.Errorf("%s accepts %d: %t", c.args, n, got)
			}
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"lsiten":              "listen",
		"Listen":              "listen",
		"servername":          "server_name",
		"server-name":         "server_name",
		"locaton":             "location",
		"uswgi_pass":          "uwsgi_pass",
		"uwsgi_parms":         "uwsgi_param",
		"uwsgi_params":        "uwsgi_param",
		"proxy_pas":           "proxy_pass",
		"client_max_bodysize": "client_max_body_size",
		"worker_process":      "worker_processes",
		"add_headers":         "add_header",
		"keepalive_timout":    "keepalive_timeout",
		"try_file":            "try_files",
		"roots":               "root",
		"2":                   "",
		"":                    "",
		"application":         "",
		"completely_other":    "",
	} {
		if got := Nearest(name); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestThirdParty(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"content_by_lua_block": "lua-nginx-module",
		"lua_package_path":     "lua-nginx-module",
		"more_set_headers":     "headers-more-nginx-module",
		"js_content":           "njs",
		"brotli_comp_level":    "ngx_brotli",
		"rtmp":                 "nginx-rtmp-module",
		"geoip2":               "ngx_http_geoip2_module",
		"passenger_enabled":    "Phusion Passenger",
		"set":                  "",
		"proxy_pass":           "",
		"locaton":              "",
	} {
		got, ok := ThirdParty(name)
		if got != want || ok != (want != "") {
			t.Errorf("ThirdParty(%q) = %q, %t; want %q", name, got, ok, want)
		}
	}
}

func TestContext(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]Context{
		"main": Main, "http": HTTP, "http,server": Server, "http, server, location": Location, "server": Server,
		"stream,server": StreamServer, "stream,upstream": StreamUpstream, "mail,server": MailServer, "upstream": Upstream,
		"http,server,if": IfInServer, "http,server,location,if": IfInLocation, "HTTP > server": Server,
	} {
		if got, err := ParseContext(path); err != nil || got != want {
			t.Errorf("ParseContext(%q) = %s, %v; want %s", path, got, err, want)
		}
	}
	for _, path := range []string{"", "servers", "http,foo"} {
		if got, err := ParseContext(path); err == nil {
			t.Errorf("ParseContext(%q) = %s, want an error", path, got)
		}
	}
	if got := (HTTP | Server | IfInLocation).String(); got != "http, server, if in location" {
		t.Errorf("a set is written %q", got)
	}
}

func BenchmarkFind(b *testing.B) {
	names := []string{"server", "listen", "server_name", "location", "uwsgi_pass", "include", "proxy_set_header", "no_such_name"}
	b.ReportAllocs()
	for i := range b.N {
		Find(names[i%len(names)])
	}
}

func BenchmarkNearest(b *testing.B) {
	for range b.N {
		Nearest("client_max_bodysize")
	}
}

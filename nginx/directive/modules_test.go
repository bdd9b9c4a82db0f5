package directive

import (
	"strings"
	"testing"
)

func TestModules(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		said, module string
		lacks        bool
	}{
		{"", "ngx_http_v2_module", false},
		{"", "ngx_brotli", false},
		{"all", "ngx_brotli", false},
		{"default", "ngx_http_core_module", false},
		{"default", "ngx_http_uwsgi_module", false},
		{"default", "ngx_http_v2_module", true},
		{"default", "ngx_brotli", true},
		{"http_v2", "ngx_http_v2_module", false},
		{"--with-http_v2_module", "ngx_http_v2_module", false},
		{"ngx_http_v2_module", "ngx_http_v2_module", false},
		{"http_sub", "ngx_http_sub_filter_module", false},
		{"http_v2", "ngx_http_v3_module", true},
		{"headers-more, brotli", "headers-more-nginx-module", false},
		{"headers-more, brotli", "ngx_brotli", false},
		{"headers-more, brotli", "lua-nginx-module", true},
		{"libnginx-mod-http-headers-more-filter", "headers-more-nginx-module", false},
		{"ngx_http_js_module.so", "njs", false},
		{"geoip2", "ngx_http_geoip2_module", false},
		{"--with-stream=dynamic", "ngx_stream_core_module", false},
		{"stream", "ngx_stream_ssl_preread_module", true},
		{"stream stream_ssl_preread", "ngx_stream_ssl_preread_module", false},
		{"debian", "ngx_stream", true},
		{"debian-core", "ngx_stream", false},
		{"debian-light", "echo-nginx-module", false},
		{"debian-light", "lua-nginx-module", true},
		{"debian-extras", "lua-nginx-module", false},
		{"debian-extras", "ngx_http_perl_module", false},
		{"official", "ngx_http_v3_module", false},
		{"official lua", "lua-nginx-module", false},
	} {
		m, err := ParseModules(c.said)
		if err != nil {
			t.Errorf("%q: %v", c.said, err)
			continue
		}
		if got := m.Lacks(c.module); got != c.lacks {
			t.Errorf("with %q, Lacks(%s) = %v", c.said, c.module, got)
		}
	}
	for said, want := range map[string]string{
		"http_v4":     "the nearest name is http-v",
		"brotly":      "the nearest name is brotli",
		"wholly-else": `no module is called "wholly-else"`,
	} {
		if _, err := ParseModules(said); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", said, err)
		}
	}
}

// TestModuleNames reads every module's own name, and every word that a message
// may propose, back.
func TestModuleNames(t *testing.T) {
	t.Parallel()
	for word := range known {
		m, err := ParseModules(word)
		if err != nil {
			t.Errorf("%q: %v", word, err)
			continue
		}
		if module := known[short(word)]; m.Lacks(module) {
			t.Errorf("%q does not stand for %s", word, module)
		}
	}
	for _, m := range thirdParty {
		word := strings.ReplaceAll(m.module, " ", "-")
		if got, err := ParseModules(word); err != nil || got.Lacks(m.module) {
			t.Errorf("%q does not stand for %s: %v", word, m.module, err)
		}
	}
	var loaded Modules
	for _, p := range debianPackages {
		if !loaded.Load("modules/" + p.File) {
			t.Errorf("%s is the file of no module", p.File)
		}
	}
	if loaded.Load("modules/ngx_http_mine_module.so") {
		t.Error("a file of nobody's module is known")
	}
}

package directive_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/nginx/directive"
)

// TestModulesConfirm reads what the real nginx says that it was built with, and
// asks it for a directive of every module.
func TestModulesConfirm(t *testing.T) {
	t.Parallel()
	nginx := realtest.Need(t, "nginx")
	out, err := exec.Command(nginx, "-V").CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	words := []string{"default"}
	for word := range strings.FieldsSeq(string(out)) {
		// --with-compat, --with-cc-opt and their like are no modules.
		if _, err := directive.ParseModules(word); err == nil && strings.HasPrefix(word, "--with-") && !strings.Contains(word, "=") {
			words = append(words, word)
		}
	}
	if len(words) < 5 {
		t.Skipf("nginx says nothing of its modules: %s", out)
	}
	has, err := directive.ParseModules(strings.Join(words, " "))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "nginx.conf")
	for name, module := range map[string]string{
		"http2_recv_timeout": "ngx_http_v2_module", "http3_hq": "ngx_http_v3_module", "real_ip_header": "ngx_http_realip_module",
		"add_before_body": "ngx_http_addition_filter_module", "xslt_stylesheet": "ngx_http_xslt_filter_module",
		"image_filter": "ngx_http_image_filter_module", "geoip_proxy": "ngx_http_geoip_module", "sub_filter": "ngx_http_sub_filter_module",
		"dav_methods": "ngx_http_dav_module", "flv": "ngx_http_flv_module", "mp4": "ngx_http_mp4_module", "gunzip": "ngx_http_gunzip_filter_module",
		"gzip_static": "ngx_http_gzip_static_module", "auth_request": "ngx_http_auth_request_module", "random_index": "ngx_http_random_index_module",
		"secure_link": "ngx_http_secure_link_module", "degradation": "ngx_http_degradation_module", "slice": "ngx_http_slice_filter_module",
		"stub_status": "ngx_http_stub_status_module", "perl_set": "ngx_http_perl_module", "thread_pool": "ngx_thread_pool", "mail": "ngx_mail",
		"stream": "ngx_stream", "uwsgi_pass": "ngx_http_uwsgi_module", "empty_gif": "ngx_http_empty_gif_module", "ssi": "ngx_http_ssi_filter_module",
		"brotli": "ngx_brotli", "more_set_headers": "headers-more-nginx-module", "content_by_lua_block": "lua-nginx-module", "js_content": "njs",
	} {
		if err := os.WriteFile(file, []byte(name+" a b c d e f g h;\nevents {}\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		// nginx refuses every one; only of what it does not have it says that it is unknown.
		out, err := exec.Command(nginx, "-t", "-c", file, "-e", "stderr").CombinedOutput()
		if err == nil {
			t.Errorf("nginx takes %s", name)
		}
		if unknown := strings.Contains(string(out), "unknown directive"); unknown != has.Lacks(module) {
			t.Errorf("Lacks(%s) = %v, and of %s nginx says %s", module, has.Lacks(module), name, out)
		}
	}
}

package directive

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/deployctl/deployctl/internal/realtest"
)

// values are arguments that a directive accepts, where its kind alone does not
// tell.
var values = map[string]string{
	"root": "/x", "alias": "/x/", "user": "root", "worker_processes": "2", "uwsgi_pass": "127.0.0.1:1", "proxy_pass": "http://127.0.0.1:1",
	"fastcgi_pass": "127.0.0.1:1", "scgi_pass": "127.0.0.1:1", "grpc_pass": "127.0.0.1:1", "try_files": "$uri /x", "expires": "1d",
	"keepalive_timeout": "5", "worker_cpu_affinity": "auto", "resolver": "127.0.0.1", "open_file_cache": "off", "uwsgi_cache": "off",
	"proxy_cache": "off", "keepalive": "4", "worker_priority": "5", "debug_points": "abort", "use": "epoll", "limit_rate": "1k", "limit_rate_after": "1k", "pid": "a.pid",
	"aio": "on", "auth_basic_user_file": "x", "auth_request": "/x", "charset": "utf-8", "source_charset": "utf-8", "directio": "4m", "disable_symlinks": "on",
	"fastcgi_bind": "127.0.0.1", "grpc_bind": "127.0.0.1", "memcached_bind": "127.0.0.1", "proxy_bind": "127.0.0.1", "scgi_bind": "127.0.0.1", "uwsgi_bind": "127.0.0.1",
	"fastcgi_cache": "off", "scgi_cache": "off", "fastcgi_cache_key": "$uri", "proxy_cache_key": "$uri", "scgi_cache_key": "$uri", "uwsgi_cache_key": "$uri",
	"fastcgi_store": "on", "proxy_store": "on", "scgi_store": "on", "uwsgi_store": "on", "memcached_pass": "127.0.0.1:1", "open_log_file_cache": "off",
	"real_ip_header": "X-Real-IP", "userid_expires": "1d", "userid_mark": "A", "worker_connections": "64", "ssl_ocsp_cache": "off",
}

// sample returns arguments for a row, or "" when its kind does not tell them.
func sample(r *Row) string {
	if v := values[r.Name]; v != "" {
		return v
	}
	switch r.Value {
	case "flag":
		return "on"
	case "size", "offset":
		return "8k"
	case "number":
		return "2"
	case "msec", "sec":
		return "2s"
	case "enum":
		return r.Words[0]
	case "buffers":
		return "8 8k"
	case "string", "complex":
		return "x"
	}
	return ""
}

// wrap puts a directive into a configuration, in the row's first context that
// can be written.
func wrap(r *Row, text string) string {
	const events = "events {}\n"
	switch c := r.Contexts; {
	case c&HTTP != 0:
		return events + "http {\n" + text + "\n}\n"
	case c&Server != 0:
		return events + "http { server {\n" + text + "\n} }\n"
	case c&Location != 0:
		return events + "http { server { location /x/ {\n" + text + "\n} } }\n"
	case c&Upstream != 0:
		return events + "http { upstream u { server 127.0.0.1:1;\n" + text + "\n} }\n"
	case c&Main != 0:
		return text + "\n" + events
	case c&Events != 0:
		return "events {\n" + text + "\n}\n"
	}
	return ""
}

// TestOnceConfirm doubles every directive that is not repeatable and asks nginx.
func TestOnceConfirm(t *testing.T) {
	t.Parallel()
	nginx := realtest.Need(t, "nginx")
	dir := t.TempDir()
	conf := filepath.Join(dir, "nginx.conf")
	asked := 0
	for i := range rows {
		r := &rows[i]
		args := sample(r)
		if r.Repeatable || args == "" || !r.In("1.22.1") || r.Block {
			continue
		}
		src := wrap(r, r.Name+" "+args+";\n"+r.Name+" "+args+";")
		if src == "" {
			continue
		}
		if err := os.WriteFile(conf, []byte(src), 0o644); err != nil {
			t.Fatal(err)
		}
		args0 := []string{"-t", "-q", "-p", dir, "-c", conf, "-e", "stderr"}
		out, err := exec.Command(nginx, args0...).CombinedOutput()
		asked++
		switch text := string(out); {
		case strings.Contains(text, "is duplicate"):
		case strings.Contains(text, "unknown directive"), strings.Contains(text, "invalid value"), strings.Contains(text, "not supported"):
			asked--
		case err == nil:
			t.Errorf("%s in %s: nginx takes it twice", r.Name, r.Contexts)
		case !strings.Contains(text, r.Name):
		default:
			t.Logf("%s: %s", r.Name, text)
		}
	}
	if asked < 200 {
		t.Errorf("only %d directives were asked for", asked)
	}
}

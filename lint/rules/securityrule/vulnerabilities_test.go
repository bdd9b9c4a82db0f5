package securityrule

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/linttest"
	"github.com/deployctl/deployctl/nginx/directive"
)

// neighbor returns the release that comes by numbers before or after another.
func neighbor(release string, step int) string {
	parts := strings.Split(release, ".")
	last, _ := strconv.Atoi(parts[2])
	return fmt.Sprintf("%s.%s.%d", parts[0], parts[1], last+step)
}

// TestVulnerabilityRanges checks each entry at its edges.
func TestVulnerabilityRanges(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, shape := range vulnerableShapes {
		for i, v := range shape.known {
			if seen[v.cve] {
				t.Errorf("%s stands twice", v.cve)
			}
			seen[v.cve] = true
			if i > 0 && directive.Compare(v.to, shape.known[0].to) > 0 {
				t.Errorf("%s ends later than %s, which stands first", v.cve, shape.known[0].cve)
			}
			for release, want := range map[string]bool{
				neighbor(v.from, -1): false, v.from: true, v.to: true, neighbor(v.to, 1): false, "0.1.0": false, "99.0.0": false,
			} {
				if got := v.in(release); got != want {
					t.Errorf("%s in %s: %v", v.cve, release, got)
				}
			}
			if len(v.good) == 0 {
				t.Errorf("%s: no release mends it", v.cve)
			}
			for _, good := range v.good {
				if v.in(good) || v.in(neighbor(good, 1)) {
					t.Errorf("%s in %s, which mends it, or in the release after", v.cve, good)
				}
				if before := neighbor(good, -1); !strings.Contains(before, "-") && !v.in(before) {
					t.Errorf("%s is not in %s, and %s mends it", v.cve, before, good)
				}
			}
		}
	}
}

// TestVulnerableShapes finds each shape in a configuration where the release
// has a vulnerability that needs it, and in none where it is mended.
func TestVulnerableShapes(t *testing.T) {
	t.Parallel()
	tried := map[int]bool{}
	in := func(server string) string { return "http {\nserver {\nlisten 80;\n" + server + "\n}\n}\n" }
	for _, c := range []struct {
		cve  string // one of those that the shape is needed for
		conf string
		safe string // nearly the same, without the shape
	}{
		{"CVE-2026-42945", in("rewrite ^/(.*) /x?y; set $a $1;"), in("rewrite ^/(.*) /x?y last; set $a $1;")},
		{"CVE-2026-9256", in("rewrite ^/((.*)) /x?a=$1&b=$2 last;"), in("rewrite ^/(.*)/(.*) /x?a=$1&b=$2 last;")},
		{"CVE-2026-42533", "http {\nmap $host $m { ~(.) $1; }\nserver { location ~ (.) { return 200 $1$m; } }\n}\n", "http {\nmap $host $m { ~(.) $1; }\nserver { location ~ (.) { return 200 $m$1; } }\n}\n"},
		{"CVE-2026-15176", in("location /a/ { alias /b/; rewrite ^ /a/x break; if (-f $request_filename) { return 204; } }"), in("location /a/ { alias /b/; if (-f $request_filename) { return 204; } }")},
		{"CVE-2026-125283", in("location /a/ { alias /b/; try_files $uri =404; }"), in("location /a/ { root /b; try_files $uri =404; }")},
		{"CVE-2022-41741", in("location /v/ { mp4; }"), in("location /v/ { flv; }")},
		{"CVE-2024-24990", in("listen 443 quic;"), in("listen 443 ssl;")},
		{"CVE-2019-9511", in("listen 443 ssl http2;"), in("listen 443 ssl;")},
		{"CVE-2026-118899", in("listen 443 ssl;"), in("listen 443;")},
		{"CVE-2021-23017", in("resolver 127.0.0.1;"), in("resolver_timeout 5s;")},
		{"CVE-2017-7529", in("proxy_cache x;"), in("proxy_cache off;")},
		{"CVE-2026-60005", in("location ~ (.) { slice 1m; proxy_cache_key $1; }"), in("location / { slice 1m; proxy_cache_key $uri; }")},
		{"CVE-2026-27654", in("location /a/ { alias /b/; dav_methods PUT COPY; }"), in("location /a/ { alias /b/; dav_methods PUT; }")},
		{"CVE-2019-20372", in("error_page 404 https://x.example/;"), in("error_page 404 /404.html;")},
		{"CVE-2025-23419", "http {\nserver { listen 443 ssl; ssl_verify_client on; }\nserver { listen 443 ssl; server_name b; }\n}\n", "http {\nserver { listen 443 ssl; ssl_verify_client on; }\n}\n"},
		{"CVE-2026-40701", in("ssl_ocsp on;"), in("ssl_ocsp off;")},
		{"CVE-2026-1642", in("location / { proxy_pass https://10.0.0.1; }"), in("location / { proxy_pass http://10.0.0.1; }")},
		{"CVE-2014-0133", in("listen 443 ssl spdy;"), in("listen 443 ssl;")},
		{"CVE-2026-42055", in("large_client_header_buffers 4 4m; ignore_invalid_headers off; location / { grpc_pass 10.0.0.1; }"), in("large_client_header_buffers 4 4m; location / { grpc_pass 10.0.0.1; }")},
		{"CVE-2026-42926", in("location / { proxy_http_version 2; proxy_set_body x; }"), in("location / { proxy_http_version 1.1; proxy_set_body x; }")},
		{"CVE-2026-48142", in("charset windows-1251; source_charset utf-8;"), in("charset utf-8; source_charset utf-8;")},
		{"CVE-2026-56434", in("location / { ssi on; proxy_pass http://10.0.0.1; }"), in("location / { ssi on; root /srv; }")},
		{"CVE-2026-113425", "mail {\nauth_http 127.0.0.1:1;\nserver { listen 25; protocol smtp; }\n}\n", "mail {\nserver { listen 25; protocol smtp; }\n}\n"},
		{"CVE-2025-53859", "mail {\nserver { listen 25; protocol smtp; smtp_auth none; }\n}\n", "mail {\nserver { listen 25; protocol smtp; smtp_auth plain; }\n}\n"},
		{"CVE-2026-123640", "stream {\nserver { listen 1; ssl_preread on; }\n}\n", "stream {\nserver { listen 1; ssl_preread off; }\n}\n"},
	} {
		for i, shape := range vulnerableShapes {
			for _, v := range shape.known {
				if v.cve != c.cve {
					continue
				}
				tried[i] = true
				names := func(conf, release string) bool {
					found := linttest.Find(t, KnownVulnerability, map[string]string{"nginx.conf": "events {}\n" + conf}, lint.Options{Target: lint.Target{Nginx: release}})
					for _, d := range found {
						if strings.Contains(d.Message.String(), c.cve) {
							return true
						}
					}
					return false
				}
				if !names(c.conf, v.to) || names(c.safe, v.to) || names(c.conf, neighbor(v.to, 1)) {
					t.Errorf("%s: found %v in %s; without what it needs: %v; in the release after: %v", c.cve, names(c.conf, v.to), v.to, names(c.safe, v.to), names(c.conf, neighbor(v.to, 1)))
				}
			}
		}
	}
	for i, shape := range vulnerableShapes {
		if !tried[i] {
			t.Errorf("nothing tries the shape of %s", shape.known[0].cve)
		}
	}
}

package securityrule_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/linttest"
	"github.com/deployctl/deployctl/lint/rules/securityrule"
)

// TestTLS shakes hands with nginx as the rules say that somebody may.
func TestTLS(t *testing.T) {
	t.Parallel()
	certificate, key := realtest.Certificate(t)
	old := &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11, InsecureSkipVerify: true}
	weak := &tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA}, InsecureSkipVerify: true}
	strong := &tls.Config{InsecureSkipVerify: true}
	for _, c := range []struct {
		name    string
		rule    *lint.Rule
		conf    string
		profile lint.Profile
		client  *tls.Config
		shows   func(answer string) bool
		quiet   bool
	}{
		{"TLS 1.0", securityrule.SSLProtocols, "ssl_protocols TLSv1 TLSv1.1 TLSv1.2; ssl_ciphers ALL:@SECLEVEL=0;", "", old, shaken, false},
		{"TLS 1.2", securityrule.SSLProtocols, "ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ALL:@SECLEVEL=0;", "", old, shaken, true},
		{"CBC", securityrule.SSLCiphers, "ssl_protocols TLSv1.2; ssl_ciphers HIGH:!aNULL:!MD5;", lint.MozillaIntermediate, weak, shaken, false},
		{"GCM alone", securityrule.SSLCiphers, "ssl_protocols TLSv1.2; ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;", lint.MozillaIntermediate, weak, shaken, true},
		{"TLS 1.2 for modern browsers", securityrule.SSLProtocols, "ssl_protocols TLSv1.2 TLSv1.3;", lint.MozillaModern, &tls.Config{MaxVersion: tls.VersionTLS12, InsecureSkipVerify: true}, shaken, false},
		{"no HSTS", securityrule.HSTS, "", "", strong, withoutHSTS, false},
		{"HSTS", securityrule.HSTS, "add_header Strict-Transport-Security max-age=31536000 always;", "", strong, withoutHSTS, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := fmt.Sprintf("server {\n    listen 443 ssl;\n    server_name shop.example;\n    ssl_certificate %s;\n    ssl_certificate_key %s;\n    %s\n    location / {\n        return 200 ok;\n    }\n}\n", certificate, key, c.conf)
			texts := map[string]string{"nginx.conf": "events {\n}\nhttp {\n" + server + "}\n"}
			opts := lint.Options{Config: lint.Config{Profile: c.profile}}
			if answer := handshake(t, texts["nginx.conf"], c.client); c.shows(answer) == c.quiet {
				t.Errorf("quiet: %v, and the client gets %q", c.quiet, answer)
			}
			if found := linttest.Find(t, c.rule, texts, opts); (len(found) > 0) == c.quiet {
				t.Errorf("quiet: %v, and the rule says %d times something", c.quiet, len(found))
			}
			if c.quiet {
				return
			}
			if answer := handshake(t, linttest.Mend(t, c.rule, texts, opts), c.client); c.shows(answer) {
				t.Errorf("the fix changes nothing: the client gets %q", answer)
			}
		})
	}
}

// handshake runs nginx, and returns the answer to a client; "" where they do
// not understand each other.
func handshake(t *testing.T, conf string, client *tls.Config) string {
	t.Helper()
	port := realtest.FreePort(t)
	realtest.Nginx(t, strings.ReplaceAll(conf, "listen 443", "access_log off;\nlisten 127.0.0.1:"+strconv.Itoa(port)), port)
	c, err := tls.Dial("tcp", "127.0.0.1:"+strconv.Itoa(port), client)
	if err != nil {
		return ""
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(c, "GET / HTTP/1.0\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	answer, _ := io.ReadAll(c) // nginx need not say goodbye
	return string(answer)
}

func shaken(answer string) bool { return answer != "" }

func withoutHSTS(answer string) bool {
	return answer != "" && !strings.Contains(answer, "Strict-Transport-Security")
}

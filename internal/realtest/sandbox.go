package realtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The words of a generated file that only a server has. A test runs a pair
// with these replaced, and nothing else.
var (
	certificateLine = regexp.MustCompile(`(ssl_certificate) [^;]+;`)
	keyLine         = regexp.MustCompile(`(ssl_certificate_key) [^;]+;`)
	pidLine         = regexp.MustCompile(`pid /run/nginx\.pid;`)
	accountLine     = regexp.MustCompile(`(?m)^(uid|gid) = .*`)
	userLine        = regexp.MustCompile(`(?m)^user nginx nginx;`)
)

// Sandbox rewrites a generated file so that it runs below dir: logs, pid file,
// sockets, certificates, and accounts that this machine lacks.
func Sandbox(text, dir, certificate, key string) string {
	text = keyLine.ReplaceAllString(text, "$1 "+key+";")
	text = certificateLine.ReplaceAllString(text, "$1 "+certificate+";")
	text = pidLine.ReplaceAllString(text, "pid "+dir+"/nginx.pid;")
	text = userLine.ReplaceAllString(text, "user www-data www-data;")
	text = accountLine.ReplaceAllString(text, "$1 = www-data")
	return strings.NewReplacer("/var/log/nginx", dir, "unix:/run/", "unix:"+dir+"/run/", "= /run/", "= "+dir+"/run/",
		"/dev/stderr", dir+"/error.log", "/dev/stdout", dir+"/access.log", "\nhttp {", "\nhttp {"+temporary(dir)).Replace(text)
}

// temporary returns directives that keep nginx from the folders it was built
// with: every nginx that starts there as root gives them to its own user, and
// takes them from another test's.
func temporary(dir string) string {
	var b strings.Builder
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		b.WriteString("\n    " + kind + "_temp_path " + dir + "/" + kind + "_temp;")
	}
	return b.String()
}

// Certificate makes a self-signed certificate for the test and returns the
// paths of it and its key.
func Certificate(t testing.TB) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "shop.example"},
		DNSNames: []string{"shop.example", "hello.example"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certificate, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{
		certificate: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "EC PRIVATE KEY", Bytes: keyDER},
	} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return certificate, key
}

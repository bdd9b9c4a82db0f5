package realtest

import (
	"os"
	"path/filepath"
	"testing"
)

// NginxBox makes a folder that holds what configurations name: a certificate
// (cert.pem, key.pem), a file of passwords, mime.types, uwsgi_params, and
// folders for files and caches. It is the prefix for nginx -t, and ends with
// the test.
func NginxBox(t testing.TB) string {
	t.Helper()
	box := t.TempDir()
	certificate, key := Certificate(t)
	for name, from := range map[string]string{
		"cert.pem": certificate, "key.pem": key, "mime.types": "/etc/nginx/mime.types", "uwsgi_params": "/etc/nginx/uwsgi_params",
	} {
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(box, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(box, "htpasswd"), []byte("anna:{PLAIN}secret\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"www", "static", "media", "tmp", "cache"} {
		if err := os.Mkdir(filepath.Join(box, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return box
}

// Folder makes a folder that other accounts may read, with files by path; it
// ends with the test.
func Folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	open(t, dir)
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

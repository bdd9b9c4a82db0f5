package pair

import (
	"strings"
	"testing"
)

const manifest = `apiVersion: v1
kind: Service
metadata: {name: shop}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: shop
data:
  folded: >
    events {}
  nginx.conf: |
    events {}
    http {
        include uwsgi_params;
        server {
            listen 80;
            location / {
                uwsgi_pass 127.0.0.1:8001;
            }
        }
    }
  uwsgi_params: |
    uwsgi_param REQUEST_METHOD $request_method;
  uwsgi.ini: |-
    [uwsgi]
    # 中文
    socket = 127.0.0.1:8002

    module = shop.wsgi
  empty: |
  note: text
`

func TestConfigMapEmbeds(t *testing.T) {
	t.Parallel()
	p, err := Load([]string{"k8s/shop.yaml"}, Options{Overlay: map[string]string{"k8s/shop.yaml": manifest}})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Nginx) != 1 || len(p.Uwsgi) != 1 || !p.Contained() {
		t.Fatalf("%d nginx files, %d uWSGI files, contained: %v", len(p.Nginx), len(p.Uwsgi), p.Contained())
	}
	at := func(text string) int { return 1 + strings.Count(manifest[:strings.Index(manifest, text)], "\n") }
	target := p.Passes[0].Targets[0]
	if got := target.At.File.Pos(target.At.Span.Start).Line; got != at("uwsgi_pass") || target.At.File.Name != "k8s/shop.yaml" {
		t.Errorf("uwsgi_pass stands on %s:%d, want line %d", target.At.File.Name, got, at("uwsgi_pass"))
	}
	bind := p.Binds[0].Option
	if got := bind.File.Pos(bind.Entry.KeySpan().Start).Line; got != at("socket =") || bind.File.Name != "k8s/shop.yaml" {
		t.Errorf("socket stands on %s:%d, want line %d", bind.File.Name, got, at("socket ="))
	}
	if n := len(p.Nginx[0].Tree.Problems); n > 0 || len(p.Nginx[0].Tree.Files) != 2 {
		t.Errorf("the key that is included is not found: %d problems, %d files", n, len(p.Nginx[0].Tree.Files))
	}
	if !p.Embedded(bind.File.File) || !p.Embedded(target.At.File) {
		t.Error("the files are not marked as parts of another one")
	}
}

func TestConfigMapsRefuse(t *testing.T) {
	t.Parallel()
	for _, src := range []string{
		"kind: ConfigMap\ndata: [", "kind: ConfigMap\ndata: 1\n", "kind: ConfigMap\ndata:\n  a: {b: c}\n", "kind: Secret\ndata:\n  nginx.conf: |\n    events {}\n",
		"kind: ConfigMap\ndata:\n  nginx.conf: {{ .Values.nginx }}\n", "kind: ConfigMap\ndata:\n  a: &a |\n    x\n  b: *a\n",
	} {
		if got := configMaps(src); len(got) > 1 || len(got) == 1 && !strings.Contains(src, "&a") {
			t.Errorf("%q: %+v", src, got)
		}
	}
}

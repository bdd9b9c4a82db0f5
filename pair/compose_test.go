package pair

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseCompose(t *testing.T) {
	t.Parallel()
	c := parseCompose("deploy/compose.yaml", `
x-common: &common
  networks: [inside]
services:
  app:
    <<: *common
    build: {context: .., dockerfile: deploy/Dockerfile, target: app}
    hostname: shop-app
    volumes:
      - socket:/var/run/shop
      - {type: bind, source: ./uwsgi.ini, target: /etc/uwsgi/uwsgi.ini}
      - {type: tmpfs, target: /tmp}
      - /anonymous
  web:
    image: nginx
    entrypoint: ["nginx", "-c"]
    command: /etc/nginx/nginx.conf
    networks:
      inside:
        aliases: [front]
    configs:
      - source: conf
        target: /etc/nginx/nginx.conf
  host:
    network_mode: host
    build: ../host
configs:
  conf:
    file: ./nginx.conf
`)
	type view struct {
		Name, Command, Dockerfile, Stage string
		Hosts, Networks                  []string
		Mounts                           []Mount
		Host                             bool
		Line                             int
	}
	var got []view
	for _, s := range c.Services {
		got = append(got, view{s.Name, s.command, s.dockerfile, s.stage, s.Hosts, s.networks, s.Mounts, s.joined, c.Pos(s.At.Span.Start).Line})
	}
	want := []view{
		{"app", "", "deploy/Dockerfile", "app", []string{"app", "shop-app"}, []string{"inside"}, []Mount{{"socket", "/run/shop"}, {"deploy/uwsgi.ini", "/etc/uwsgi/uwsgi.ini"}}, false, 5},
		{"web", "nginx -c /etc/nginx/nginx.conf", "", "", []string{"web", "front"}, []string{"inside"}, []Mount{{"deploy/nginx.conf", "/etc/nginx/nginx.conf"}}, false, 14},
		{"host", "", "host/Dockerfile", "", []string{"host"}, nil, nil, true, 24},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("services (-want +got):\n%s", diff)
	}
	for _, src := range []string{"services: [", "services:\n- a\n", "services:\n  a: 1\n  b:\n    volumes: {}\n", "services: &a\n  b: *a\n"} {
		for _, s := range parseCompose("compose.yaml", src).Services {
			if len(s.Mounts) > 0 {
				t.Errorf("%q: service %+v", src, s)
			}
		}
	}
}

func TestDockerfileCopies(t *testing.T) {
	t.Parallel()
	d := parseDockerfile("Dockerfile", "FROM python AS base\nCOPY uwsgi.ini /etc/\nFROM base AS app\nCMD [\"uwsgi\", \"--ini\", \"/etc/app.ini\"]\nFROM nginx AS web\nCOPY \\\n  deploy/nginx.conf /etc/nginx/nginx.conf\n")
	for _, c := range []struct {
		stage, base string
		want        bool
	}{
		{"app", "uwsgi.ini", true}, {"app", "app.ini", true}, {"base", "app.ini", false}, {"web", "nginx.conf", true},
		{"", "nginx.conf", true}, {"", "uwsgi.ini", false}, {"none", "nginx.conf", false},
	} {
		if got := d.copies(c.stage, c.base); got != c.want {
			t.Errorf("stage %q, %s: %v, want %v", c.stage, c.base, got, c.want)
		}
	}
}

// TestComposeNames joins by the names of services, where two applications listen
// on one port.
func TestComposeNames(t *testing.T) {
	t.Parallel()
	texts := map[string]string{
		"compose.yaml": "services:\n  shop: {command: uwsgi shop.ini}\n  jobs: {command: celery worker, volumes: ['./shop.ini:/etc/shop.ini']}\n  notes: {command: uwsgi notes.ini}\n  more: {command: uwsgi --socket :3033 more.ini}\n  web: {image: nginx, volumes: ['./nginx.conf:/etc/nginx/nginx.conf']}\n",
		"more.ini":     "[uwsgi]\nsocket = :3034\nmodule = more\n",
		"shop.ini":     "[uwsgi]\nsocket = :3031\nmodule = shop\n",
		"notes.ini":    "[uwsgi]\nsocket = :3031\nmodule = notes\n",
		"nginx.conf":   "events {}\nhttp { server { location / { uwsgi_pass notes:3031; } location /shop { uwsgi_pass shop:3031; } location /x { uwsgi_pass shop:3032; } location /y { uwsgi_pass more:3033; } } }\n",
	}
	var paths []string
	for name := range texts {
		paths = append(paths, name)
	}
	p, err := Load(paths, Options{Overlay: texts})
	if err != nil {
		t.Fatal(err)
	}
	if !p.Contained() {
		t.Error("the pair is not taken to be in containers")
	}
	reached := map[string]string{}
	for _, via := range p.Passes {
		for _, target := range via.Targets {
			reached[target.Host+target.String()] = ""
			for _, b := range target.Binds {
				reached[target.Host+target.String()] += b.Config.Main.Name
			}
			if target.Unknown != (target.Host == "more") {
				t.Errorf("%s is taken for unknown: %v", target.String(), target.Unknown)
			}
		}
	}
	want := map[string]string{"notesnotes:3031": "notes.ini", "shopshop:3031": "shop.ini", "shopshop:3032": "", "moremore:3033": ""}
	if diff := cmp.Diff(want, reached); diff != "" {
		t.Errorf("what is reached (-want +got):\n%s", diff)
	}
}

// FuzzSurroundings reads what surrounds a pair from any text.
func FuzzSurroundings(f *testing.F) {
	f.Add("services:\n  a: {volumes: ['x:/y'], build: {context: ., target: t}, networks: {n: {aliases: [b]}}}\n")
	f.Add(manifest)
	f.Add("FROM a AS b\nCOPY x /y\n")
	f.Add("configMapGenerator:\n- files: [a=b]\n")
	f.Add("d /run/x 0755 - -\n")
	f.Fuzz(func(t *testing.T, src string) {
		c := parseCompose("dir/compose.yaml", src)
		for _, s := range c.Services {
			if s.At.Span.Start < 0 || s.At.Span.End > len(src) || s.At.Span.Start > s.At.Span.End {
				t.Errorf("the service %q stands at %+v of %d bytes", s.Name, s.At.Span, len(src))
			}
			s.holds("dir/a.ini", nil)
		}
		for _, e := range configMaps(src) {
			if len(e.text) != len(src) {
				t.Errorf("the blanked text has %d bytes, and the manifest %d", len(e.text), len(src))
			}
		}
		parseDockerfile("Dockerfile", src).copies("b", "x")
		podFiles("dir/kustomization.yaml", src)
		parseTmpfiles("a.tmpfiles", src)
	})
}

// TestComposeUnsure says nothing of containers whose mounts or networks are said
// elsewhere.
func TestComposeUnsure(t *testing.T) {
	t.Parallel()
	for more, apart := range map[string]bool{
		"": true, "\n": false, "    volumes: ['${SOCKETS}:/run/shop']\n": false, "    network_mode: service:web\n": false, "    extends: {file: other.yaml, service: app}\n": false,
		"    volumes: [{type: volume, source: $NAME, target: /run/shop}]\n": false, "    networks: ['$NET']\n": false,
	} {
		texts := map[string]string{
			"compose.yaml": "services:\n  web: {image: nginx, volumes: ['./nginx.conf:/etc/nginx/nginx.conf']}\n  app:\n    command: uwsgi a.ini\n" + more,
			"a.ini":        "[uwsgi]\nsocket = /run/shop/s\nmodule = a\n",
			"nginx.conf":   "events {}\nhttp { server { location / { uwsgi_pass unix:/run/shop/s; } } }\n",
		}
		paths := []string{"compose.yaml", "a.ini", "nginx.conf"}
		if more == "\n" { // an override that is merged
			texts["compose.override.yaml"] = "services:\n  app:\n    volumes: ['sockets:/run/shop']\n"
			paths = append(paths, "compose.override.yaml")
		}
		p, err := Load(paths, Options{Overlay: texts})
		if err != nil {
			t.Fatal(err)
		}
		target := p.Passes[0].Targets[0]
		if front, _ := p.Apart(target, target.Binds[0]); (front != nil) != apart {
			t.Errorf("%q: apart %v, want %v", more, front != nil, apart)
		}
	}
}

package pair

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseBind(t *testing.T) {
	t.Parallel()
	tcp := func(host string, port int) Endpoint { return Endpoint{Network: TCP, Host: host, Port: port} }
	for _, c := range []struct {
		value, dir string
		want       Endpoint
	}{
		{"127.0.0.1:9001", "", tcp("127.0.0.1", 9001)},
		{"localhost:9001", "", tcp("localhost", 9001)},
		{"LOCALHOST:9001", "", tcp("localhost", 9001)},
		{":9001", "", tcp("*", 9001)},
		{"0.0.0.0:9001", "", tcp("*", 9001)},
		{"0:9001", "", tcp("*", 9001)},
		{"[::1]:9001", "", tcp("[::1]", 9001)},
		{"[::]:9001", "", tcp("[::]", 9001)},
		{"127.0.0.1 :9001", "", tcp("127.0.0.1", 9001)},
		{"127.0.0.1: 9001x", "", tcp("127.0.0.1", 9001)},
		{"127.0.0.1:99999", "", tcp("127.0.0.1", 34463)},
		{"app:9001", "", tcp("app", 9001)},
		{"unix:/run/app.sock", "", tcp(Nowhere, 0)},
		{"unix:///run/app.sock", "", tcp(Nowhere, 0)},
		{"http://127.0.0.1:9001", "", tcp(Nowhere, 9001)},
		{"::1:9001", "", tcp(Nowhere, 9001)},
		{"[::1]", "", tcp(Nowhere, 1)},
		{"/run/with:colon.sock", "", tcp(Nowhere, 0)},
		{"127.0.0.1:9001,127.0.0.1:9002", "", tcp(Nowhere, 9002)},
		{"127.0.0.1:", "", Endpoint{Network: TCP, Host: "127.0.0.1", Unknown: true}},
		{"*:9001", "", Endpoint{Unknown: true}},
		{"", "", Endpoint{Unknown: true}},
		{"/run/app.sock", "", Endpoint{Network: Unix, Path: "/run/app.sock"}},
		{"/var/run/app//x/../app.sock", "", Endpoint{Network: Unix, Path: "/run/app/app.sock"}},
		{"/var/runner/app.sock", "", Endpoint{Network: Unix, Path: "/var/runner/app.sock"}},
		{"9001", "/srv/app", Endpoint{Network: Unix, Path: "/srv/app/9001"}},
		{"./sub/../app.sock", "/srv/app", Endpoint{Network: Unix, Path: "/srv/app/app.sock"}},
		{"app.sock", "", Endpoint{Network: Unix, Path: "app.sock", Unknown: true}},
		{"@app", "", Endpoint{Network: Abstract, Path: "app"}},
		{"/x.sock ; comment", "", Endpoint{Network: Unix, Path: "/x.sock ; comment"}},
		{"/run/%(name).sock", "", Endpoint{Network: Unix, Path: "/run/%(name).sock", Unknown: true}},
		{"${HOST}:9001", "", Endpoint{Unknown: true}},
		{"{{ host }}:9001", "", Endpoint{Unknown: true}},
	} {
		if diff := cmp.Diff(c.want, ParseBind(c.value, c.dir)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.value, diff)
		}
	}
}

func TestParseTarget(t *testing.T) {
	t.Parallel()
	tcp := func(host string, port int) Endpoint { return Endpoint{Network: TCP, Host: host, Port: port} }
	for _, c := range []struct {
		address string
		port    int
		hasURI  bool
		want    Endpoint
		uri     string
	}{
		{"127.0.0.1:8001", 0, false, tcp("127.0.0.1", 8001), ""},
		{"LocalHost:8001", 0, false, tcp("localhost", 8001), ""},
		{"[::1]:8001", 0, false, tcp("[::1]", 8001), ""},
		{"[::1]", 80, true, tcp("[::1]", 80), ""},
		{"app", 80, true, tcp("app", 80), ""},
		{"app", 0, false, Endpoint{Network: TCP, Host: "app", Unknown: true}, ""},
		{"app:8001/x/y", 80, true, tcp("app", 8001), "/x/y"},
		{"app:8001?x", 80, true, tcp("app", 8001), "?x"},
		{"app:8001/", 80, true, tcp("app", 8001), "/"},
		{"unix:/run/app.sock", 0, false, Endpoint{Network: Unix, Path: "/run/app.sock"}, ""},
		{"UNIX:/var/run/app.sock", 0, false, Endpoint{Network: Unix, Path: "/run/app.sock"}, ""},
		{"unix:/run/app.sock:/x/", 80, true, Endpoint{Network: Unix, Path: "/run/app.sock"}, "/x/"},
		{"unix:/run/app.sock:/x/", 0, false, Endpoint{Network: Unix, Path: "/run/app.sock:/x"}, ""},
		{"unix:///run/app.sock", 0, false, Endpoint{Network: Unix, Path: "/run/app.sock"}, ""},
		{"unix:app.sock", 0, false, Endpoint{Network: Unix, Path: "app.sock", Unknown: true}, ""},
		{"unix:$socket", 0, false, Endpoint{Network: Unix, Path: "$socket", Unknown: true}, ""},
		{"$host:8001", 0, false, Endpoint{Network: TCP, Host: "$host", Port: 8001, Unknown: true}, ""},
		{"app:${PORT}", 0, false, Endpoint{Network: TCP, Host: "app", Unknown: true}, ""},
		{"app:99999", 0, false, Endpoint{Network: TCP, Host: "app", Unknown: true}, ""},
		{"/run/app.sock", 0, false, Endpoint{Network: TCP, Host: "/run/app.sock", Unknown: true}, ""},
		{"", 80, true, Endpoint{Network: TCP, Port: 80, Unknown: true}, ""},
	} {
		got, uri := ParseTarget(c.address, c.port, c.hasURI)
		if diff := cmp.Diff(c.want, got); diff != "" || uri != c.uri {
			t.Errorf("%q: URI %q, want %q (-want +got):\n%s", c.address, uri, c.uri, diff)
		}
	}
}

func TestEndpointNotations(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ value, uwsgi, nginx string }{
		{":8001", ":8001", "127.0.0.1:8001"},
		{"[::]:8001", "[::]:8001", "[::1]:8001"},
		{"127.0.0.1:8001", "127.0.0.1:8001", "127.0.0.1:8001"},
		{"/var/run/x.sock", "/run/x.sock", "unix:/run/x.sock"},
		{"@x", "@x", "unix:x"},
	} {
		e := ParseBind(c.value, "")
		if e.String() != c.uwsgi || e.Nginx() != c.nginx {
			t.Errorf("%s: got %s and %s, want %s and %s", c.value, e, e.Nginx(), c.uwsgi, c.nginx)
		}
	}
}

func FuzzEndpoints(f *testing.F) {
	for _, s := range []string{"127.0.0.1:8001", "unix:/run/x.sock:/u", "[::1]:8001", "=0", "$x:1", "@a", "/a/../b", ":", "[", "]:", "[]:1", "unix:", "uniX", "[::]", "0.0.0.0"} {
		f.Add(s, "/srv")
	}
	f.Fuzz(func(t *testing.T, s, dir string) {
		b := ParseBind(s, dir)
		if !b.Unknown && (b.Port < 0 || b.Port > 65535) {
			t.Errorf("%q: port %d", s, b.Port)
		}
		for _, hasURI := range []bool{false, true} {
			e, _ := ParseTarget(s, 80, hasURI)
			if !e.Unknown && e.Network == TCP && (e.Port <= 0 || e.Port > 65535) {
				t.Errorf("%q: port %d", s, e.Port)
			}
			// What a known target is written as reads as itself; all addresses
			// are written as the loopback one.
			again, _ := ParseTarget(e.Nginx(), 0, false)
			if e.Unknown || e.Wildcard() && again.Loopback() && again.Port == e.Port {
				continue
			}
			if again.key() != e.key() {
				t.Errorf("%q is written %q, which reads as %v", s, e.Nginx(), again)
			}
		}
	})
}

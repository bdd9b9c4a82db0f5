package project

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/deployctl/deployctl/diag"
)

const minimal = "[project]\nname = shop\nroot = /srv/shop\nmodule = shop.wsgi:application\n"

// tutorial is the deployment of the tutorial: a front end on 80, and a Django
// back end on 8000.
const tutorial = `; the shop
[project]
name = shop
framework = django
root = /srv/shop
chdir = backend
module = config.wsgi
virtualenv = .venv

[env]
DJANGO_SETTINGS_MODULE = config.settings

[uwsgi]
env = A=1
env = B=2

[server.front]
listen = 80
names = shop.example

[server.api]
; the back end
listen = 8000
names = shop.example

[route.front]
server = front
path = /
kind = spa
dir = dist

[route.static]
server = api
path = /static/
kind = files
dir = static

[route.admin]
server = api
path = /admin/

[route.api]
server = api
path = /api
raw = """add_header X-A 1;
add_header X-B 2;"""
`

func TestParseTutorial(t *testing.T) {
	t.Parallel()
	p, err := Parse("deployctl.ini", tutorial)
	if err != nil {
		t.Fatal(err)
	}
	if p.App.Endpoint != "unix:/run/shop/uwsgi.sock" || p.App.User != "www-data" || p.Target.Plugin != "python3" {
		t.Errorf("derived defaults: %+v %+v", p.App, p.Target)
	}
	if len(p.Servers) != 2 || p.Servers[1].Name != "api" || p.Servers[1].Listen[0] != "8000" {
		t.Errorf("servers: %+v", p.Servers)
	}
	if len(p.Routes) != 4 || p.Routes[3].Raw != "add_header X-A 1;\nadd_header X-B 2;" || !p.Routes[0].On("front") || p.Routes[0].On("api") {
		t.Errorf("routes: %+v", p.Routes)
	}
	if diff := cmp.Diff([]Var{{"env", "A=1"}, {"env", "B=2"}}, p.RawUwsgi); diff != "" {
		t.Errorf("[uwsgi] (-want +got):\n%s", diff)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, src string
		want      []string // line:column: message | help
	}{
		{"empty", "", []string{
			"1:1: [project] has no module | write module = the WSGI callable, such as shop.wsgi:application",
			"1:1: [project] has no name | write name = the project's name",
			"1:1: [project] has no root | write root = the project's folder on the server",
		}},
		{"unknown key", minimal + "modul = x\n", []string{`5:1: unknown key "modul" in [project] | the nearest key is module`}},
		{"unknown section", minimal + "[limit]\nbody = 1m\n", []string{"5:1: unknown section [limit] | the nearest name is [limits]"}},
		{"unknown named section", minimal + "[serer.a]\n[roule.b]\n", []string{"5:1: unknown section [serer.a] | the nearest name is [server.a]", "6:1: unknown section [roule.b] | the nearest name is [route.b]"}},
		{"wrong port", minimal + "[server.a]\nlisten = 99999\n", []string{`6:10: listen: "99999" is no address | write a port, host:port or [::]:port`}},
		{"words after a port", minimal + "[server.a]\nlisten = 80 default_server\n", []string{`6:10: listen: "default_server" is no address | write a port, host:port or [::]:port`}},
		{"broken addresses", minimal + "[server.a]\nlisten = [::]:0 [x]:80 a:b\n", []string{
			`6:10: listen: "[::]:0" is no address | write a port, host:port or [::]:port`, `6:10: listen: "[x]:80" is no address | write a port, host:port or [::]:port`,
			`6:10: listen: "a:b" is no address | write a port, host:port or [::]:port`}},
		{"wrong number", minimal + "[app]\nprocesses = four\n", []string{`6:13: processes: "four" is no number from 1 to 4096 | the meaning of processes: Worker processes`}},
		{"wrong word", minimal + "framework = rails\n", []string{`5:13: framework: "rails" is not one of wsgi, django, flask | the meaning of framework: What it is built with: wsgi, django, flask`}},
		{"twice", minimal + "name = other\n", []string{`5:1: the key "name" stands twice in [project] | remove one of them`}},
		{"no key", minimal + "what is this\n", []string{`5:1: "what is this" is neither a section, a key nor a comment | write key = value`}},
		{"unnamed server", minimal + "[server]\nlisten = 80\n", []string{"5:1: [server] has no name | write [server.NAME] with letters, digits, - and _"}},
		{"unknown server", minimal + "[server.front]\n[route.a]\nserver = fromt\n", []string{`7:10: no server is called "fromt" | the nearest name is front`}},
		{"backup beside random", minimal + "[limits]\nbalance = random\n[backend.a]\naddress = 127.0.0.1:1\nbackup = true\n", []string{"9:10: balance = random knows no backup backends | write balance = round-robin or least_conn, or leave backup out"}},
		{"log is no path", minimal + "[app]\nlog = uwsgi.log\n", []string{`6:7: log: "uwsgi.log" is not an absolute path of letters, digits, /, ., - and _`}},
		{"folder with a blank", minimal + "[app]\nwritable = /a;b\n", []string{`6:12: writable: "/a;b" is not an absolute path of letters, digits, /, ., - and _`}},
		{"harakiri", minimal + "[app]\nharakiri = 90s\n", []string{"6:12: harakiri of 90s does not end before read-timeout of 1m | make it some seconds shorter: nginx answers 504 otherwise while the worker goes on"}},
		{"long socket", minimal + "[app]\nendpoint = unix:/" + strings.Repeat("x", 120) + "\n", []string{"6:12: endpoint: the path has 121 bytes, and a socket's may have 107 | use a shorter folder, such as one below /run"}},
		{"files without slash", minimal + "[route.static]\npath = /static\nkind = files\ndir = static\n", []string{`6:8: path: "/static" has no slash at its end | write /static/: without it /x/../ would lead out of the folder`}},
		{"same listen", minimal + "[server.a]\n[server.b]\n", []string{"6:1: _ on 80 is answered by [server.a] already | use another port or name"}},
		{"heads above the protocol", minimal + "[limits]\nheader-size = 16k\n", []string{"6:15: headers = 4 of header-size = 16k let request heads of 82944 bytes through | the uwsgi protocol holds 65535 bytes, and nginx answers 500 above: use fewer or smaller buffers, or protocol = http"}},
		{"key before any section", "name = x\n" + minimal, []string{`1:1: the key "name" stands before any section | put it below [project] or another section`}},
		{"no value", minimal + "[app]\nthreads =\n", []string{"6:1: threads has no value | Threads of each worker; the default is 1"}},
		{"own certificate", minimal + "[server.a]\ntls = own\n", []string{"6:7: tls = own without certificate and key | write certificate = /path and key = /path"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse("deployctl.ini", c.src)
			found, ok := IsInvalid(err)
			if !ok {
				t.Fatalf("error %v, want faults", err)
			}
			var got []string
			for _, d := range found {
				at := d.File.Pos(d.Span.Start)
				line := diag.T("%d:%d: %s", at.Line, at.Column, d.Message).String()
				if !d.Help.IsZero() {
					line += " | " + d.Help.String()
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(c.want, got, cmpopts.SortSlices(func(a, b string) bool { return a < b })); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// equal compares descriptions without the places of their lint settings.
func equal(a, b *Project) string {
	return cmp.Diff(a, b, cmpopts.IgnoreFields(Setting{}, "NameAt", "ValueAt"), cmpopts.EquateEmpty())
}

func TestMarshalRoundTrip(t *testing.T) {
	t.Parallel()
	for name, src := range map[string]string{"minimal": minimal, "tutorial": tutorial} {
		p, err := Parse(FileName, src)
		if err != nil {
			t.Fatal(err)
		}
		same, err := p.Marshal(src)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(src, same); diff != "" {
			t.Errorf("%s: an unchanged description changes (-want +got):\n%s", name, diff)
		}
		fresh, err := p.Marshal("")
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(FileName, fresh)
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, fresh)
		}
		if diff := equal(p, again); diff != "" {
			t.Errorf("%s: written and read back (-want +got):\n%s\n%s", name, diff, fresh)
		}
	}
}

func TestEmptyValues(t *testing.T) {
	t.Parallel()
	src := minimal + "\n[env]\nA =\nB = 1\n\n[uwsgi]\nlazy =\nenv =\nenv = X=1\n"
	p, err := Parse(FileName, src)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Var{{"A", ""}, {"B", "1"}}, p.Env); diff != "" {
		t.Errorf("[env] (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Var{{"lazy", ""}, {"env", ""}, {"env", "X=1"}}, p.RawUwsgi); diff != "" {
		t.Errorf("[uwsgi] (-want +got):\n%s", diff)
	}
	if same, err := p.Marshal(src); err != nil || same != src {
		t.Errorf("an unchanged description changes (%v):\n%s", err, cmp.Diff(src, same))
	}
	fresh, err := p.Marshal("")
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse(FileName, fresh)
	if err != nil {
		t.Fatalf("%v\n%s", err, fresh)
	}
	if diff := equal(p, again); diff != "" {
		t.Errorf("written and read back (-want +got):\n%s", diff)
	}
}

func TestMarshalKeepsAPersonsText(t *testing.T) {
	t.Parallel()
	old := "; mine\n[project]\nname = shop ; the name\n# root\nroot = /srv/shop\nmodule = shop.wsgi:application\n\n[app]\nthreads = 2\nprocesses = 4\n\n[server.old]\nnames = a.example\n; the end\n"
	p, err := Parse(FileName, old)
	if err != nil {
		t.Fatal(err)
	}
	p.App.Threads = 8
	p.App.Processes = 6
	p.Limits.Body = 5 << 20
	p.Servers[0].Names = []string{"b.example"}
	got, err := p.Marshal(old)
	if err != nil {
		t.Fatal(err)
	}
	want := "; mine\n[project]\nname = shop ; the name\n# root\nroot = /srv/shop\nmodule = shop.wsgi:application\n\n[app]\nthreads = 8\nprocesses = 6\n\n[server.old]\nnames = b.example\n; the end\n\n; Limits, on both sides\n[limits]\nbody = 5m\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestListenAddresses(t *testing.T) {
	t.Parallel()
	p, err := Parse("deployctl.ini", minimal+"[server.a]\nlisten = 80 [::]:80 127.0.0.1:8080 [::1] example.com:1 *:81\n")
	if err != nil || len(p.Servers[0].Listen) != 6 {
		t.Errorf("%v, %v", p, err)
	}
}

func TestDefaultsAreAccepted(t *testing.T) {
	t.Parallel()
	for _, s := range sections {
		for _, f := range s.fields {
			if f.def == "" {
				continue
			}
			if err := f.set(New(), f.def); err != nil {
				t.Errorf("[%s] %s: the default is refused: %v", s.name, f.name, err)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(minimal)
	f.Add(tutorial)
	f.Add("[server.a]\nraw = \"\"\"x\n")
	f.Fuzz(func(t *testing.T, src string) {
		p, err := Parse(FileName, src)
		if err != nil {
			return
		}
		fresh, err := p.Marshal("")
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(FileName, fresh)
		if err != nil {
			t.Fatalf("%v\n%s", err, fresh)
		}
		if diff := equal(p, again); diff != "" {
			t.Errorf("written and read back (-want +got):\n%s\n%s", diff, fresh)
		}
	})
}

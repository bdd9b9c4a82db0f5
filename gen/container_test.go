package gen

import (
	"strings"
	"testing"

	"github.com/deployctl/deployctl/project"
)

func described(t *testing.T, more string) *project.Project {
	t.Helper()
	p, err := project.Parse("deployctl.ini", "[project]\nname = Shop_1\nroot = /srv/shop\nmodule = shop.wsgi:application\n"+more)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestHealthHost(t *testing.T) {
	t.Parallel()
	for names, want := range map[string]string{
		"_": "localhost", "shop.example www.shop.example": "shop.example", "*.shop.example": "health.shop.example", ".shop.example": "shop.example",
		"shop.*": "shop.test", "~^www": "localhost", "~^www shop.example": "shop.example",
	} {
		r := &renderer{p: described(t, "[server.main]\nnames = "+names+"\n")}
		if got := r.healthHost(); got != want {
			t.Errorf("names = %s: %s, want %s", names, got, want)
		}
	}
}

func TestPodResources(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ more, request, limit string }{
		{"[app]\nprocesses = 3\n", "512Mi", "1Gi"},
		{"[app]\nprocesses = 3\nreload-on-rss = 200\n", "800Mi", "1000Mi"},
		{"[app]\nprocesses = 3\n[uwsgi]\nlimit-as = 512\n", "512Mi", "2Gi"},
		{"[app]\nprocesses = 1\n[uwsgi]\nlimit-as = 64\n", "128Mi", "128Mi"},
	} {
		k := &cluster{renderer: &renderer{p: described(t, c.more)}}
		got := k.resources()
		if request, limit := got.Requests.Memory().String(), got.Limits.Memory().String(); request != c.request || limit != c.limit {
			t.Errorf("%q: %s of %s, want %s of %s", c.more, request, limit, c.request, c.limit)
		}
	}
}

// TestTargetsRefuse renders what a target has nothing for: the error names the key.
func TestTargetsRefuse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ target, more, want string }{
		{"apache", "[route.app]\nrate = 1r/s\n", "route.app.rate: Apache has no limit for the requests of a client"},
		{"apache", "[server.main]\nnames = ~^www\n", "server.main.names: \"~^www\" is a regular expression"},
		{"apache", "[nginx]\nhttp = map $a $b {}\n", "nginx.http: it holds directives of nginx"},
		{"apache", "[limits]\nbalance = ip_hash\n[backend.a]\naddress = 127.0.0.1:1\n", "limits.balance: Apache has no ip_hash"},
		{"gunicorn", "[uwsgi]\nlimit-as = 64\n", "uwsgi.limit-as: gunicorn knows nothing of uWSGI's options"},
		{"compose", "[route.api]\npath = /api/\nkind = upstream\nto = 127.0.0.1:9000\n", "route.api.to: \"127.0.0.1:9000\" is nginx's own container"},
		{"systemd", "[route.media]\npath = /media/\nkind = files\nmedia = true\ndir = a b\n", "route.media.dir: \"/srv/shop/a b\" holds a character"},
		{"kubernetes", "[server.a]\nnames = x\nlisten = 80\n[server.b]\nnames = x\nlisten = 443\n", "server.b.listen: in a pod x is answered by [server.a] already, on port 8080"},
	} {
		if _, err := Render(described(t, c.more), Options{Target: c.target}); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s, %q: %v, want %s", c.target, c.more, err, c.want)
		}
	}
}

func TestObjectName(t *testing.T) {
	t.Parallel()
	if got := objectName("Shop_1-"); got != "shop-1" {
		t.Errorf("Shop_1- becomes %s", got)
	}
}

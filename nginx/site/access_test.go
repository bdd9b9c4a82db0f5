package site_test

import (
	"testing"

	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/site"
)

func TestAccess(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		src  string
		want site.Access
	}{
		{"root /srv;", site.NoAccess},
		{"deny all;", site.RefusesAll},
		{"allow 10.0.0.0/8; deny all;", site.KeepsOut},
		{"deny 10.0.0.1; deny all;", site.KeepsOut},
		{"allow 10.0.0.0/8;", site.LetsIn},
		{"deny 10.0.0.1;", site.LetsIn},
		{"allow all; deny all;", site.LetsIn},
		{"allow 0.0.0.0/0; deny all;", site.LetsIn},
		{"deny 10.0.0.1; allow all;", site.LetsIn},
		{"deny $addresses;", site.KeepsOut},
		{"allow 10.0.0.1; include more.conf;", site.KeepsOut},
		{"include more.conf;", site.NoAccess},
	} {
		config := site.New(nginx.LoadText(nginx.Parse("x.conf", "server { location / { "+c.src+" location /in { } } }"), "", nginx.LoadOptions{}), 0)
		l := config.Servers[0].Locations[0]
		if l.Access != c.want {
			t.Errorf("%s: %v, want %v", c.src, l.Access, c.want)
		}
		if in := l.Locations[0].AccessLines(); (in == nil) != (c.want == site.NoAccess) || in != nil && in != l.Scope {
			t.Errorf("%s: the lines in force of a location within are those of %v", c.src, in)
		}
	}
}

package pair

import (
	"fmt"
	"testing"

	"github.com/deployctl/deployctl/nginx"
)

// TestCache reads a folder again and again: what did not change is not parsed
// again, what did is, and the pair is what it is without a cache.
func TestCache(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"nginx.conf":           "events {}\nhttp { include sites-enabled/*; }\n",
		"sites-enabled/a.conf": "server { listen 80; location / { uwsgi_pass 127.0.0.1:1; } }\n",
		"sites-enabled/b.conf": "server { listen 81; }\n",
		"uwsgi.ini":            "[uwsgi]\nsocket = 127.0.0.1:1\nmodule = a\n",
	}
	dir := write(t, files)
	cache := &Cache{}
	trees := func(overlay map[string]string) map[string]*nginx.File {
		p, err := Load([]string{dir}, Options{Cache: cache, Overlay: overlay})
		if err != nil {
			t.Fatal(err)
		}
		plain, err := Load([]string{dir}, Options{Overlay: overlay})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := fmt.Sprint(names(dir, p)), fmt.Sprint(names(dir, plain)); got != want {
			t.Errorf("with a cache the pair is %s, without %s", got, want)
		}
		all := map[string]*nginx.File{}
		for _, f := range p.Nginx[0].Tree.Files {
			all[f.Name] = f
		}
		return all
	}
	first := trees(nil)
	if len(first) != 3 {
		t.Fatalf("%d files", len(first))
	}
	a := dir + "/sites-enabled/a.conf"
	for round, c := range []struct {
		overlay map[string]string
		fresh   string // the file that is parsed again
	}{{nil, ""}, {map[string]string{a: "server { listen 82; }\n"}, a}, {nil, a}, {nil, ""}} {
		next := trees(c.overlay)
		for name, f := range next {
			if (f != first[name]) != (name == c.fresh) {
				t.Errorf("round %d: %s is parsed again: %v", round, name, f != first[name])
			}
		}
		first = next
	}
}

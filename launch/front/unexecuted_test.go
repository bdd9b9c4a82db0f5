package front

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// literals returns the strings in the code of some packages, without the tables
// that say what needs no execution.
func literals(t *testing.T, dirs ...string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, dir := range dirs {
		paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: no code, %v", dir, err)
		}
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") || filepath.Base(path) == "unexecuted.go" {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
					if text, err := strconv.Unquote(l.Value); err == nil {
						found[text] = true
					}
				}
				return true
			})
		}
	}
	return found
}

// TestNothingIsDroppedSilently holds the tables of unexecuted.go against the
// code: what is said to be read with the tree is, and what is said to have no
// effect is not read anywhere, is a directive, and stands in the documentation.
func TestNothingIsDroppedSilently(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../docs/conformance.md")
	if err != nil {
		t.Fatal(err)
	}
	code, tree := literals(t, "."), literals(t, ".", "../../nginx/site", "../../nginx/directive")
	known := map[string]bool{}
	for _, name := range directive.All() {
		known[name] = true
	}
	for name := range structure {
		switch {
		case !known[name]:
			t.Errorf("%s is no directive", name)
		case !tree[name]:
			t.Errorf("%s is said to be read with the tree; no code has its name", name)
		}
	}
	for name, reason := range withoutEffect {
		prefix, rest, _ := strings.Cut(name, "_")
		switch {
		case !known[name]:
			t.Errorf("%s is no directive", name)
		case structure[name]:
			t.Errorf("%s stands in both tables", name)
		case code[name] && builtin[name] == nil, (prefix == "proxy" || prefix == "uwsgi") && code["_"+rest]:
			t.Errorf("%s is said to have no effect (%s), but is read", name, reason)
		case !strings.Contains(string(doc), "`"+name+"`"):
			t.Errorf("docs/conformance.md does not say that %s has no effect", name)
		}
	}
}

func TestUnexecuted(t *testing.T) {
	t.Parallel()
	const conf = `
proxy_read_timeout 1s;
uwsgi_read_timeout 1s;
fastcgi_read_timeout 1s;
server_tokens off;
log_format f "$status $geoip_country_code $upstream_cache_status $own";
upstream a { server 127.0.0.1:1; keepalive 2; sticky cookie x; }
server {
    listen 127.0.0.1:0;
    sendfile on;
    access_log x f;
    location / { proxy_pass http://a; proxy_read_timeout 2s; proxy_cache x; }
    location /x { ssi on; server_tokens on; return 200 $slice_range; }
}
`
	tree := nginx.LoadText(nginx.Parse("nginx.conf", wholeConf(t.TempDir(), conf)), "", nginx.LoadOptions{})
	f, err := New(site.New(tree, 0), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, u := range f.Unexecuted() {
		got = append(got, u.What)
	}
	want := []string{"$geoip_country_code", "sticky", "proxy_cache", "ssi", "$slice_range"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

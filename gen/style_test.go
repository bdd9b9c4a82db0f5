package gen

import (
	"strings"
	"testing"

	"github.com/deployctl/deployctl/project"
)

// TestRawTextHasStyle renders raw text in a style of its own: fmt has nothing
// to change in what comes out.
func TestRawTextHasStyle(t *testing.T) {
	t.Parallel()
	p := project.New()
	p.Name, p.Root, p.Module = "hello", "/srv/hello", "hello:application"
	p.RawNginx.HTTP = "map $uri   $x {default 0;\n\t/a   1;}"
	p.RawUwsgi = append(p.RawUwsgi, project.Var{Name: "log-date", Value: "%%Y"})
	files, err := Render(p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text := string(f.Content)
		if styled(f.Path, text) != text {
			t.Errorf("fmt would change %s:\n%s", f.Path, text)
		}
		if f.Path == "nginx.conf" && !strings.Contains(text, "    map $uri $x {\n        default 0;\n        /a 1;\n    }\n") {
			t.Errorf("the raw text reads:\n%s", text)
		}
	}
}

package gen

import (
	"path"
	"strings"
	"testing"

	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/project"
	"github.com/deployctl/deployctl/uwsgi"
)

// TestHostileValues puts values that try to break out of their place into every
// field of text. Either the reader or the renderer refuses them, or they come
// out harmless.
func TestHostileValues(t *testing.T) {
	t.Parallel()
	fields := map[string]func(*project.Project, string){
		"name":       func(p *project.Project, s string) { p.Name = s },
		"root":       func(p *project.Project, s string) { p.Root = s },
		"chdir":      func(p *project.Project, s string) { p.Chdir = s },
		"module":     func(p *project.Project, s string) { p.Module = s },
		"virtualenv": func(p *project.Project, s string) { p.Virtualenv = s },
		"endpoint":   func(p *project.Project, s string) { p.App.Endpoint = s },
		"stats":      func(p *project.Project, s string) { p.App.Stats = s },
		"user":       func(p *project.Project, s string) { p.App.User = s },
		"mount":      func(p *project.Project, s string) { p.App.Mount = s },
		"plugin":     func(p *project.Project, s string) { p.Target.Plugin = s },
		"nginx-user": func(p *project.Project, s string) { p.Target.NginxUser = s },
		"env":        func(p *project.Project, s string) { p.Env = []project.Var{{Name: "A", Value: s}} },
		"listen":     func(p *project.Project, s string) { p.Servers[0].Listen = []string{s} },
		"names":      func(p *project.Project, s string) { p.Servers[0].Names = []string{s} },
		"cert": func(p *project.Project, s string) {
			p.Servers[0].TLS, p.Servers[0].Certificate, p.Servers[0].Key = project.OwnTLS, s, s
		},
		"path":    func(p *project.Project, s string) { p.Routes[0].Path = s },
		"regex":   func(p *project.Project, s string) { p.Routes[0].Path = "~ " + s },
		"dir":     func(p *project.Project, s string) { p.Routes[1].Dir = s },
		"to":      func(p *project.Project, s string) { p.Routes[0].Kind, p.Routes[0].To = project.ToRedirect, s },
		"up":      func(p *project.Project, s string) { p.Routes[0].Kind, p.Routes[0].To = project.ToUpstream, s },
		"rate":    func(p *project.Project, s string) { p.Routes[0].Rate = s },
		"backend": func(p *project.Project, s string) { p.Backends = []project.Backend{{Name: "b", Address: s, Weight: 1}} },
	}
	values := []string{
		"x;evil on;", "x}evil on;", "x{evil on;}", "x\nevil = 1", "x\r\nevil on;", `"x`, `'x`, `x"; evil on; "`, `x\`, "x # evil", "x ; evil", "$evil", "${evil", "%(evil)", "$(evil)", "@(evil)", "%", "x%", "/a b", "/a\tb",
		"/x;evil on;", "/x\nevil = 1", `/x"y`, `/x\`, "/%(evil)", "unix:/x;evil", "127.0.0.1:80;evil on", " ", "\x00evil", "/中文", "[evil]",
	}
	accepted := 0
	for name, set := range fields {
		for _, v := range values {
			p := hostileBase(t)
			set(p, v)
			text, err := p.Marshal("")
			if err != nil {
				continue
			}
			p, err = project.Parse("deployctl.ini", text)
			if err != nil {
				continue
			}
			for _, target := range Targets() {
				files, err := Render(p, Options{Target: target})
				if err != nil {
					continue
				}
				accepted++
				for _, f := range files {
					if target == "apache" && strings.HasSuffix(f.Path, ".conf") {
						f.Path = "vhost"
					}
					checkHarmless(t, target+": "+name+" = "+v, f)
				}
			}
		}
	}
	if accepted < 20 {
		t.Errorf("only %d values were accepted: the test shows nothing", accepted)
	}
}

func hostileBase(t *testing.T) *project.Project {
	t.Helper()
	p, err := project.Parse("deployctl.ini", "[project]\nname = shop\nroot = /srv/shop\nmodule = shop.wsgi:application\n[server.main]\nnames = shop.example\n[route.app]\npath = /\n[route.static]\npath = /static/\nkind = files\ndir = static\n")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// checkHarmless reads a file back in its own language.
func checkHarmless(t *testing.T, value string, f File) {
	t.Helper()
	switch {
	case path.Base(f.Path) == "uwsgi.ini":
		c := uwsgi.LoadText(uwsgi.Parse(f.Path, string(f.Content)), "", uwsgi.LoadOptions{})
		if len(c.Main.Errors) > 0 || len(c.Main.Sections) != 1 {
			t.Errorf("%q: uwsgi.ini does not read: %v", value, c.Main.Errors)
		}
		for _, o := range c.Options {
			if strings.Contains(o.Key, "evil") || o.Unresolved {
				t.Errorf("%q: uwsgi.ini has %s = %s", value, o.Key, o.Value)
			}
		}
	case strings.HasSuffix(f.Path, ".conf"), path.Base(f.Path) == "uwsgi_params":
		tree := nginx.Parse(f.Path, string(f.Content))
		for _, e := range tree.Errors {
			t.Errorf("%q: %s does not read: %s", value, f.Path, e.Message)
		}
		for d := range nginx.Walk(tree.Nodes) {
			if strings.Contains(d.Name.Value, "evil") {
				t.Errorf("%q: %s has the directive %s", value, f.Path, d.Name.Value)
			}
		}
	default:
		for line := range strings.Lines(string(f.Content)) {
			if strings.HasPrefix(strings.TrimSpace(line), "evil") {
				t.Errorf("%q: %s has the line %s", value, f.Path, line)
			}
		}
	}
}

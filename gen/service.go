package gen

import (
	"path"
	"strings"

	"github.com/deployctl/deployctl/project"
)

// serviceView is what the template of the systemd unit shows.
type serviceView struct {
	Name, Ini, User, Group, Supplementary, RuntimeDirectory string
	StopTimeout                                             int
}

func (r *renderer) service() *serviceView {
	p := r.p
	v := &serviceView{
		Name: p.Name, Ini: unitPath(path.Join(p.Root, "deploy", "uwsgi.ini")), User: p.App.User, Group: p.App.Group,
		StopTimeout: seconds(max(p.App.Harakiri, p.Limits.ReadTimeout) + stopGrace),
	}
	if strings.ContainsAny(p.Root, "\n\"\\") {
		r.fail("project.root", errLineBreak)
	}
	file := project.Socket(p.App.Endpoint)
	if file != "" && p.App.Group != p.Target.NginxGroup {
		v.Supplementary = p.Target.NginxGroup
	}
	for _, prefix := range []string{"/run/", "/var/run/"} {
		if rest, ok := strings.CutPrefix(file, prefix); ok {
			if folder, _, ok := strings.Cut(rest, "/"); ok {
				v.RuntimeDirectory = folder
			}
		}
	}
	return v
}

// unitPath writes a path for ExecStart: % doubled, and in quotes where it holds
// white space (systemd.syntax(7)).
func unitPath(p string) string {
	p = strings.NewReplacer("%", "%%", "$", "$$").Replace(p)
	if strings.ContainsAny(p, " \t;'") {
		return `"` + p + `"`
	}
	return p
}

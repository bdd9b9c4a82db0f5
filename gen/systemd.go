package gen

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/project"
)

// systemdView is what the templates of the target systemd show.
type systemdView struct {
	*serviceView
	// Server is the program, Exec the command that starts it, Notify the comment
	// on Type=notify.
	Server, Exec, Notify string
	// Writable are the folders that the application writes to.
	Writable []string
	// Home is how much of the home folders the unit sees: true hides them,
	// read-only leaves the project's in sight.
	Home string
	// LowPort tells that uWSGI listens on a port that takes a capability.
	LowPort bool
	// Log is uWSGI's log file, LogFolder the one that it lies in, when that is the
	// application's own below /var/log.
	Log, LogFolder string
	// SocketFolder is made at boot where no unit makes it.
	SocketFolder string
	Graceful     bool
}

// systemd renders the pair for a machine with systemd: a unit that may do no
// more than it has to, or an emperor with this application as its vassal, and
// what else such a machine needs to be told.
func (r *renderer) systemd() {
	if r.p.Target.Init == "container" {
		c := *r.p
		c.Target.Init = "systemd"
		r.p = &c
	}
	v := r.systemdView()
	if r.p.Target.Emperor {
		r.pair("vassals/" + r.p.Name + ".ini")
		r.render("systemd/emperor.ini", "emperor.ini", v)
		r.render("systemd/emperor.service", "uwsgi-emperor.service", v)
	} else {
		r.pair("uwsgi.ini")
		r.render("systemd/service", r.p.Name+".service", v)
	}
	if len(v.Writable) > 0 || v.SocketFolder != "" || v.LogFolder != "" && r.p.Target.Emperor {
		r.render("systemd/tmpfiles", r.p.Name+".tmpfiles", v)
	}
	if v.Log != "" {
		r.render("systemd/logrotate", r.p.Name+".logrotate", v)
	}
}

func (r *renderer) systemdView() *systemdView {
	p := r.p
	v := &systemdView{
		serviceView: r.service(), Server: "uWSGI", Notify: "notify", Writable: r.writable(), Home: "true", Log: p.App.Log,
		Graceful: p.Target.Uwsgi == "" || known(p.Target.Uwsgi, "2.0.19"),
	}
	v.Exec = "/usr/bin/uwsgi --ini " + v.Ini
	for _, used := range append([]string{p.Root, p.Abs(p.Chdir), p.Abs(p.Virtualenv)}, v.Writable...) {
		for _, home := range []string{"/home/", "/root/", "/run/user/"} {
			if strings.HasPrefix(used+"/", home) {
				v.Home = "read-only"
			}
		}
	}
	if _, port, ok := strings.Cut(p.App.Endpoint, ":"); ok && project.Socket(p.App.Endpoint) == "" {
		n, err := strconv.Atoi(port[strings.LastIndexByte(port, ':')+1:])
		v.LowPort = err == nil && n < 1024
	}
	if path.Dir(v.Log) == "/var/log/"+p.Name {
		v.LogFolder = p.Name
	}
	if p.Target.Emperor && v.RuntimeDirectory != "" {
		v.SocketFolder = "/run/" + v.RuntimeDirectory
	}
	return v
}

// plainPath is a path that no language of configuration reads anything into.
var plainPath = regexp.MustCompile(`^/[A-Za-z0-9_./+@-]*$`)

// writable returns the folders that the application writes to, absolute, each
// once.
func (r *renderer) writable() []string {
	var folders []string
	add := func(key, folder string) {
		folder = path.Clean(r.p.Abs(folder))
		if !plainPath.MatchString(folder) {
			r.fail(key, fmt.Errorf("%q holds a character that a unit would read as its own: use letters, digits, /, ., - and _", folder))
		}
		if !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
	}
	for _, folder := range r.p.App.Writable {
		add("app.writable", folder)
	}
	for _, rt := range r.p.Routes {
		if rt.Media && rt.Kind == project.ToFiles {
			add("route."+rt.Name+".dir", rt.Dir)
		}
	}
	return folders
}

package gen

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/project"
)

const (
	// imagePython and imageUwsgi are the releases in images of projects that name
	// none.
	imagePython, imageUwsgi = "3.13", "2.0.31"
	// appID is the application's account in its image; nginxID the account and
	// group that the image of nginx has (its Dockerfile creates nginx with 101).
	appID, nginxID = 10001, 101
	// imageVenv is where the image keeps the Python packages.
	imageVenv = "/opt/venv"
)

// contained returns the description as it is in containers: the accounts of the
// images, a uWSGI from PyPI that holds Python, logs on standard error.
func contained(p *project.Project) *project.Project {
	c := *p
	c.Target.Init, c.Target.Emperor, c.Target.Plugin = "container", false, "none"
	c.Target.NginxUser, c.Target.NginxGroup = "nginx", "nginx"
	if c.Target.Uwsgi == "" {
		c.Target.Uwsgi = imageUwsgi
	}
	c.App.User, c.App.Group, c.App.Log = "app", "nginx", ""
	c.Virtualenv = imageVenv
	c.Backends = nil // copies of a container are the platform's business
	return &c
}

// imageView is what the Dockerfile shows.
type imageView struct {
	Name, Python, Nginx, Uwsgi, Venv, Root, Chdir string
	Pair                                          string // the folder of the pair, below the project
	Requirements                                  string // "" for pyproject.toml
	AppID, NginxID                                int
	Folders                                       []string // those that the application owns
	Static                                        []string // those that nginx serves
	Collect                                       string   // the command that fills them; ""
	Params                                        bool
}

func (r *renderer) image() *imageView {
	p := r.p
	v := &imageView{
		Name: p.Name, Python: p.Python, Nginx: "stable", Uwsgi: p.Target.Uwsgi, Venv: imageVenv, Pair: "deploy", Root: r.plain("project.root", p.Root), Chdir: r.plain("project.chdir", p.Abs(p.Chdir)),
		AppID: appID, NginxID: nginxID, Params: p.App.Protocol != "http",
	}
	if v.Python == "" {
		v.Python = imagePython
	}
	if p.Target.Nginx != "" {
		v.Nginx = p.Target.Nginx
	}
	if p.Requirements != "pyproject.toml" {
		v.Requirements = p.Requirements
	}
	if file := project.Socket(p.App.Endpoint); file != "" {
		v.Folders = append(v.Folders, path.Dir(file))
	}
	v.Folders = append(v.Folders, r.writable()...)
	for _, rt := range p.Routes {
		if rt.Kind == project.ToUpstream && ownMachine(rt.To) {
			r.fail("route."+rt.Name+".to", fmt.Errorf("%q is nginx's own container, where nothing else runs: name another host", rt.To))
		}
		if (rt.Kind == project.ToFiles || rt.Kind == project.ToSPA) && !rt.Media {
			dir := r.plain("route."+rt.Name+".dir", p.Abs(rt.Dir))
			if below(dir, p.Root) && !slices.Contains(v.Static, dir) {
				v.Static = append(v.Static, dir)
			}
			if rt.Kind == project.ToFiles && p.Framework == project.Django {
				v.Collect = r.collect()
			}
		}
	}
	return v
}

// collect returns the command that gathers a Django project's static files, in
// the environment that the application has.
func (r *renderer) collect() string {
	var b strings.Builder
	settings := false
	for _, e := range r.p.Env {
		settings = settings || e.Name == "DJANGO_SETTINGS_MODULE"
		b.WriteString(e.Name + "='" + strings.ReplaceAll(e.Value, "'", `'\''`) + "' ")
	}
	if !settings {
		return ""
	}
	return b.String() + "python -m django collectstatic --noinput"
}

// below tells whether a path is a folder or lies below it.
func below(file, folder string) bool {
	return file == folder || strings.HasPrefix(file, strings.TrimRight(folder, "/")+"/")
}

// plain writes a path that no language of configuration reads anything into, or
// notes its key.
func (r *renderer) plain(key, file string) string {
	file = path.Clean(file)
	if !plainPath.MatchString(file) {
		r.fail(key, fmt.Errorf("%q holds a character that a unit, an image or a container's volume would read as its own: use letters, digits, /, ., - and _", file))
	}
	return file
}

// healthView is what the program that asks for the application's health shows.
type healthView struct {
	// Address, Host and Path are Python's constants.
	Address, Host, Path string
	HTTP                bool
	Scheme              string
}

func (r *renderer) health() *healthView {
	v := &healthView{Host: literal(r.healthHost()), Path: literal(healthPath(r.p)), HTTP: r.p.App.Protocol == "http", Scheme: "http"}
	for _, s := range r.p.Servers {
		if s.TLS != project.NoTLS {
			v.Scheme = "https"
		}
	}
	if file := project.Socket(r.p.App.Endpoint); file != "" {
		v.Address = literal(file)
	} else {
		v.Address = fmt.Sprintf(`("127.0.0.1", %d)`, endpointPort(r.p))
	}
	return v
}

// healthPath returns the path that answers well when all is well.
func healthPath(p *project.Project) string {
	if p.App.Health != "" {
		return p.App.Health
	}
	return p.App.Mount + "/"
}

// healthHost returns a host name that a server answers to.
func (r *renderer) healthHost() string {
	for _, s := range r.p.Servers {
		for _, n := range s.Names {
			switch {
			case n == "_" || strings.HasPrefix(n, "~"):
			case strings.HasPrefix(n, "*."):
				return "health" + n[1:]
			case strings.HasSuffix(n, ".*"):
				return n[:len(n)-1] + "test"
			default:
				return strings.TrimPrefix(n, ".")
			}
		}
	}
	return "localhost"
}

// endpointPort returns the port of an endpoint over TCP, or 0.
func endpointPort(p *project.Project) int {
	if project.Socket(p.App.Endpoint) != "" {
		return 0
	}
	n, _ := strconv.Atoi(p.App.Endpoint[strings.LastIndexByte(p.App.Endpoint, ':')+1:])
	return n
}

// literal writes a text as a string of Python, YAML and JSON alike.
func literal(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		return `""` // no string fails
	}
	return string(text)
}

// uploads tells whether nginx serves uploads from a folder.
func (r *renderer) uploads(folder string) bool {
	return slices.ContainsFunc(r.p.Routes, func(rt project.Route) bool {
		return rt.Media && rt.Kind == project.ToFiles && path.Clean(r.p.Abs(rt.Dir)) == folder
	})
}

// ownMachine tells whether an upstream is on the machine, or in the container,
// of nginx itself.
func ownMachine(to string) bool {
	if _, rest, ok := strings.Cut(to, "://"); ok {
		to = rest
	}
	return strings.HasPrefix(to, "unix:") || strings.HasPrefix(to, "127.") || strings.HasPrefix(to, "localhost") || strings.HasPrefix(to, "[::1]")
}

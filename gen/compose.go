package gen

import (
	"path"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/project"
)

// composeView is what the template of compose.yaml shows.
type composeView struct {
	Name string
	// Ports are those that nginx publishes: "80:80".
	Ports []string
	// SocketFolder holds the socket that both containers share; "" over TCP, on
	// Port.
	SocketFolder string
	Port         int
	// Volumes are those of the application, Shared the ones of them that nginx
	// serves uploads from, Mounts what nginx reads from the machine.
	Volumes, Shared []volume
	Mounts          []string
	StopGrace       int
	MaxFD           int
}

type volume struct{ Name, Folder string }

// compose renders images of both programs, and how they run together.
func (r *renderer) compose() {
	r.p, r.opts.Site = contained(r.p), false
	v := r.composeView()
	if v.Port > 0 {
		r.bind, r.p.App.Endpoint = ":"+strconv.Itoa(v.Port), "app:"+strconv.Itoa(v.Port)
	}
	r.pair("uwsgi.ini")
	r.render("compose/Dockerfile", "Dockerfile", r.image())
	r.render("compose/dockerignore", "Dockerfile.dockerignore", nil)
	r.render("compose/health.py", "health.py", r.health())
	r.render("compose/compose.yaml", "compose.yaml", v)
}

func (r *renderer) composeView() *composeView {
	p := r.p
	v := &composeView{
		Name: strings.ToLower(p.Name), Port: endpointPort(p), MaxFD: containerFiles,
		StopGrace: seconds(max(p.App.Harakiri, p.Limits.ReadTimeout) + stopGrace),
	}
	if file := project.Socket(p.App.Endpoint); file != "" {
		v.SocketFolder = r.plain("app.endpoint", path.Dir(file))
	}
	seen := map[string]bool{}
	publish := func(listen string) {
		port := listen[strings.LastIndexByte(listen, ':')+1:]
		if _, err := strconv.Atoi(port); err != nil {
			port = "80"
		}
		if !seen[port] {
			seen[port] = true
			v.Ports = append(v.Ports, port+":"+port)
		}
	}
	mount := func(key, file string) {
		if file = r.plain(key, file); !seen[file] {
			seen[file] = true
			v.Mounts = append(v.Mounts, file)
		}
	}
	for _, s := range p.Servers {
		if s.TLS != project.NoTLS && s.RedirectHTTP {
			publish("80")
		}
		for _, l := range s.Listen {
			publish(l)
		}
		switch s.TLS {
		case project.OwnTLS:
			mount("server."+s.Name+".certificate", s.Certificate)
			mount("server."+s.Name+".key", s.Key)
		case project.LetsEncrypt:
			mount("server."+s.Name+".certificate", "/etc/letsencrypt")
			mount("server."+s.Name+".tls", challengeFolder)
		}
	}
	for i, folder := range r.writable() {
		volume := volume{"data" + strconv.Itoa(i+1), folder}
		v.Volumes = append(v.Volumes, volume)
		if r.uploads(folder) {
			v.Shared = append(v.Shared, volume)
		}
	}
	for _, rt := range p.Routes {
		if dir := p.Abs(rt.Dir); dir != "" && !rt.Media && !below(dir, p.Root) {
			mount("route."+rt.Name+".dir", dir)
		}
	}
	return v
}

package project

import (
	"path"
	"strings"
)

// distribution is what differs between distributions.
type distribution struct {
	nginxUser, nginxGroup, plugin string
}

// distributions as their packages set them up. RHEL's uWSGI comes from EPEL.
var distributions = map[string]distribution{
	"debian": {"www-data", "www-data", "python3"},
	"ubuntu": {"www-data", "www-data", "python3"},
	"rhel":   {"nginx", "nginx", "python3"},
}

// fill gives the values that depend on others.
func (p *Project) fill() {
	d := distributions[p.Target.OS]
	setDefault(&p.Target.NginxUser, d.nginxUser)
	setDefault(&p.Target.NginxGroup, p.Target.NginxUser)
	if Container(p.Target.Render) {
		p.Target.Init = "container"
	}
	if p.Target.Init != "container" {
		setDefault(&p.Target.Plugin, d.plugin)
	}
	setDefault(&p.App.User, p.Target.NginxUser)
	// nginx has to be able to open the socket, which belongs to this group.
	setDefault(&p.App.Group, p.Target.NginxGroup)
	setDefault(&p.Chdir, p.Root)
	if p.Name != "" {
		setDefault(&p.App.Endpoint, "unix:/run/"+p.Name+"/uwsgi.sock")
	}
	if len(p.Servers) == 0 {
		p.Servers = []Server{NewServer("main")}
	}
	for i := range p.Servers {
		s := &p.Servers[i]
		if len(s.Listen) == 0 {
			s.Listen = s.TLS.listen()
		}
		if s.TLS == LetsEncrypt && len(s.Names) > 0 {
			certificate, key := letsEncryptFiles(s.Names[0])
			setDefault(&s.Certificate, certificate)
			setDefault(&s.Key, key)
		}
	}
	if len(p.Routes) == 0 {
		p.Routes = []Route{NewRoute("app")}
	}
}

// listen returns the address of a server that names none.
func (t TLS) listen() []string {
	if t == NoTLS {
		return []string{"80"}
	}
	return []string{"443"}
}

// letsEncryptFiles returns where certbot puts a host's certificate and key.
func letsEncryptFiles(host string) (certificate, key string) {
	return "/etc/letsencrypt/live/" + host + "/fullchain.pem", "/etc/letsencrypt/live/" + host + "/privkey.pem"
}

func setDefault(s *string, value string) {
	if *s == "" {
		*s = value
	}
}

// Abs returns a path of the description as it lies on the server: below Root
// when it is not absolute.
func (p *Project) Abs(file string) string {
	if file == "" || path.IsAbs(file) {
		return file
	}
	return path.Join(p.Root, file)
}

// Socket returns the path of an endpoint that is a unix socket, or "".
func Socket(endpoint string) string {
	path, ok := strings.CutPrefix(endpoint, "unix:")
	if !ok {
		return ""
	}
	return path
}

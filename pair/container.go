package pair

import (
	"path/filepath"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/uwsgi"
)

// maxCompose is how many compose files are looked at for each configuration.
const maxCompose = 8

// containers finds out which service of the compose files runs each of the
// configurations. One that two services would run is left out.
func (p *Pair) containers(dockerfiles []*Dockerfile) {
	if len(p.Compose) == 0 {
		return
	}
	p.Compose = p.Compose[:min(len(p.Compose), maxCompose)]
	// Files are merged where one overrides another: each says only a part then.
	first := map[string]*Service{}
	for _, c := range p.Compose {
		for _, s := range c.Services {
			if other := first[s.Name]; other != nil {
				s.opaque, other.opaque = true, true
			} else {
				first[s.Name] = s
			}
		}
	}
	images := map[string]*Dockerfile{}
	for _, d := range dockerfiles {
		images[filepath.ToSlash(d.Name)] = d
	}
	runs := func(name string) *Service {
		var found, plain []*Service // plain: those that do not run something else of the same image
		for _, c := range p.Compose {
			for _, s := range c.Services {
				if s.holds(filepath.ToSlash(name), images) {
					found = append(found, s)
					if s.command == "" || strings.Contains(s.command, "uwsgi") || strings.Contains(s.command, "nginx") {
						plain = append(plain, s)
					}
				}
			}
		}
		switch {
		case len(found) == 1:
			return found[0]
		case len(plain) == 1:
			return plain[0]
		}
		return nil
	}
	p.nginxIn, p.uwsgiIn = map[*site.Config]*Service{}, map[*uwsgi.Config]*Service{}
	for _, c := range p.Nginx {
		if s := runs(c.Tree.Main.Name); s != nil {
			p.nginxIn[c] = s
		}
	}
	p.inService = map[string]*uwsgi.Config{}
	for _, c := range p.Uwsgi {
		if s := runs(c.Main.Name); s != nil {
			p.uwsgiIn[c] = s
			if strings.Contains(s.command, "-s ") || strings.Contains(s.command, "socket") || strings.Contains(s.command, "--http") {
				c = nil // it listens on more than the file says
			}
			for _, host := range s.Hosts {
				p.inService[host] = c
			}
		}
	}
}

// pods notes whether one of the configurations is among the files of ConfigMaps.
func (p *Pair) pods(files []string) {
	p.inPod = len(p.inside) > 0
	named := map[string]bool{}
	for _, f := range files {
		named[f] = true
	}
	for _, c := range p.Uwsgi {
		p.inPod = p.inPod || named[filepath.ToSlash(c.Main.Name)]
	}
	for _, c := range p.Nginx {
		p.inPod = p.inPod || named[filepath.ToSlash(c.Tree.Main.Name)]
	}
}

// Contained tells whether a configuration among the files runs in a container
// that a compose file or a kustomization among them describes.
func (p *Pair) Contained() bool { return p.inPod || len(p.nginxIn)+len(p.uwsgiIn) > 0 }

// Apart returns the services that nginx and uWSGI run in, where those are two
// containers; nil where they are one, or not known.
func (p *Pair) Apart(t *Target, b *Bind) (front, app *Service) {
	front, app = p.nginxIn[t.Pass.Config], p.uwsgiIn[b.Config]
	if front == nil || app == nil || front == app || front.joined || app.joined || front.opaque || app.opaque {
		return nil, nil
	}
	return front, app
}

// Shares tells whether two containers see the same file at a path.
func (p *Pair) Shares(front, app *Service, file string) bool { return front.shares(app, file) }

// Meet tells whether two containers are in one network.
func (p *Pair) Meet(front, app *Service) bool { return front.reaches(app) }

// Embedded tells whether a file is a part of another one, a ConfigMap's
// manifest, whose places it has: no fix may be written to it.
func (p *Pair) Embedded(f *diag.File) bool { return p.inside[f] }

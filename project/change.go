package project

import (
	"slices"
	"strings"
	"time"
)

// Change gives a key of the description a value: an answer of the wizard, or
// --set on the command line.
type Change struct{ Key, Value string }

// String writes a change as KEY=VALUE.
func (c Change) String() string { return c.Key + "=" + c.Value }

// Set gives a key a value, and with it what a person who changes that key
// expects to go along: the folder and the socket that bear the project's name,
// the accounts of another distribution, a certificate for TLS. What a single
// value shows to be wrong is an error.
func (p *Project) Set(key, value string) error {
	before := *p
	section, name, last := splitKey(key)
	var server Server
	if s := find(p.Servers, func(s *Server) bool { return section == "server" && s.Name == name }); s != nil {
		server = *s
	}
	if err := p.put(key, value); err != nil {
		return err
	}
	switch {
	case key == "project.name":
		p.renamed(&before)
	case key == "project.root" && before.Chdir == before.Root:
		p.Chdir = p.Root
	case key == "target.os":
		p.moved(&before)
	case key == "limits.read-timeout":
		p.waits(&before)
	case section == "server" && last == "tls":
		if s := find(p.Servers, func(s *Server) bool { return s.Name == name }); s.TLS != server.TLS {
			s.secured(p.Name)
		}
	case section == "server" && last == "names":
		find(p.Servers, func(s *Server) bool { return s.Name == name }).named(&server)
	case section == "route" && last == "kind":
		find(p.Routes, func(r *Route) bool { return r.Name == name }).answered()
	}
	return nil
}

// Check returns what is wrong with a description, in the words of its reader.
func (p *Project) Check() error {
	text, err := p.Marshal("")
	if err != nil {
		return err
	}
	_, err = Parse(FileName, text)
	return err
}

// Changes returns what Set has to be told to bring from to to, the fewest
// changes first tried: what goes along with another is left out.
func Changes(from, to *Project) []Change {
	at := from.Clone()
	var changes []Change
	for range 2 { // the second time for what a later key took along
		for _, key := range keys(to) {
			want, _ := to.Get(key)
			if have, ok := at.Get(key); ok && have == want {
				continue
			}
			if at.Set(key, want) == nil {
				changes = append(changes, Change{key, want})
			}
		}
	}
	return changes
}

// keys lists the keys of a description, those that take others along first.
func keys(p *Project) []string {
	var all []string
	for _, first := range []bool{true, false} {
		for _, s := range sections {
			if (s.name == "target" || s.name == "limits") != first {
				continue
			}
			for _, f := range s.fields {
				all = append(all, s.name+"."+f.name)
			}
		}
	}
	for _, v := range p.Env {
		all = append(all, "env."+v.Name)
	}
	all = append(all, lists...)
	for _, s := range p.Servers {
		// The names come first: the certificate is called after them.
		all = append(all, "server."+s.Name+".names", "server."+s.Name+".tls")
		all = appendKeys(all, "server."+s.Name, serverFields)
	}
	for _, r := range p.Routes {
		all = append(all, "route."+r.Name+".path", "route."+r.Name+".kind")
		all = appendKeys(all, "route."+r.Name, routeFields)
	}
	for _, b := range p.Backends {
		all = appendKeys(all, "backend."+b.Name, backendFields)
	}
	return all
}

func appendKeys[T any](all []string, section string, fs []field[T]) []string {
	for _, f := range fs {
		if key := section + "." + f.name; !slices.Contains(all[max(0, len(all)-len(fs)-2):], key) {
			all = append(all, key)
		}
	}
	return all
}

// renamed lets what bears the project's name bear the new one.
func (p *Project) renamed(before *Project) {
	if p.App.Endpoint == "unix:/run/"+before.Name+"/uwsgi.sock" {
		p.App.Endpoint = "unix:/run/" + p.Name + "/uwsgi.sock"
	}
	if p.Root == "/srv/"+before.Name {
		p.Root = "/srv/" + p.Name
		if p.Chdir == before.Root {
			p.Chdir = p.Root
		}
	}
}

// moved takes the accounts of another distribution where they were those of
// the one before.
func (p *Project) moved(before *Project) {
	was, is := distributions[before.Target.OS], distributions[p.Target.OS]
	for _, a := range []struct {
		at       *string
		was, now string
	}{
		{&p.Target.NginxUser, was.nginxUser, is.nginxUser}, {&p.Target.NginxGroup, was.nginxGroup, is.nginxGroup},
		{&p.Target.Plugin, was.plugin, is.plugin}, {&p.App.User, was.nginxUser, is.nginxUser}, {&p.App.Group, was.nginxGroup, is.nginxGroup},
	} {
		if *a.at == a.was {
			*a.at = a.now
		}
	}
}

// margin is how much earlier than nginx the application gives up on a request.
const margin = 5 * time.Second

// waits keeps harakiri the usual margin below the time that nginx waits, where
// it was that, or would not be shorter any more.
func (p *Project) waits(before *Project) {
	if p.App.Harakiri > 0 && (before.Limits.ReadTimeout-p.App.Harakiri == margin || p.App.Harakiri >= p.Limits.ReadTimeout) && p.Limits.ReadTimeout > time.Second {
		p.App.Harakiri = max(time.Second, p.Limits.ReadTimeout-margin)
	}
}

// secured forgets the port and the certificate of another kind of TLS.
func (s *Server) secured(name string) {
	s.Listen = s.TLS.listen()
	s.Certificate, s.Key = "", ""
	switch {
	case s.TLS == OwnTLS:
		s.Certificate, s.Key = "/etc/ssl/"+name+".pem", "/etc/ssl/"+name+".key"
	case s.TLS == LetsEncrypt && len(s.Names) > 0:
		s.Certificate, s.Key = letsEncryptFiles(s.Names[0])
	}
}

// named lets the certificate follow the host that certbot calls it after.
func (s *Server) named(before *Server) {
	if s.TLS != LetsEncrypt || len(s.Names) == 0 || len(before.Names) == 0 {
		return
	}
	if certificate, key := letsEncryptFiles(before.Names[0]); s.Certificate == certificate && s.Key == key {
		s.Certificate, s.Key = letsEncryptFiles(s.Names[0])
	}
}

// answered gives a route what its kind cannot be without.
func (r *Route) answered() {
	modifier, uri := r.Match()
	switch r.Kind {
	case ToFiles, ToSPA:
		if r.Dir == "" {
			r.Dir = map[RouteKind]string{ToFiles: "static", ToSPA: "dist"}[r.Kind]
		}
		if (modifier == "" || modifier == "^~") && !strings.HasSuffix(uri, "/") {
			r.Path += "/"
		}
	case ToRedirect:
		setDefault(&r.To, "https://example.com/")
	case ToUpstream:
		setDefault(&r.To, "127.0.0.1:9000")
	}
}

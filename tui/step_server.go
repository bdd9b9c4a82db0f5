package tui

import (
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/project"
)

// serverStep is the list of servers: host names and TLS of each.
var serverStep = step{short: diag.T("Servers"), title: diag.T("Servers and TLS"), list: serverList()}

func serverList() *list {
	l := sections(func(a answers) *[]project.Server { return &a.Servers })
	l.alone = true
	l.fields = serverFields
	l.title = func(a answers, at int) diag.Text {
		if len(a.Servers) == 1 {
			return diag.T("Servers and TLS")
		}
		return diag.T("Server %s", hostNames(a.Servers[at]))
	}
	l.name = func(a answers, at int) string { return hostNames(a.Servers[at]) }
	l.what = func(a answers, at int) diag.Text { return listening(a.Servers[at]) }
	l.add = func(a *answers) int {
		s := project.NewServer(freeName(serverNames(*a), "new"))
		s.Names, s.Listen = []string{s.Name + ".example"}, []string{"80"}
		a.Servers = append(a.Servers, s)
		return len(a.Servers) - 1
	}
	l.more = diag.T("+ add a server")
	l.note = diag.T("a route answers on all of them, unless it names some")
	l.lastStays = diag.T("the last server stays: without any nothing would listen")
	return &l
}

func serverNames(a answers) []string {
	var names []string
	for _, s := range a.Servers {
		names = append(names, s.Name)
	}
	return names
}

func hostNames(s project.Server) string { return strings.Join(s.Names, " ") }

// listening says where a server listens, and with which certificate.
func listening(s project.Server) diag.Text {
	listen := strings.Join(s.Listen, " ")
	switch s.TLS {
	case project.OwnTLS:
		return diag.T("port %s, TLS with your own certificate", listen)
	case project.LetsEncrypt:
		return diag.T("port %s, TLS with Let's Encrypt", listen)
	}
	return diag.T("port %s, no TLS", listen)
}

// serverFields are the questions about one server.
func serverFields(a answers, at int) []field {
	s := a.Servers[at]
	section := "server." + s.Name + "."
	fields := append([]field{keyed(section+"names", diag.T("Host names"), diag.T("separated by blanks; _ for any"))}, tlsFields(section, s)...)
	if len(a.Servers) == 1 {
		return fields
	}
	return append(fields, sectionName(serverNames, func(a *answers, name string) { a.renameServer(at, name) }, at,
		func(name string) diag.Text { return diag.T("another server is called %q", name) }))
}

// renameServer gives a server another name, in the routes that name it too.
func (a *answers) renameServer(at int, name string) {
	before := a.Servers[at].Name
	a.Servers[at].Name = name
	for i := range a.Routes {
		if k := slices.Index(a.Routes[i].Servers, before); k >= 0 {
			a.Routes[i].Servers = slices.Clone(a.Routes[i].Servers)
			a.Routes[i].Servers[k] = name
		}
	}
}

func tlsFields(section string, s project.Server) []field {
	fields := []field{
		keyed(section+"tls", diag.T("TLS"), diag.T("where the certificate comes from")).among(
			choice{"none", diag.T("none")}, choice{"own", diag.T("your own")}, choice{"letsencrypt", diag.T("Let's Encrypt")}),
		keyed(section+"listen", diag.T("Port"), diag.T("or host:port; several separated by blanks; empty for 80, or 443 with TLS")),
	}
	if s.TLS == project.NoTLS {
		return fields
	}
	return append(fields,
		keyed(section+"certificate", diag.T("Certificate"), diag.T("its path on the server, with the chain")),
		keyed(section+"key", diag.T("Key"), diag.T("its path on the server")),
		keyed(section+"profile", diag.T("TLS profile"), diag.T("Mozilla's: intermediate for all browsers, modern for TLS 1.3 alone")).among(
			choice{"intermediate", diag.T("intermediate")}, choice{"modern", diag.T("modern")}),
		yesNo(keyed(section+"redirect-http", diag.T("Redirect port 80"), diag.T("plain HTTP is sent on to TLS"))),
		keyed(section+"hsts", diag.T("HSTS"), diag.T("how long browsers insist on TLS, such as 365d; 0 for not at all")),
	)
}

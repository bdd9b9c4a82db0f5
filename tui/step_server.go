package tui

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/project"
)

// serverStep asks for host names and TLS, of each server.
var serverStep = step{diag.T("Servers"), diag.T("Servers and TLS"), func(a answers) []field {
	var fields []field
	for _, s := range a.Servers {
		of := keyed("server."+s.Name+".names", diag.T("Host names"), diag.T("separated by blanks; _ for any"))
		for _, f := range append([]field{of}, tlsFields("server."+s.Name+".", s)...) {
			if len(a.Servers) > 1 {
				f.of = s.Name
			}
			fields = append(fields, f)
		}
	}
	return fields
}}

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

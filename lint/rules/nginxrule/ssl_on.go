package nginxrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// SSLOn reports the directive ssl, which the ssl parameter of listen replaced.
var SSLOn = &lint.Rule{
	ID:       "nginx-ssl-on",
	Severity: diag.Warning,
	Summary:  "ssl on, which makes every listener of the server speak TLS, and which nginx 1.25.1 does not know",
	Fixable:  true,
	Page:     page("nginx-ssl-on"),
	Check:    checkSSLOn,
}

func checkSSLOn(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, n := range c.Find("ssl") {
			if n.Row == nil || n.Scope.Enclosing(directive.HTTP|directive.Server|directive.Mail|directive.MailServer) == nil {
				continue
			}
			d := diag.Diagnostic{
				Location: n.HeadLocation(),
				Message:  diag.T("ssl %s, which was removed in nginx 1.25.1", n.Arg(0)),
				Why:      diag.T("older releases warn: the \"ssl\" directive is deprecated, use the \"listen ... ssl\" directive instead; newer ones do not start: unknown directive \"ssl\""),
				Help:     diag.T("write `listen 443 ssl;`"),
				Fix:      listenSSL(n),
			}
			p.Report(d)
		}
	}
}

// listenSSL moves the directive to the listeners of its server. In http it
// holds for all servers, some of which may be elsewhere.
func listenSSL(n *site.Node) *diag.Fix {
	if !n.Terminated || n.Arg(0) != "off" && n.Scope.Context&(directive.Server|directive.MailServer) == 0 {
		return nil
	}
	fix := &diag.Fix{
		Message: diag.T("write it in listen"),
		Edits:   []diag.Edit{{File: n.File.File, Span: n.Line()}},
	}
	if n.Arg(0) == "off" {
		return fix
	}
	listens := n.Scope.Here("listen")
	if len(listens) == 0 {
		return nil
	}
	for _, l := range listens {
		if len(l.Args) == 0 {
			return nil
		}
		if parameter(l, "ssl") == 0 {
			end := l.Args[0].Span().End
			fix.Edits = append(fix.Edits, diag.Edit{File: l.File.File, Span: diag.Span{Start: end, End: end}, New: " ssl"})
		}
	}
	return fix
}

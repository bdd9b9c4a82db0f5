package cisrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// ErrorLog asks for item 3.3 of the benchmark: the error log holds messages from info on.
var ErrorLog = &lint.Rule{
	ID:       "cis-error-log",
	Severity: diag.Warning,
	Off:      true,
	Profile:  lint.CIS,
	Summary:  "the error log holds messages from info on",
	Page:     page("cis-error-log"),
	Check:    checkErrorLog,
}

// levels are those of error_log that hold info.
var levels = map[string]bool{"info": true, "debug": true}

func checkErrorLog(p *lint.Pass) {
	for _, c := range p.Nginx {
		logs := c.Find("error_log")
		for _, n := range logs {
			if n.Row == nil || levels[n.Arg(1)] || n.Arg(0) == "/dev/null" {
				continue
			}
			level := n.Arg(1)
			if level == "" {
				level = "error"
			}
			p.Report(diag.Diagnostic{
				Location: n.HeadLocation(),
				Message:  diag.T("CIS 3.3: this error log holds %s and worse, and the benchmark asks for info", level),
				Why:      diag.T("refused TLS handshakes and requests that clients broke off are of the level info"),
				Help:     diag.T("write `error_log %s info;`", n.Arg(0)),
			})
		}
		if len(logs) == 0 && whole(c) {
			p.Report(diag.Diagnostic{
				Location: c.HTTP.Opener.Location(0),
				Message:  diag.T("CIS 3.3: no error_log is set, and the benchmark asks for one of the level info"),
				Help:     diag.T("write `error_log /var/log/nginx/error.log info;`"),
			})
		}
	}
}

package cisrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// AccessLog asks for item 3.1 and 3.2 of the benchmark: requests are logged with what an investigation needs.
var AccessLog = &lint.Rule{
	ID:       "cis-access-log",
	Severity: diag.Warning,
	Off:      true,
	Profile:  lint.CIS,
	Summary:  "requests are logged with what an investigation needs",
	Page:     page("cis-access-log"),
	Check:    checkAccessLog,
}

// details are what item 3.1 asks a line of the log to hold.
var details = []string{"remote_addr", "remote_user", "time_local", "request", "status", "body_bytes_sent", "http_referer", "http_user_agent"}

// others stand for a detail as well.
var others = map[string][]string{"time_local": {"time_iso8601", "msec"}, "request": {"request_uri", "uri"}, "body_bytes_sent": {"bytes_sent"}, "remote_addr": {"http_x_forwarded_for", "realip_remote_addr"}}

func checkAccessLog(p *lint.Pass) {
	for _, c := range p.Nginx {
		formats := map[string]*site.Node{}
		for _, n := range c.Find("log_format") {
			formats[n.Arg(0)] = n
		}
		reported := map[*site.Node]bool{}
		for _, n := range c.Find("access_log") {
			if n.Row == nil || n.Scope.Context&(directive.HTTP|directive.Server) == 0 {
				continue
			}
			if n.Arg(0) == "off" {
				p.Report(diag.Diagnostic{
					Location: n.HeadLocation(),
					Message:  diag.T("CIS 3.2: access_log off: nobody can say afterwards who asked for what"),
					Help:     diag.T("log to a file or to syslog; switch it off for single locations at most"),
				})
				continue
			}
			format := formats[n.Arg(1)]
			if format == nil || reported[format] {
				continue // combined has all of them
			}
			reported[format] = true
			if lacking := lacks(format); len(lacking) > 0 {
				p.Report(diag.Diagnostic{
					Location: format.HeadLocation(),
					Message:  diag.T("CIS 3.1: the log format %s lacks $%s", format.Arg(0), strings.Join(lacking, ", $")),
					Help:     diag.T("add them, or use combined, which has all"),
				})
			}
		}
	}
}

// lacks returns the details that a log format does not name.
func lacks(format *site.Node) []string {
	var text strings.Builder
	for _, a := range format.Args[1:] {
		text.WriteString(a.Value)
		text.WriteByte(32)
	}
	have := map[string]bool{}
	for _, name := range site.Variables(text.String()) {
		have[name] = true
	}
	var lacking []string
next:
	for _, name := range details {
		for _, other := range append([]string{name}, others[name]...) {
			if have[other] {
				continue next
			}
		}
		lacking = append(lacking, name)
	}
	return lacking
}

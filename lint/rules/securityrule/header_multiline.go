package securityrule

import (
	"regexp"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// HeaderMultiline reports header values that are written over several lines.
var HeaderMultiline = &lint.Rule{
	ID:       "nginx-header-multiline",
	Severity: diag.Warning,
	Summary:  "the value of a header holds a line break",
	Fixable:  true,
	Page:     page("nginx-header-multiline"),
	Check:    checkHeaderMultiline,
}

// headerNames are the directives that write headers, to clients and to the
// servers behind.
var headerNames = []string{"add_header", "add_trailer", "proxy_set_header", "grpc_set_header", "more_set_headers", "more_set_input_headers"}

// lineBreak is a line break in the source with the white space around it, or
// the escapes that nginx makes one of.
var lineBreak = regexp.MustCompile(`(?:[ \t]|\\t)*(?:\r?\n|\\r|\\n)(?:[ \t\r\n]|\\t|\\r|\\n)*`)

func checkHeaderMultiline(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, name := range headerNames {
			for _, n := range c.Find(name) {
				for i, a := range n.Args {
					if !strings.ContainsAny(a.Value, "\r\n") {
						continue
					}
					text := n.File.Src[a.Span().Start:a.Span().End]
					p.Report(diag.Diagnostic{
						Location: n.Location(i + 1),
						Message:  diag.T("the value of %s holds a line break", n.Arg(0)),
						Why:      diag.T("nginx sends it as it is: clients read what follows as a header of its own or refuse the answer, over HTTP/2 always"),
						Help:     diag.T("write the value on one line, or give parts of it names with set or map"),
						Fix:      fix(diag.T("write it on one line"), diag.Edit{File: n.File.File, Span: a.Span(), New: joined(text)}),
					})
				}
			}
		}
	}
}

// joined returns a quoted word with a space in the place of every line break.
func joined(text string) string {
	if len(text) < 2 || text[0] != '"' && text[0] != '\'' {
		return lineBreak.ReplaceAllString(text, "")
	}
	inner := lineBreak.ReplaceAllString(text[1:len(text)-1], " ")
	return text[:1] + strings.TrimSpace(inner) + text[len(text)-1:]
}

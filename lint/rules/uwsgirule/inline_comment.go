package uwsgirule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
	"github.com/deployctl/deployctl/uwsgi/option"
)

// InlineComment finds comments after a value, which uWSGI takes for part of it.
var InlineComment = &lint.Rule{
	ID:       "uwsgi-inline-comment",
	Severity: diag.Error,
	Summary:  "a comment after a value, which uWSGI takes for part of the value",
	Fixable:  true,
	Page:     page("uwsgi-inline-comment"),
	Check:    checkInlineComment,
}

func checkInlineComment(p *lint.Pass) {
	written(p, func(_ *uwsgi.Config, o *uwsgi.Option) {
		value, found := inlineComment(o)
		if !found {
			return
		}
		span := o.Entry.ValueSpan()
		at := span.Start + len(o.Entry.Value) - len(strings.TrimLeft(o.Entry.Value[len(value):], " \t"))
		d := diag.Diagnostic{
			Location: diag.Location{File: o.File.File, Span: diag.Span{Start: at, End: span.End}},
			Message:  diag.T("uWSGI has no comments after a value: this is part of %s", o.Key),
			Fix:      moved(o, value, at),
		}
		switch {
		case isNumeric(o.Info.Kind) && value != "":
			d.Severity = diag.Info
			d.Why = diag.T("it happens to work: of a number, uWSGI reads the leading digits")
		case o.Info.Kind == option.Bool && uwsgi.IsTrue(value):
			d.Severity = diag.Info
			d.Why = diag.T("it happens to work: whatever is not false, off, no or 0 is true")
		case o.Info.Kind == option.Bool:
			d.Why = diag.T("the flag is on: with the comment the value is no longer %q", value)
		default:
			d.Why = diag.T("the value is %q", o.Entry.Value)
		}
		p.Report(d)
	})
}

// inlineComment tells whether an option's value ends in what looks like a
// comment, and returns the value before it.
func inlineComment(o *uwsgi.Option) (value string, found bool) {
	row := known(o)
	if row == nil || o.File.Format != uwsgi.INI || takesCommands(row) {
		return "", false
	}
	v := o.Entry.Value
	if o.File.Text(o.Entry.ValueSpan()) != v {
		return "", false // the % pass changed it: offsets differ
	}
	for at := 0; at < len(v); at++ {
		n := strings.IndexAny(v[at:], ";#")
		if n < 0 {
			return "", false
		}
		at += n
		spaced := at+1 == len(v) || v[at+1] == ' ' || v[at+1] == '\t' || v[at+1] == v[at]
		switch {
		case at == 0 && (spaced || row.Kind == option.Bool || isNumeric(row.Kind)):
			return "", true
		case at > 0 && (v[at-1] == ' ' || v[at-1] == '\t'):
			return strings.TrimRight(v[:at], " \t"), true
		}
	}
	return "", false
}

// takesCommands tells whether ; and # can be part of an option's value: shell
// commands, routes, formats and the templates of declared options.
func takesCommands(row *option.Option) bool {
	for _, prefix := range [...]string{"exec-", "hook-", "call-", "attach-", "smart-attach-", "legion", "cron", "unique-", "route", "final-route", "error-route", "response-route", "declare-option", "if-", "for", "mount-as", "alarm", "metric", "emperor-", "vassal", "inject-", "print"} {
		if strings.HasPrefix(row.Name, prefix) {
			return true
		}
	}
	switch row.Name {
	case "logformat", "log-format", "log-encoder", "log-req-encoder", "worker-exec", "touch-exec", "eval", "set", "set-ph",
		"set-placeholder", "add-header", "py", "pyrun", "python", "iprint", "procname", "procname-prefix", "procname-append":
		return true
	}
	return row.Kind == option.Logic
}

// moved is the fix that puts a comment on a line of its own, above the option.
func moved(o *uwsgi.Option, value string, at int) *diag.Fix {
	f := o.File
	comment := f.Src[at:o.Entry.ValueSpan().End]
	indent := f.Src[o.Entry.Line().Start:o.Entry.KeySpan().Start]
	if strings.TrimLeft(indent, " \t") != "" {
		return nil
	}
	return &diag.Fix{
		Message: diag.T("put the comment above the line"),
		Edits: []diag.Edit{
			{File: f.File, Span: diag.Span{Start: o.Entry.Line().Start, End: o.Entry.Line().Start}, New: indent + comment + f.LineEnding()},
			{File: f.File, Span: diag.Span{Start: o.Entry.ValueSpan().Start + len(value), End: o.Entry.ValueSpan().End}, New: ""},
		},
	}
}

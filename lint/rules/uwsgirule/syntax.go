package uwsgirule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
	"github.com/deployctl/deployctl/uwsgi/option"
)

// Syntax finds what uWSGI reads as something else than what is plainly meant.
var Syntax = &lint.Rule{
	ID:       "uwsgi-syntax",
	Severity: diag.Error,
	Summary:  "a header, line or block that uWSGI reads as something else, or skips",
	Fixable:  true,
	Page:     page("uwsgi-syntax"),
	Check:    checkSyntax,
}

func checkSyntax(p *lint.Pass) {
	for _, c := range p.Uwsgi {
		refused := refusedKeys(c)
		for _, f := range c.Files {
			for i := range f.Errors {
				e := &f.Errors[i]
				d := diag.Diagnostic{
					Location: diag.Location{File: f.File, Span: e.Span},
					Message:  e.Message,
					Fix:      fix(e.Fix),
				}
				if key, ok := refused[d.Location]; ok {
					d.Why = strictly(key)
				}
				p.Report(d)
			}
		}
	}
	problems(p, func(c *uwsgi.Config, found *uwsgi.Problem) {
		d := diag.Diagnostic{
			Location: diag.Location{File: found.File.File, Span: found.Span},
			Message:  found.Message,
			Fix:      fix(found.Fix),
		}
		switch found.Kind {
		case uwsgi.MissingSection:
			d.Why = diag.T("uWSGI logs *** WARNING: Can't find section \"%s\" in INI configuration file, and goes on with its defaults: no socket, no application", c.Section)
		case uwsgi.BadLogic:
			if found.Refused {
				d.Why = diag.T("uWSGI ends with exit code 1 when the outer block holds: recursive logic in options is not supported")
			}
		case uwsgi.Unsupported:
			d.Severity = diag.Info
		}
		p.Report(d)
	}, uwsgi.MissingSection, uwsgi.BadLogic, uwsgi.TooLarge, uwsgi.Unsupported)
}

// refusedKeys returns the keys that strict refuses, by their places.
func refusedKeys(c *uwsgi.Config) map[diag.Location]string {
	if !c.Bool("strict") {
		return nil
	}
	keys := map[diag.Location]string{}
	for _, o := range c.Options {
		if o.Info == nil && o.Key == o.Entry.Key && !option.IsEnd(o.Key) {
			keys[o.KeyLocation()] = o.Key
		}
	}
	return keys
}

// fix wraps edits that were made while a file was read.
func fix(edits []diag.Edit) *diag.Fix {
	if len(edits) == 0 {
		return nil
	}
	return &diag.Fix{Message: diag.T("write what is meant"), Edits: edits}
}

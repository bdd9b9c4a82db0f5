package uwsgirule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/uwsgi"
)

// editable tells whether an option's line can be changed in the text: it is
// INI, and its value stands there as it takes effect.
func editable(o *uwsgi.Option) bool {
	return o.File.Format == uwsgi.INI && o.Key == o.Entry.Key && o.Value == o.Entry.Value && !o.Entry.Local &&
		o.File.Text(o.Entry.ValueSpan()) == o.Value
}

// setValue is the fix that gives an option another value, or nil where the
// text cannot be changed.
func setValue(o *uwsgi.Option, value string) *diag.Fix {
	if !editable(o) {
		return nil
	}
	if !o.Entry.HasValue {
		value = " = " + value
	}
	return &diag.Fix{
		Message: diag.T("write %s = %s", o.Key, strings.TrimPrefix(value, " = ")),
		Edits:   []diag.Edit{{File: o.File.File, Span: o.Entry.ValueSpan(), New: value}},
	}
}

// setKey is the fix that gives an option another name.
func setKey(o *uwsgi.Option, key string) *diag.Fix {
	if o.File.Format != uwsgi.INI || o.File.Text(o.Entry.KeySpan()) != o.Key {
		return nil
	}
	return &diag.Fix{
		Message: diag.T("write %s", key),
		Edits:   []diag.Edit{{File: o.File.File, Span: o.Entry.KeySpan(), New: key}},
	}
}

// remove is the fix that deletes an option's line.
func remove(o *uwsgi.Option) *diag.Fix {
	if o.File.Format != uwsgi.INI || o.Key != o.Entry.Key {
		return nil
	}
	return &diag.Fix{
		Message: diag.T("delete the line"),
		Edits:   []diag.Edit{{File: o.File.File, Span: o.Entry.Line(), New: ""}},
	}
}

// addOption is the fix that writes an option below the section's header, or
// nil where there is none.
func addOption(c *uwsgi.Config, key, value string) *diag.Fix {
	at, ok := below(c)
	if !ok {
		return nil
	}
	return &diag.Fix{
		Message: diag.T("add %s = %s", key, value),
		Edits:   []diag.Edit{{File: c.Main.File, Span: at, New: c.Main.LineEnding() + key + " = " + value}},
	}
}

// below returns the end of the line of the section's first header.
func below(c *uwsgi.Config) (diag.Span, bool) {
	s := header(c)
	if s == nil || c.Main.Format != uwsgi.INI || len(c.Main.Errors) > 0 {
		return diag.Span{}, false
	}
	end := c.Main.LineSpan(c.Main.Pos(s.Header.End).Line).End
	return diag.Span{Start: end, End: end}, true
}

// header returns the first section that is read of the main file, or nil.
func header(c *uwsgi.Config) *uwsgi.Section {
	for _, s := range c.Main.Sections {
		if s.Name == c.Section && s.Header.Len() > 0 {
			return s
		}
	}
	return nil
}

// headerLocation is where a finding about the whole configuration stands.
func headerLocation(c *uwsgi.Config) diag.Location {
	if s := header(c); s != nil {
		return diag.Location{File: c.Main.File, Span: s.Header}
	}
	return diag.Location{File: c.Main.File}
}

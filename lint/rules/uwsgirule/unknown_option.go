package uwsgirule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
	"github.com/deployctl/deployctl/uwsgi/option"
)

// UnknownOption finds keys that are no option.
var UnknownOption = &lint.Rule{
	ID:       "uwsgi-unknown-option",
	Severity: diag.Error,
	Summary:  "a key that is no option of uWSGI, which ignores it silently",
	Fixable:  true,
	Page:     page("uwsgi-unknown-option"),
	Check:    checkUnknownOption,
}

func checkUnknownOption(p *lint.Pass) {
	names := make(map[*uwsgi.Config]*userNames)
	broken := syntaxErrors(p)
	nearest := make(map[string]string)
	written(p, func(c *uwsgi.Config, o *uwsgi.Option) {
		if o.Info != nil {
			switch {
			case o.Key == "else":
				literally(p, c, o)
			case o.Key == "set":
				setUnknown(p, c, o)
			default:
				tooNew(p, c, o)
			}
			return
		}
		if isTemplate(o.Key) || option.IsEnd(o.Key) && o.Key != "end" || o.Key == "else" || broken[o.KeyLocation()] {
			return
		}
		if o.Key == "" || o.Key == "end" || strings.ContainsAny(o.Key, "%$@") {
			literally(p, c, o)
			return
		}
		user := names[c]
		if user == nil {
			user = findUserNames(c)
			names[c] = user
		}
		switch {
		case user.declared[o.Key]:
		case user.used[o.Key]:
			underStrict(p, c, o)
		default:
			near, ok := nearest[o.Key]
			if !ok {
				near = option.Nearest(o.Key)
				nearest[o.Key] = near
			}
			unknown(p, c, o, near)
		}
	})
}

// unknown reports a key that nothing knows and nothing uses; near is the option
// that it most likely means, or "".
func unknown(p *lint.Pass, c *uwsgi.Config, o *uwsgi.Option, near string) {
	d := diag.Diagnostic{
		Location: o.KeyLocation(),
		Message:  diag.T("uWSGI has no option called %q", o.Key),
		Why:      diag.T("uWSGI keeps it as a name for %(...) and says nothing: the setting has no effect"),
	}
	if c.Bool("strict") {
		d.Why = strictly(o.Key)
	}
	if near == "" {
		// It may be a value that the application reads through uwsgi.opt.
		d.Severity = diag.Warning
		d.Help = diag.T("for a value of your own, write set-placeholder = %s=VALUE", o.Key)
		p.Report(d)
		return
	}
	d.Help = diag.T("the option is called %s", near)
	if d.Fix = setKey(o, near); d.Fix != nil && strings.ToLower(strings.ReplaceAll(o.Key, "_", "-")) != near {
		d.Fix.Unsafe = true
	}
	p.Report(d)
}

// literally reports, under strict, a key with a placeholder, which uWSGI
// replaces in values alone, and end, which ends a block without being an option.
func literally(p *lint.Pass, c *uwsgi.Config, o *uwsgi.Option) {
	if !c.Bool("strict") {
		return
	}
	d := diag.Diagnostic{
		Location: o.KeyLocation(),
		Message:  diag.T("uWSGI has no option called %q", o.Key),
		Why:      strictly(o.Key),
	}
	if o.Key == "end" {
		d.Help = diag.T("end a block with endif or endfor")
		d.Fix = setKey(o, "endif")
	}
	p.Report(d)
}

// setUnknown reports, under strict, a set that makes a key which is no option.
func setUnknown(p *lint.Pass, c *uwsgi.Config, o *uwsgi.Option) {
	key, _, ok := strings.Cut(o.Value, "=")
	if !ok || !c.Bool("strict") || !isKnown(o) || len(option.Lookup(key)) > 0 {
		return
	}
	p.Report(diag.Diagnostic{
		Location: o.KeyLocation(),
		Message:  diag.T("under strict, %s has to be defined with set-placeholder", key),
		Why:      strictly(key),
		Fix:      setKey(o, "set-placeholder"),
	})
}

// underStrict reports a placeholder that is defined as if it were an option,
// which strict refuses.
func underStrict(p *lint.Pass, c *uwsgi.Config, o *uwsgi.Option) {
	if !c.Bool("strict") {
		return
	}
	d := diag.Diagnostic{
		Location: o.KeyLocation(),
		Message:  diag.T("under strict, %s has to be defined with set-placeholder", o.Key),
		Why:      strictly(o.Key),
	}
	if o.File.Format == uwsgi.INI && o.Entry.HasValue {
		d.Fix = &diag.Fix{
			Message: diag.T("define it with set-placeholder"),
			Edits: []diag.Edit{{
				File: o.File.File,
				Span: diag.Span{Start: o.Entry.KeySpan().Start, End: o.Entry.ValueSpan().Start},
				New:  "set-placeholder = " + o.File.Text(o.Entry.KeySpan()) + "=",
			}},
		}
	}
	p.Report(d)
}

// tooNew reports an option that uWSGI's releases do not have yet.
func tooNew(p *lint.Pass, c *uwsgi.Config, o *uwsgi.Option) {
	since := o.Info.Since
	switch {
	case since == "":
		return
	case since == development:
		d := diag.Diagnostic{
			Severity: diag.Warning,
			Location: o.KeyLocation(),
			Message:  diag.T("%s is in uWSGI's development branch only: no release has it", o.Key),
			Why:      diag.T("uWSGI 2.0 keeps it as a name for %(...) and says nothing: the setting has no effect"),
		}
		if c.Bool("strict") {
			d.Severity = diag.Error
			d.Why = strictly(o.Key)
		}
		p.Report(d)
	case p.Target.Uwsgi != "" && older(p.Target.Uwsgi, since):
		d := diag.Diagnostic{
			Location: o.KeyLocation(),
			Message:  diag.T("%s came with uWSGI %s, and the target is %s", o.Key, since, p.Target.Uwsgi),
			Why:      diag.T("uWSGI %s keeps it as a name for %%(...) and says nothing: the setting has no effect", p.Target.Uwsgi),
		}
		if c.Bool("strict") {
			d.Why = strictly(o.Key)
		}
		p.Report(d)
	}
}

// strictly says what strict makes of a key that is no option.
func strictly(key string) diag.Text {
	return diag.T("under strict uWSGI ends with exit code 1: [strict-mode] unknown config directive: %s", key)
}

// older tells whether release a came before b; both are dotted numbers.
func older(a, b string) bool {
	for a != "" && b != "" {
		var x, y string
		x, a, _ = strings.Cut(a, ".")
		y, b, _ = strings.Cut(b, ".")
		m, _ := uwsgi.Number(x)
		n, _ := uwsgi.Number(y)
		if m != n {
			return m < n
		}
	}
	return b != "" && a == ""
}

// syntaxErrors returns the places that uwsgi-syntax speaks of already.
func syntaxErrors(p *lint.Pass) map[diag.Location]bool {
	found := make(map[diag.Location]bool)
	for _, c := range p.Uwsgi {
		for _, f := range c.Files {
			for _, e := range f.Errors {
				found[diag.Location{File: f.File, Span: e.Span}] = true
			}
		}
	}
	return found
}

// userNames are the names that a configuration makes for itself.
type userNames struct {
	used     map[string]bool // in %(...), if-opt and if-not-opt
	declared map[string]bool // by declare-option
}

func findUserNames(c *uwsgi.Config) *userNames {
	u := &userNames{used: make(map[string]bool), declared: make(map[string]bool)}
	for _, o := range c.Options {
		switch {
		case strings.HasPrefix(o.Key, "declare-option"):
			name, _, _ := strings.Cut(o.Value, "=")
			u.declared[strings.TrimSpace(name)] = true
		case o.Key == "if-opt" || o.Key == "if-not-opt":
			name, _, _ := strings.Cut(o.Value, "=")
			u.used[name] = true
		}
		for rest := o.Entry.Value; ; {
			_, after, ok := strings.Cut(rest, "%(")
			if !ok {
				break
			}
			inside, _, _ := strings.Cut(after[:min(len(after), 256)], ")")
			for name := range strings.FieldsSeq(inside) {
				u.used[name] = true
			}
			rest = after
		}
	}
	return u
}

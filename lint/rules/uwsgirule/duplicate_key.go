package uwsgirule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
	"github.com/deployctl/deployctl/uwsgi/option"
)

// DuplicateKey finds settings that are set twice and take one value.
var DuplicateKey = &lint.Rule{
	ID:       "uwsgi-duplicate-key",
	Severity: diag.Warning,
	Summary:  "an option that takes one value is set twice in a section",
	Fixable:  true,
	Page:     page("uwsgi-duplicate-key"),
	Check:    checkDuplicateKey,
}

// setting is what two options have in common when one overrides the other and
// nobody means that: a section that sets another section's option anew does.
type setting struct {
	config  *uwsgi.Config
	file    *uwsgi.File
	section string
	name    string
}

func checkDuplicateKey(p *lint.Pass) {
	first := make(map[setting]*uwsgi.Option)
	winners := make(map[setting]*uwsgi.Option)
	written(p, func(c *uwsgi.Config, o *uwsgi.Option) {
		if row := known(o); row == nil || o.Maybe || !isSingle(row) {
			return
		}
		s := sectionOf(o)
		if s == nil {
			return
		}
		key := setting{c, o.File, s.Name, o.Info.Setting}
		before := first[key]
		first[key] = o
		if before == nil {
			return
		}
		winner := o
		if row := o.Info; row.Repeat == option.FirstKindWins {
			if winners[key] == nil {
				winners[key] = c.Get(o.Key)
			}
			if winners[key] != o {
				winner = before
			}
		}
		p.Report(duplicate(c, before, o, winner))
	})
}

// isSingle tells whether a setting keeps one value only.
func isSingle(row *option.Option) bool {
	switch row.Repeat {
	case option.LastWins, option.BitsAccumulate, option.FirstKindWins:
		return row.Kind != option.None
	}
	return false
}

// duplicate says what is wrong with an option that is set again; winner is the
// one of the two that counts.
func duplicate(c *uwsgi.Config, before, o, winner *uwsgi.Option) diag.Diagnostic {
	d := diag.Diagnostic{
		Location: o.KeyLocation(),
		Related:  []diag.Related{{Location: before.KeyLocation(), Message: diag.T("%s is set here first", before.Key)}},
	}
	loser := before
	if winner == before {
		loser = o
	}
	subject := diag.T("%s is set twice", o.Key)
	if o.Key != before.Key {
		subject = diag.T("%s and %s are one option, and it is set twice", before.Key, o.Key)
	}
	switch meant, stray := strayed(before, o); {
	case meant != "":
		d.Severity = diag.Error
		d.Message = diag.T("%s: %s = %s was meant for %s", subject, stray.Key, stray.Value, meant)
		d.Location = stray.KeyLocation()
		if stray == before {
			d.Related[0] = diag.Related{Location: o.KeyLocation(), Message: diag.T("%s is set here again", o.Key)}
		}
		d.Why = diag.T("to uWSGI a path is as true as any other value: no file is written there")
		other := before
		if stray == before {
			other = o
		}
		d.Fix = rename(c, stray, other, meant, &d)
	case o.Value == before.Value && o.Info.Repeat != option.BitsAccumulate:
		d.Message = diag.T("%s, both times to %q", subject, o.Value)
		d.Fix = remove(loser)
	case o.Info.Repeat == option.BitsAccumulate:
		d.Message = diag.T("%s, and the permissions add up", subject)
		if mode, ok := added(before, o); ok {
			d.Message = diag.T("%s, and the permissions add up to %o", subject, mode)
		}
		d.Why = diag.T("uWSGI shifts the first mode by nine bits and adds the second: a second 664 makes 4664, which has the setuid bit")
		d.Fix = remove(loser)
	case o.Info.Repeat == option.FirstKindWins && winner == before:
		d.Message = diag.T("%s: uWSGI takes %q and drops %q", subject, winner.Value, loser.Value)
		d.Why = diag.T("of a name and a number, uWSGI takes the one that stands first")
		d.Fix = remove(loser)
	default:
		d.Message = diag.T("%s: uWSGI takes the last value, %q, and drops %q", subject, winner.Value, loser.Value)
		d.Fix = remove(loser)
	}
	return d
}

// added returns the permissions that two options lead to.
func added(before, o *uwsgi.Option) (mode uint32, ok bool) {
	return (&uwsgi.Config{Options: []*uwsgi.Option{before, o}}).Mode()
}

// strayed returns the option that a flag with a path for its value was meant
// to be, when the flag is set beside it as it should be.
func strayed(before, o *uwsgi.Option) (meant string, stray *uwsgi.Option) {
	if o.Info.Kind != option.Bool {
		return "", nil
	}
	for _, x := range [...]*uwsgi.Option{o, before} {
		if name := pathOption(x.Value); name != "" {
			return name, x
		}
	}
	return "", nil
}

// pathOption returns the option that a path most likely belongs to, by its end.
func pathOption(value string) string {
	if !strings.Contains(value, "/") {
		return ""
	}
	switch {
	case strings.HasSuffix(value, ".pid"):
		return "pidfile"
	case strings.HasSuffix(value, ".log"):
		return "logto"
	case strings.HasSuffix(value, ".sock"), strings.HasSuffix(value, ".socket"):
		return "socket"
	}
	return ""
}

// rename gives a stray option its right name, or deletes it when that one is set.
func rename(c *uwsgi.Config, stray, other *uwsgi.Option, meant string, d *diag.Diagnostic) *diag.Fix {
	if set := c.Get(meant); set != nil && meant != "socket" {
		d.Help = diag.T("%s is set already, to %s: delete one of the two", meant, set.Value)
		d.Related = append(d.Related, diag.Related{Location: set.KeyLocation(), Message: diag.T("%s is set here", meant)})
		if !uwsgi.IsTrue(stray.Value) || !uwsgi.IsTrue(other.Value) {
			return nil
		}
		return remove(stray)
	}
	d.Help = diag.T("write %s = %s", meant, stray.Value)
	return setKey(stray, meant)
}

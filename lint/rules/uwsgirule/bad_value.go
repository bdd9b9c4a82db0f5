package uwsgirule

import (
	"math"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
	"github.com/deployctl/deployctl/uwsgi/option"
)

// BadValue finds values that uWSGI refuses, or takes for something else.
var BadValue = &lint.Rule{
	ID:       "uwsgi-bad-value",
	Severity: diag.Error,
	Summary:  "a value that uWSGI refuses, or takes for another one without a word",
	Fixable:  true,
	Page:     page("uwsgi-bad-value"),
	Check:    checkBadValue,
}

func checkBadValue(p *lint.Pass) {
	written(p, func(_ *uwsgi.Config, o *uwsgi.Option) {
		row := known(o)
		if row != nil && row.Handler == "uwsgi_opt_set_placeholder" && !isTemplate(o.Value) {
			form(p, o)
			return
		}
		if row == nil || !isKnown(o) || row.Immediate && strings.Contains(o.Value, "%(") {
			return
		}
		if _, comment := inlineComment(o); comment {
			return // uwsgi-inline-comment speaks of it
		}
		switch {
		case form(p, o):
		case isQuoted(o):
			quoted(p, o)
		case isNumeric(row.Kind):
			number(p, o)
		case row.Kind == option.Mode:
			mode(p, o)
		case takesPath(row):
			truth(p, o)
		case row.Kind == option.User || row.Kind == option.Group:
			identity(p, o)
		case row.Setting == "env":
			environment(p, o)
		}
	})
}

// number reports what is no whole number, and numbers that uWSGI refuses.
func number(p *lint.Pass, o *uwsgi.Option) {
	if o.Value == "" && o.Info.Arg == "optional" {
		return
	}
	n, rest := uwsgi.Number(o.Value)
	digits := len(rest) < len(strings.TrimLeft(o.Value, "+- "))
	d := diag.Diagnostic{Location: o.ValueLocation()}
	switch {
	case o.Value == "":
		d.Message = diag.T("%s has no number: uWSGI takes 0", o.Key)
	case !digits:
		d.Message = diag.T("%s takes a number: uWSGI reads %q as 0", o.Key, o.Value)
	case n < 0 && o.Info.Kind != option.RawInt:
		d.Message = diag.T("%s must not be negative", o.Key)
		if o.Info.Kind == option.Int {
			d.Why = diag.T("uWSGI ends with exit code 1: invalid value for option \"%s\": must be > 0", o.Key)
		}
	case rest == "" && wraps(o, &d):
	case rest == "":
		return
	default:
		unit(o, n, rest, &d)
	}
	if (o.Key == "processes" || o.Key == "workers") && n == 0 {
		d.Why = diag.T("without a worker uWSGI logs *** Operational MODE: no-workers ***, and every request hangs")
	}
	p.Report(d)
}

// wraps tells whether a number is larger than uWSGI's integers, of which it
// then takes the low 32 bits.
func wraps(o *uwsgi.Option, d *diag.Diagnostic) bool {
	n, err := strconv.ParseInt(strings.TrimSpace(o.Value), 10, 64)
	if err != nil || n <= math.MaxInt32 || o.Info.Kind != option.Int && o.Info.Kind != option.RawInt {
		return false
	}
	d.Message = diag.T("%s takes numbers up to 2147483647: uWSGI reads %s as %d", o.Key, o.Value, int32(n))
	return true
}

// unit reports text after a number, and mends the units that can only mean one thing.
func unit(o *uwsgi.Option, n int, rest string, d *diag.Diagnostic) {
	d.Message = diag.T("%s takes a plain number: uWSGI reads the %d of %q and drops %q", o.Key, n, o.Value, strings.TrimSpace(rest))
	switch u := strings.ToLower(strings.TrimSpace(rest)); {
	case o.Info.Kind == option.Megabytes && (u == "m" || u == "mb" || u == "mib"):
		d.Severity = diag.Warning
		d.Fix = setValue(o, strconv.Itoa(n))
	case o.Info.Kind == option.Megabytes && (u == "g" || u == "gb" || u == "gib"):
		d.Fix = multiplied(o, n, 1024)
	case inBytes(o.Info.Name) && (u == "b" || u == "bytes"):
		d.Severity = diag.Warning
		d.Fix = setValue(o, strconv.Itoa(n))
	case inBytes(o.Info.Name) && (u == "k" || u == "kb" || u == "kib"):
		d.Why = diag.T("uWSGI knows no units: this is %d bytes", n)
		d.Fix = multiplied(o, n, 1<<10)
	case inBytes(o.Info.Name) && (u == "m" || u == "mb" || u == "mib"):
		d.Why = diag.T("uWSGI knows no units: this is %d bytes", n)
		d.Fix = multiplied(o, n, 1<<20)
	case inSeconds(o.Info.Name) && (u == "s" || u == "sec" || u == "seconds"):
		d.Severity = diag.Warning
		d.Fix = setValue(o, strconv.Itoa(n))
	case inSeconds(o.Info.Name) && (u == "m" || u == "min" || u == "minutes"):
		d.Why = diag.T("uWSGI knows no units: this is %d seconds", n)
		d.Fix = multiplied(o, n, 60)
	}
}

func multiplied(o *uwsgi.Option, n, by int) *diag.Fix {
	if n > math.MaxInt32/by || o.Info.Kind == option.Uint16 && n*by > math.MaxUint16 {
		return nil
	}
	return setValue(o, strconv.Itoa(n*by))
}

// inBytes tells whether an option counts bytes.
func inBytes(name string) bool {
	switch name {
	case "buffer-size", "post-buffering", "post-buffering-bufsize", "limit-post", "log-maxsize",
		"http-buffer-size", "response-headers-limit", "log-master-bufsize", "thread-stacksize",
		"http-post-buffering", "static-cache-paths-bufsize":
		return true
	}
	return false
}

// inSeconds tells whether an option counts seconds.
func inSeconds(name string) bool {
	switch name {
	case "harakiri", "mule-harakiri", "spooler-harakiri", "socket-timeout", "http-timeout", "http-keepalive",
		"worker-reload-mercy", "reload-mercy", "mule-reload-mercy", "max-worker-lifetime", "min-worker-lifetime",
		"http-connect-timeout", "http-headers-timeout", "idle", "forkbomb-delay", "harakiri-graceful-timeout":
		return true
	}
	return false
}

// mode reports permissions that uWSGI refuses to start with.
func mode(p *lint.Pass, o *uwsgi.Option) {
	if _, ok := uwsgi.ParseMode(o.Value); ok {
		return
	}
	d := diag.Diagnostic{
		Location: o.ValueLocation(),
		Message:  diag.T("%s takes three octal digits, not %q", o.Key, o.Value),
		Why:      diag.T("uWSGI ends with exit code 1: invalid chmod value: %s", o.Value),
	}
	if plain := strings.TrimPrefix(strings.TrimPrefix(o.Value, "0o"), "0"); plain != "1" {
		if _, ok := uwsgi.ParseMode(plain); ok {
			d.Fix = setValue(o, plain)
		}
	}
	p.Report(d)
}

// takesPath tells whether an option is a file's or socket's name.
func takesPath(row *option.Option) bool {
	return row.Kind == option.Path || row.Name == "stats" || row.Name == "stats-server"
}

// truth reports files called true and false.
func truth(p *lint.Pass, o *uwsgi.Option) {
	switch strings.ToLower(o.Value) {
	case "true", "false", "yes", "no", "on", "off":
	default:
		return
	}
	d := diag.Diagnostic{
		Location: o.ValueLocation(),
		Message:  diag.T("%s takes a path: uWSGI makes a file called %q", o.Key, o.Value),
	}
	on := uwsgi.IsTrue(o.Value)
	switch {
	case strings.HasPrefix(o.Key, "daemonize") && !on:
		d.Why = diag.T("uWSGI goes to the background all the same, and its log ends up in the file %s", o.Value)
	case strings.HasPrefix(o.Key, "daemonize"):
		d.Why = diag.T("uWSGI goes to the background, and its log ends up in the file %s", o.Value)
	}
	if on {
		d.Help = diag.T("write a path, or delete the line")
	} else {
		d.Help = diag.T("delete the line: the option is off where it is not set")
		d.Fix = remove(o)
	}
	p.Report(d)
}

// identity reports empty accounts.
func identity(p *lint.Pass, o *uwsgi.Option) {
	if o.Value != "" {
		return
	}
	p.Report(diag.Diagnostic{
		Location: o.ValueLocation(),
		Message:  diag.T("%s names no account", o.Key),
		Why:      diag.T("uWSGI ends with exit code 1: user  not found."),
	})
}

// environment reports variables whose names end up with a blank.
func environment(p *lint.Pass, o *uwsgi.Option) {
	name, value, ok := strings.Cut(o.Value, "=")
	trimmed := strings.TrimRight(name, " \t")
	if !ok || trimmed == name || trimmed == "" {
		return
	}
	p.Report(diag.Diagnostic{
		Location: o.ValueLocation(),
		Message:  diag.T("the variable is called %q, with a blank at the end", name),
		Why:      diag.T("uWSGI hands NAME=VALUE on as it is: the application finds no variable %s", trimmed),
		Fix:      setValue(o, trimmed+"="+strings.TrimLeft(value, " \t")),
	})
}

// isQuoted tells whether a value that is no free text stands in quotes, which
// uWSGI keeps.
func isQuoted(o *uwsgi.Option) bool {
	v := o.Value
	if len(v) < 2 || v[0] != '"' && v[0] != '\'' || v[len(v)-1] != v[0] {
		return false
	}
	switch o.Info.Kind {
	case option.Path, option.Mode, option.User, option.Group:
		return true
	}
	if isNumeric(o.Info.Kind) || bindsSocket(o.Info) {
		return true
	}
	switch o.Info.Name {
	case "module", "wsgi", "callable", "chown-socket", "plugin", "plugins", "stats", "stats-server", "cheaper-algo", "static-map", "mount":
		return true
	}
	return false
}

func quoted(p *lint.Pass, o *uwsgi.Option) {
	inside := o.Value[1 : len(o.Value)-1]
	p.Report(diag.Diagnostic{
		Location: o.ValueLocation(),
		Message:  diag.T("uWSGI has no quoting: the quotes are part of %s's value", o.Key),
		Fix:      setValue(o, inside),
	})
}

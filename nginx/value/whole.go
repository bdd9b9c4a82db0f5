package value

import (
	"fmt"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx"
)

// one is the list of a single fault, or none when log is "".
func one(word int, log string, message diag.Text) []Bad {
	if log == "" {
		return nil
	}
	return []Bad{{word, message, log}}
}

// each checks every argument from the one counted from 0 on.
func each(args []nginx.Word, from int, k kind) []Bad {
	var bad []Bad
	for i := from; i < len(args); i++ {
		log, message := k.check(args[i].Value)
		bad = append(bad, one(i+1, log, message)...)
	}
	return bad
}

func badParameter(word int, s string) []Bad {
	return []Bad{{word, diag.T("%q is no parameter here", s), fmt.Sprintf("invalid parameter %q", s)}}
}

func badValue(word int, s string) []Bad {
	return []Bad{{word, diag.T("nginx takes no value %q here", s), invalid(s)}}
}

// orWord is a value of a kind, or one of the words.
func orWord(k kind, words ...string) func([]nginx.Word) []Bad {
	return func(args []nginx.Word) []Bad {
		if slices.Contains(words, args[0].Value) {
			return nil
		}
		return each(args, 0, k)
	}
}

func accessLog(args []nginx.Word) []Bad {
	if args[0].Value == "off" {
		if len(args) > 1 {
			return badParameter(2, args[1].Value)
		}
		return nil
	}
	log, message := syslogOrFile.check(args[0].Value)
	bad := append(one(1, log, message), each(args[:1], 0, complexValue)...)
	buffered, flush := false, false
	for i := 2; i < len(args); i++ {
		s := args[i].Value
		name, v, hasValue := strings.Cut(s, "=")
		k := anything
		switch {
		case name == "buffer" && hasValue:
			k, buffered = someSize, true
		case name == "flush" && hasValue:
			k, flush = someMilliseconds, true
		case name == "if" && hasValue:
			k = complexValue
		case name == "gzip":
			buffered = true
			if n, ok := Number(v); hasValue && (!ok || n < 1 || n > 9) {
				bad = append(bad, Bad{i + 1, diag.T("%q is outside %d to %d", v, 1, 9), fmt.Sprintf("invalid compression level %q", v)})
			}
		default:
			bad = append(bad, badParameter(i+1, s)...)
		}
		log, message := k.check(v)
		bad = append(bad, one(i+1, log, message)...)
	}
	target := args[0].Value
	switch {
	case len(bad) > 0:
	case flush && !buffered:
		bad = one(0, fmt.Sprintf("no buffer is defined for access_log %q", target), diag.T("flush= needs buffer= or gzip"))
	case buffered && strings.Contains(target, "$"):
		bad = one(1, "buffered logs cannot have variables in name", diag.T("a log whose name holds a variable cannot be buffered"))
	case buffered && strings.HasPrefix(target, "syslog:"):
		bad = one(1, "logs to syslog cannot be buffered", diag.T("a log that goes to syslog cannot be buffered"))
	}
	return bad
}

func errorLog(args []nginx.Word) []Bad {
	log, message := syslogOrFile.check(args[0].Value)
	bad := one(1, log, message)
	if v, ok := strings.CutPrefix(args[0].Value, "memory:"); ok {
		log, message := size.check(v)
		bad = one(1, log, message)
	}
	levels := 0
	for i := 1; i < len(args); i++ {
		level := args[i].Value
		if !logLevels[level] {
			bad = append(bad, Bad{i + 1, diag.T("%q is no log level", level), fmt.Sprintf("invalid log level %q", level)})
		} else if !strings.HasPrefix(level, "debug_") {
			if levels++; levels > 1 || i > 1 {
				bad = append(bad, Bad{i + 1, diag.T("a second log level %q", level), fmt.Sprintf("duplicate log level %q", level)})
			}
		} else if levels > 0 {
			bad = append(bad, Bad{i + 1, diag.T("a second log level %q", level), fmt.Sprintf("invalid log level %q", level)})
		}
	}
	return bad
}

func logFormat(args []nginx.Word) []Bad {
	from := 1
	if v, ok := strings.CutPrefix(args[1].Value, "escape="); ok {
		if v != "json" && v != "none" && v != "default" {
			return one(2, fmt.Sprintf("unknown log format escaping %q", v), diag.T("escape is json, none or default, and not %q", v))
		}
		from = 2
	}
	return each(args, from, complexValue)
}

func aio(args []nginx.Word) []Bad {
	v := args[0].Value
	if v == "on" || v == "off" || v == "threads" || v == "sendfile" || strings.HasPrefix(v, "threads=") {
		return nil
	}
	return badValue(1, v)
}

func disableSymlinks(args []nginx.Word) []Bad {
	mode := false
	for i, a := range args {
		switch v := a.Value; {
		case v == "off", v == "on", v == "if_not_owner":
			if mode {
				return badParameter(i+1, v)
			}
			mode = true
		case strings.HasPrefix(v, "from="):
			if log, message := complexValue.check(v); log != "" {
				return one(i+1, log, message)
			}
		default:
			return badParameter(i+1, v)
		}
	}
	if !mode {
		return one(0, `"disable_symlinks" must have "off", "on" or "if_not_owner" parameter`, diag.T("%q lacks the parameter %q", "disable_symlinks", "on"))
	}
	if len(args) == 2 && (args[0].Value == "off" || args[1].Value == "off") {
		return one(0, `"from=" cannot be used with "off" parameter`, diag.T("from= has no meaning with off"))
	}
	return nil
}

func expires(args []nginx.Word) []Bad {
	last := len(args) - 1
	v := args[last].Value
	modified := last == 1
	if modified && args[0].Value != "modified" {
		return badValue(1, args[0].Value)
	}
	if strings.Contains(v, "$") {
		return each(args, last, complexValue)
	}
	if !modified && (v == "epoch" || v == "max" || v == "off") {
		return nil
	}
	rest, daily := strings.CutPrefix(v, "@")
	if !daily && v != "" && (v[0] == '+' || v[0] == '-') {
		rest = v[1:]
	}
	if daily && modified {
		return one(last+1, `daily time cannot be used with "modified" parameter`, diag.T("a time of day (%q) has no meaning with modified", v))
	}
	n, ok := Seconds(rest)
	if !ok {
		return one(last+1, `"expires" directive invalid value`, diag.T("%q is no time: write one such as 30d, @15h30m, epoch, max or off", v))
	}
	if daily && n > 24*3600 {
		return one(last+1, "daily time value must be less than 24 hours", diag.T("%q is no time of day", v))
	}
	return nil
}

func index(args []nginx.Word) []Bad {
	for i, a := range args {
		if a.Value == "" {
			return one(i+1, `index "" in "index" directive is invalid`, diag.T("the name of an index is empty"))
		}
	}
	return each(args, 0, complexValue)
}

func root(args []nginx.Word) []Bad {
	for _, name := range []string{"document_root", "realpath_root"} {
		if strings.Contains(args[0].Value, "$"+name) || strings.Contains(args[0].Value, "${"+name+"}") {
			return one(1, fmt.Sprintf("the $%s variable cannot be used in the directive", name), diag.T("$%s is made of this very value", name))
		}
	}
	return each(args, 0, complexValue)
}

func subFilter(args []nginx.Word) []Bad {
	if args[0].Value == "" {
		return one(1, "empty search pattern", diag.T("the text to look for is empty"))
	}
	return each(args, 0, complexValue)
}

var methodNames = set("get head post put delete mkcol copy move options propfind proppatch lock unlock patch")

func methods(args []nginx.Word) []Bad {
	for i, a := range args {
		if !methodNames[strings.ToLower(a.Value)] {
			return one(i+1, fmt.Sprintf("invalid method %q", a.Value), diag.T("%q is no method that nginx knows here", a.Value))
		}
	}
	return nil
}

func useridMark(args []nginx.Word) []Bad {
	v := args[0].Value
	if v == "off" || len(v) == 1 && (isWord(v[0]) && v[0] != '_' || v[0] == '=') {
		return nil
	}
	return one(1, `value must be "off" or a single letter, digit or "="`, diag.T("%q is neither off nor a single letter, digit or =", v))
}

func eventMethod(args []nginx.Word) []Bad {
	switch v := args[0].Value; v {
	case "epoll", "poll", "select", "kqueue", "/dev/poll", "eventport", "iocp":
		return nil
	default:
		return one(1, fmt.Sprintf("invalid event type %q", v), diag.T("%q is no method of waiting for events", v))
	}
}

func priority(args []nginx.Word) []Bad {
	v := args[0].Value
	if v != "" && (v[0] == '-' || v[0] == '+') {
		v = v[1:]
	}
	log, message := number.check(v)
	return one(1, log, message)
}

func cpuAffinity(args []nginx.Word) []Bad {
	from := 0
	if args[0].Value == "auto" {
		from = 1
		if len(args) > 2 {
			return one(3, `invalid number of arguments in "worker_cpu_affinity" directive`, diag.T("one mask may follow auto"))
		}
	}
	for i := from; i < len(args); i++ {
		if strings.Trim(args[i].Value, "01 ") != "" {
			return one(i+1, `invalid character in "worker_cpu_affinity"`, diag.T("%q is no mask of 0 and 1", args[i].Value))
		}
	}
	return nil
}

func sharedZone(args []nginx.Word) []Bad {
	if args[0].Value == "" {
		return one(1, `invalid zone name ""`, diag.T("the name of the zone is empty"))
	}
	if len(args) < 2 {
		return nil
	}
	log, message := zone32k.check(args[0].Value + ":" + args[1].Value)
	return one(2, log, message)
}

func sessionCache(args []nginx.Word) []Bad {
	for i, a := range args {
		v := a.Value
		if v == "off" || v == "none" || v == "builtin" {
			continue
		}
		if n, ok := strings.CutPrefix(v, "builtin:"); ok {
			if _, ok := Number(n); ok {
				continue
			}
		}
		name, bytes, _ := strings.Cut(strings.TrimPrefix(v, "shared:"), ":")
		n, ok := Size(bytes)
		if !strings.HasPrefix(v, "shared:") || name == "" || !ok {
			return one(i+1, fmt.Sprintf("invalid session cache %q", v), diag.T("%q is no cache: write shared:name:size, such as shared:tls:10m, builtin, none or off", v))
		}
		if n < 8*pageSize {
			return one(i+1, fmt.Sprintf("session cache %q is too small", v), diag.T("the zone %q is smaller than %d KiB", v, 8*pageSize>>10))
		}
	}
	return nil
}

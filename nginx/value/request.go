package value

import (
	"fmt"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx"
)

func location(args []nginx.Word) []Bad {
	if len(args) == 1 {
		if pattern, ok := strings.CutPrefix(args[0].Value, "~"); ok {
			p, ignore := strings.CutPrefix(pattern, "*")
			log, message := checkRegex(p, ignore)
			return one(1, log, message)
		}
		return nil
	}
	switch m := args[0].Value; m {
	case "=", "^~":
		return nil
	case "~", "~*":
		log, message := checkRegex(args[1].Value, m == "~*")
		return one(2, log, message)
	default:
		return one(1, fmt.Sprintf("invalid location modifier %q", m), diag.T("%q is no modifier of a location: =, ^~, ~ and ~* are", m))
	}
}

func serverName(args []nginx.Word) []Bad {
	var bad []Bad
	for i, a := range args {
		switch v := a.Value; {
		case strings.HasPrefix(v, "*") && (len(v) < 3 || v[1] != '.'), v == ".":
			bad = append(bad, one(i+1, fmt.Sprintf("server name %q is invalid", v), diag.T("%q is no server name: * stands for a whole first or last label", v))...)
		case v == "~":
			bad = append(bad, one(i+1, `empty regex in server name "~"`, diag.T("the regular expression is empty"))...)
		case strings.HasPrefix(v, "~"):
			log, message := checkRegex(v[1:], true)
			bad = append(bad, one(i+1, log, message)...)
		case !Hostname(v):
			bad = append(bad, one(i+1, fmt.Sprintf("invalid server name or wildcard %q", v), diag.T("%q is no server name: * stands for a whole first or last label", v))...)
		}
	}
	return bad
}

// Hostname tells whether a name may stand in a hash of hosts: a * only for a
// whole label at the start or the end, and no empty label but at the start
// (ngx_hash_add_key with NGX_HASH_WILDCARD_KEY).
func Hostname(s string) bool {
	stars := strings.Count(s, "*")
	if stars > 1 || strings.Contains(s, "..") || strings.IndexByte(s, 0) >= 0 {
		return false
	}
	if len(s) > 1 && s[0] == '.' || stars == 0 {
		return true
	}
	return len(s) > 2 && (strings.HasPrefix(s, "*.") || strings.HasSuffix(s, ".*"))
}

func returns(args []nginx.Word) []Bad {
	code := args[0].Value
	n, ok := Number(code)
	switch {
	case !ok && len(args) == 1 && (strings.HasPrefix(code, "http://") || strings.HasPrefix(code, "https://") || strings.HasPrefix(code, "$scheme")):
		return each(args, 0, complexValue)
	case !ok || n > 999:
		return one(1, fmt.Sprintf("invalid return code %q", code), diag.T("%q is no status: write a number up to 999, or a URL alone", code))
	}
	return each(args, 1, complexValue)
}

func rewrite(args []nginx.Word) []Bad {
	log, message := checkRegex(args[0].Value, false)
	bad := one(1, log, message)
	if args[1].Value == "" {
		bad = append(bad, one(2, "empty replacement", diag.T("the replacement is empty"))...)
	}
	bad = append(bad, each(args[:2], 1, complexValue)...)
	if len(args) == 3 {
		if flag := args[2].Value; !slices.Contains([]string{"last", "break", "redirect", "permanent"}, flag) {
			bad = append(bad, one(3, fmt.Sprintf("invalid parameter %q", flag), diag.T("%q is no flag of rewrite: last, break, redirect and permanent are", flag))...)
		}
	}
	return bad
}

func tryFiles(args []nginx.Word) []Bad {
	bad := each(args, 0, complexValue)
	last := args[len(args)-1].Value
	if code, ok := strings.CutPrefix(last, "="); ok {
		if n, ok := Number(code); !ok || n > 999 {
			bad = append(bad, one(len(args), fmt.Sprintf("invalid code %q", last), diag.T("%q is no status: write one such as =404", last))...)
		}
	}
	return bad
}

func errorPage(args []nginx.Word) []Bad {
	last := len(args) - 1
	bad := each(args, last, complexValue)
	codes := last
	if v := args[last-1].Value; strings.HasPrefix(v, "=") {
		codes--
		if _, ok := Number(v[1:]); codes == 0 || v != "=" && !ok {
			return badValue(last, v)
		}
	}
	for i := range codes {
		v := args[i].Value
		n, ok := Number(v)
		switch {
		case !ok || n == 499:
			bad = append(bad, badValue(i+1, v)...)
		case n < 300 || n > 599:
			bad = append(bad, one(i+1, fmt.Sprintf("value %q must be between 300 and 599", v), diag.T("%q is outside %d to %d", v, 300, 599))...)
		}
	}
	return bad
}

func cacheValid(args []nginx.Word) []Bad {
	last := len(args) - 1
	bad := each(args, last, seconds)
	for i := range last {
		v := args[i].Value
		if n, ok := Number(v); v != "any" && (!ok || n < 100 || n > 599) {
			bad = append(bad, one(i+1, fmt.Sprintf("invalid status %q", v), diag.T("%q is no status: write 100 to 599, or any", v))...)
		}
	}
	return bad
}

// condition checks the arguments of if (ngx_http_rewrite_if_condition).
func condition(args []nginx.Word) []Bad {
	words := make([]string, len(args))
	for i, a := range args {
		words[i] = a.Value
	}
	wrong := func(i int) []Bad {
		return one(i+1, fmt.Sprintf("invalid condition %q", args[i].Value), diag.T("%q is no condition: write ($variable), ($variable = text), ($variable ~ expression) or (-f file)", args[i].Value))
	}
	cur, last := 0, len(words)-1
	if !strings.HasPrefix(words[0], "(") {
		return wrong(0)
	}
	if words[0] == "(" {
		cur = 1
	} else {
		words[0] = words[0][1:]
	}
	if !strings.HasSuffix(words[last], ")") {
		return wrong(last)
	}
	if words[last] == ")" {
		last--
	} else {
		words[last] = words[last][:len(words[last])-1]
	}
	if cur > last {
		return wrong(0)
	}
	switch op := words[cur]; {
	case len(op) > 1 && op[0] == '$':
		return comparison(args, words, cur, last, wrong)
	case len(op) == 2 && op[0] == '-' || len(op) == 3 && op[0] == '!' && op[1] == '-':
		if cur+1 != last || strings.IndexByte("fdex", op[len(op)-1]) < 0 {
			return wrong(cur)
		}
		log, message := complexValue.check(words[last])
		return one(last+1, log, message)
	}
	return wrong(cur)
}

func comparison(args []nginx.Word, words []string, cur, last int, wrong func(int) []Bad) []Bad {
	if cur != last && cur+2 != last {
		return wrong(cur)
	}
	if cur == last {
		return nil
	}
	switch op := words[cur+1]; op {
	case "=", "!=":
		log, message := complexValue.check(words[last])
		return one(last+1, log, message)
	case "~", "~*", "!~", "!~*":
		log, message := checkRegex(words[last], strings.HasSuffix(op, "*"))
		return one(last+1, log, message)
	default:
		return one(cur+2, fmt.Sprintf("unexpected %q in condition", op), diag.T("%q compares nothing: =, !=, ~, ~*, !~ and !~* do", op))
	}
}

func validReferers(args []nginx.Word) []Bad {
	for i, a := range args {
		v := a.Value
		host, _, _ := strings.Cut(v, "/")
		switch {
		case v == "":
			return one(i+1, `invalid referer ""`, diag.T("the referer is empty"))
		case v == "~":
			return one(i+1, `empty regex in "~"`, diag.T("the regular expression is empty"))
		case strings.HasPrefix(v, "~"):
			if log, message := checkRegex(v[1:], true); log != "" {
				return one(i+1, log, message)
			}
		case !Hostname(host):
			return one(i+1, fmt.Sprintf("invalid hostname or wildcard %q", host), diag.T("%q is no server name: * stands for a whole first or last label", host))
		}
	}
	return nil
}

package front

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/internal/pcre"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/site"
)

// op is one directive of the rewrite module (ngx_http_rewrite_module.c). It
// tells how to go on, and makes the response where it ends the request.
type op func(*request) (step, *response, int)

// step is how a script goes on after a directive.
type step uint8

const (
	next  step = iota
	stop       // break: the rest of the script is left out
	end        // the request is answered
	again      // last: the rest is left out, and a location is looked for again
)

// script compiles the directives of the rewrite module that stand in a scope.
func (c *config) script(l *location, scope *site.Scope) []op {
	var ops []op
	for _, n := range scope.Nodes {
		switch n.Name.Value {
		case "set":
			name := strings.ToLower(strings.TrimPrefix(n.Arg(0), "$"))
			v := c.text(n.Arg(1))
			ops = append(ops, func(r *request) (step, *response, int) {
				if name == "args" {
					r.args, r.ownURI, r.hadArgs = v.eval(r), true, true
					return next, nil, 0
				}
				r.setVar(name, v.eval(r))
				return next, nil, 0
			})
		case "break":
			ops = append(ops, func(r *request) (step, *response, int) {
				r.brokenURI = r.brokenURI || r.uriChanged
				r.uriChanged = false
				return stop, nil, 0
			})
		case "return":
			ops = append(ops, c.returnOp(n))
		case "rewrite":
			ops = append(ops, c.rewriteOp(n))
		case "if":
			ops = append(ops, c.ifOp(l, n))
		}
	}
	return ops
}

// execute runs a script.
func (r *request) execute(ops []op) (step, *response, int) {
	for _, o := range ops {
		if s, response, status := o(r); s != next {
			return s, response, status
		}
	}
	return next, nil, 0
}

// returnOp compiles return: a status, a redirect, or a text.
func (c *config) returnOp(n *site.Node) op {
	code, err := strconv.Atoi(n.Arg(0))
	target := n.Arg(1)
	if err != nil {
		code, target = http.StatusFound, n.Arg(0)
	}
	v := c.text(target)
	switch {
	case code >= 400 && target == "":
		return func(*request) (step, *response, int) { return end, nil, code }
	case code == 301 || code == 302 || code == 303 || code == 307 || code == 308:
		return func(r *request) (step, *response, int) {
			if b := r.unread(); b != nil {
				b.goOn()
			}
			return end, redirect(code, v.eval(r)), 0
		}
	}
	return func(r *request) (step, *response, int) {
		r.status = code // which $status shows
		if r.override > 0 {
			r.status = r.override
		}
		body := v.eval(r)
		return end, &response{status: code, contentType: r.loc.typeOf(r.path), body: []byte(body), length: int64(len(body)), text: true}, 0
	}
}

// rewriteOp compiles rewrite (ngx_http_script_regex_start_code and
// ngx_http_script_regex_end_code).
func (c *config) rewriteOp(n *site.Node) op {
	re := c.regex(n, n.Arg(0), false)
	replacement := n.Arg(1)
	flag := n.Arg(2)
	code := 0
	switch {
	case flag == "permanent":
		code = http.StatusMovedPermanently
	case flag == "redirect" || strings.HasPrefix(replacement, "http://") || strings.HasPrefix(replacement, "https://") || strings.HasPrefix(replacement, "$scheme"):
		code = http.StatusFound
	}
	keepArgs := true
	if strings.HasSuffix(replacement, "?") {
		replacement, keepArgs = replacement[:len(replacement)-1], false
	}
	before, after, hasArgs := strings.Cut(replacement, "?")
	path, args := c.text(before), c.text(after)
	return func(r *request) (step, *response, int) {
		if !r.matchLogged(re, n.Arg(0), r.path) {
			return next, nil, 0
		}
		if code != 0 {
			r.quote = r.quotedURI()
			to := path.eval(r)
			if hasArgs {
				to += "?" + args.eval(r)
			}
			r.quote = false
			to = unescapeRedirect(to)
			if keepArgs && r.args != "" {
				to += map[bool]string{true: "&", false: "?"}[hasArgs] + r.args
			}
			r.logRewrite("rewritten redirect: %q", to)
			return end, redirect(code, to), 0
		}
		r.internal, r.ownURI = true, true
		to := path.eval(r)
		if hasArgs {
			r.quote = r.quotedURI()
			with := args.eval(r)
			r.quote = false
			if keepArgs && r.args != "" {
				with += "&" + r.args
			}
			r.args, r.hadArgs = with, true
		} else if !keepArgs {
			r.args, r.hadArgs = "", r.hadArgs || r.args != ""
		}
		r.path = to
		r.logRewrite("rewritten data: %q, args: %q", to, r.args)
		if to == "" {
			r.logError("the rewritten URI has a zero length")
			return end, nil, http.StatusInternalServerError
		}
		switch flag {
		case "break":
			r.brokenURI, r.uriChanged = true, false
			return stop, nil, 0
		case "last":
			r.uriChanged = true
			return again, nil, 0
		}
		r.uriChanged = true
		return next, nil, 0
	}
}

// matchLogged is match of a directive that rewrite_log speaks of. One that does
// not match forgets what groups matched before (ngx_http_script_regex_start_code).
func (r *request) matchLogged(re *pcre.Regexp, pattern, s string) bool {
	matches := r.match(re, s)
	if matches {
		r.logRewrite("%q matches %q", pattern, s)
	} else {
		r.captures = nil
		r.logRewrite("%q does not match %q", pattern, s)
	}
	return matches
}

// logRewrite writes a line that rewrite_log asks for. %q stands for quotes alone.
func (r *request) logRewrite(format string, values ...any) {
	if r.loc.rewrites {
		r.log("notice", fmt.Sprintf(strings.ReplaceAll(format, "%q", `"%s"`), values...), "")
	}
}

// quotedURI tells that the client's URI held escapes or a plus sign: then nginx
// escapes what groups matched where it puts it into arguments and redirects.
func (r *request) quotedURI() bool {
	path, _, _ := strings.Cut(r.unparsed, "?")
	return strings.ContainsAny(path, "%+")
}

// escapeArgs is ngx_escape_uri with NGX_ESCAPE_ARGS.
func escapeArgs(s string) string {
	return strings.NewReplacer("&", "%26", "+", "%2B", ";", "%3B").Replace(escape(s))
}

// unescapeRedirect undoes the escapes before the arguments of what needs none
// (ngx_unescape_uri with NGX_UNESCAPE_REDIRECT).
func unescapeRedirect(s string) string {
	path, args, hasArgs := strings.Cut(s, "?")
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		if path[i] == '%' && i+2 < len(path) {
			if n, err := strconv.ParseUint(path[i+1:i+3], 16, 8); err == nil && n > '%' && n < 0x7f {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(path[i])
	}
	if hasArgs {
		b.WriteString("?" + args)
	}
	return b.String()
}

// ifOp compiles if: its directives of the rewrite module, and in a location the
// settings that hold from then on.
func (c *config) ifOp(l *location, n *site.Node) op {
	holds := c.condition(n)
	var inner *location
	if l.of != nil || l.handler != nil || insideLocation(n.Scope) {
		inner = c.location(l.server, n.Body, l.of, l)
	} else {
		inner = &location{script: c.script(l, n.Body)}
	}
	return func(r *request) (step, *response, int) {
		if !holds(r) {
			return next, nil, 0
		}
		if inner.Scope != nil {
			r.enter(inner)
		}
		return r.execute(inner.script)
	}
}

func insideLocation(s *site.Scope) bool {
	for ; s != nil; s = s.Parent {
		if s.Opener != nil && s.Opener.Name.Value == "location" {
			return true
		}
	}
	return false
}

// condition compiles what stands in the parentheses of an if.
func (c *config) condition(n *site.Node) func(*request) bool {
	words := make([]nginx.Word, len(n.Args))
	copy(words, n.Args)
	if len(words) == 0 {
		return func(*request) bool { return false }
	}
	words[0].Value = strings.TrimPrefix(words[0].Value, "(")
	last := len(words) - 1
	words[last].Value = strings.TrimSuffix(words[last].Value, ")")
	var values []string
	for i, w := range words {
		if w.Value != "" || i > 0 && i < last {
			values = append(values, w.Value)
		}
	}
	if len(values) == 0 {
		return func(*request) bool { return false }
	}
	left := c.text(values[0])
	if len(values) == 1 {
		return func(r *request) bool { v := left.eval(r); return v != "" && v != "0" }
	}
	switch operator := values[0]; operator {
	case "-f", "!-f", "-d", "!-d", "-e", "!-e", "-x", "!-x":
		path := c.text(values[1])
		return func(r *request) bool { return fileTest(operator, path.eval(r)) }
	}
	right := ""
	if len(values) > 2 {
		right = values[2]
	}
	switch values[1] {
	case "=", "!=":
		want, negate := c.text(right), values[1] == "!="
		return func(r *request) bool { return (left.eval(r) == want.eval(r)) != negate }
	case "~", "~*", "!~", "!~*":
		re := c.regex(n, right, strings.HasSuffix(values[1], "*"))
		negate := strings.HasPrefix(values[1], "!")
		return func(r *request) bool { return r.matchLogged(re, right, left.eval(r)) != negate }
	}
	c.fail(n, "invalid condition %q", values[1])
	return func(*request) bool { return false }
}

func fileTest(operator, path string) bool {
	name, negate := strings.CutPrefix(operator, "!")
	info, err := os.Stat(path)
	holds := err == nil
	switch {
	case err != nil:
	case name == "-f":
		holds = info.Mode().IsRegular()
	case name == "-d":
		holds = info.IsDir()
	case name == "-x":
		holds = info.Mode().Perm()&0o111 != 0
	}
	return holds != negate
}

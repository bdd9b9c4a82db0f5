package route

import (
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/pcre"
	"github.com/deployctl/deployctl/nginx/site"
)

// script executes the directives of the rewrite module that stand in a scope. It
// is false where another location has to be looked for, or break ends it.
func (w *walker) script(s *site.Scope) bool {
	changed := false
	for _, n := range s.Nodes {
		switch n.Name.Value {
		case "set":
			value, ok := w.expand(n.Arg(1))
			name := strings.ToLower(strings.TrimPrefix(n.Arg(0), "$"))
			if ok {
				w.vars[name] = value
			} else {
				delete(w.vars, name)
			}
		case "break":
			return true
		case "return":
			w.returns(n)
			return false
		case "rewrite":
			rewritten, last := w.rewrite(n)
			if w.done || last {
				return false
			}
			if rewritten && n.Arg(2) == "break" {
				w.internal = true
				return true
			}
			changed = changed || rewritten
		case "if":
			holds, known := w.holds(n)
			if !known {
				w.step(n, false, diag.T("whether it holds is not known without running"))
				continue
			}
			w.step(n, holds, truth(holds))
			if !holds || n.Body == nil {
				continue
			}
			if s.Opener != nil && s.Opener.Name.Value == "location" {
				w.scope = n.Body
			}
			if !w.script(n.Body) {
				return false
			}
		}
		if w.done {
			return false
		}
	}
	return !changed
}

func truth(holds bool) diag.Text {
	if holds {
		return diag.T("it holds")
	}
	return diag.T("it does not hold")
}

// returns executes return.
func (w *walker) returns(n *site.Node) {
	code, err := strconv.Atoi(n.Arg(0))
	target := n.Arg(1)
	if err != nil {
		code, target = http.StatusFound, n.Arg(0)
	}
	value, _ := w.expand(target)
	w.step(n, true, diag.T("the request ends here"))
	if code >= 301 && code <= 308 && code != 304 {
		w.end(Redirect, code, w.absolute(value), n.HeadLocation())
		return
	}
	w.end(Status, code, "", n.HeadLocation())
}

// absolute completes a redirect to a path, as nginx does with absolute_redirect.
func (w *walker) absolute(to string) string {
	nodes := w.scope.Effective("absolute_redirect")
	if !strings.HasPrefix(to, "/") || len(nodes) > 0 && nodes[0].Arg(0) == "off" {
		return to
	}
	return w.scheme() + "://" + w.q.Host + to
}

// rewrite executes rewrite. last tells that another location is looked for.
func (w *walker) rewrite(n *site.Node) (rewritten, last bool) {
	if !w.matchesOrForgets(n.Arg(0), false, w.path) {
		w.step(n, false, diag.T("%q does not match %s", n.Arg(0), w.path))
		return false, false
	}
	replacement, flag := n.Arg(1), n.Arg(2)
	keep := !strings.HasSuffix(replacement, "?")
	to, known := w.expand(strings.TrimSuffix(replacement, "?"))
	if !known {
		w.unknown(n.HeadLocation(), diag.T("%s holds variables that only a request has", replacement))
		return true, false
	}
	w.step(n, true, diag.T("the path becomes %s", to))
	external := strings.HasPrefix(replacement, "http://") || strings.HasPrefix(replacement, "https://") || strings.HasPrefix(replacement, "$scheme")
	if external || flag == "redirect" || flag == "permanent" {
		code := http.StatusFound
		if flag == "permanent" {
			code = http.StatusMovedPermanently
		}
		if keep && w.args != "" {
			to += separator(to) + w.args
		}
		w.end(Redirect, code, w.absolute(to), n.HeadLocation())
		return true, false
	}
	path, args, _ := strings.Cut(to, "?")
	if keep && w.args != "" {
		if args != "" {
			args += "&"
		}
		args += w.args
	}
	w.path, w.args = path, args
	w.internal = true
	return true, flag == "last"
}

// matches searches a text, and keeps what the groups matched.
func (w *walker) matches(pattern string, ignoreCase bool, text string) bool {
	re, err := pcre.Compile(pattern, ignoreCase)
	if err != nil {
		return false
	}
	groups, err := re.Find(text)
	if err != nil || groups == nil {
		return false
	}
	w.captures = groups
	for i, name := range re.Names {
		if name != "" && i < len(groups) {
			w.vars[strings.ToLower(name)] = groups[i]
		}
	}
	return true
}

// matchesOrForgets is matches of rewrite and if: what groups matched before is
// forgotten where they do not (ngx_http_script_regex_start_code).
func (w *walker) matchesOrForgets(pattern string, ignoreCase bool, text string) bool {
	if w.matches(pattern, ignoreCase, text) {
		return true
	}
	w.captures = nil
	return false
}

// holds evaluates the condition of an if.
func (w *walker) holds(n *site.Node) (holds, known bool) {
	var values []string
	for i, a := range n.Args {
		v := a.Value
		if i == 0 {
			v = strings.TrimPrefix(v, "(")
		}
		if i == len(n.Args)-1 {
			v = strings.TrimSuffix(v, ")")
		}
		if v != "" || i > 0 && i < len(n.Args)-1 {
			values = append(values, v)
		}
	}
	if len(values) == 0 {
		return false, false
	}
	if operator, negate := strings.CutPrefix(values[0], "!"); len(values) == 2 && strings.HasPrefix(operator, "-") {
		path, ok := w.expand(values[1])
		if !ok {
			return false, false
		}
		local, found := w.local(path)
		holds := found
		if info, err := os.Stat(local); err == nil {
			holds = operator == "-e" || operator == "-f" && info.Mode().IsRegular() || operator == "-d" && info.IsDir() || operator == "-x"
		}
		return holds != negate, true
	}
	left, ok := w.expand(values[0])
	if !ok {
		return false, false
	}
	if len(values) == 1 {
		return left != "" && left != "0", true
	}
	right := ""
	if len(values) > 2 {
		right = values[2]
	}
	switch values[1] {
	case "=", "!=":
		want, ok := w.expand(right)
		return (left == want) != (values[1] == "!="), ok
	case "~", "~*", "!~", "!~*":
		return w.matchesOrForgets(right, strings.HasSuffix(values[1], "*"), left) != strings.HasPrefix(values[1], "!"), true
	}
	return false, false
}

package nginxrule

import (
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// MapDefault reports maps without a default by which requests are refused.
var MapDefault = &lint.Rule{
	ID:       "nginx-map-default",
	Severity: diag.Warning,
	Summary:  "a map or geo without default decides who is let in",
	Fixable:  true,
	Page:     page("nginx-map-default"),
	Check:    checkMapDefault,
}

func checkMapDefault(p *lint.Pass) {
	for _, c := range p.Nginx {
		maps := map[string][]*site.Node{} // and geo, by the variable
		for _, m := range slices.Concat(c.Find("map"), c.Find("geo")) {
			name := strings.ToLower(strings.TrimPrefix(m.Arg(len(m.Args)-1), "$"))
			maps[name] = append(maps[name], m)
		}
		for _, n := range c.Find("if") {
			if n.Body == nil || !refuses(n.Body) {
				continue
			}
			name, operator, value, ok := condition(n)
			if !ok {
				continue
			}
			for _, m := range maps[name] {
				checkDecision(p, n, m, name, operator, value)
			}
		}
		for _, n := range c.Find("auth_basic") {
			for _, name := range site.Variables(n.Arg(0)) {
				for _, m := range maps[name] {
					checkDecision(p, n, m, name, "", "")
				}
			}
		}
	}
}

// refuses tells whether an if turns requests away.
func refuses(s *site.Scope) bool {
	for _, n := range s.Here("return") {
		if code := n.Arg(0); len(code) == 3 && code[0] == '4' {
			return true
		}
	}
	return false
}

// condition reads `if ($name)` and `if ($name = value)`.
func condition(n *site.Node) (name, operator, value string, ok bool) {
	if len(n.Args) == 0 {
		return "", "", "", false
	}
	words := make([]string, len(n.Args))
	for i, a := range n.Args {
		words[i] = a.Value
	}
	words[0] = strings.TrimPrefix(words[0], "(")
	last := len(words) - 1
	words[last] = strings.TrimSuffix(words[last], ")")
	var full []string
	for _, w := range words {
		if w != "" {
			full = append(full, w)
		}
	}
	if len(full) == 0 || !strings.HasPrefix(full[0], "$") {
		return "", "", "", false
	}
	name = strings.ToLower(strings.Trim(full[0][1:], "{}"))
	switch {
	case len(full) == 1:
		return name, "", "", true
	case len(full) == 2 && (full[1] == "=" || full[1] == "!="): // an empty value, in quotes
		return name, full[1], "", true
	case len(full) == 3:
		return name, full[1], full[2], true
	}
	return "", "", "", false
}

// checkDecision reads what a request gets that no line of the map is for.
func checkDecision(p *lint.Pass, use, m *site.Node, name, operator, value string) {
	if m.Body == nil || m.Name.Value != "map" && m.Name.Value != "geo" || isOpaque(m.Body) || len(m.Body.Here("default")) > 0 {
		return
	}
	gives := false
	for _, e := range m.Body.Nodes {
		a := e.Arg(0)
		gives = gives || a == value || strings.Contains(a, "$")
		if m.Name.Value == "geo" && (e.Name.Value == "0.0.0.0/0" || e.Name.Value == "ranges") {
			return // the first is a default in other words
		}
	}
	d := diag.Diagnostic{
		Location: m.HeadLocation(),
		Why:      diag.T("without default the variable is empty for what no line matches"),
		Related:  []diag.Related{{Location: use.HeadLocation(), Message: diag.T("this decides by it")}},
	}
	switch {
	case use.Name.Value == "auth_basic":
		d.Message = diag.T("what no line of this %s matches is asked for a password with an empty realm", m.Name.Value)
		d.Help = diag.T("add `default` with a realm, or with off")
	case operator == "=" && value != "" && !gives:
		d.Message = diag.T("nothing gives $%s the value %q, by which requests are refused: all are let in", name, value)
		d.Help = diag.T("add `default %s;`", value)
		d.Fix = addDefault(m, value)
		if d.Fix != nil {
			d.Fix.Message, d.Fix.Unsafe = diag.T("refuse what no line matches"), true
		}
	case operator == "" || operator == "=" && value != "":
		d.Severity = diag.Info
		d.Message = diag.T("what no line of this %s matches is let in, since it has no default", m.Name.Value)
		d.Help = diag.T("say so with `default \"\";`, or refuse with another value")
		d.Fix = addDefault(m, `""`)
	default:
		return
	}
	p.Report(d)
}

// addDefault writes a default before the first line of the map.
func addDefault(m *site.Node, value string) *diag.Fix {
	if len(m.Body.Nodes) == 0 || m.Body.Nodes[0].File != m.File {
		return nil
	}
	if strings.ContainsAny(value, " ;{}\"'\\$") && value != `""` {
		return nil
	}
	return &diag.Fix{Message: diag.T("write the default down"), Edits: []diag.Edit{m.Body.Nodes[0].Before("default " + value + ";")}}
}

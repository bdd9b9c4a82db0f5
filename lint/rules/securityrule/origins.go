package securityrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/pcre"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// Origins reports checks of Origin and Referer that let others in.
var Origins = &lint.Rule{
	ID:       "nginx-origins",
	Severity: diag.Warning,
	Summary:  "an expression for Origin or Referer lets other sites in",
	Page:     page("nginx-origins"),
	Check:    checkOrigins,
}

func checkOrigins(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, n := range c.Find("if") {
			if len(n.Args) != 3 || n.Body == nil {
				continue
			}
			variable := strings.ToLower(strings.TrimPrefix(n.Arg(0), "("))
			operator := n.Arg(1)
			positive := strings.HasPrefix(operator, "~") && variable == "$http_origin" && !turnsAway(n.Body) // a Referer is often compared with a list of spammers
			negative := strings.HasPrefix(operator, "!~") && turnsAway(n.Body)
			if variable != "$http_origin" && variable != "$http_referer" || !positive && !negative {
				continue
			}
			checkExpression(p, n, 3, strings.TrimSuffix(n.Arg(2), ")"), strings.HasSuffix(operator, "*"), variable == "$http_referer")
		}
		for _, n := range c.Find("map") {
			if strings.ToLower(n.Arg(0)) != "$http_origin" || n.Body == nil {
				continue
			}
			for _, e := range n.Body.Nodes {
				if pattern, ok := strings.CutPrefix(e.Name.Value, "~"); ok && e.Arg(0) != "" && e.Arg(0) != "0" {
					rest, ignoreCase := strings.CutPrefix(pattern, "*")
					checkExpression(p, e, 0, rest, ignoreCase, false)
				}
			}
		}
		for _, n := range c.Find("valid_referers") {
			for i, a := range n.Args {
				if pattern, ok := strings.CutPrefix(a.Value, "~"); ok && n.Row != nil {
					checkReferer(p, n, i+1, pattern)
				}
			}
		}
		checkEcho(p, c)
	}
}

// turnsAway tells whether a block refuses the request.
func turnsAway(s *site.Scope) bool {
	for _, n := range s.Here("return") {
		if refuses(n) {
			return true
		}
	}
	return false
}

// checkExpression tries an expression with the origins of strangers.
func checkExpression(p *lint.Pass, n *site.Node, argument int, pattern string, ignoreCase, path bool) {
	tree, err := pcre.Parse(pattern, ignoreCase)
	if err != nil {
		return
	}
	re, err := pcre.Compile(pattern, ignoreCase)
	if err != nil {
		return
	}
	matches := func(text string) bool { ok, err := re.Match(text); return err == nil && ok }
	for _, sample := range samples(tree.Root, nil, "") {
		scheme, host := "https://", sample
		if i := strings.Index(sample, "://"); i >= 0 {
			scheme, host = sample[:i+3], sample[i+3:]
		}
		host, _, _ = strings.Cut(host, "/")
		if !strings.Contains(host, ".") || !matches(scheme+host) && !matches(scheme+host+"/") {
			continue
		}
		if evil := stranger(matches, scheme, strings.TrimPrefix(host, "."), path); evil != "" {
			report(p, n, argument, pattern, evil)
			return
		}
	}
	if evil := "https://attacker.invalid"; matches(evil) || path && matches(evil+"/") {
		report(p, n, argument, pattern, evil)
	}
}

// stranger returns the origin of another site that passes for the host, or "".
func stranger(matches func(string) bool, scheme, host string, path bool) string {
	var tries []string
	for _, evil := range strangers(host) {
		tries = append(tries, scheme+evil)
	}
	if path {
		tries = append(tries, "https://attacker.invalid/"+host, "https://attacker.invalid/?"+scheme+host+"/")
	}
	for _, evil := range tries {
		if matches(evil) || path && matches(evil+"/") {
			return evil
		}
	}
	return ""
}

// strangers returns names that others can register and that look like a host.
func strangers(host string) []string {
	all := []string{host + ".attacker.invalid"}
	if strings.Count(host, ".") == 1 {
		// In front of a longer name it would be one more of the same domain.
		all = append(all, "attacker-"+host, "attacker"+host)
	}
	for i := range strings.LastIndexByte(host, '.') { // the last one parts the top level off
		if host[i] == '.' {
			all = append(all, host[:i]+"x"+host[i+1:])
		}
	}
	return all
}

// checkReferer tries an expression of valid_referers, which nginx compares with
// what follows the scheme.
func checkReferer(p *lint.Pass, n *site.Node, argument int, pattern string) {
	tree, err := pcre.Parse(pattern, true)
	if err != nil {
		return
	}
	re, err := pcre.Compile(pattern, true)
	if err != nil {
		return
	}
	matches := func(text string) bool { ok, err := re.Match(text); return err == nil && ok }
	for _, sample := range samples(tree.Root, nil, "") {
		host, _, _ := strings.Cut(sample, "/")
		host = strings.TrimPrefix(host, ".")
		if !strings.Contains(host, ".") {
			continue
		}
		for _, evil := range append(strangers(host), "attacker.invalid/"+host) {
			if evil += "/"; matches(evil) {
				report(p, n, argument, pattern, "https://"+evil)
				return
			}
		}
	}
}

func report(p *lint.Pass, n *site.Node, argument int, pattern, evil string) {
	p.Report(diag.Diagnostic{
		Location: n.Location(argument),
		Message:  diag.T("the expression %s also lets %s in", pattern, evil),
		Why:      diag.T("an expression without ^ and $ matches anywhere in the text, and a dot without a backslash is any character: whoever registers such a name passes the check"),
		Help:     diag.T("write the whole origin: ^https://(www\\.)?shop\\.example$"),
	})
}

// checkEcho finds answers that allow whatever origin asks, with its cookies.
func checkEcho(p *lint.Pass, c *site.Config) {
	t := newTracer(c)
	for _, n := range c.Find("add_header") {
		if n.Row == nil || !strings.EqualFold(n.Arg(0), "Access-Control-Allow-Origin") || !echoes(c, n.Arg(1), 0) {
			continue
		}
		credentials := header(n.Scope, "Access-Control-Allow-Credentials")
		if credentials == nil || !strings.EqualFold(credentials.Arg(1), "true") || t.asksOrigin(n.Scope) {
			continue
		}
		p.Report(diag.Diagnostic{
			Location: n.HeadLocation(),
			Message:  diag.T("every origin is allowed, with its visitors' cookies"),
			Why:      diag.T("any page that a visitor opens reads the answers in his name: $http_origin says yes to whoever asks"),
			Help:     diag.T("map the origins that you know: `map $http_origin $cors { default \"\"; https://app.example $http_origin; }`"),
			Related:  []diag.Related{{Location: credentials.HeadLocation(), Message: diag.T("the cookies are allowed here")}},
		})
	}
}

// echoes tells whether a value is the client's Origin, whatever that is: the
// header itself, or a variable that set or the default of a map gives it.
func echoes(c *site.Config, value string, hops int) bool {
	refs := references(value)
	if len(refs) != 1 || refs[0].end-refs[0].start != len(value) || hops > maxHops {
		return false
	}
	if refs[0].name == "http_origin" {
		return true
	}
	defined := c.Variables[refs[0].name]
	if len(defined) != 1 {
		return false
	}
	switch d := defined[0]; {
	case d.Name.Value == "set":
		return echoes(c, d.Arg(1), hops+1)
	case d.Name.Value == "map" && d.Body != nil:
		for _, e := range d.Body.Here("default") {
			return echoes(c, e.Arg(0), hops+1)
		}
	}
	return false
}

// asksOrigin tells whether a condition about the origin stands around or
// before a place.
func (t *tracer) asksOrigin(s *site.Scope) bool {
	for ; s != nil; s = s.Parent {
		if s.Opener != nil && s.Opener.Name.Value == "if" {
			return true
		}
		if t.asks(s, "http_origin") {
			return true
		}
	}
	return false
}

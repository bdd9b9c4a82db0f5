package nginxrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/pcre"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// LocationModifier reports locations whose modifier is not what it looks like.
var LocationModifier = &lint.Rule{
	ID:       "nginx-location-modifier",
	Severity: diag.Warning,
	Summary:  "a modifier glued to its pattern, a regular expression in a prefix location, or one that is not needed",
	Fixable:  true,
	Page:     page("nginx-location-modifier"),
	Check:    checkLocationModifier,
}

func checkLocationModifier(p *lint.Pass) {
	for _, c := range p.Nginx {
		for l := range c.Locations() {
			if l.Opener == nil || len(l.Opener.Args) == 0 || template(l.Pattern) {
				continue
			}
			switch {
			case len(l.Opener.Args) == 1 && l.Opener.Arg(0) != l.Pattern:
				checkGlued(p, l)
			case l.Kind == site.Prefix:
				checkRegexSyntax(p, l)
			case l.Kind == site.Regex:
				checkPlain(p, l)
			}
		}
	}
}

// checkGlued finds `^~/x/`, which nginx reads as `^~ /x/` and people as a
// regular expression.
func checkGlued(p *lint.Pass, l *site.Location) {
	word := l.Opener.Args[0]
	modifier := strings.TrimSuffix(word.Value, l.Pattern)
	d := diag.Diagnostic{
		Location: l.Opener.Location(1),
		Message:  diag.T("the modifier %s stands without a space before %s", modifier, shown(l.Pattern)),
		Why:      diag.T("nginx takes it apart, and readers take it for part of the path"),
		Help:     diag.T("write `location %s %s`", modifier, l.Pattern),
	}
	if word.Quote == 0 {
		at := word.Span().Start + len(modifier)
		d.Fix = &diag.Fix{
			Message: diag.T("add the space"),
			Edits:   []diag.Edit{{File: l.Opener.File.File, Span: diag.Span{Start: at, End: at}, New: " "}},
		}
	}
	p.Report(d)
}

// checkRegexSyntax finds a prefix that reads like an expression: no path ever
// starts like it.
func checkRegexSyntax(p *lint.Pass, l *site.Location) {
	piece := regexPiece(l.Pattern)
	if piece == "" {
		return
	}
	d := diag.Diagnostic{
		Location: l.Opener.Location(len(l.Opener.Args)),
		Message:  diag.T("location %s is a plain prefix, and %s is a regular expression's", shown(l.Pattern), shown(piece)),
		Why:      diag.T("nginx compares it byte by byte: no request reaches the location"),
		Help:     diag.T("write `location ~ %s`", anchoredPattern(l.Pattern)),
	}
	if _, err := pcre.Parse(l.Pattern, false); err == nil && len(l.Opener.Args) == 1 && l.Opener.Args[0].Quote == 0 {
		d.Fix = &diag.Fix{
			Message: diag.T("make it a regular expression"),
			Edits:   []diag.Edit{{File: l.Opener.File.File, Span: l.Opener.Args[0].Span(), New: "~ " + anchoredPattern(l.Pattern)}},
			Unsafe:  true,
		}
	}
	p.Report(d)
}

// regexPiece returns what only a regular expression would hold, "" for a path.
func regexPiece(path string) string {
	for _, piece := range []string{".*", ".+", `\.`, `\d`, `\w`, "[^", "(?"} {
		if strings.Contains(path, piece) {
			return piece
		}
	}
	open := strings.IndexByte(path, '(')
	if open >= 0 && strings.IndexByte(path[open:], '|') > 0 && strings.IndexByte(path[open:], ')') > 0 {
		return path[open : open+strings.IndexByte(path[open:], ')')+1]
	}
	if strings.HasPrefix(path, "^") {
		return "^"
	}
	if strings.HasSuffix(path, "$") {
		return "$"
	}
	return ""
}

// anchoredPattern starts an expression that was meant for the start of a path
// with an anchor.
func anchoredPattern(path string) string {
	if strings.HasPrefix(path, "/") {
		return "^" + path
	}
	return path
}

// checkPlain finds an expression that says no more than a path: = and ^~ are
// faster, and do not depend on the order of the file.
func checkPlain(p *lint.Pass, l *site.Location) {
	tree, err := pcre.Parse(l.Pattern, false)
	if err != nil {
		return
	}
	text, end, ok := tree.Plain()
	if !ok || !strings.HasPrefix(text, "/") || len(text) < 2 || strings.ContainsAny(text, " \t;{}\"'\\$") {
		return
	}
	modifier := "^~"
	if end {
		modifier = "="
	}
	d := diag.Diagnostic{
		Severity: diag.Info,
		Location: l.Opener.Location(len(l.Opener.Args)),
		Message:  diag.T("the expression %s says no more than `location %s %s`", shown(l.Pattern), modifier, text),
		Why:      diag.T("nginx tries expressions one by one in reading order at each request; plain paths it looks up"),
		Help:     diag.T("write `location %s %s`", modifier, text),
	}
	if len(l.Opener.Args) == 2 {
		d.Fix = &diag.Fix{
			Message: diag.T("write the path"),
			Edits:   []diag.Edit{{File: l.Opener.File.File, Span: diag.Span{Start: l.Opener.Args[0].Span().Start, End: l.Opener.Args[1].Span().End}, New: modifier + " " + text}},
			Unsafe:  true, // it also wins over expressions that stand before it
		}
	}
	p.Report(d)
}

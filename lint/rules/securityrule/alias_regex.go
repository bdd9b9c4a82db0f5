package securityrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/pcre"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// checkRegexAlias finds a location such as ~ ^/static(.*)$ whose alias puts what
// the group takes behind a slash: it may be ../ and more.
func checkRegexAlias(p *lint.Pass, l *site.Location) {
	for _, alias := range l.Here("alias") {
		refs := references(alias.Arg(0))
		if len(refs) == 0 || refs[0].start == 0 || alias.Arg(0)[refs[0].start-1] != '/' || denied(l.Scope) || hands(l.Scope) || len(l.Here("rewrite")) > 0 {
			continue
		}
		ignoreCase := l.Kind == site.RegexNoCase
		tree, err := pcre.Parse(l.Pattern, ignoreCase)
		if err != nil {
			continue
		}
		number := groupOf(tree, refs[0].name)
		if number == 0 {
			continue
		}
		uri := climbs(l, tree, number, ignoreCase)
		if uri == "" {
			continue
		}
		d := diag.Diagnostic{
			Location: l.Opener.Location(len(l.Opener.Args)),
			Message:  diag.T("what $%s takes may start with ../, and alias %q puts it behind a slash", refs[0].name, alias.Arg(0)),
			Why:      diag.T("a request for %s leads to %s: every file beside the folder answers 200", uri, alias.Arg(0)[:refs[0].start]+"../..."),
			Help:     diag.T("let the expression take the slash before the group: ^/static/(.*)$"),
			Related:  []diag.Related{{Location: alias.HeadLocation(), Message: diag.T("the alias")}},
		}
		d.Fix = slashBefore(l, tree.Groups[number])
		p.Report(d)
	}
}

// groupOf returns the number of the group that a variable names, 0 when there
// is none.
func groupOf(tree *pcre.Tree, name string) int {
	number := 0
	if len(name) == 1 && name[0] >= '1' && name[0] <= '9' {
		number = int(name[0] - '0')
	} else {
		for i, have := range tree.Names {
			if have != "" && strings.EqualFold(have, name) {
				number = i
			}
		}
	}
	if number >= len(tree.Groups) || tree.Groups[number] == nil {
		return 0
	}
	return number
}

// climbs returns the path of a request in which the group takes ../ and that
// the location answers, "" when there is none.
func climbs(l *site.Location, tree *pcre.Tree, number int, ignoreCase bool) string {
	re, err := pcre.Compile(l.Pattern, ignoreCase)
	if err != nil {
		return ""
	}
	for _, uri := range samples(tree.Root, tree.Groups[number], "../") {
		if !strings.HasPrefix(uri, "/") {
			uri = "/" + uri
		}
		groups, err := re.Find(uri)
		if err != nil || number >= len(groups) || !strings.HasPrefix(groups[number], "../") {
			continue
		}
		if path, _, ok := site.Normalize(uri, true); ok && path == uri && l.Server.Finder().Find(uri).Location == l {
			return uri
		}
	}
	return ""
}

// slashBefore is the fix that writes a slash before a group which follows a
// letter; nil elsewhere.
func slashBefore(l *site.Location, group *pcre.Node) *diag.Fix {
	w := l.Opener.Args[len(l.Opener.Args)-1]
	written := l.Opener.File.Text(w.Span())
	if w.Quote != 0 || !strings.HasSuffix(written, l.Pattern) || group.Start == 0 || !isWord(l.Pattern[group.Start-1]) {
		return nil
	}
	at := w.Span().End - len(l.Pattern) + group.Start
	return fix(diag.T("add the slash to the expression"), diag.Edit{File: l.Opener.File.File, Span: diag.Span{Start: at, End: at}, New: "/"})
}

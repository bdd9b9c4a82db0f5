package lsp

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi/option"
)

// hover says what stands at a position: a directive, a variable, an option.
func (s *server) hover(_ context.Context, p positionParams) (*hover, error) {
	d := s.document(p.TextDocument.URI)
	if d == nil {
		return nil, nil
	}
	e := s.encoding()
	offset := d.text.offset(p.Position, e)
	var text string
	var at diag.Span
	if d.language == pair.Uwsgi {
		text, at = s.hoverOption(d, offset)
	} else {
		text, at = s.hoverNginx(d, offset)
	}
	if text == "" {
		return nil, nil
	}
	r := d.text.textRange(at, e)
	return &hover{markup{"markdown", text}, &r}, nil
}

func (s *server) hoverNginx(d *snapshot, offset int) (string, diag.Span) {
	found := path(d.nginx().Nodes, offset)
	if len(found) == 0 {
		return "", diag.Span{}
	}
	here := found[len(found)-1]
	for _, m := range mentions(here, d.src) {
		if m.kind == variableName && touches(m.span, offset) {
			return s.describeVariable(d, m.text), m.span
		}
	}
	ctx := s.context(d)
	for _, outer := range found[:len(found)-1] {
		ctx = ctx.Opens(outer.Name.Value)
	}
	if !touches(here.Name.Span(), offset) || ctx == directive.Entries {
		return "", diag.Span{}
	}
	return s.describeDirective(here.Name.Value, ctx), here.Name.Span()
}

// context returns the context of a document's outermost directives: where the
// deployment includes it, or what its content shows.
func (s *server) context(d *snapshot) directive.Context {
	if a := s.analyses.last(d); a != nil {
		key := keyOfURI(d.uri)
		for _, c := range a.pair.Nginx {
			if !slices.ContainsFunc(c.Tree.Files, func(f *nginx.File) bool { return a.key(f.File) == key }) {
				continue
			}
			var last *nginx.File
			for n := range c.All() {
				if n.File == last {
					continue
				}
				last = n.File
				if a.key(n.File.File) == key {
					return n.Scope.Context // the first of the file stands outermost
				}
			}
		}
	}
	return site.Infer(d.nginx())
}

// describeDirective says what a directive is; "" for one that nobody knows.
func (s *server) describeDirective(name string, ctx directive.Context) string {
	rows := directive.Lookup(name)
	if len(rows) == 0 {
		if module, ok := directive.ThirdParty(name); ok {
			return fmt.Sprintf("**%s**\n\n%s", name, s.say(diag.T("A directive of the module %s, which is not part of nginx's distribution", module)))
		}
		return ""
	}
	row := directive.Find(name).In(ctx)
	if row == nil {
		row = &rows[0]
	}
	var contexts directive.Context
	for i := range rows {
		contexts |= rows[i].Contexts
	}
	what, _ := directive.Describe(name)
	var l lines
	takes := diag.T("Takes: %s", row.Args)
	if len(row.Words) > 0 {
		takes = diag.T("Takes: %s", "`"+strings.Join(row.Words, "`, `")+"`")
	}
	l.add(s.say(takes))
	l.add(s.say(diag.T("Stands in: %s", contexts)))
	if what.Default != "" {
		l.add(s.say(diag.T("Default: %s", "`"+what.Default+"`")))
	}
	switch {
	case row.Repeatable:
		l.add(s.say(diag.T("May stand several times in one block")))
	case !row.Block:
		l.add(s.say(diag.T("Stands once in a block: nginx refuses a second one")))
	}
	if row.Since != "" {
		l.add(s.say(diag.T("Since nginx %s", row.Since)))
	}
	if row.Until != "" {
		l.add(s.say(diag.T("Last known to nginx %s", row.Until)))
	}
	l.add(s.say(diag.T("Module: %s", row.Module)))
	return fmt.Sprintf("**%s**\n\n%s\n\n%s", name, what.Text, &l)
}

// describeVariable says where a variable comes from.
func (s *server) describeVariable(d *snapshot, name string) string {
	var l lines
	if a := s.analyses.last(d); a != nil {
		for _, c := range a.pair.Nginx {
			for _, n := range c.Variables[strings.ToLower(name)] {
				place := n.HeadLocation()
				pos := place.Range().Start
				l.add(s.say(diag.T("Defined by %s in %s:%d", n.Name.Value, place.File.Name, pos.Line)))
				if len(l) == maxPlaces {
					break
				}
			}
		}
	}
	if site.Builtin(name) {
		l.add(s.say(diag.T("One of nginx's own variables")))
	}
	if len(l) == 0 {
		return ""
	}
	return fmt.Sprintf("**$%s**\n\n%s", name, &l)
}

// maxPlaces bounds the places that a hover lists.
const maxPlaces = 5

func (s *server) hoverOption(d *snapshot, offset int) (string, diag.Span) {
	for _, section := range d.uwsgi().Sections {
		for _, e := range section.Entries {
			if touches(e.KeySpan(), offset) {
				return s.describeOption(e.Key), e.KeySpan()
			}
		}
	}
	return "", diag.Span{}
}

// describeOption says what an option is; "" for one that nobody knows.
func (s *server) describeOption(name string) string {
	rows := option.Lookup(name)
	if len(rows) == 0 {
		return ""
	}
	what, _ := option.Describe(name)
	row := rows[0]
	var l lines
	if kind := kinds[row.Kind]; kind.Format != "" {
		l.add(s.say(diag.T("Takes: %s", kind)))
	}
	if what.Default != "" {
		l.add(s.say(diag.T("Default: %s", "`"+what.Default+"`")))
	}
	if repeat := repeats[row.Repeat]; repeat.Format != "" {
		l.add(s.say(diag.T("Set twice: %s", repeat)))
	}
	if others := option.Aliases(name); len(others) > 0 {
		l.add(s.say(diag.T("The same setting as: %s", "`"+strings.Join(others, "`, `")+"`")))
	}
	if row.Since != "" {
		l.add(s.say(diag.T("Since uWSGI %s", row.Since)))
	}
	if row.Until != "" {
		l.add(s.say(diag.T("Last known to uWSGI %s", row.Until)))
	}
	var plugins []string
	for _, r := range rows {
		if !slices.Contains(plugins, r.Plugin) {
			plugins = append(plugins, r.Plugin)
		}
	}
	if plugins[0] != "core" {
		l.add(s.say(diag.T("Plugin: %s", strings.Join(plugins, ", "))))
	}
	return fmt.Sprintf("**%s**\n\n%s\n\n%s", name, what.Text, &l)
}

// kinds say what an option takes.
var kinds = map[option.Kind]diag.Text{
	option.Bool:      diag.T("true or false"),
	option.Int:       diag.T("a number"),
	option.RawInt:    diag.T("a number, which may be negative"),
	option.Uint64:    diag.T("a number"),
	option.Uint16:    diag.T("a number up to 65535"),
	option.Megabytes: diag.T("a size in MiB"),
	option.String:    diag.T("text"),
	option.Mode:      diag.T("three octal digits, such as 660"),
	option.User:      diag.T("a user's name or number"),
	option.Group:     diag.T("a group's name or number"),
	option.KeyValue:  diag.T("KEY=VALUE"),
	option.Path:      diag.T("a path"),
	option.Octal:     diag.T("an octal number"),
	option.None:      diag.T("nothing"),
}

// repeats say what setting an option again does.
var repeats = map[option.Repeat]diag.Text{
	option.LastWins:       diag.T("the last one counts"),
	option.Accumulates:    diag.T("all of them count"),
	option.BitsAccumulate: diag.T("the digits add up, so that the mode is another one"),
	option.FirstKindWins:  diag.T("a number and a name do not replace each other"),
	option.NoEffect:       diag.T("it has no effect"),
}

// lines are the points of a Markdown list.
type lines []string

func (l *lines) add(text string) { *l = append(*l, text) }

func (l *lines) String() string { return "- " + strings.Join(*l, "\n- ") }

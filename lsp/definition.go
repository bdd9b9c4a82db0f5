package lsp

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/uwsgi"
)

// target is one place that a name or an address leads to.
type target struct {
	diag.Location
	defines bool
}

// definition returns where what stands at a place is defined: a name, the file
// that an include names, the other end of a socket.
func (s *server) definition(ctx context.Context, p positionParams) ([]location, error) {
	return s.look(ctx, p, func(all []target, at diag.Location) []target {
		defined := slices.DeleteFunc(slices.Clone(all), func(t target) bool { return !t.defines })
		if len(defined) == 0 || len(defined) == 1 && defined[0].Location == at {
			return nil
		}
		return defined
	})
}

// references returns every place that speaks of what stands at a place.
func (s *server) references(ctx context.Context, p referenceParams) ([]location, error) {
	return s.look(ctx, p.positionParams, func(all []target, _ diag.Location) []target {
		if p.Context.IncludeDeclaration {
			return all
		}
		return slices.DeleteFunc(slices.Clone(all), func(t target) bool { return t.defines })
	})
}

// look finds the places that belong to what stands at a position and returns
// those that are chosen, each once.
func (s *server) look(ctx context.Context, p positionParams, choose func([]target, diag.Location) []target) ([]location, error) {
	places := []location{}
	d := s.document(p.TextDocument.URI)
	if d == nil {
		return places, nil
	}
	a, err := s.analyses.current(ctx, d)
	if err != nil {
		return nil, err
	}
	e := s.encoding()
	offset := d.text.offset(p.Position, e)
	all, at := a.related(d, offset)
	for _, t := range choose(all, at) {
		if l := a.location(t.Location, e); !slices.Contains(places, l) {
			places = append(places, l)
		}
	}
	return places, nil
}

// related returns the places that belong to what stands at an offset of a
// document, and its own place.
func (a *analysis) related(d *snapshot, offset int) ([]target, diag.Location) {
	key := keyOfURI(d.uri)
	if all, at := a.ends(key, offset); all != nil {
		return all, at
	}
	for _, c := range a.pair.Uwsgi {
		for _, f := range c.Files {
			if a.key(f.File) == key {
				return a.uwsgiRelated(c, f, offset)
			}
		}
	}
	for _, c := range a.pair.Nginx {
		for _, f := range c.Tree.Files {
			if a.key(f.File) != key {
				continue
			}
			found := path(f.Nodes, offset)
			if len(found) == 0 {
				return nil, diag.Location{}
			}
			directive := found[len(found)-1]
			if included := c.Tree.Included[directive]; len(included) > 0 {
				return files(included), diag.Location{}
			}
			for _, m := range mentions(directive, f.Src) {
				if touches(m.span, offset) {
					return a.mentionsOf(m.name), diag.Location{File: f.File, Span: m.span}
				}
			}
			return nil, diag.Location{}
		}
	}
	return nil, diag.Location{}
}

// files returns the beginnings of files.
func files(included []*nginx.File) []target {
	var all []target
	for _, f := range included {
		all = append(all, target{diag.Location{File: f.File}, true})
	}
	return all
}

// mentionsOf returns the places of a name in all nginx files.
func (a *analysis) mentionsOf(n name) []target {
	var all []target
	a.eachMention(func(at diag.Location, m mention) {
		if m.kind == n.kind && same(m.name, n) {
			all = append(all, target{at, m.defines})
		}
	})
	return all
}

// eachMention calls do for every name in all nginx files.
func (a *analysis) eachMention(do func(diag.Location, mention)) {
	seen := map[*nginx.File]bool{}
	for _, c := range a.pair.Nginx {
		for _, f := range c.Tree.Files {
			if seen[f] {
				continue
			}
			seen[f] = true
			for d := range nginx.Walk(f.Nodes) {
				for _, m := range mentions(d, f.Src) {
					do(diag.Location{File: f.File, Span: m.span}, m)
				}
			}
		}
	}
}

// same tells whether two names of one kind are one; nginx's variables know no
// capital letters.
func same(a, b name) bool {
	return a.text == b.text || a.kind == variableName && strings.EqualFold(a.text, b.text)
}

// ends returns both ends of the sockets whose address stands at an offset. The
// listener defines; seen from it, those that connect do.
func (a *analysis) ends(key string, offset int) ([]target, diag.Location) {
	at := func(l diag.Location) bool { return touches(l.Span, offset) && a.key(l.File) == key }
	var all []target
	var own diag.Location
	for _, b := range a.pair.Binds {
		l := b.Option.ValueLocation()
		if !at(l) {
			continue
		}
		own = l
		all = append(all, target{l, false})
		for _, t := range b.Passes {
			all = append(all, target{t.At, true})
		}
	}
	for _, p := range a.pair.Passes {
		for _, t := range p.Targets {
			if !at(t.At) {
				continue
			}
			for _, b := range t.Binds {
				own = t.At
				all = append(all, target{t.At, false}, target{b.Option.ValueLocation(), true})
			}
		}
	}
	return all, own
}

// includeOptions are the options of uWSGI that name another configuration.
var includeOptions = []string{"ini", "include", "inherit", "yaml", "yml", "xml", "json", "js", "config"}

// uwsgiRelated returns the places of a placeholder's key, or the file that an
// option includes.
func (a *analysis) uwsgiRelated(c *uwsgi.Config, f *uwsgi.File, offset int) ([]target, diag.Location) {
	for _, section := range f.Sections {
		for _, e := range section.Entries {
			switch {
			case touches(e.KeySpan(), offset):
				return placeholders(c, e.Key), diag.Location{File: f.File, Span: e.KeySpan()}
			case !touches(e.ValueSpan(), offset):
				continue
			}
			raw := f.Text(e.ValueSpan())
			for _, u := range placeholderUses(raw) {
				span := diag.Span{Start: e.ValueSpan().Start + u.Start, End: e.ValueSpan().Start + u.End}
				if touches(span, offset) {
					return placeholders(c, raw[u.Start:u.End]), diag.Location{File: f.File, Span: span}
				}
			}
			if slices.Contains(includeOptions, e.Key) {
				want, _, _ := strings.Cut(e.Value, ":")
				for _, other := range c.Files {
					if other != f && want != "" && strings.HasSuffix(other.Path, string(filepath.Separator)+filepath.Clean(want)) {
						return []target{{diag.Location{File: other.File}, true}}, diag.Location{}
					}
				}
			}
			return nil, diag.Location{}
		}
	}
	return nil, diag.Location{}
}

// placeholders returns where a key is set, and where its value is put in.
func placeholders(c *uwsgi.Config, key string) []target {
	var all []target
	for _, f := range c.Files {
		for _, section := range f.Sections {
			for _, e := range section.Entries {
				if e.Key == key && key != "" {
					all = append(all, target{diag.Location{File: f.File, Span: e.KeySpan()}, true})
				}
				raw := f.Text(e.ValueSpan())
				for _, u := range placeholderUses(raw) {
					if raw[u.Start:u.End] == key {
						span := diag.Span{Start: e.ValueSpan().Start + u.Start, End: e.ValueSpan().Start + u.End}
						all = append(all, target{diag.Location{File: f.File, Span: span}, false})
					}
				}
			}
		}
	}
	return all
}

// placeholderUses returns the spans of the names in %(name).
func placeholderUses(raw string) []diag.Span {
	var all []diag.Span
	for at := 0; ; {
		n := strings.Index(raw[at:], "%(")
		if n < 0 {
			return all
		}
		start := at + n + len("%(")
		end := strings.IndexByte(raw[start:], ')')
		if end < 0 {
			return all
		}
		all = append(all, diag.Span{Start: start, End: start + end})
		at = start + end
	}
}

// highlights returns the places in the document itself that speak of what
// stands at a position.
func (s *server) highlights(ctx context.Context, p positionParams) ([]documentHighlight, error) {
	marks := []documentHighlight{}
	all := referenceParams{positionParams: p}
	all.Context.IncludeDeclaration = true
	places, err := s.references(ctx, all)
	if err != nil {
		return nil, err
	}
	for _, l := range places {
		if keyOfURI(l.URI) == keyOfURI(p.TextDocument.URI) {
			const text = 1
			marks = append(marks, documentHighlight{l.Range, text})
		}
	}
	return marks, nil
}

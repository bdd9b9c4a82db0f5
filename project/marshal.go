package project

import (
	"fmt"
	"os"
	"strings"

	"gopkg.in/ini.v1"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/atomicfile"
)

// head stands at the top of a new description.
const head = `; The deployment of this project. Edit this file, then run: deployctl gen
; Every key: https://github.com/deployctl/deployctl/blob/main/docs/description.md

`

// sheet is what a description's file should hold: its sections in order.
type sheet struct {
	name    string
	doc     string
	keys    []Var
	keep    map[string]bool // keys at their default, which stay if they are written
	foreign bool            // keys are not of the schema: written in order, as they are
}

// sheets lists everything that differs from the defaults.
func (p *Project) sheets() []sheet {
	base := New()
	base.Name, base.Root, base.Target = p.Name, p.Root, p.Target
	base.App.Endpoint, base.App.User, base.App.Group, base.Chdir = "", "", "", ""
	base.Target.NginxUser, base.Target.NginxGroup, base.Target.Plugin = "", "", ""
	base.fill()
	var all []sheet
	plain := New()
	for _, s := range sections {
		out := sheet{name: s.name, doc: s.doc, keep: map[string]bool{}}
		for _, f := range s.fields {
			value := f.get(p)
			switch {
			case value == f.get(base) && value == f.get(plain), derived(s.name+"/"+f.name) && value == f.get(base):
				out.keep[f.name] = true
			case value != "":
				out.keys = append(out.keys, Var{f.name, value})
			}
		}
		all = append(all, out)
	}
	if len(p.Env) > 0 {
		all = append(all, sheet{name: "env", doc: "Environment of the application", keys: p.Env, foreign: true})
	}
	if len(p.RawUwsgi) > 0 {
		all = append(all, sheet{name: "uwsgi", doc: "Options copied to uwsgi.ini as they are", keys: p.RawUwsgi, foreign: true})
	}
	for i := range p.Servers {
		s := &p.Servers[i]
		d := NewServer(s.Name)
		d.Listen = s.TLS.listen()
		if s.TLS == LetsEncrypt && len(s.Names) > 0 {
			d.Certificate, d.Key = letsEncryptFiles(s.Names[0])
		}
		out := differing("server."+s.Name, s, &d, serverFields)
		if len(p.Servers) > 1 || s.Name != "main" || len(out.keys) > 0 {
			all = append(all, out)
		}
	}
	for i := range p.Routes {
		r := &p.Routes[i]
		d := NewRoute(r.Name)
		out := differing("route."+r.Name, r, &d, routeFields)
		if len(p.Routes) > 1 || r.Name != "app" || len(out.keys) > 0 {
			all = append(all, out)
		}
	}
	for i := range p.Backends {
		b := &p.Backends[i]
		d := NewBackend(b.Name)
		all = append(all, differing("backend."+b.Name, b, &d, backendFields))
	}
	if len(p.Lint) > 0 {
		out := sheet{name: "lint", doc: "The linter", foreign: true}
		for _, l := range p.Lint {
			out.keys = append(out.keys, Var{l.Name, l.Value})
		}
		all = append(all, out)
	}
	return all
}

// derived tells whether a key's default comes from other keys.
func derived(id string) bool {
	switch id {
	case "project/chdir", "app/endpoint", "app/user", "app/group", "target/nginx-user", "target/nginx-group", "target/plugin":
		return true
	}
	return false
}

func differing[T any](name string, t, d *T, fs []field[T]) sheet {
	out := sheet{name: name, keep: map[string]bool{}}
	for _, f := range fs {
		if value := f.get(t); value != f.get(d) {
			out.keys = append(out.keys, Var{f.name, value})
		} else {
			out.keep[f.name] = true
		}
	}
	return out
}

// Marshal returns the description as text. What a person wrote in old stays:
// comments, order, and keys at their default; keys that changed are changed in
// place, new ones are added to their section, and those that are gone are removed.
func (p *Project) Marshal(old string) (string, error) {
	if old == "" {
		return p.fresh(), nil
	}
	f := diag.NewFile(FileName, old)
	headers, entries, _ := scan(f)
	want := map[string]sheet{}
	for _, s := range p.sheets() {
		want[s.name] = s
	}
	have := map[string]bool{}
	var edits []diag.Edit
	values := currentValues(old)
	written := map[string]int{} // occurrences of section/key met so far
	for _, e := range entries {
		s, known := want[e.section]
		id := e.section + "/" + e.key
		n := written[id]
		written[id]++
		value, ok := nth(s.keys, e.key, n)
		switch {
		case !known && !onceSection(e.section), known && !ok && !s.keep[e.key]:
			edits = append(edits, diag.Edit{File: f, Span: e.line})
		case ok && n < len(values[id]) && value != values[id][n]:
			edits = append(edits, diag.Edit{File: f, Span: e.value, New: literal(value)})
		case !ok && s.keep[e.key] && known:
			if d := p.defaultOf(e.section, e.key); n < len(values[id]) && values[id][n] != "" && !same(e.section, e.key, values[id][n], d) {
				edits = append(edits, diag.Edit{File: f, Span: e.line})
			}
		}
	}
	for _, h := range headers {
		have[h.name] = true
		s, known := want[h.name]
		if !known {
			if !onceSection(h.name) {
				edits = append(edits, diag.Edit{File: f, Span: lineSpan(old, h.span)})
			}
			continue
		}
		var b strings.Builder
		count := map[string]int{}
		for _, k := range s.keys {
			n := count[k.Name]
			count[k.Name]++
			if n >= written[h.name+"/"+k.Name] {
				fmt.Fprintf(&b, "%s = %s\n", k.Name, literal(k.Value))
			}
		}
		if b.Len() > 0 {
			add := b.String()
			if h.end > 0 && old[h.end-1] != '\n' {
				add = "\n" + add
			}
			edits = append(edits, diag.Edit{File: f, Span: diag.Span{Start: h.end, End: h.end}, New: add})
		}
	}
	text, err := diag.Apply(old, edits)
	if err != nil {
		return "", fmt.Errorf("write the description: %w", err)
	}
	var missing []sheet
	for _, s := range p.sheets() {
		if !have[s.name] && (len(s.keys) > 0 || !onceSection(s.name)) {
			missing = append(missing, s)
		}
	}
	if len(missing) == 0 {
		return text, nil
	}
	return strings.TrimRight(text, "\n") + "\n\n" + render(missing), nil
}

// fresh returns the text of a new description.
func (p *Project) fresh() string {
	var all []sheet
	for _, s := range p.sheets() {
		if len(s.keys) > 0 || !onceSection(s.name) {
			all = append(all, s)
		}
	}
	return head + render(all)
}

// onceSection tells whether a section belongs to the schema itself, so that an
// empty one may stay.
func onceSection(name string) bool {
	for _, s := range sections {
		if s.name == name {
			return true
		}
	}
	return name == "env" || name == "uwsgi" || name == "lint"
}

// defaultOf returns the value that a key has without being written.
func (p *Project) defaultOf(section, key string) string {
	kind, name, _ := strings.Cut(section, ".")
	switch kind {
	case "server":
		return valueOf(find(p.Servers, func(s *Server) bool { return s.Name == name }), serverFields, key)
	case "route":
		return valueOf(find(p.Routes, func(r *Route) bool { return r.Name == name }), routeFields, key)
	case "backend":
		return valueOf(find(p.Backends, func(b *Backend) bool { return b.Name == name }), backendFields, key)
	}
	for _, s := range sections {
		if s.name == section {
			return valueOf(p, s.fields, key)
		}
	}
	return ""
}

func valueOf[T any](t *T, fs []field[T], key string) string {
	if t == nil {
		return ""
	}
	for _, f := range fs {
		if f.name == key {
			return f.get(t)
		}
	}
	return ""
}

// same tells whether two spellings of a value mean the same.
func same(section, key, a, b string) bool {
	if a == b {
		return true
	}
	kind, _, _ := strings.Cut(section, ".")
	switch kind {
	case "server":
		return sameIn(serverFields, key, a, b)
	case "route":
		return sameIn(routeFields, key, a, b)
	case "backend":
		return sameIn(backendFields, key, a, b)
	}
	for _, s := range sections {
		if s.name == section {
			return sameIn(s.fields, key, a, b)
		}
	}
	return false
}

func sameIn[T any](fs []field[T], key, a, b string) bool {
	for _, f := range fs {
		if f.name == key {
			var x, y T
			return f.set(&x, a) == nil && f.set(&y, b) == nil && f.get(&x) == f.get(&y)
		}
	}
	return false
}

// nth returns the n-th value of a key.
func nth(keys []Var, name string, n int) (string, bool) {
	for _, k := range keys {
		if k.Name == name {
			if n == 0 {
				return k.Value, true
			}
			n--
		}
	}
	return "", false
}

// currentValues returns what ini.v1 reads, normalized as the fields would write it.
func currentValues(text string) map[string][]string {
	values := map[string][]string{}
	f, err := ini.LoadSources(options, []byte(text))
	if err != nil {
		return values
	}
	for _, s := range f.Sections() {
		for _, k := range s.Keys() {
			values[s.Name()+"/"+k.Name()] = k.ValueWithShadows()
		}
	}
	return values
}

// lineSpan widens a span to its whole line, with the ending.
func lineSpan(text string, s diag.Span) diag.Span {
	start := strings.LastIndexByte(text[:s.Start], '\n') + 1
	_, next := lineEnd(text, s.End)
	return diag.Span{Start: start, End: next}
}

// literal writes a value so that it is read back as it is.
func literal(v string) string {
	if strings.ContainsAny(v, "\n") || strings.Contains(v, " ;") || strings.Contains(v, " #") ||
		strings.HasPrefix(v, ";") || strings.HasPrefix(v, "#") || strings.TrimSpace(v) != v || v != "" && strings.ContainsRune("\"'`", rune(v[0])) {
		return `"""` + v + `"""`
	}
	return v
}

// render writes sections, each with its comment. ini.v1 would align the values
// and quote in its own way, which a later reading could not tell from a
// person's hand.
func render(all []sheet) string {
	var b strings.Builder
	for i, s := range all {
		if i > 0 {
			b.WriteByte('\n')
		}
		if s.doc != "" {
			fmt.Fprintf(&b, "; %s\n", s.doc)
		}
		fmt.Fprintf(&b, "[%s]\n", s.name)
		for _, k := range s.keys {
			fmt.Fprintf(&b, "%s = %s\n", k.Name, literal(k.Value))
		}
	}
	return b.String()
}

// Save writes the description to path, keeping what a person wrote there.
func (p *Project) Save(path string) error {
	old, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("save the description: %w", err)
	}
	text, err := p.Marshal(string(old))
	if err != nil {
		return err
	}
	if text == string(old) {
		return nil
	}
	return atomicfile.Write(path, []byte(text), 0o644)
}

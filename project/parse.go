package project

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"gopkg.in/ini.v1"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/nearest"
)

// FileName is the description's name in a project's folder.
const FileName = "deployctl.ini"

// Rule is the name under which faults of a description are reported.
const Rule = "description"

// maxFile is the size, in bytes, above which no description is read.
const maxFile = 1 << 20

// InvalidError tells what is wrong with a description.
type InvalidError struct{ Diagnostics []diag.Diagnostic }

// Error returns the first fault, and how many more there are.
func (e *InvalidError) Error() string {
	d := e.Diagnostics[0]
	at := d.File.Pos(d.Span.Start)
	s := fmt.Sprintf("%s:%d:%d: %s", d.File.Name, at.Line, at.Column, d.Message)
	if n := len(e.Diagnostics) - 1; n > 0 {
		s += fmt.Sprintf(" (and %d more)", n)
	}
	return s
}

// Load reads a description from disk. Faults in it are an *InvalidError.
func Load(path string) (*Project, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read the description: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, fmt.Errorf("%s is no description: a text file of at most 1 MiB is expected", path)
	}
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the description: %w", err)
	}
	p, err := Parse(path, string(src))
	if p != nil {
		p.Path = path
	}
	return p, err
}

// Parse reads a description and fills in every default. Faults in it are an
// *InvalidError.
func Parse(name, src string) (*Project, error) {
	r := &reader{file: diag.NewFile(name, src)}
	p := New()
	p.Servers, p.Routes = nil, nil
	r.read(p)
	if len(r.found) == 0 {
		p.fill()
		r.check(p)
	}
	if len(r.found) > 0 {
		return nil, &InvalidError{diag.Sort(r.found)}
	}
	return p, nil
}

// New returns a description in which everything has its default.
func New() *Project {
	p := &Project{}
	for _, s := range sections {
		defaults(p, s.fields)
	}
	p.fill()
	return p
}

// NewServer, NewRoute and NewBackend return a section of that name in which
// everything has its default.
func NewServer(name string) Server {
	s := Server{Name: name}
	defaults(&s, serverFields)
	return s
}

// NewRoute: see NewServer.
func NewRoute(name string) Route {
	r := Route{Name: name}
	defaults(&r, routeFields)
	return r
}

// NewBackend: see NewServer.
func NewBackend(name string) Backend {
	b := Backend{Name: name}
	defaults(&b, backendFields)
	return b
}

type reader struct {
	file    *diag.File
	entries []entry
	values  map[string]map[string][]string // of ini.v1, by section and key
	at      map[string]diag.Span           // the first entry of section/key, and of a section
	found   []diag.Diagnostic
}

func (r *reader) fail(at diag.Span, message, help diag.Text) {
	r.found = append(r.found, diag.Diagnostic{
		Rule: Rule, Severity: diag.Error, Location: diag.Location{File: r.file, Span: at}, Message: message, Help: help,
	})
}

// options are how deployctl.ini is read: values are taken as written, and keys
// may repeat (in [uwsgi] and [env]).
var options = ini.LoadOptions{
	AllowShadows: true, AllowDuplicateShadowValues: true, AllowNonUniqueSections: false,
	SpaceBeforeInlineComment: true, SkipUnrecognizableLines: true, IgnoreContinuation: true, KeyValueDelimiters: "=",
}

func (r *reader) read(p *Project) {
	headers, entries, bad := scan(r.file)
	for _, span := range bad {
		r.fail(span, diag.T("%q is neither a section, a key nor a comment", r.file.Text(span)), diag.T("write key = value"))
	}
	f, err := ini.LoadSources(options, []byte(r.file.Src))
	if err != nil {
		if len(bad) == 0 {
			r.fail(diag.Span{}, diag.T("the file cannot be read: %s", err), diag.Text{})
		}
		return
	}
	r.entries = entries
	r.values = map[string]map[string][]string{}
	for _, s := range f.Sections() {
		keys := map[string][]string{}
		for _, k := range s.Keys() {
			// Of a repeated key ini.v1 drops some of the empty values.
			keys[k.Name()] = slices.DeleteFunc(k.ValueWithShadows(), func(v string) bool { return v == "" })
		}
		r.values[s.Name()] = keys
	}
	r.at = map[string]diag.Span{}
	for _, h := range headers {
		if _, ok := r.at[h.name]; ok {
			r.fail(h.span, diag.T("the section [%s] stands twice", h.name), diag.T("put its keys into one"))
		}
		r.at[h.name] = h.span
		r.section(p, h)
	}
	seen := map[string]int{}
	for _, e := range entries {
		id := e.section + "/" + e.key
		if _, ok := r.at[id]; !ok {
			r.at[id] = e.value
		}
		n := seen[id]
		seen[id]++
		r.entry(p, e, n, r.value(e))
	}
}

// section makes the server, route or backend that a header names.
func (r *reader) section(p *Project, h header) {
	kind, name, named := strings.Cut(h.name, ".")
	switch kind {
	case "server", "route", "backend":
		if !named || !ValidName(name) {
			r.fail(h.span, diag.T("[%s] has no name", h.name), diag.T("write [%s.NAME] with letters, digits, - and _", kind))
			return
		}
	default:
		if !slices.Contains(sectionNames(), h.name) {
			help := diag.T("sections are %s", strings.Join(sectionNames(), ", ")+", server.NAME, route.NAME, backend.NAME")
			if n := nearest.Name(kind, append(sectionNames(), "server", "route", "backend")); n != "" {
				if named && slices.Contains([]string{"server", "route", "backend"}, n) {
					n += "." + name
				}
				help = diag.T("the nearest name is [%s]", n)
			}
			r.fail(h.span, diag.T("unknown section [%s]", h.name), help)
		}
		return
	}
	switch kind {
	case "server":
		p.Servers = append(p.Servers, NewServer(name))
	case "route":
		p.Routes = append(p.Routes, NewRoute(name))
	case "backend":
		p.Backends = append(p.Backends, NewBackend(name))
	}
}

func sectionNames() []string {
	var names []string
	for _, s := range sections {
		names = append(names, s.name)
	}
	return append(names, "env", "uwsgi", "lint")
}

// value returns what ini.v1 reads of an entry; entries are asked for in order.
func (r *reader) value(e entry) string {
	written := r.file.Text(e.value)
	values := r.values[e.section][e.key]
	if written == "" || written[0] == ';' || written[0] == '#' || written == `""""""` || len(values) == 0 {
		return ""
	}
	r.values[e.section][e.key] = values[1:]
	return strings.ReplaceAll(values[0], "\r\n", "\n")
}

// entry reads the n-th occurrence of a key.
func (r *reader) entry(p *Project, e entry, n int, value string) {
	if e.section == "" {
		r.fail(e.keySpan, diag.T("the key %q stands before any section", e.key), diag.T("put it below [project] or another section"))
		return
	}
	kind, name, _ := strings.Cut(e.section, ".")
	switch kind {
	case "env":
		p.Env = append(p.Env, Var{e.key, value})
	case "uwsgi":
		p.RawUwsgi = append(p.RawUwsgi, Var{e.key, value})
	case "lint":
		p.Lint = append(p.Lint, Setting{e.key, value, diag.Location{File: r.file, Span: e.keySpan}, diag.Location{File: r.file, Span: e.value}})
	case "server":
		set(r, e, n, value, serverFields, find(p.Servers, func(s *Server) bool { return s.Name == name }))
	case "route":
		set(r, e, n, value, routeFields, find(p.Routes, func(s *Route) bool { return s.Name == name }))
	case "backend":
		set(r, e, n, value, backendFields, find(p.Backends, func(s *Backend) bool { return s.Name == name }))
	default:
		for _, s := range sections {
			if s.name == e.section {
				set(r, e, n, value, s.fields, p)
			}
		}
	}
}

func find[T any](list []T, is func(*T) bool) *T {
	for i := range list {
		if is(&list[i]) {
			return &list[i]
		}
	}
	return nil
}

// set reads one key of a section with a fixed set of them.
func set[T any](r *reader, e entry, n int, value string, fs []field[T], to *T) {
	if to == nil {
		return // the section's name was refused
	}
	i := slices.IndexFunc(fs, func(f field[T]) bool { return f.name == e.key })
	if i < 0 {
		var names []string
		for _, f := range fs {
			names = append(names, f.name)
		}
		help := diag.T("[%s] knows %s", e.section, strings.Join(names, ", "))
		if near := nearest.Name(e.key, names); near != "" {
			help = diag.T("the nearest key is %s", near)
		}
		r.fail(e.keySpan, diag.T("unknown key %q in [%s]", e.key, e.section), help)
		return
	}
	if n > 0 {
		r.fail(e.keySpan, diag.T("the key %q stands twice in [%s]", e.key, e.section), diag.T("remove one of them"))
		return
	}
	if value == "" && fs[i].def != "" {
		r.fail(e.keySpan, diag.T("%s has no value", e.key), diag.T("%s; the default is %s", fs[i].doc, fs[i].def))
		return
	}
	if err := fs[i].set(to, value); err != nil {
		r.fail(e.value, diag.T("%s: %s", e.key, err), diag.T("the meaning of %s: %s", e.key, fs[i].doc))
	}
}

// IsInvalid returns the faults of a description when err speaks of them.
func IsInvalid(err error) ([]diag.Diagnostic, bool) {
	var invalid *InvalidError
	if errors.As(err, &invalid) {
		return invalid.Diagnostics, true
	}
	return nil, false
}

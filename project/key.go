package project

import (
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/nearest"
)

// The keys that list the sections of a kind, in order. Setting one drops the
// sections that it leaves out and adds those that it names anew.
const (
	ServerList  = "servers"
	RouteList   = "routes"
	BackendList = "backends"
)

// lists are the kinds of sections that stand once for each name.
var lists = []string{ServerList, RouteList, BackendList}

// Get returns the value of a key as the description would write it. A key is
// limits.body, server.NAME.tls, env.NAME and so on, or one of the lists; ok is
// false for one that the description does not have.
func (p *Project) Get(key string) (value string, ok bool) {
	switch key {
	case ServerList:
		return strings.Join(namesOf(p.Servers, nameOfServer), " "), true
	case RouteList:
		return strings.Join(namesOf(p.Routes, nameOfRoute), " "), true
	case BackendList:
		return strings.Join(namesOf(p.Backends, nameOfBackend), " "), true
	}
	section, name, last := splitKey(key)
	switch section {
	case "env":
		v := find(p.Env, func(v *Var) bool { return v.Name == last })
		if v == nil {
			return "", false
		}
		return v.Value, true
	case "server":
		return getIn(find(p.Servers, func(s *Server) bool { return s.Name == name }), serverFields, last)
	case "route":
		return getIn(find(p.Routes, func(r *Route) bool { return r.Name == name }), routeFields, last)
	case "backend":
		return getIn(find(p.Backends, func(b *Backend) bool { return b.Name == name }), backendFields, last)
	}
	for _, s := range sections {
		if s.name == section && name == "" {
			return getIn(p, s.fields, last)
		}
	}
	return "", false
}

// put gives one key a value, and nothing else. What a value alone shows to be
// wrong is an error; what only the whole description shows is found by Check.
func (p *Project) put(key, value string) error {
	switch key {
	case ServerList:
		return keepNamed(&p.Servers, value, nameOfServer, NewServer)
	case RouteList:
		return keepNamed(&p.Routes, value, nameOfRoute, NewRoute)
	case BackendList:
		return keepNamed(&p.Backends, value, nameOfBackend, NewBackend)
	}
	section, name, last := splitKey(key)
	switch section {
	case "env":
		if v := find(p.Env, func(v *Var) bool { return v.Name == last }); v != nil {
			v.Value = value
		} else {
			p.Env = append(p.Env, Var{last, value})
		}
		return nil
	case "server":
		return setNamed(&p.Servers, name, nameOfServer, NewServer, serverFields, key, last, value)
	case "route":
		return setNamed(&p.Routes, name, nameOfRoute, NewRoute, routeFields, key, last, value)
	case "backend":
		return setNamed(&p.Backends, name, nameOfBackend, NewBackend, backendFields, key, last, value)
	}
	for _, s := range sections {
		if s.name == section && name == "" {
			return setIn(p, s.fields, key, last, value)
		}
	}
	known := slices.Clone(lists)
	for _, s := range sections {
		known = append(known, s.name)
	}
	return unknownKey(key, "", section, append(known, "env", "server", "route", "backend"))
}

// Words returns all values that a key takes, or nil where it takes any text.
func Words(key string) []string {
	section, _, last := splitKey(key)
	switch section {
	case "server":
		return wordsIn(serverFields, last)
	case "route":
		return wordsIn(routeFields, last)
	}
	for _, s := range sections {
		if s.name == section {
			return wordsIn(s.fields, last)
		}
	}
	return nil
}

// splitKey takes a key apart: section.last or kind.NAME.last. The name of a
// variable may hold no dot, and neither may that of a section.
func splitKey(key string) (section, name, last string) {
	section, last, _ = strings.Cut(key, ".")
	if i := strings.LastIndexByte(last, '.'); i >= 0 && section != "env" {
		return section, last[:i], last[i+1:]
	}
	return section, "", last
}

// unknownKey says that word, which stands in key after before, is not among
// those that are known there.
func unknownKey(key, before, word string, known []string) error {
	if n := nearest.Name(word, known); n != "" {
		return diag.T("no key is called %q; the nearest is %s", key, before+n+key[len(before)+len(word):])
	}
	return diag.T("no key is called %q", key)
}

func wordsIn[T any](fs []field[T], name string) []string {
	for _, f := range fs {
		if f.name == name {
			return f.words
		}
	}
	return nil
}

func getIn[T any](t *T, fs []field[T], name string) (string, bool) {
	if t == nil {
		return "", false
	}
	for _, f := range fs {
		if f.name == name {
			return f.get(t), true
		}
	}
	return "", false
}

func setIn[T any](t *T, fs []field[T], key, name, value string) error {
	var known []string
	for _, f := range fs {
		if f.name != name {
			known = append(known, f.name)
			continue
		}
		was := *t
		err := f.set(t, value)
		if err != nil {
			*t = was
		}
		return err
	}
	return unknownKey(key, strings.TrimSuffix(key, name), name, known)
}

// setNamed sets a key of a section, which is added where it is missing.
func setNamed[T any](list *[]T, name string, nameOf func(*T) string, newOne func(string) T, fs []field[T], key, last, value string) error {
	if !ValidName(name) {
		return diag.T("no key is called %q", key)
	}
	t := find(*list, func(t *T) bool { return nameOf(t) == name })
	if t == nil {
		added := newOne(name)
		if err := setIn(&added, fs, key, last, value); err != nil {
			return err
		}
		*list = append(*list, added)
		return nil
	}
	return setIn(t, fs, key, last, value)
}

// keepNamed brings a list to the sections that are named, in that order.
func keepNamed[T any](list *[]T, value string, nameOf func(*T) string, newOne func(string) T) error {
	var next []T
	for _, name := range fields(value) {
		if !ValidName(name) {
			return diag.T("%q is no name of a section: write letters, digits, - and _", name)
		}
		if find(next, func(t *T) bool { return nameOf(t) == name }) != nil {
			continue
		}
		if t := find(*list, func(t *T) bool { return nameOf(t) == name }); t != nil {
			next = append(next, *t)
		} else {
			next = append(next, newOne(name))
		}
	}
	*list = next
	return nil
}

func nameOfServer(s *Server) string   { return s.Name }
func nameOfRoute(r *Route) string     { return r.Name }
func nameOfBackend(b *Backend) string { return b.Name }

func namesOf[T any](list []T, nameOf func(*T) string) []string {
	names := make([]string, len(list))
	for i := range list {
		names[i] = nameOf(&list[i])
	}
	return names
}

package pair

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Language is the language of a configuration file.
type Language uint8

// The languages.
const (
	Nginx Language = iota + 1
	Uwsgi          // in any of its formats; see uwsgi.FormatOf
)

// LanguageOf tells by a file's name and content which language it is in; 0 when
// it is in neither.
func LanguageOf(path, src string) Language {
	if isBinary(src) {
		return 0
	}
	switch kindOf(path, src) {
	case nginxKind:
		return Nginx
	case uwsgiKind:
		return Uwsgi
	}
	return 0
}

// Source is a configuration file that a path leads to.
type Source struct {
	Path     string
	Language Language
	Text     string
	Named    bool // and not found in a folder
}

// Sources returns the nginx and uWSGI files that paths name or that lie in
// folders they name, each once, as Load finds them; what a file includes is
// not followed. The errors are those of Load.
func Sources(paths []string, opts Options) ([]Source, error) {
	l := &loader{opts: opts, seen: map[string]bool{}, links: links{}}
	l.opts.Overlay = spellings(opts.Overlay)
	var all []Source
	for _, f := range l.find(paths) {
		real := l.links.real(f.path)
		if l.seen[real] {
			continue
		}
		l.seen[real] = true
		k, src, err := l.classify(f)
		switch {
		case err != nil:
			l.errors = append(l.errors, err)
		case k == nginxKind:
			all = append(all, Source{f.path, Nginx, src, f.named})
		case k == uwsgiKind:
			all = append(all, Source{f.path, Uwsgi, src, f.named})
		}
	}
	if len(all) == 0 && len(l.errors) == 0 {
		return nil, fmt.Errorf("%w in %s", ErrNothing, strings.Join(paths, ", "))
	}
	return all, errors.Join(l.errors...)
}

// Recognized tells whether a file is a configuration in one of the languages,
// or a unit, by its name and content. One that cannot be read is not.
func Recognized(path string) bool {
	head, err := readHead(path)
	return (err == nil || errors.Is(err, io.EOF)) && !isBinary(head) && kindOf(path, head) != other
}

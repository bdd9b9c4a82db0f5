package lsp

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
)

// document is a file that is open in the editor.
type document struct {
	uri, path string // path is as the URI spells it
	version   int
	language  pair.Language // 0: neither
	text      *text
	snap      *snapshot // of text, or nil
}

// snapshot is a document at one moment; it never changes.
type snapshot struct {
	uri, path string
	version   int
	language  pair.Language // 0: neither
	text      *text
	src       string

	nginxOnce, uwsgiOnce sync.Once
	nginxFile            *nginx.File
	uwsgiFile            *uwsgi.File
}

// nginx returns the document's tree, without what it includes.
func (d *snapshot) nginx() *nginx.File {
	d.nginxOnce.Do(func() { d.nginxFile = nginx.Parse(d.path, d.src) })
	return d.nginxFile
}

// uwsgi returns the document's lines, without what it includes.
func (d *snapshot) uwsgi() *uwsgi.File {
	d.uwsgiOnce.Do(func() { d.uwsgiFile = uwsgi.Parse(d.path, d.src) })
	return d.uwsgiFile
}

// snapshot returns the document as it is; s.mu is held.
func (d *document) snapshot() *snapshot {
	if d.snap == nil {
		d.snap = &snapshot{uri: d.uri, path: d.path, version: d.version, language: d.language, text: d.text, src: string(d.text.src)}
	}
	return d.snap
}

// document returns the open document of a URI at this moment. Files that are
// neither nginx's nor uWSGI's, and those that are not open, give nil.
func (s *server) document(uri string) *snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.docs[keyOfURI(uri)]
	if d == nil || d.language == 0 {
		return nil
	}
	return d.snapshot()
}

// documents returns all open documents, by key.
func (s *server) documents() map[string]*snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := map[string]*snapshot{}
	for key, d := range s.docs {
		all[key] = d.snapshot()
	}
	return all
}

func (s *server) encoding() encoding {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.client.encoding
}

func (s *server) didOpen(_ context.Context, p didOpenParams) (any, error) {
	item := p.TextDocument
	path, ok := pathOf(item.URI)
	if !ok {
		path = item.URI
	}
	d := &document{uri: item.URI, path: path, version: item.Version, text: newText(item.Text)}
	d.language = recognize(item.LanguageID, path, item.Text)
	s.mu.Lock()
	s.docs[keyOfURI(item.URI)] = d
	s.mu.Unlock()
	s.analyses.touch(keyOfURI(item.URI))
	return nil, nil
}

func (s *server) didChange(_ context.Context, p didChangeParams) (any, error) {
	key := keyOfURI(p.TextDocument.URI)
	s.mu.Lock()
	d := s.docs[key]
	if d == nil {
		s.mu.Unlock()
		return nil, failure(jsonrpc2.CodeInvalidParams, "%s is not open", p.TextDocument.URI)
	}
	if d.snap != nil { // others read it
		d.text = &text{slices.Clone(d.text.src), slices.Clone(d.text.lines)}
		d.snap = nil
	}
	for _, c := range p.ContentChanges {
		if c.Range == nil {
			d.text = newText(c.Text)
			continue
		}
		start, end := d.text.offset(c.Range.Start, s.client.encoding), d.text.offset(c.Range.End, s.client.encoding)
		d.text.replace(start, end, c.Text)
	}
	if p.TextDocument.Version != nil {
		d.version = *p.TextDocument.Version
	}
	if d.language == 0 {
		d.language = recognize("", d.path, string(d.text.src))
	}
	s.mu.Unlock()
	s.analyses.touch(key)
	return nil, nil
}

func (s *server) didClose(_ context.Context, p documentParams) (any, error) {
	key := keyOfURI(p.TextDocument.URI)
	s.mu.Lock()
	delete(s.docs, key)
	s.mu.Unlock()
	s.analyses.touch(key) // what is on disk holds again
	return nil, nil
}

func (s *server) didSave(context.Context, documentParams) (any, error) {
	s.analyses.disturb()
	return nil, nil
}

func (s *server) didChangeFiles(context.Context, json.RawMessage) (any, error) {
	s.analyses.disturb()
	return nil, nil
}

// openKeys returns the keys of the open documents.
func (s *server) openKeys() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.docs))
}

// recognize tells what a document is: what the editor calls it, else what its
// content shows.
func recognize(id, path, src string) pair.Language {
	switch strings.ToLower(id) {
	case "nginx":
		return pair.Nginx
	case "uwsgi", "uwsgi-ini":
		return pair.Uwsgi
	}
	return pair.LanguageOf(path, src)
}

// pathOf returns the path of a file URI; false for documents that are no files.
func pathOf(uri string) (string, bool) {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" || u.Path == "" || strings.ContainsRune(u.Path, 0) {
		return "", false
	}
	path := u.Path
	if runtime.GOOS == "windows" && len(path) > 2 && path[0] == '/' && path[2] == ':' {
		path = path[1:]
	}
	return filepath.Clean(filepath.FromSlash(path)), true
}

// uriOf returns the URI of a path.
func uriOf(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// keyOf returns what a file is known by: the path that links lead to.
func keyOf(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	// A file that is not saved yet lies in a folder that is there.
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(dir, filepath.Base(path))
	}
	return path
}

// keyOfURI returns what a document is known by; a document that is no file is
// known by its URI.
func keyOfURI(uri string) string {
	if path, ok := pathOf(uri); ok {
		return keyOf(path)
	}
	return uri
}

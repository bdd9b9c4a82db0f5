package uwsgi

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/deployctl/deployctl/diag"
)

// MaxFile is the size in bytes of the largest file that is read: a real
// configuration has a few kilobytes.
const MaxFile = 16 << 20

// ErrTooLarge is the error for files above MaxFile.
var ErrTooLarge = errors.New("the file is larger than any uWSGI configuration (16 MiB)")

var errNotRegular = errors.New("not a regular file")

// source is where files are read from: paths are those of the server.
type source struct {
	root    string
	tree    fs.FS
	overlay map[string]string
}

// place returns where a path of the server lies on this machine.
func (s *source) place(name string) string {
	if s.root == "" {
		return filepath.FromSlash(name)
	}
	return filepath.Join(s.root, filepath.FromSlash(name))
}

// server is the opposite of place.
func (s *source) server(where string) string {
	if s.root != "" {
		if rel, err := filepath.Rel(s.root, where); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			return path.Join("/", filepath.ToSlash(rel))
		}
	}
	return filepath.ToSlash(where)
}

// changed returns the text that stands for a file, by one of the names it goes by.
func (s *source) changed(names ...string) (string, bool) {
	for _, name := range names {
		if text, ok := s.overlay[name]; ok {
			return text, true
		}
	}
	return "", false
}

// read returns the content of a regular file of at most limit bytes. It never
// opens pipes and devices, which could block.
func (s *source) read(name string, limit int64) (string, error) {
	where := s.place(name)
	info, err := s.stat(name)
	switch {
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", errNotRegular
	case info.Size() > limit:
		return "", ErrTooLarge
	}
	var f fs.File
	if s.tree != nil {
		f, err = s.tree.Open(treePath(name))
	} else {
		f, err = os.Open(where)
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	// What is written while it is read is left for the next time.
	text := make([]byte, info.Size())
	n, err := io.ReadFull(f, text)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return string(text[:n]), err
}

func (s *source) stat(name string) (fs.FileInfo, error) {
	if s.tree != nil {
		return fs.Stat(s.tree, treePath(name))
	}
	return os.Stat(s.place(name))
}

// glob returns the files of a pattern, as paths of the server.
func (s *source) glob(pattern string) []string {
	if s.tree != nil {
		names, _ := fs.Glob(s.tree, treePath(pattern))
		for i := range names {
			names[i] = "/" + names[i]
		}
		return names
	}
	names, _ := filepath.Glob(s.place(pattern))
	for i := range names {
		names[i] = s.server(names[i])
	}
	return names
}

// treePath turns an absolute path into one that an fs.FS takes.
func treePath(name string) string {
	if name = strings.TrimPrefix(path.Clean("/"+name), "/"); name == "" {
		return "."
	}
	return name
}

// explain puts the reason why a file could not be read in words.
func explain(err error) diag.Text {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return diag.T("there is no such file")
	case errors.Is(err, fs.ErrPermission):
		return diag.T("it may not be read")
	case errors.Is(err, errNotRegular):
		return diag.T("it is no regular file")
	case errors.Is(err, ErrTooLarge):
		return diag.T("it is larger than %d MiB", MaxFile>>20)
	}
	return diag.T("it could not be read")
}

// has tells whether a file is there, as far as it can be told.
func (s *source) has(name string) bool {
	_, err := s.stat(name)
	return !errors.Is(err, fs.ErrNotExist)
}

package pair

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// The limits of a search through folders.
const (
	maxFolderDepth = 24
	maxEntries     = 500_000
)

// skipped are folders that hold no configuration of the deployment; hidden
// ones and Python's virtual environments are skipped too.
var skipped = []string{"node_modules", "__pycache__", "site-packages", "bower_components"}

// finder collects the files below folders whose names a configuration may have.
type finder struct {
	found   []string
	errors  []error
	entries int
	folders map[string]bool // that were searched, by the path that links lead to
}

// folder searches a folder that was named, through a link or not.
func (f *finder) folder(dir string) {
	if f.folders == nil {
		f.folders = map[string]bool{}
	}
	f.walk(dir, 0)
}

func (f *finder) walk(dir string, depth int) {
	real := realPath(dir)
	if f.folders[real] || f.entries > maxEntries {
		return
	}
	f.folders[real] = true
	entries, err := os.ReadDir(dir)
	if err != nil {
		f.errors = append(f.errors, unreadable(dir, err))
		return
	}
	if f.entries += len(entries); f.entries > maxEntries {
		f.errors = append(f.errors, fmt.Errorf("%s and the folders before it hold more than %d entries: name the folders with the configuration", dir, maxEntries))
		return
	}
	var folders []string
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		mode := e.Type()
		if mode&fs.ModeSymlink != 0 {
			// Links to files are followed, links to folders are not: a folder
			// that belongs to the deployment is reached without them.
			info, err := os.Stat(path)
			if err != nil || !info.Mode().IsRegular() {
				continue
			}
			mode = 0
		}
		switch {
		case mode.IsDir() && !strings.HasPrefix(e.Name(), ".") && !slices.Contains(skipped, e.Name()):
			folders = append(folders, path)
		case mode.IsRegular() && candidate(path):
			f.found = append(f.found, path)
		}
	}
	if depth == maxFolderDepth {
		return
	}
	for _, folder := range folders {
		if _, err := os.Lstat(filepath.Join(folder, "pyvenv.cfg")); err != nil {
			f.walk(folder, depth+1)
		}
	}
}

// Candidate tells by a file's name whether it may be a configuration, or a
// unit: whether Load looks into it when it finds it in a folder.
func Candidate(path string) bool { return candidate(path) }

func candidate(path string) bool {
	base := filepath.Base(path)
	if strings.HasPrefix(base, ".") || strings.HasSuffix(base, "~") || base == "deployctl.ini" { // a description may have a section [uwsgi]
		return false
	}
	switch filepath.Ext(base) {
	case ".conf", ".ini", ".yaml", ".yml", ".xml", ".json", ".service", ".tmpfiles":
		return !isParams(base)
	}
	return dockerfileName(base) || base == "gunicorn.conf.py" || inSites(path) && !isParams(base)
}

// inSites tells whether a file lies in one of the folders whose files nginx
// reads whatever they are called.
func inSites(path string) bool {
	base := filepath.Base(path)
	switch filepath.Base(filepath.Dir(path)) {
	case "sites-enabled", "sites-available":
		return !slices.Contains([]string{".bak", ".old", ".orig", ".save", ".swp", ".disabled", ".template", ".dpkg-old", ".dpkg-dist"}, filepath.Ext(base))
	case "conf.d":
		return !strings.Contains(base, ".")
	}
	return false
}

// Packaged tells whether a path's name is that of a file that nginx's package
// brings to be included: no configuration of its own.
func Packaged(path string) bool { return isParams(filepath.Base(path)) }

func isParams(base string) bool {
	switch base {
	case "uwsgi_params", "fastcgi_params", "scgi_params", "proxy_params", "fastcgi.conf", "mime.types", "koi-utf", "koi-win", "win-utf":
		return true
	}
	return false
}

// realPath returns the path that links lead to.
func realPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return path
}

// links knows where the links of folders lead to, so that of thousands of files
// in one folder the way to it is followed once.
type links map[string]string

// real returns the path that links lead to.
func (l links) real(path string) string {
	dir := filepath.Dir(path)
	folder, ok := l[dir]
	if !ok {
		folder = realPath(dir)
		l[dir] = folder
	}
	path = filepath.Join(folder, filepath.Base(path))
	if info, err := os.Lstat(path); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return realPath(path)
	}
	return path
}

// unreadable says why a path cannot be read, in plain words.
func unreadable(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &PathError{path, "there is no such file or folder", err}
	case errors.Is(err, fs.ErrPermission):
		return &PathError{path, "it may not be read by this user", err}
	}
	var system *fs.PathError
	if errors.As(err, &system) {
		return &PathError{path, system.Err.Error(), err}
	}
	return &PathError{path, err.Error(), err}
}

// PathError is a path that cannot be read, and why.
type PathError struct {
	Path, Reason string
	Err          error
}

func (e *PathError) Error() string { return "cannot read " + e.Path + ": " + e.Reason }

// Unwrap returns the error of the system.
func (e *PathError) Unwrap() error { return e.Err }

package nginx

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/parallel"
)

const (
	// maxIncludeDepth bounds includes within includes.
	maxIncludeDepth = 32
	// MaxFile is the size, in bytes, above which a file is not read.
	MaxFile = 64 << 20
)

// LoadOptions says where the paths of a configuration lead on this machine.
type LoadOptions struct {
	// Root is the folder that stands for / in absolute paths: a copied tree of
	// a server. Empty for this machine's own root.
	Root string
	// Prefix is the folder against which relative includes are resolved.
	// Empty for the folder of the main file, as nginx does (ngx_conf_full_name).
	Prefix string
	// Overlay holds texts that stand for files on disk, by path or by the path
	// that links lead to: what an editor has not saved, or a fix has changed
	// and not written.
	Overlay map[string]string
	// Parse stands for the function of that name: it may give what the same
	// text was parsed to before.
	Parse func(name, src string) *File
}

// ErrTooLarge is the error for files above MaxFile.
var ErrTooLarge = fmt.Errorf("the file is larger than %d MiB", MaxFile>>20)

// errNotRegular is the error for folders, pipes and devices.
var errNotRegular = errors.New("not a regular file")

// ReadFile reads a regular file of at most MaxFile bytes; pipes and devices,
// which might never end, are refused.
func ReadFile(path string) (string, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	switch {
	case !info.Mode().IsRegular():
		return "", &fs.PathError{Op: "read", Path: path, Err: errNotRegular}
	case info.Size() > MaxFile:
		return "", &fs.PathError{Op: "read", Path: path, Err: ErrTooLarge}
	}
	var b strings.Builder
	b.Grow(int(info.Size()))
	buf := make([]byte, min(info.Size()+1, 64<<10)) // thousands of small files shall not need a large one each
	if _, err := io.CopyBuffer(&b, io.LimitReader(f, MaxFile), buf); err != nil {
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	return b.String(), nil
}

// Load reads a configuration file and everything it includes. It fails only
// when the main file cannot be read; includes that cannot be followed are in
// Config.Problems.
func Load(path string, opts LoadOptions) (*Config, error) {
	src, ok := opts.Overlay[path]
	if !ok {
		var err error
		if src, err = ReadFile(path); err != nil {
			return nil, fmt.Errorf("read nginx configuration: %w", err)
		}
	}
	return LoadText(opts.parse(path, src), path, opts), nil
}

// LoadText follows the includes of a file that was parsed already, as if it
// had been read from path; path may be empty when it came from no file.
func LoadText(main *File, path string, opts LoadOptions) *Config {
	l := &loader{opts: opts, config: &Config{Main: main, Included: map[*Directive][]*File{}}, files: map[string]*File{}, state: map[*File]int{}}
	main.place(path)
	if path != "" {
		l.files[filepath.Clean(path)] = main
	}
	if l.opts.Prefix == "" {
		l.opts.Prefix = filepath.Dir(path)
	}
	l.config.Files = append(l.config.Files, main)
	l.follow(main, 0)
	return l.config
}

// parse parses a file as the options say.
func (o LoadOptions) parse(name, src string) *File {
	if o.Parse != nil {
		return o.Parse(name, src)
	}
	return Parse(name, src)
}

// place says where a file was read from. One that has been read before, which
// others may look at, is left alone.
func (f *File) place(path string) {
	if f.Path != path {
		f.Path = path
	}
}

type loader struct {
	opts   LoadOptions
	config *Config
	files  map[string]*File // by path on this machine
	state  map[*File]int
}

// The states of a file while includes are followed.
const (
	unread = iota
	reading
	done
)

func (l *loader) follow(f *File, depth int) {
	l.state[f] = reading
	for d := range Walk(f.Nodes) {
		if d.Name.Value == "include" && len(d.Args) == 1 && d.Block == nil {
			l.include(f, d, depth)
		}
	}
	l.state[f] = done
}

func (l *loader) problem(f *File, d *Directive, t diag.Text, errno string) {
	l.config.Problems = append(l.config.Problems, IncludeProblem{f, d, t, errno})
}

func (l *loader) include(f *File, d *Directive, depth int) {
	pattern := l.path(d.Arg(0))
	if strings.Contains(d.Arg(0), "$") || strings.Contains(d.Arg(0), "{{") {
		return // a template: what it names is not known here
	}
	if depth == maxIncludeDepth {
		l.problem(f, d, diag.T("includes are nested more than %d deep", maxIncludeDepth), "")
		return
	}
	paths := []string{pattern}
	if strings.ContainsAny(pattern, "*?[") {
		// glob(3) takes a bracket that is never closed for itself, finds no such
		// file, and nginx goes on.
		paths, _ = filepath.Glob(strings.ReplaceAll(pattern, "[!", "[^"))
		// glob(3) matches no hidden file unless the pattern names it.
		if !strings.HasPrefix(filepath.Base(pattern), ".") {
			paths = slices.DeleteFunc(paths, func(p string) bool { return strings.HasPrefix(filepath.Base(p), ".") })
		}
	}
	l.readAhead(paths)
	for _, path := range paths {
		l.includeFile(f, d, path, depth)
	}
}

// readAhead reads and parses the files of a pattern at once.
func (l *loader) readAhead(paths []string) {
	if len(paths) < 2 {
		return
	}
	ahead := make([]*File, len(paths))
	parallel.Each(len(paths), func(i int) {
		if path := filepath.Clean(paths[i]); l.files[path] == nil {
			ahead[i], _ = l.read(path) // an error shows when it is included
		}
	})
	for i, f := range ahead {
		if f != nil {
			l.files[filepath.Clean(paths[i])] = f
		}
	}
}

// read reads and parses a file.
func (l *loader) read(path string) (*File, error) {
	src, ok := l.overlaid(path)
	if !ok {
		var err error
		if src, err = ReadFile(path); err != nil {
			return nil, err
		}
	}
	f := l.opts.parse(path, src)
	f.place(path)
	return f, nil
}

func (l *loader) includeFile(f *File, d *Directive, path string, depth int) {
	path = filepath.Clean(path)
	included := l.files[path]
	if included == nil {
		var err error
		if included, err = l.read(path); err != nil {
			text, errno := unreadable(path, err)
			l.problem(f, d, text, errno)
			return
		}
		l.files[path] = included
	}
	switch l.state[included] {
	case reading:
		l.problem(f, d, diag.T("%s includes itself", path), "24: Too many open files")
		return
	case unread:
		l.config.Files = append(l.config.Files, included)
		l.follow(included, depth+1)
	}
	l.config.Included[d] = append(l.config.Included[d], included)
}

// overlaid returns the text that stands for a file, by its path or by the one
// that links lead to.
func (l *loader) overlaid(path string) (string, bool) {
	if len(l.opts.Overlay) == 0 {
		return "", false
	}
	if src, ok := l.opts.Overlay[path]; ok {
		return src, true
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", false
	}
	src, ok := l.opts.Overlay[real]
	return src, ok
}

// unreadable says why a file that is included cannot be read, and what nginx says of it.
func unreadable(path string, err error) (text diag.Text, errno string) {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return diag.T("the included file %s does not exist", path), "2: No such file or directory"
	case errors.Is(err, fs.ErrPermission):
		return diag.T("the included file %s cannot be read: permission denied", path), "13: Permission denied"
	case errors.Is(err, errNotRegular):
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			errno = "21: Is a directory"
		}
		return diag.T("the included path %s is no regular file", path), errno
	case errors.Is(err, ErrTooLarge):
		return diag.T("the included file %s is larger than %d MiB", path, MaxFile>>20), ""
	}
	return diag.T("the included file %s cannot be read", path), ""
}

// path returns where a path of the configuration lies on this machine.
func (l *loader) path(p string) string {
	if filepath.IsAbs(p) {
		return filepath.Join(l.opts.Root, p)
	}
	return filepath.Join(l.opts.Prefix, p)
}

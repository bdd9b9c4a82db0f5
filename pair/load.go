package pair

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/uwsgi"
	"github.com/deployctl/deployctl/uwsgi/option"
)

// MaxFile is the size in bytes of the largest configuration that is read.
const MaxFile = nginx.MaxFile

// ErrNothing is the error of Load when no path leads to a configuration.
var ErrNothing = errors.New("no nginx or uWSGI configuration found")

// Options say how paths are read.
type Options struct {
	// Root is the folder that stands for / in absolute paths: a copied tree of
	// a server. Empty for this machine's own root.
	Root string
	// Context is the context of nginx files that are no whole configurations;
	// 0 infers it from each file's content.
	Context directive.Context
	// Overlay holds texts that stand for files, by path: what an editor has not
	// saved, a fix has not written, or came from a pipe. The files need not exist.
	Overlay map[string]string
	// Cache may hold trees of the Load before, and gets those of this one; nil
	// for none.
	Cache *Cache
	// Here tells that the files lie where uWSGI and nginx will read them.
	Here bool
}

// Load reads files and folders as one pair.
//
// In a folder, uWSGI files are *.ini with a [uwsgi] section (and *.yaml, *.xml
// and *.json that hold the same), nginx files are *.conf, and whatever lies in
// sites-enabled, sites-available and, without a suffix, in conf.d, that reads
// as nginx. A file that was named is read in any case. A file that another one
// includes is read as a part of it only.
//
// What surrounds a pair tells more about it: units (*.service), files of
// tmpfiles.d, compose files, Dockerfiles, kustomizations, configurations of
// gunicorn. ConfigMaps are read for the configurations that they hold.
//
// The error joins a PathError for each path that cannot be read, or is
// ErrNothing; the pair holds what could be read all the same.
func Load(paths []string, opts Options) (*Pair, error) {
	l := &loader{opts: opts, seen: map[string]bool{}, included: map[string]bool{}, inside: map[*diag.File]bool{}, links: links{}}
	l.opts.Overlay = spellings(opts.Overlay)
	l.files(l.find(paths))
	opts.Cache.turn()
	p := &Pair{Nginx: l.nginxConfigs(), Uwsgi: l.uwsgiConfigs(), Units: l.units, Tmpfiles: l.tmpfiles, Compose: l.compose, inside: l.inside, gunicorn: l.gunicorn}
	p.containers(l.images)
	p.pods(l.pod)
	p.join()
	if len(p.Nginx)+len(p.Uwsgi)+len(p.Units) == 0 && len(l.errors) == 0 {
		return p, fmt.Errorf("%w in %s", ErrNothing, strings.Join(paths, ", "))
	}
	return p, errors.Join(l.errors...)
}

type loader struct {
	opts     Options
	seen     map[string]bool // files that were read, by the path that links lead to
	included map[string]bool // files that another one includes, likewise
	trees    []*nginx.Config
	uwsgi    []*uwsgi.Config
	units    []*Unit
	tmpfiles []*Tmpfiles
	compose  []*Compose
	images   []*Dockerfile
	pod      []string            // files of ConfigMaps
	inside   map[*diag.File]bool // parts of manifests
	gunicorn []Endpoint          // where gunicorn listens
	prefixes []string            // the folders of whole nginx configurations
	links    links
	errors   []error
}

// found is a file to read.
type found struct {
	path  string
	named bool // and not found in a folder
}

// spellings returns an overlay whose files are found under each of the names
// that the two languages' loaders may look for.
func spellings(overlay map[string]string) map[string]string {
	if len(overlay) == 0 {
		return nil
	}
	all := maps.Clone(overlay)
	wd, _ := os.Getwd()
	for path, text := range overlay {
		all[filepath.Clean(path)] = text
		abs, err := filepath.Abs(path)
		if err != nil {
			continue
		}
		all[abs] = text
		if rel, err := filepath.Rel(wd, abs); err == nil {
			all[rel] = text
		}
	}
	return all
}

// find returns the files that the paths name, whole nginx configurations first:
// what they include need not be looked at by itself then.
func (l *loader) find(paths []string) []found {
	var files []found
	for _, path := range paths {
		path = l.place(path)
		if _, ok := l.opts.Overlay[path]; ok {
			files = append(files, found{path, true})
			continue
		}
		info, err := os.Stat(path)
		switch {
		case err != nil:
			l.errors = append(l.errors, unreadable(path, err))
		case info.IsDir():
			var f finder
			f.folder(path)
			l.errors = append(l.errors, f.errors...)
			for _, path := range f.found {
				files = append(files, found{path, false})
			}
		default:
			files = append(files, found{path, true})
		}
	}
	slices.SortStableFunc(files, func(a, b found) int { return cmp.Compare(rank(a.path), rank(b.path)) })
	return files
}

// rank orders files so that those that include come before what they include.
func rank(path string) int {
	switch {
	case filepath.Base(path) == "nginx.conf":
		return 0
	case strings.Contains(path, "sites-enabled"):
		return 1
	case strings.Contains(path, "snippets"):
		return 3
	}
	return 2
}

// place returns where a path lies on this machine: one that exists below the
// root alone is meant there.
func (l *loader) place(path string) string {
	path = filepath.Clean(path)
	if l.opts.Root == "" || !filepath.IsAbs(path) {
		return path
	}
	if _, err := os.Lstat(path); err == nil {
		return path
	}
	if below := filepath.Join(l.opts.Root, path); below != path {
		if _, err := os.Lstat(below); err == nil {
			return below
		}
	}
	return path
}

// prefix returns the folder that relative includes of a fragment lead from:
// that of the nginx.conf above it, or the one above sites-enabled and its like.
func (l *loader) prefix(path string) string {
	best := ""
	for _, p := range l.prefixes {
		if rel, err := filepath.Rel(p, path); err == nil && filepath.IsLocal(rel) && len(p) > len(best) {
			best = p
		}
	}
	if best != "" {
		return best
	}
	dir := filepath.Dir(path)
	switch filepath.Base(dir) {
	case "sites-enabled", "sites-available", "conf.d", "snippets":
		return filepath.Dir(dir)
	}
	return dir
}

// nginxConfigs returns the configurations that are no part of another one.
func (l *loader) nginxConfigs() []*site.Config {
	var configs []*site.Config
	for _, tree := range l.trees {
		fragment := !whole(tree.Main)
		if fragment && l.included[l.links.real(tree.Main.Path)] {
			continue
		}
		context := directive.Context(0)
		if fragment {
			context = l.opts.Context
		}
		configs = append(configs, site.New(tree, context))
	}
	return configs
}

func (l *loader) uwsgiConfigs() []*uwsgi.Config {
	return slices.DeleteFunc(l.uwsgi, func(c *uwsgi.Config) bool {
		return l.included[l.links.real(c.Main.Path)]
	})
}

func knownOption(name string) bool { return len(option.Lookup(name)) > 0 }

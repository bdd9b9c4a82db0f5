package launch

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/uwsgi"
)

// root is a folder of the server and the one here that stands for it.
type root struct{ server, local string }

// paths finds the folders of a server on this machine.
type paths struct {
	dir   string
	roots []root // longest first
}

// newPaths learns from the description, and from where the application lies,
// which folder stands for the server's.
func newPaths(s *Source, configs []*uwsgi.Config) *paths {
	p := &paths{dir: s.Dir}
	if s.Description != nil && s.Description.Root != "" && s.Description.Root != s.Dir {
		p.roots = append(p.roots, root{filepath.Clean(s.Description.Root), s.Dir})
	}
	for _, c := range configs {
		for _, name := range []string{"chdir", "pythonpath"} {
			o := c.Get(name)
			if o == nil || !filepath.IsAbs(o.Value) || o.Unresolved {
				continue
			}
			server := filepath.Clean(o.Value)
			if _, known := p.prefixed(server); known || isDir(server) {
				continue
			}
			if local := p.application(c); local != "" {
				p.add(server, local)
			}
		}
	}
	slices.SortStableFunc(p.roots, func(a, b root) int { return len(b.server) - len(a.server) })
	return p
}

// add notes a root. Equal names at the ends of both are left out, so that what
// lies beside them is found too.
func (p *paths) add(server, local string) {
	for local != p.dir && filepath.Base(server) == filepath.Base(local) && filepath.Dir(server) != "/" {
		server, local = filepath.Dir(server), filepath.Dir(local)
	}
	p.roots = append(p.roots, root{server, local})
}

// application returns the folder here in which the application of a
// configuration lies, "" when it is not found.
func (p *paths) application(c *uwsgi.Config) string {
	var wanted []string
	if o := c.Get("module"); o != nil {
		module, _, _ := strings.Cut(o.Value, ":")
		file := strings.ReplaceAll(strings.TrimSuffix(module, ".py"), ".", "/")
		wanted = append(wanted, file+".py", file+"/__init__.py")
	}
	if o := c.Get("wsgi-file"); o != nil {
		file := o.Value
		if dir := c.Get("chdir"); dir != nil {
			file = strings.TrimPrefix(file, strings.TrimSuffix(dir.Value, "/")+"/")
		}
		wanted = append(wanted, strings.TrimPrefix(file, "/"))
	}
	for _, dir := range p.candidates() {
		for _, file := range wanted {
			if info, err := os.Stat(filepath.Join(dir, file)); err == nil && !info.IsDir() {
				return dir
			}
		}
	}
	return ""
}

// candidates are the folders in which an application may lie: the project's,
// those in it, and those around it.
func (p *paths) candidates() []string {
	all := []string{p.dir}
	entries, _ := os.ReadDir(p.dir)
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			all = append(all, filepath.Join(p.dir, e.Name()))
		}
	}
	for dir, i := filepath.Dir(p.dir), 0; i < 2 && dir != filepath.Dir(dir); dir, i = filepath.Dir(dir), i+1 {
		all = append(all, dir)
	}
	return all
}

// prefixed returns what stands for a path below one of the roots.
func (p *paths) prefixed(path string) (string, bool) {
	for _, r := range p.roots {
		if path == r.server {
			return r.local, true
		}
		if rest, ok := strings.CutPrefix(path, strings.TrimSuffix(r.server, "/")+"/"); ok {
			local := filepath.Join(r.local, rest)
			if strings.HasSuffix(path, "/") {
				local += "/"
			}
			return local, true
		}
	}
	return path, false
}

// here returns where an absolute path of the server lies on this machine. found
// tells that something lies there, or below it where the path ends in a
// variable.
func (p *paths) here(path string) (local string, found bool) {
	literal, variable := path, ""
	if i := strings.IndexByte(path, '$'); i >= 0 {
		literal, variable = path[:i], path[i:]
	}
	if !filepath.IsAbs(literal) {
		return path, true
	}
	if local, ok := p.prefixed(literal); ok {
		return local + variable, exists(local)
	}
	if exists(literal) {
		return path, true
	}
	parts := strings.Split(strings.Trim(literal, "/"), "/")
	for i := range parts {
		local := filepath.Join(append([]string{p.dir}, parts[i:]...)...)
		if !exists(local) {
			continue
		}
		if strings.HasSuffix(literal, "/") {
			local += "/"
		}
		return local + variable, true
	}
	return path, false
}

// text replaces the server's folders in a value that may hold several paths.
func (p *paths) text(value string) string {
	for _, separator := range []string{"=", ":", ","} {
		parts := strings.Split(value, separator)
		for i := range parts {
			parts[i], _ = p.prefixed(parts[i])
		}
		value = strings.Join(parts, separator)
	}
	return value
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

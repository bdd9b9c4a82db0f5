package pair

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/internal/parallel"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/uwsgi"
)

// reading is a file that was read, before it is known whether another one
// includes it. At most one of its trees is there.
type reading struct {
	found
	real  string // where links lead to
	err   error
	nginx *nginx.File
	uwsgi *uwsgi.Config
	unit  *Unit
	tmp   *Tmpfiles
	comp  *Compose
	image *Dockerfile
	pod   []string
	// embedded are the configurations in a manifest of ConfigMaps.
	embedded []embedded
	gunicorn []Endpoint
}

// files reads what was found, those of one rank at once: what the earlier ones
// include need not be read again.
func (l *loader) files(files []found) {
	for len(files) > 0 {
		first := rank(files[0].path)
		n := slices.IndexFunc(files, func(f found) bool { return rank(f.path) != first })
		if n < 0 {
			n = len(files)
		}
		var batch []reading
		for _, f := range files[:n] {
			real := l.links.real(f.path)
			if l.seen[real] || l.included[real] && !f.named {
				continue
			}
			l.seen[real] = true
			batch = append(batch, reading{found: f, real: real})
		}
		parallel.Each(len(batch), func(i int) { l.read(&batch[i]) })
		for i := range batch {
			l.take(&batch[i])
		}
		files = files[n:]
	}
}

// read reads and parses a file.
func (l *loader) read(r *reading) {
	k, src, err := l.classify(r.found)
	if err != nil {
		r.err = err
		return
	}
	switch k {
	case nginxKind:
		r.nginx = l.opts.Cache.nginx(r.path, src)
	case uwsgiKind:
		opts := uwsgi.LoadOptions{Root: l.opts.Root, Overlay: l.opts.Overlay, Here: l.opts.Here, Before: beforeOnDebian(r.real)}
		r.uwsgi = uwsgi.LoadText(l.opts.Cache.uwsgi(r.path, src), r.path, opts)
	case unitKind:
		r.unit = ParseUnit(r.path, src)
	case tmpfilesKind:
		r.tmp = parseTmpfiles(r.path, src)
	case composeKind:
		r.comp = parseCompose(r.path, src)
	case gunicornKind:
		r.gunicorn = gunicornBinds(src)
	case configMapKind:
		r.embedded = configMaps(src)
	case kustomizeKind:
		r.pod = podFiles(r.path, src)
	case dockerKind:
		r.image = parseDockerfile(r.path, src)
	}
}

// classify reads a file and tells what it is.
func (l *loader) classify(f found) (kind, string, error) {
	src, err := l.text(f)
	switch {
	case err != nil:
		return other, "", err
	case isBinary(src) && f.named:
		return other, "", &PathError{f.path, "it is a binary file, and no configuration", nil}
	case isBinary(src):
		return other, "", nil
	case f.named:
		return named(f.path, src), src, nil
	}
	return kindOf(f.path, src), src, nil
}

// take makes a file that was read a part of the pair, unless a file that was
// read at the same time includes it.
func (l *loader) take(r *reading) {
	switch {
	case l.included[r.real] && !r.named:
	case r.err != nil:
		l.errors = append(l.errors, r.err)
	case r.nginx != nil:
		l.nginx(r)
	case r.uwsgi != nil:
		l.include(r.real, len(r.uwsgi.Files), func(i int) string { return r.uwsgi.Files[i].Path })
		l.uwsgi = append(l.uwsgi, r.uwsgi)
	case r.unit != nil:
		l.units = append(l.units, r.unit)
	case r.tmp != nil:
		l.tmpfiles = append(l.tmpfiles, r.tmp)
	case r.comp != nil:
		l.compose = append(l.compose, r.comp)
	case r.embedded != nil:
		l.embed(r)
	case r.gunicorn != nil:
		l.gunicorn = append(l.gunicorn, r.gunicorn...)
	case r.pod != nil:
		l.pod = append(l.pod, r.pod...)
	case r.image != nil:
		l.images = append(l.images, r.image)
	}
}

func (l *loader) nginx(r *reading) {
	opts := nginx.LoadOptions{Root: l.opts.Root, Overlay: l.opts.Overlay, Parse: l.opts.Cache.nginx}
	switch {
	case whole(r.nginx):
		l.prefixes = append(l.prefixes, filepath.Dir(r.path))
	case !r.named && onlyParams(r.nginx):
		return
	default:
		opts.Prefix = l.prefix(r.path)
	}
	tree := nginx.LoadText(r.nginx, r.path, opts)
	l.include(r.real, len(tree.Files), func(i int) string { return tree.Files[i].Path })
	l.trees = append(l.trees, tree)
}

// include notes that a file includes others, which are its n parts but for the
// first. Of files that include each other, the one that was read first is whole.
func (l *loader) include(real string, n int, part func(i int) string) {
	if l.included[real] {
		return
	}
	for i := 1; i < n; i++ {
		l.included[l.links.real(part(i))] = true
	}
}

// text returns a file's text. A file in a folder whose size forbids to read it
// is only complained of when it would have been a configuration.
func (l *loader) text(f found) (string, error) {
	if text, ok := l.opts.Overlay[f.path]; ok {
		return text, nil
	}
	if len(l.opts.Overlay) > 0 { // perhaps of the file that a link leads to
		if text, ok := l.opts.Overlay[realPath(f.path)]; ok {
			return text, nil
		}
	}
	info, err := os.Stat(f.path)
	switch {
	case err != nil:
		return "", unreadable(f.path, err)
	case !info.Mode().IsRegular():
		return "", &PathError{f.path, "it is no regular file", nil}
	case info.Size() > MaxFile:
		if head, err := readHead(f.path); err == nil && !f.named && (isBinary(head) || kindOf(f.path, head) == other) {
			return "", nil
		}
		return "", &PathError{f.path, fmt.Sprintf("it has %d MiB, and no configuration above %d MiB is read", info.Size()>>20, MaxFile>>20), nil}
	}
	src, err := nginx.ReadFile(f.path)
	if err != nil {
		return "", unreadable(f.path, err)
	}
	return src, nil
}

// readHead returns the beginning of a file.
func readHead(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	head := make([]byte, maxHead)
	n, err := f.Read(head)
	return string(head[:n]), err
}

// isBinary tells whether a text has a NUL byte near its beginning, as git does.
func isBinary(src string) bool { return strings.IndexByte(src[:min(len(src), 8000)], 0) >= 0 }

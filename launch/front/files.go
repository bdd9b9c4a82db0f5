package front

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/deployctl/deployctl/nginx/site"
)

// paths reads root and alias, of which the inner one wins.
func (c *config) paths(l *location, s *site.Scope) {
	for scope := s; scope != nil; scope = scope.Parent {
		if n := c.here(scope, "alias"); n != nil {
			l.aliased = c.text(n.Arg(0))
			if of := c.locations[scope].of; of != nil {
				l.aliasCut = len(of.Pattern)
				if of.Kind == site.Regex || of.Kind == site.RegexNoCase {
					l.aliasCut = -1
				}
			}
			return
		}
		if n := c.here(scope, "root"); n != nil {
			l.docRoot = c.text(strings.TrimSuffix(n.Arg(0), "/"))
			return
		}
	}
	l.docRoot = c.text("html")
}

func (c *config) indexes(l *location, s *site.Scope) {
	l.index = []*text{c.text("index.html")}
	if n := c.one(s, "index"); n != nil {
		l.index = nil
		for _, a := range n.Args {
			l.index = append(l.index, c.text(a.Value))
		}
	}
	l.autoindex = c.flag(s, "autoindex", false)
	l.autoindexKind = c.word(s, "autoindex_format", "html")
	l.autoindexTime = c.flag(s, "autoindex_localtime", false)
	l.autoindexSize = c.flag(s, "autoindex_exact_size", true)
}

// place makes a path of the configuration absolute: below the prefix.
func (f *Front) place(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(f.options.Prefix, path)
}

// root is the folder of the location, as $document_root shows it.
func (r *request) root() string {
	if r.loc.aliased != nil {
		return r.front.place(r.loc.aliased.eval(r))
	}
	return r.front.place(r.loc.docRoot.eval(r))
}

// filename is the file that a path stands for (ngx_http_map_uri_to_path).
func (r *request) filename() string { return r.fileOf(r.path) }

func (r *request) fileOf(path string) string {
	switch cut := r.loc.aliasCut; {
	case r.loc.aliased == nil || cut < 0 && r.addURIToAlias:
		return r.root() + path
	case cut < 0:
		return r.root()
	default:
		return r.root() + path[min(cut, len(path)):]
	}
}

// unmappable tells that the path leads to no file: alias cuts off what the
// location's pattern matched, and a rewrite with break has put something else
// there.
func (r *request) unmappable() bool {
	if r.loc.aliased == nil || !r.brokenURI {
		return false
	}
	r.logError("\"alias\" cannot be used in location %q where URI was rewritten", r.loc.of.Pattern)
	return true
}

// serveFiles is the content phase without a handler: index, autoindex, files.
func (r *request) serveFiles() (*response, int) {
	switch {
	case r.method != http.MethodGet && r.method != http.MethodHead && r.method != http.MethodPost:
		return nil, http.StatusMethodNotAllowed
	case r.unmappable():
		return nil, http.StatusInternalServerError
	case !strings.HasSuffix(r.path, "/"):
		return r.serveFile()
	}
	if p, status, ok := r.tryIndex(); ok {
		return p, status
	}
	if r.loc.autoindex && (r.method == http.MethodGet || r.method == http.MethodHead) {
		return r.listFolder()
	}
	name := r.filename()
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		r.logError("directory index of %q is forbidden", name)
		return nil, http.StatusForbidden
	}
	return r.missing(name, fs.ErrNotExist)
}

// tryIndex looks for the first index file that is there.
func (r *request) tryIndex() (*response, int, bool) {
	folder := r.filename()
	for _, t := range r.loc.index {
		name := t.eval(r)
		if strings.HasPrefix(name, "/") {
			return r.redirectInternally(name, r.args), 0, true
		}
		_, err := r.stat(folder + name)
		switch {
		case err == nil:
			return r.redirectInternally(r.path+name, r.args), 0, true
		case !errors.Is(err, fs.ErrNotExist):
			p, status := r.missing(folder+name, err)
			return p, status, true
		}
		if info, err := os.Stat(folder); err != nil {
			p, status := r.missing(folder+name, err)
			return p, status, true
		} else if !info.IsDir() {
			r.logError("%q is not a directory", folder)
			return nil, http.StatusInternalServerError, true
		}
	}
	return nil, 0, false
}

// serveFile sends a file (ngx_http_static_module.c).
func (r *request) serveFile() (*response, int) {
	name := r.filename()
	if strings.IndexByte(name, 0) >= 0 {
		return nil, http.StatusNotFound
	}
	if p := r.precompressed(name); p != nil {
		return p, 0
	}
	if r.method != http.MethodPost && r.loc.symlinks == "off" {
		f, whole, err := readSmall(name)
		if err != nil {
			return r.missing(name, err)
		}
		if whole {
			p := r.responseOf(f.modified, int64(len(f.text)))
			p.body, p.memory = f.text, f.memory
			return p, 0
		}
	}
	f, info, err := r.open(name)
	if err != nil {
		return r.missing(name, err)
	}
	if info.IsDir() {
		f.Close()
		to := escape(r.path) + "/"
		if r.args != "" {
			to += "?" + r.args
		}
		return redirect(http.StatusMovedPermanently, to), 0
	}
	if !info.Mode().IsRegular() {
		f.Close()
		r.logError("%q is not a regular file", name)
		return nil, http.StatusNotFound
	}
	if r.method == http.MethodPost {
		f.Close()
		return nil, http.StatusMethodNotAllowed
	}
	return r.fileResponse(f, info), 0
}

// smallFile is the size in bytes up to which a file is read at once.
const smallFile = 16 << 10

// small is a file that was read at once.
type small struct {
	text     []byte
	memory   *[smallFile]byte // that the text lies in
	modified time.Time
}

// smalls keeps the memory of files that were sent.
var smalls = sync.Pool{New: func() any { return new([smallFile]byte) }}

func (r *request) fileResponse(f *os.File, info fs.FileInfo) *response {
	p := r.responseOf(info.ModTime(), info.Size())
	p.file = f
	return p
}

// responseOf makes the response of a file, without its body.
func (r *request) responseOf(modified time.Time, size int64) *response {
	p := &response{status: http.StatusOK, length: size, modified: modified.Truncate(time.Second), ranges: true}
	if r.loc.etag {
		p.etag = etag(modified, size)
	}
	p.contentType = r.loc.typeOf(r.path)
	return p
}

// etag is nginx's: the time and the size in hexadecimal digits.
func etag(modified time.Time, size int64) string {
	b := append(make([]byte, 0, 32), '"')
	b = strconv.AppendInt(b, modified.Unix(), 16)
	b = append(b, '-')
	b = strconv.AppendInt(b, size, 16)
	return string(append(b, '"'))
}

// typeOf returns the type of a file by its suffix.
func (l *location) typeOf(path string) string {
	base := path[strings.LastIndexByte(path, '/')+1:]
	if i := strings.LastIndexByte(base, '.'); i > 0 {
		if t, ok := l.types[strings.ToLower(base[i+1:])]; ok {
			return t
		}
	}
	return l.defaultType
}

// stat looks at a file, unless disable_symlinks forbids it.
func (r *request) stat(name string) (fs.FileInfo, error) {
	if err := r.checkLinks(name); err != nil {
		return nil, err
	}
	return os.Stat(name)
}

// checkLinks refuses what disable_symlinks forbids.
func (r *request) checkLinks(name string) error {
	if r.loc.symlinks == "off" {
		return nil
	}
	return noLinks(name, r.loc.symlinks == "if_not_owner")
}

// open opens a file, unless disable_symlinks forbids it.
func (r *request) open(name string) (*os.File, fs.FileInfo, error) {
	if err := r.checkLinks(name); err != nil {
		return nil, nil, err
	}
	f, err := os.OpenFile(name, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}

// errLink tells that a path leads through a link.
var errLink = &fs.PathError{Op: "open", Err: syscall.ELOOP}

// noLinks refuses a path that leads through a symbolic link; with owners only
// one whose owner is not that of what it leads to.
func noLinks(name string, owners bool) error {
	path := "/"
	parts := strings.Split(strings.Trim(filepath.Clean(name), "/"), "/")
	for i, part := range parts {
		path = filepath.Join(path, part)
		info, err := os.Lstat(path)
		if err != nil {
			return err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			continue
		}
		if !owners {
			if i < len(parts)-1 {
				return syscall.ENOTDIR // what nginx sees of a link where it wants a folder
			}
			return errLink
		}
		target, err := os.Stat(path)
		if err != nil {
			return err
		}
		if !sameOwner(info, target) {
			return errLink
		}
	}
	return nil
}

// missing answers for a file that cannot be opened.
func (r *request) missing(name string, err error) (*response, int) {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.ENAMETOOLONG):
		if !r.loc.quietNotFound {
			r.logError("open() %q failed (2: No such file or directory)", name)
		}
		return nil, http.StatusNotFound
	case errors.Is(err, fs.ErrPermission):
		r.logError("open() %q failed (13: Permission denied)", name)
		return nil, http.StatusForbidden
	case errors.Is(err, syscall.ELOOP):
		r.logError("open() %q failed (40: Too many levels of symbolic links)", name)
		return nil, http.StatusForbidden
	}
	r.log("crit", fmt.Sprintf("open() %q failed (%v)", name, err), "")
	return nil, http.StatusInternalServerError
}

// escape writes a path as a URI, with nginx's choice of bytes that are escaped
// (ngx_escape_uri, NGX_ESCAPE_URI).
func escape(path string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		c := path[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"#%<>?\^`+"`{|}", c) >= 0 {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

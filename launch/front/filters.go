package front

import (
	"bufio"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/deployctl/deployctl/internal/pcre"
	"github.com/deployctl/deployctl/nginx/site"
)

// gzipSettings are the gzip directives.
type gzipSettings struct {
	on, static, always bool
	level              int
	atLeast            int // bytes
	types              map[string]bool
	vary               bool
	proxied            map[string]bool
	version            int // 10 or 11
	notMSIE6           bool
	disabled           []*pcre.Regexp // for browsers whose names match
}

// substitution is one sub_filter.
type substitution struct{ from, to *text }

func (c *config) filterSettings(l *location, s *site.Scope) {
	g := &gzipSettings{
		on: c.flag(s, "gzip", false), vary: c.flag(s, "gzip_vary", false), level: c.number(s, "gzip_comp_level", 1),
		atLeast: c.number(s, "gzip_min_length", 20), types: c.typeSet(s, "gzip_types", "text/html"), proxied: map[string]bool{}, version: 11,
	}
	switch c.word(s, "gzip_static", "off") {
	case "on":
		g.static = true
	case "always":
		g.static, g.always = true, true
	}
	if c.word(s, "gzip_http_version", "1.1") == "1.0" {
		g.version = 10
	}
	for _, n := range c.all(s, "gzip_proxied") {
		for _, a := range n.Args {
			g.proxied[a.Value] = true
		}
	}
	for _, n := range c.all(s, "gzip_disable") {
		for _, a := range n.Args {
			if a.Value == "msie6" {
				g.notMSIE6 = true
			} else {
				g.disabled = append(g.disabled, c.regex(n, a.Value, true))
			}
		}
	}
	l.gzip = g

	if n := c.one(s, "charset"); n != nil && n.Arg(0) != "off" {
		l.charset = n.Arg(0)
	}
	l.charsetOver = c.flag(s, "override_charset", false)
	l.charsetFor = c.typeSet(s, "charset_types", "text/html", "text/xml", "text/plain", "text/vnd.wap.wml", "application/javascript", "application/rss+xml")
	for _, n := range c.all(s, "sub_filter") {
		l.substitutes = append(l.substitutes, substitution{c.text(n.Arg(0)), c.text(n.Arg(1))})
	}
	l.subOnce = c.flag(s, "sub_filter_once", true)
	l.subModified = c.flag(s, "sub_filter_last_modified", false)
	l.subTypes = c.typeSet(s, "sub_filter_types", "text/html")
	l.additions = c.newAdditions(s)
}

// typeSet reads a list of types; the first of the defaults is always in it
// where the directive adds to it.
func (c *config) typeSet(s *site.Scope, name string, defaults ...string) map[string]bool {
	set := map[string]bool{}
	n := c.one(s, name)
	if n == nil {
		for _, t := range defaults {
			set[t] = true
		}
		return set
	}
	set[defaults[0]] = true
	for _, a := range n.Args {
		set[strings.ToLower(a.Value)] = true
	}
	return set
}

func inTypes(set map[string]bool, contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	return set["*"] || set[strings.ToLower(strings.TrimSpace(kind))]
}

// addCharset is the charset filter, without recoding.
func (r *request) addCharset(p *response) {
	if p.status == http.StatusMovedPermanently || p.status == http.StatusFound {
		return // some browser of old took it for that of the next page (ngx_http_set_charset)
	}
	if name := p.forcedCharset; name != "" && p.contentType != "" {
		if r.conf.charsets[strings.ToLower(name)] {
			p.charset = name
		} else {
			r.logError("unknown charset %q to override", name)
		}
		return
	}
	if r.loc.charset == "" || p.contentType == "" || p.charset != "" || !inTypes(r.loc.charsetFor, p.contentType) {
		return
	}
	if strings.Contains(strings.ToLower(p.contentType), "charset=") && !r.loc.charsetOver {
		return
	}
	if strings.HasPrefix(r.loc.charset, "$") {
		p.charset = r.conf.text(r.loc.charset).eval(r)
		return
	}
	p.charset = r.loc.charset
}

// rangeless lets no parts of a body be asked for that a filter changes.
func (p *response) rangeless() {
	p.ranges = false
	p.remove("Accept-Ranges")
}

// weaken makes a weak tag of a strong one, for a body that a filter changes.
func (p *response) weaken() {
	if p.etag != "" && !strings.HasPrefix(p.etag, "W/") {
		p.etag = "W/" + p.etag
	}
}

// substitute is the sub filter (ngx_http_sub_filter_module.c).
func (r *request) substitute(p *response) {
	if len(r.loc.substitutes) == 0 || p.length == 0 || p.status == http.StatusNotModified || !inTypes(r.loc.subTypes, p.contentType) {
		return
	}
	body, err := io.ReadAll(p.reader())
	if err != nil {
		r.logError("sub filter: %v", err)
	}
	p.close()
	p.body = replace(body, r)
	p.stream, p.file, p.offset, p.length = nil, nil, 0, -1
	p.rangeless()
	if r.loc.subModified {
		p.weaken()
		return
	}
	p.modified, p.etag = time.Time{}, ""
	p.remove("Last-Modified")
}

// replace substitutes without minding the case, the first text that matches at
// a place; each of them once, or every time.
func replace(body []byte, r *request) []byte {
	type pair struct {
		from, to string
		done     bool
	}
	var pairs []pair
	for _, s := range r.loc.substitutes {
		if from := strings.ToLower(s.from.eval(r)); from != "" {
			pairs = append(pairs, pair{from: from, to: s.to.eval(r)})
		}
	}
	src := string(body)
	lower := asciiLower(src)
	var out strings.Builder
	for at := 0; at < len(src); {
		best, which := -1, -1
		for i := range pairs {
			if pairs[i].done {
				continue
			}
			if n := strings.Index(lower[at:], pairs[i].from); n >= 0 && (best < 0 || n < best) {
				best, which = n, i
			}
		}
		if which < 0 {
			out.WriteString(src[at:])
			break
		}
		out.WriteString(src[at : at+best])
		out.WriteString(pairs[which].to)
		at += best + len(pairs[which].from)
		pairs[which].done = r.loc.subOnce
	}
	return []byte(out.String())
}

// asciiLower lowers letters and leaves every byte in its place.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// acceptsGzip is ngx_http_gzip_ok.
func (r *request) acceptsGzip(p *response) bool {
	g := r.loc.gzip
	if r.major == 1 && r.minor == 0 && g.version > 10 {
		return false
	}
	accept, _ := r.header("accept-encoding")
	if !gzipAccepted(accept) {
		return false
	}
	agent, named := r.header("user-agent")
	matches := func(re *pcre.Regexp) bool {
		found, err := re.Find(agent)
		return err == nil && found != nil
	}
	if g.notMSIE6 && r.browser().msie6 || named && slices.ContainsFunc(g.disabled, matches) {
		return false
	}
	via, ok := r.header("via")
	return !ok || via == "" || r.proxiedGzip(p)
}

// proxiedGzip tells whether gzip_proxied lets the answer to a proxy be packed.
func (r *request) proxiedGzip(p *response) bool {
	allows := r.loc.gzip.proxied
	if len(allows) == 0 || allows["off"] {
		return false
	}
	if _, auth := r.header("authorization"); allows["any"] || allows["auth"] && auth {
		return true
	}
	if v, ok := p.header("expires"); ok {
		t, err := http.ParseTime(v)
		return allows["expired"] && err == nil && t.Before(time.Now())
	}
	if v, ok := p.header("cache-control"); ok {
		v = strings.ToLower(v)
		return slices.ContainsFunc([]string{"no-cache", "no-store", "private"}, func(word string) bool {
			return allows[word] && strings.Contains(v, word)
		})
	}
	return !(allows["no_last_modified"] && !p.modified.IsZero()) && !(allows["no_etag"] && p.etag != "")
}

// gzipAccepted reads Accept-Encoding (ngx_http_gzip_accept_encoding).
func gzipAccepted(list string) bool {
	for part := range strings.SplitSeq(list, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		v, ok := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(q), " ", ""), "q=")
		if !ok {
			return true
		}
		weight, err := strconv.ParseFloat(v, 64)
		return err == nil && weight > 0
	}
	return false
}

// gzipStatuses are those whose bodies are compressed.
var gzipStatuses = []int{http.StatusOK, http.StatusForbidden, http.StatusNotFound}

// compress is the gzip filter.
func (r *request) compress(p *response) {
	g := r.loc.gzip
	if !g.on || !slices.Contains(gzipStatuses, p.status) || !inTypes(g.types, p.contentType) {
		return
	}
	if _, encoded := p.header("content-encoding"); encoded || p.length >= 0 && p.length < int64(g.atLeast) || p.upgrade != nil {
		return
	}
	r.varies = true
	if r.method == http.MethodHead && p.upstream && p.length < 0 || !r.acceptsGzip(p) {
		return
	}
	p.headers = append(p.headers, header{"Content-Encoding", "gzip"})
	p.weaken()
	p.rangeless()
	source, original := p.reader(), *p
	pr, pw := io.Pipe()
	level, length, packed := g.level, p.length, make(chan struct{})
	go func() {
		defer close(packed)
		out := bufio.NewWriterSize(pw, 8<<10)
		w, err := gzip.NewWriterLevel(out, level)
		if err == nil {
			err = pack(w, out, source, length)
			if closed := w.Close(); err == nil {
				err = closed
			}
			if flushed := out.Flush(); err == nil {
				err = flushed
			}
		}
		pw.CloseWithError(err)
	}()
	p.body, p.file, p.length = nil, nil, -1
	p.stream = readCloser{pr, closeBoth{pr, packed, &original}}
}

// pack packs a body, and sends on what it has when the source pauses: an
// application that streams shall not wait for a full block. length is that of the
// body in bytes, below 0 where it is not known.
func pack(w *gzip.Writer, out *bufio.Writer, source io.Reader, length int64) error {
	buf := make([]byte, 32<<10)
	for n := int64(0); ; {
		m, readErr := source.Read(buf)
		if m > 0 {
			if _, err := w.Write(buf[:m]); err != nil {
				return err
			}
			if n += int64(m); m < len(buf) && readErr == nil && n != length {
				if err := errors.Join(w.Flush(), out.Flush()); err != nil {
					return err
				}
			}
		}
		if readErr == io.EOF {
			return nil
		}
		if readErr != nil {
			return readErr
		}
	}
}

type closeBoth struct {
	pipe   *io.PipeReader
	packed chan struct{} // closed when nothing more is read
	p      *response
}

func (c closeBoth) Close() error {
	c.pipe.Close()
	for waits := true; waits; {
		if body, ok := c.p.stream.(*timedBody); ok {
			body.interrupt()
		}
		select {
		case <-c.packed:
			waits = false
		case <-time.After(time.Millisecond):
		}
	}
	c.p.close()
	return nil
}

// precompressed serves the file with .gz behind its name (gzip_static).
func (r *request) precompressed(name string) *response {
	g := r.loc.gzip
	if !g.static || r.method != http.MethodGet && r.method != http.MethodHead {
		return nil
	}
	accepted := g.always || r.acceptsGzip(&response{})
	if !accepted && !g.vary {
		return nil
	}
	f, info, err := r.open(name + ".gz")
	if err != nil {
		return nil
	}
	r.varies = r.varies || !g.always
	if !info.Mode().IsRegular() || !accepted {
		f.Close()
		return nil
	}
	p := r.fileResponse(f, info)
	p.headers = append(p.headers, header{"Content-Encoding", "gzip"})
	p.ranges = false
	return p
}

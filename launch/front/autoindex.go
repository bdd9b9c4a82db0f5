package front

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// listFolder is autoindex (ngx_http_autoindex_module.c).
func (r *request) listFolder() (*response, int) {
	folder := r.filename()
	callback := ""
	if r.loc.autoindexKind == "jsonp" {
		callback, _ = r.argument("callback")
		if len(callback) > 128 || strings.Trim(callback, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.") != "" {
			return nil, http.StatusBadRequest
		}
	}
	list, err := os.ReadDir(folder)
	if err != nil {
		return r.missing(folder, err)
	}
	p := &response{status: http.StatusOK, contentType: "text/html", length: -1}
	var entries []fs.FileInfo
	for _, e := range list {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		info, err := os.Stat(folder + e.Name())
		if err != nil {
			info, err = os.Lstat(folder + e.Name()) // a link that leads nowhere
		}
		if err == nil {
			entries = append(entries, info)
		}
	}
	slices.SortFunc(entries, func(a, b fs.FileInfo) int {
		if a.IsDir() != b.IsDir() {
			if a.IsDir() {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Name(), b.Name())
	})
	body := ""
	switch r.loc.autoindexKind {
	case "json", "jsonp":
		p.contentType, body = "application/json", listJSON(entries)
		if callback != "" {
			p.contentType, body = "application/javascript", "/* callback */\r\n"+callback+"("+body+");"
		}
	case "xml":
		p.contentType, p.charset, body = "text/xml", "utf-8", listXML(entries)
	default:
		body = r.listHTML(entries)
	}
	p.body = []byte(body)
	return p, 0
}

// nameLength is how many characters of a name a page shows.
const nameLength = 50

func (r *request) listHTML(entries []fs.FileInfo) string {
	title := escapeHTML(r.path)
	characters := strings.EqualFold(r.loc.charset, "utf-8") && inTypes(r.loc.charsetFor, "text/html")
	var b strings.Builder
	fmt.Fprintf(&b, "<html>\r\n<head><title>Index of %s</title></head>\r\n<body>\r\n<h1>Index of %s</h1><hr><pre><a href=\"../\">../</a>\r\n", title, title)
	for _, e := range entries {
		slash := ""
		if e.IsDir() {
			slash = "/"
		}
		shown, pad := shownName(e.Name(), characters)
		if pad > 0 {
			shown, pad = shown+slash, pad-len(slash)
		}
		when := e.ModTime().UTC()
		if r.loc.autoindexTime {
			when = e.ModTime().Local()
		}
		var size string
		switch {
		case e.IsDir() && r.loc.autoindexSize:
			size = "                  -"
		case e.IsDir():
			size = "      -"
		case r.loc.autoindexSize:
			size = fmt.Sprintf("%19d", e.Size())
		default:
			size = rough(e.Size())
		}
		fmt.Fprintf(&b, "<a href=\"%s\">%s</a>%*s %s %s\r\n", escapeComponent(e.Name())+slash, shown, pad, "", when.Format("02-Jan-2006 15:04"), size)
	}
	b.WriteString("</pre><hr></body>\r\n</html>\r\n")
	return b.String()
}

// shownName is how a page shows a name, and how much it is shorter than the
// column: in characters where the page is in UTF-8, otherwise in bytes.
func shownName(name string, characters bool) (shown string, pad int) {
	length, keep := len(name), min(len(name), nameLength-3)
	if characters && utf8.ValidString(name) {
		length = utf8.RuneCountInString(name)
		keep = len(string([]rune(name)[:min(length, nameLength-3)]))
	}
	if length > nameLength {
		return escapeHTML(name[:keep]) + "..&gt;", 0
	}
	return escapeHTML(name), nameLength - length
}

// rough writes a size in k, M or G as autoindex does.
func rough(n int64) string {
	for _, u := range []struct {
		above int64
		shift uint
		name  string
	}{{1<<30 - 1, 30, "G"}, {1<<20 - 1, 20, "M"}, {9999, 10, "K"}} {
		if n > u.above {
			whole := n >> u.shift
			if n&(1<<u.shift-1) >= 1<<(u.shift-1) {
				whole++
			}
			return fmt.Sprintf("%6d%s", whole, u.name)
		}
	}
	return fmt.Sprintf(" %6d", n)
}

// escapeHTML is ngx_escape_html.
var escapeHTML = strings.NewReplacer("<", "&lt;", ">", "&gt;", "&", "&amp;", `"`, "&quot;").Replace

// escapeComponent is ngx_escape_uri with NGX_ESCAPE_URI_COMPONENT.
func escapeComponent(name string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		if c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}

func entryType(e fs.FileInfo) string {
	switch {
	case e.IsDir():
		return "directory"
	case e.Mode().IsRegular():
		return "file"
	}
	return "other"
}

func listJSON(entries []fs.FileInfo) string {
	var b strings.Builder
	b.WriteString("[")
	for i, e := range entries {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\r\n{ \"name\":\"")
		escapeJSON(&b, e.Name())
		fmt.Fprintf(&b, "\", \"type\":%q, \"mtime\":%q", entryType(e), e.ModTime().UTC().Format(httpTime))
		if e.Mode().IsRegular() {
			fmt.Fprintf(&b, ", \"size\":%d", e.Size())
		}
		b.WriteString(" }")
	}
	b.WriteString("\r\n]")
	return b.String()
}

// escapeJSON is ngx_escape_json.
func escapeJSON(b *strings.Builder, s string) {
	short := map[byte]byte{'\n': 'n', '\r': 'r', '\t': 't', '\b': 'b', '\f': 'f'}
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c > 0x1f:
			b.WriteByte(c)
		case short[c] != 0:
			b.WriteByte('\\')
			b.WriteByte(short[c])
		default:
			fmt.Fprintf(b, "\\u%04X", c)
		}
	}
}

func listXML(entries []fs.FileInfo) string {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\"?>\r\n<list>\r\n")
	for _, e := range entries {
		kind := entryType(e)
		fmt.Fprintf(&b, "<%s mtime=%q", kind, e.ModTime().UTC().Format(time.RFC3339))
		if e.Mode().IsRegular() {
			fmt.Fprintf(&b, " size=\"%d\"", e.Size())
		}
		fmt.Fprintf(&b, ">%s</%s>\r\n", escapeHTML(e.Name()), kind)
	}
	b.WriteString("</list>\r\n")
	return b.String()
}

package front

import (
	"encoding/json"
	"fmt"
	"html"
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
	list, err := os.ReadDir(folder)
	if err != nil {
		return r.missing(folder, err)
	}
	var entries []fs.FileInfo
	for _, e := range list {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if info, err := os.Stat(folder + e.Name()); err == nil {
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
	var body, kind string
	switch r.loc.autoindexKind {
	case "json":
		body, kind = r.listJSON(entries), "application/json"
	case "xml":
		body, kind = r.listXML(entries), "text/xml"
	default:
		body, kind = r.listHTML(entries), "text/html"
	}
	return &response{status: http.StatusOK, contentType: kind, body: []byte(body), length: -1}, 0
}

// nameLength is how many characters of a name a page shows.
const nameLength = 50

func (r *request) listHTML(entries []fs.FileInfo) string {
	title := html.EscapeString(r.path)
	var b strings.Builder
	fmt.Fprintf(&b, "<html>\r\n<head><title>Index of %s</title></head>\r\n<body>\r\n<h1>Index of %s</h1><hr><pre><a href=\"../\">../</a>\r\n", title, title)
	for _, e := range entries {
		slash := ""
		if e.IsDir() {
			slash = "/"
		}
		name := e.Name() + slash
		shown, pad := name, nameLength+1-utf8.RuneCountInString(name)
		if pad < 1 {
			runes := []rune(name)
			shown, pad = string(runes[:nameLength-3])+"..>", 1
		}
		when := e.ModTime().UTC()
		if r.loc.autoindexTime {
			when = e.ModTime().Local()
		}
		size := fmt.Sprintf("%19d", e.Size())
		if e.IsDir() {
			size = "                  -"
		} else if !r.loc.autoindexSize {
			size = fmt.Sprintf("%19s", rough(e.Size()))[12:]
		}
		if e.IsDir() && !r.loc.autoindexSize {
			size = size[12:]
		}
		fmt.Fprintf(&b, "<a href=\"%s\">%s</a>%*s %s %s\r\n", html.EscapeString(escapeComponent(e.Name())+slash), html.EscapeString(shown), pad-1, "", when.Format("02-Jan-2006 15:04"), size)
	}
	b.WriteString("</pre><hr></body>\r\n</html>\r\n")
	return b.String()
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
			return fmt.Sprint(whole, u.name)
		}
	}
	return fmt.Sprint(n)
}

func escapeComponent(name string) string {
	return strings.NewReplacer("%3A", ":", "?", "%3F").Replace(escape(name))
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

func (r *request) listJSON(entries []fs.FileInfo) string {
	var b strings.Builder
	b.WriteString("[")
	for i, e := range entries {
		if i > 0 {
			b.WriteString(",")
		}
		name, _ := json.Marshal(e.Name()) // a string cannot fail
		fmt.Fprintf(&b, "\r\n{ \"name\":%s, \"type\":%q, \"mtime\":%q", name, entryType(e), e.ModTime().UTC().Format(httpTime))
		if e.Mode().IsRegular() {
			fmt.Fprintf(&b, ", \"size\":%d", e.Size())
		}
		b.WriteString(" }")
	}
	b.WriteString("\r\n]")
	return b.String()
}

func (r *request) listXML(entries []fs.FileInfo) string {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\"?>\r\n<list>\r\n")
	for _, e := range entries {
		kind := entryType(e)
		fmt.Fprintf(&b, "<%s mtime=%q", kind, e.ModTime().UTC().Format(time.RFC3339))
		if e.Mode().IsRegular() {
			fmt.Fprintf(&b, " size=\"%d\"", e.Size())
		}
		fmt.Fprintf(&b, ">%s</%s>\r\n", html.EscapeString(e.Name()), kind)
	}
	b.WriteString("</list>\r\n")
	return b.String()
}

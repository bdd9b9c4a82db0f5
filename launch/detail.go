package launch

import (
	"net/textproto"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/launch/front"
	"github.com/deployctl/deployctl/nginx/site"
)

// workerHeader is the header in which the application server of a run in detail
// says which worker answers. nginx takes it out again.
const workerHeader = "X-Deployctl-Worker"

// Header is one header of a request or an answer.
type Header struct{ Name, Value string }

// askedHeaders and answeredHeaders are those of which the native nginx tells: it
// writes into its log only what the format names.
var (
	askedHeaders = []string{
		"Host", "User-Agent", "Accept", "Accept-Language", "Accept-Encoding", "Content-Type", "Content-Length", "Cookie", "Authorization", "Referer", "Origin",
		"X-Requested-With", "X-CSRFToken", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "If-None-Match", "If-Modified-Since", "Range", "Cache-Control", "Upgrade", "HX-Request",
	}
	answeredHeaders = []string{
		"Server", "Content-Type", "Content-Length", "Content-Encoding", "Transfer-Encoding", "Location", "Cache-Control", "Expires", "ETag", "Last-Modified", "Vary", "Set-Cookie",
		"Strict-Transport-Security", "Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy", "Access-Control-Allow-Origin", "WWW-Authenticate", "Retry-After", "Allow", "Connection",
	}
)

// detailFormat is what the native nginx writes besides for a run in detail.
func detailFormat() string {
	var b strings.Builder
	b.WriteString(`,"listen":"$server_addr:$server_port","tls":"$https","worker":"$upstream_http_` + variable(workerHeader) + `"`)
	for _, part := range []struct {
		key, prefix string
		names       []string
	}{{"asked", "$http_", askedHeaders}, {"answered", "$sent_http_", answeredHeaders}} {
		b.WriteString(`,"` + part.key + `":[`)
		for i, name := range part.names {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(`"` + part.prefix + variable(name) + `"`)
		}
		b.WriteByte(']')
	}
	return b.String()
}

// variable is the name of a header in nginx's variables.
func variable(header string) string {
	return strings.ToLower(strings.ReplaceAll(header, "-", "_"))
}

// rawDetail is what nginx has written for detailFormat.
type rawDetail struct {
	Listen, TLS, Worker string
	Asked, Answered     []string
}

func (r *rawDetail) add(a *Access) {
	a.Listen, a.TLS = r.Listen, r.TLS == "on"
	a.Worker = workerNumber(r.Worker)
	a.Asked, a.Answered = named(askedHeaders, r.Asked), named(answeredHeaders, r.Answered)
}

// workerNumber reads the header; of several upstreams the last one answered.
func workerNumber(text string) int {
	n, _ := strconv.Atoi(text[strings.LastIndexAny(text, " ,:")+1:]) // 0 where none is named
	return n
}

func named(names, values []string) []Header {
	var all []Header
	for i, v := range values {
		if v != "" && i < len(names) {
			all = append(all, Header{names[i], v})
		}
	}
	return all
}

// detailOf adds what the embedded nginx tells.
func detailOf(a *Access, from front.Access) {
	a.Listen, a.TLS = from.Listen, from.TLS
	for _, f := range from.Passed {
		if strings.EqualFold(f.Name, workerHeader) {
			a.Worker = workerNumber(f.Value)
		}
	}
	a.Asked, a.Answered = headersOf(from.Asked), headersOf(from.Answered)
}

func headersOf(fields []front.Field) []Header {
	all := make([]Header, len(fields))
	for i, f := range fields {
		all[i] = Header{textproto.CanonicalMIMEHeaderKey(f.Name), f.Value} // HTTP/2 has them in lower case
	}
	return all
}

// hideWorker keeps the header of the workers from visitors. A block with such a
// directive of its own does not inherit the one in http.
func hideWorker(n *nginxPlanner, node *site.Node) {
	if !n.Options.Detail || node.Scope.Opener == nil || node != node.Scope.Here(node.Name.Value)[0] {
		return
	}
	at := node.HeadLocation()
	n.edits[at.File] = append(n.edits[at.File], diag.Edit{File: at.File, Span: diag.Span{Start: at.Span.Start, End: at.Span.Start}, New: node.Name.Value + " " + workerHeader + "; "})
}

// hideEverywhere is hideWorker for all blocks without one.
func hideEverywhere(s *site.Scope) string {
	text := ""
	for _, name := range []string{"uwsgi_hide_header", "proxy_hide_header"} {
		if s == nil || len(s.Here(name)) == 0 {
			text += name + " " + workerHeader + ";\n"
		}
	}
	return text
}

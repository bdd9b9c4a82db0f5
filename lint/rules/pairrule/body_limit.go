package pairrule

import (
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/uwsgi"
)

// BodyLimit finds limits of the request body that differ.
var BodyLimit = &lint.Rule{
	ID:       "pair-body-limit",
	Severity: diag.Warning,
	Summary:  "nginx and uWSGI limit the request body differently, or neither does",
	Page:     page("pair-body-limit"),
	Check:    checkBodyLimit,
}

// defaultBody is nginx's for client_max_body_size, in bytes.
const defaultBody = 1 << 20

func checkBodyLimit(p *lint.Pass) {
	type largest struct {
		bytes int // -1 for no limit
		at    *site.Node
		place diag.Location
	}
	byConfig := map[*uwsgi.Config]largest{}
	var order []*uwsgi.Config
	for _, via := range p.Passes {
		l := largest{bytes: defaultBody, place: via.Node.HeadLocation()}
		if nodes := via.Node.Scope.Effective("client_max_body_size"); len(nodes) > 0 {
			n, ok := offset(nodes[0].Arg(0))
			if !ok {
				continue
			}
			l = largest{n, nodes[0], nodes[0].HeadLocation()}
			if n == 0 {
				l.bytes = -1
			}
		}
		for _, c := range configs(via) {
			have, seen := byConfig[c]
			if !seen {
				order = append(order, c)
			}
			if !seen || have.bytes >= 0 && (l.bytes < 0 || l.bytes > have.bytes) {
				byConfig[c] = l
			}
		}
	}
	for _, c := range order {
		l := byConfig[c]
		o := c.Get("limit-post")
		if o == nil {
			if l.bytes < 0 {
				p.Report(diag.Diagnostic{
					Location: l.place,
					Message:  diag.T("client_max_body_size 0 lets any request body through, and %s sets no limit-post", c.Main.Name),
					Why:      diag.T("one client can fill the disk with a request body"),
					Help:     diag.T("write the size of the largest upload, such as `client_max_body_size 100m;`"),
				})
			}
			continue
		}
		limit, err := strconv.ParseInt(leadingDigits(o.Value), 10, 64)
		if o.Unresolved || err != nil || limit == 0 {
			continue
		}
		d := diag.Diagnostic{Location: o.ValueLocation(), Related: []diag.Related{{Location: l.place, Message: diag.T("nginx's limit holds here")}}}
		switch {
		case l.bytes < 0 || limit < int64(l.bytes):
			d.Message = diag.T("limit-post of %d bytes is below what nginx lets through", limit)
			d.Why = diag.T("502 in place of 413: writev() failed (104: Connection reset by peer); uWSGI logs: Invalid (too big) CONTENT_LENGTH. skip.")
			d.Help = diag.T("use one limit: `client_max_body_size %d;`", limit)
		case limit > int64(l.bytes):
			d.Message = diag.T("limit-post of %d bytes, and nginx refuses bodies above %d", limit, l.bytes)
			d.Why = diag.T("413: client intended to send too large body")
			d.Help = diag.T("use one limit: `client_max_body_size %d;`", limit)
		default:
			continue
		}
		p.Report(d)
	}
}

// offset reads a size as nginx does where files are meant (ngx_parse_offset):
// digits with k, m or g.
func offset(s string) (int, bool) {
	if digits, ok := strings.CutSuffix(strings.ToLower(s), "g"); ok {
		n, ok := size(digits)
		return n << 30, ok && n < 1<<20
	}
	return size(s)
}

// leadingDigits returns what strtoul would read of a value.
func leadingDigits(s string) string {
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	return s[:end]
}

package pairrule

import (
	"strconv"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
)

// RequestBuffer finds a buffer-size that does not hold what nginx lets through.
var RequestBuffer = &lint.Rule{
	ID:       "pair-request-buffer",
	Severity: diag.Warning,
	Summary:  "nginx lets through a larger request head than buffer-size holds",
	Fixable:  true,
	Page:     page("pair-request-buffer"),
	Check:    checkRequestBuffer,
}

const (
	// defaultBuffer is uWSGI's (core/init.c, uwsgi.buffer_size).
	defaultBuffer = 4096
	// maxPacket is the largest head, in bytes, that the uwsgi protocol holds.
	maxPacket = 65535
)

// head is the largest request head that nginx lets through to a uWSGI file.
type head struct {
	bytes int
	at    *site.Node // the large_client_header_buffers; nil for nginx's default
	via   *pair.Pass
}

func checkRequestBuffer(p *lint.Pass) {
	largest := map[*uwsgi.Config]head{}
	var order []*uwsgi.Config
	beyond := map[*site.Node]bool{}
	for _, via := range p.Passes {
		if f := prefixes[via.Protocol]; f != "uwsgi_" && f != "proxy_" {
			continue
		}
		h := largestHead(via)
		if h.bytes > maxPacket && plain(via.Protocol) == pair.UWSGI && !beyond[h.at] {
			beyond[h.at] = true
			reportBeyond(p, h)
		}
		for _, c := range configs(via) {
			have, seen := largest[c]
			if !seen {
				order = append(order, c)
			}
			if !seen || h.bytes > have.bytes {
				largest[c] = h
			}
		}
	}
	for _, c := range order {
		checkBuffer(p, c, largest[c])
	}
}

// largestHead returns the largest packet that nginx makes of a request that
// its large_client_header_buffers N L let through, in bytes: N buffers, and the
// URI a second time. With nginx's defaults, 4 and 8k, 41,209 bytes were seen to
// arrive, with uwsgi_pass and, once uWSGI has taken it apart, with proxy_pass.
func largestHead(via *pair.Pass) head {
	n, l := 4, 8<<10
	h := head{via: via}
	if nodes := via.Node.Scope.Effective("large_client_header_buffers"); len(nodes) > 0 {
		h.at = nodes[0]
		count, err := strconv.Atoi(h.at.Arg(0))
		each, ok := size(h.at.Arg(1))
		if err != nil || !ok || count < 1 || count > 1<<20 || each > 1<<30 {
			return h
		}
		n, l = count, each
	}
	h.bytes = (n+1)*l + 256
	return h
}

func reportBeyond(p *lint.Pass, h head) {
	p.Report(diag.Diagnostic{
		Severity: diag.Info, // so large a head is refused either way
		Location: h.at.HeadLocation(),
		Message:  diag.T("this lets through request heads of about %d bytes, and the uwsgi protocol holds %d", h.bytes, maxPacket),
		Why:      diag.T("nginx itself answers 500 then, whatever uWSGI's buffer-size: uwsgi request is too big: %d", h.bytes),
		Help:     diag.T("write `large_client_header_buffers 4 12k;`"),
		Related:  []diag.Related{{Location: h.via.Node.HeadLocation(), Message: diag.T("the requests go on here")}},
	})
}

func checkBuffer(p *lint.Pass, c *uwsgi.Config, h head) {
	buffer := defaultBuffer
	o := c.Get("buffer-size")
	if o != nil {
		n, ok := c.Int("buffer-size")
		if !ok {
			return
		}
		buffer = n
	}
	need := min(h.bytes, maxPacket)
	if buffer >= need {
		return
	}
	want := min((need+4095)/4096*4096, maxPacket)
	d := diag.Diagnostic{
		Message: diag.T("buffer-size of %d bytes, and nginx lets through request heads of about %d", buffer, need),
		Why:     diag.T("a long URI or large cookies answer 502; uWSGI logs: invalid request block size: %d (max %d)...skip", need, buffer),
		Help:    diag.T("write `buffer-size = %d`", want),
		Fix:     &diag.Fix{Message: diag.T("set buffer-size to %d", want)},
	}
	if plain(h.via.Protocol) == pair.HTTP {
		d.Why = diag.T("a long URI or large cookies answer 502; uWSGI logs: invalid HTTP request size (max %d)...skip", buffer)
	}
	if h.at != nil {
		d.Related = []diag.Related{{Location: h.at.HeadLocation(), Message: diag.T("nginx's buffers for the request head")}}
	} else {
		d.Related = []diag.Related{{Location: h.via.Node.HeadLocation(), Message: diag.T("nginx's default is large_client_header_buffers 4 8k")}}
	}
	if o != nil {
		d.Location = o.ValueLocation()
		d.Fix.Edits = []diag.Edit{{File: o.File.File, Span: o.Entry.ValueSpan(), New: strconv.Itoa(want)}}
	} else {
		b := reachedBind(h.via, c)
		d.Location = b.Option.KeyLocation()
		d.Fix.Edits = []diag.Edit{b.Option.After("buffer-size = " + strconv.Itoa(want))}
	}
	if uneditable(c) || o != nil && (o.Maybe || !o.Entry.HasValue) {
		d.Fix = nil
	}
	p.Report(d)
}

// uneditable tells whether a configuration is in a language in which options
// are not added line by line.
func uneditable(c *uwsgi.Config) bool { return c.Main.Format != uwsgi.INI }

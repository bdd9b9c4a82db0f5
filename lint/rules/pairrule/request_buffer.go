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
	// maxPacket is the largest head that the protocol holds.
	maxPacket = 65535
)

func checkRequestBuffer(p *lint.Pass) {
	seen := map[*uwsgi.Config]bool{}
	for _, via := range p.Passes {
		if via.Protocol != pair.UWSGI {
			continue // over HTTP other limits hold
		}
		bound, at := largestHead(via.Node.Scope)
		for _, c := range configs(via) {
			if seen[c] {
				continue
			}
			seen[c] = true
			checkBuffer(p, via, c, bound, at)
		}
	}
}

// largestHead returns the size, in bytes, of the largest packet that nginx
// makes of a request that its large_client_header_buffers N L let through:
// about (N+1) x L + 1k, since the URI goes on twice. The directive is nil where
// nginx's defaults, 4 and 8k, hold.
func largestHead(s *site.Scope) (int, *site.Node) {
	n, l := 4, 8<<10
	nodes := s.Effective("large_client_header_buffers")
	if len(nodes) == 0 {
		return (n+1)*l + 1024, nil
	}
	count, err := strconv.Atoi(nodes[0].Arg(0))
	each, ok := size(nodes[0].Arg(1))
	if err != nil || !ok || count < 1 || count > 1<<20 {
		return 0, nodes[0]
	}
	return (count+1)*each + 1024, nodes[0]
}

func checkBuffer(p *lint.Pass, via *pair.Pass, c *uwsgi.Config, bound int, at *site.Node) {
	buffer := defaultBuffer
	o := c.Get("buffer-size")
	if o != nil {
		n, ok := c.Int("buffer-size")
		if !ok {
			return
		}
		buffer = n
	}
	// The bound is an estimate from above: with nginx's defaults 40,878 bytes
	// were measured to pass.
	need := min(bound-bound/40, maxPacket)
	if buffer >= need {
		return
	}
	want := min((bound+4095)/4096*4096, maxPacket)
	d := diag.Diagnostic{
		Message: diag.T("buffer-size of %d bytes, and nginx lets through request heads of about %d", buffer, min(bound, maxPacket)),
		Why:     diag.T("a long URI or large cookies answer 502; uWSGI logs: invalid request block size: %d (max %d)...skip", min(bound, maxPacket), buffer),
		Help:    diag.T("write `buffer-size = %d`", want),
		Fix:     &diag.Fix{Message: diag.T("set buffer-size to %d", want)},
	}
	if at != nil {
		d.Related = []diag.Related{{Location: at.HeadLocation(), Message: diag.T("nginx's buffers for the request head")}}
	} else {
		d.Related = []diag.Related{{Location: via.Node.HeadLocation(), Message: diag.T("nginx's default is large_client_header_buffers 4 8k")}}
	}
	if o != nil {
		d.Location = o.ValueLocation()
		d.Fix.Edits = []diag.Edit{{File: o.File.File, Span: o.Entry.ValueSpan, New: strconv.Itoa(want)}}
	} else {
		b := bindOf(p, c)
		d.Location = b.Option.KeyLocation()
		d.Fix.Edits = []diag.Edit{addOption(b.Option, "buffer-size", strconv.Itoa(want))}
	}
	if d.Location.File == nil || uneditable(c) {
		d.Fix = nil
	}
	p.Report(d)
}

// uneditable tells whether a configuration is in a language in which options
// are not added line by line.
func uneditable(c *uwsgi.Config) bool { return c.Main.Format != uwsgi.INI }

// addOption adds an option on the line after another one.
func addOption(after *uwsgi.Option, key, value string) diag.Edit {
	return addLines(after, key+" = "+value+"\n")
}

// addLines adds lines after that of an option.
func addLines(after *uwsgi.Option, text string) diag.Edit {
	end := after.Entry.Line.End
	if src := after.File.Src; end > 0 && src[end-1] != '\n' {
		text = "\n" + text
	}
	return diag.Edit{File: after.File.File, Span: diag.Span{Start: end, End: end}, New: text}
}

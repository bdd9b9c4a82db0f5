package pairrule

import (
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
)

// ResponseBuffer finds response buffers smaller than the headers that the
// application is known to send.
var ResponseBuffer = &lint.Rule{
	ID:       "pair-response-buffer",
	Severity: diag.Info,
	Summary:  "nginx takes large request headers for this application, and small response headers from it",
	Page:     page("pair-response-buffer"),
	Check:    checkResponseBuffer,
}

// A cookie comes back in the size in which the application set it: a server
// that had to raise its request header buffers sets cookies of that size.
func checkResponseBuffer(p *lint.Pass) {
	for _, via := range p.Passes {
		name := ""
		switch via.Protocol {
		case pair.UWSGI:
			name = "uwsgi_buffer_size"
		case pair.HTTP:
			name = "proxy_buffer_size"
		}
		if name == "" || len(configs(via)) == 0 {
			continue
		}
		const usual = 8 << 10 // nginx's default for large_client_header_buffers
		request := via.Node.Scope.Effective("large_client_header_buffers")
		if len(request) == 0 {
			continue
		}
		in, ok := size(request[0].Arg(1))
		if !ok || in <= usual {
			continue
		}
		out := 4 << 10 // one memory page
		at := via.Node.HeadLocation()
		if nodes := via.Node.Scope.Effective(name); len(nodes) > 0 {
			if out, ok = size(nodes[0].Arg(0)); !ok {
				continue
			}
			at = nodes[0].HeadLocation()
		}
		if out >= in {
			continue
		}
		p.Report(diag.Diagnostic{
			Location: at,
			Message:  diag.T("%s of %d bytes, where request headers may have %d bytes", name, out, in),
			Why:      diag.T("cookies come in as large as the application set them; such a response answers 502 with: upstream sent too big header while reading response header from upstream"),
			Help:     diag.T("write `%s %dk;`", name, (in+1023)/1024),
			Related:  []diag.Related{{Location: request[0].HeadLocation(), Message: diag.T("the request header buffers")}},
		})
	}
}

// size reads a size as nginx does (ngx_parse_size): digits with k or m.
func size(s string) (int, bool) {
	unit := 1
	switch {
	case strings.HasSuffix(s, "k"), strings.HasSuffix(s, "K"):
		unit, s = 1<<10, s[:len(s)-1]
	case strings.HasSuffix(s, "m"), strings.HasSuffix(s, "M"):
		unit, s = 1<<20, s[:len(s)-1]
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 1<<40/unit {
		return 0, false
	}
	return n * unit, true
}

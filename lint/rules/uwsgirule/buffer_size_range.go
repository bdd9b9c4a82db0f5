package uwsgirule

import (
	"math"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
	"github.com/deployctl/deployctl/uwsgi/option"
)

// BufferSizeRange finds buffers that do not fit into 16 bits.
var BufferSizeRange = &lint.Rule{
	ID:       "uwsgi-buffer-size-range",
	Severity: diag.Error,
	Summary:  "a buffer-size above 65535 bytes, the most that the uwsgi protocol carries",
	Fixable:  true,
	Page:     page("uwsgi-buffer-size-range"),
	Check:    checkBufferSizeRange,
}

func checkBufferSizeRange(p *lint.Pass) {
	for _, c := range p.Uwsgi {
		waste(p, &application{Config: c})
	}
	written(p, func(_ *uwsgi.Config, o *uwsgi.Option) {
		if row := known(o); row == nil || row.Kind != option.Uint16 || !isKnown(o) {
			return
		}
		n, rest := uwsgi.Number(o.Value)
		if n <= math.MaxUint16 {
			return
		}
		d := diag.Diagnostic{
			Location: o.ValueLocation(),
			Message:  diag.T("%s is %s bytes: uWSGI takes 65535, the most there is", o.Key, o.Value),
			Why:      diag.T("the length of a request's head has 16 bits in the uwsgi protocol; for a larger one nginx itself answers 500 and logs uwsgi request is too big"),
			Help:     diag.T("write 65535, and let nginx accept no more: large_client_header_buffers"),
		}
		if rest == "" {
			d.Fix = setValue(o, "65535")
		}
		p.Report(d)
	})
}

// wasteful is the memory in MiB above which buffers are waste.
const wasteful = 256

// waste reports buffers that take much memory, since each request that may run
// at one time has its own. Measured with uWSGI 2.0.21: 4000 cores with 65535
// bytes map 343 MiB, with 4096 bytes 50 MiB: 5/4 of the size each.
func waste(p *lint.Pass, a *application) {
	o := a.Get("buffer-size")
	size, ok := a.number("buffer-size")
	if o == nil || !ok {
		return
	}
	cores := 1
	for _, names := range [...][]string{{"processes"}, {"threads", "async", "gevent"}} {
		most := 1
		for _, name := range names {
			if n, known := a.number(name); known {
				most = max(most, n)
			}
		}
		cores *= min(most, 1<<20)
	}
	mib := cores * min(size, math.MaxUint16) / 4 * 5 >> 20
	if mib <= wasteful {
		return
	}
	p.Report(diag.Diagnostic{
		Severity: diag.Warning,
		Location: o.ValueLocation(),
		Message:  diag.T("%s = %d bytes for each of %d requests at one time takes %d MiB", o.Key, size, cores, mib),
		Why:      diag.T("uWSGI maps the memory when it starts, whether requests need it or not"),
		Help:     diag.T("write as many bytes as the request heads that nginx lets through need, or let fewer requests run at one time"),
	})
}

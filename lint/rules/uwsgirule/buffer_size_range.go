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

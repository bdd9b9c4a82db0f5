package uwsgirule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
)

// DeprecatedOption finds options of earlier times.
var DeprecatedOption = &lint.Rule{
	ID:       "uwsgi-deprecated-option",
	Severity: diag.Warning,
	Summary:  "an option whose place another one has taken",
	Fixable:  true,
	Page:     page("uwsgi-deprecated-option"),
	Check:    checkDeprecatedOption,
}

func checkDeprecatedOption(p *lint.Pass) {
	written(p, func(c *uwsgi.Config, o *uwsgi.Option) {
		row := known(o)
		if row == nil || o.Maybe {
			return
		}
		d := diag.Diagnostic{Location: o.KeyLocation()}
		switch {
		case row.Handler == "uwsgi_opt_deprecated":
			d.Message = diag.T("%s is deprecated, and does nothing", o.Key)
			d.Why = diag.T("uWSGI logs [WARNING] option \"%s\" is deprecated", o.Key)
			d.Fix = remove(o)
		case o.Key == "lazy" && uwsgi.IsTrue(o.Value):
			d.Message = diag.T("lazy is an early form of lazy-apps")
			d.Why = diag.T("under lazy, SIGHUP ends the workers alone: the master keeps its old configuration for ever")
			d.Help = diag.T("write `lazy-apps = true`: a reload then reads the configuration again")
			if d.Fix = setKey(o, "lazy-apps"); d.Fix != nil {
				d.Fix.Unsafe = true
			}
		case o.Key == "cache":
			d.Message = diag.T("cache is the option of the old caches: cache2 has taken its place")
			d.Why = diag.T("the options of one cache alone, called default, cannot say the size of its items or more than one store")
			d.Fix = newCache(c, o)
		case o.Key == "no-site" && uwsgi.IsTrue(o.Value):
			d.Message = diag.T("no-site leaves out Python's module site, which finds installed packages")
			d.Why = diag.T("with uWSGI 2.0.21 and Python 3.11 sys.path holds no dist-packages or site-packages: ModuleNotFoundError")
			d.Fix = remove(o)
		default:
			return
		}
		p.Report(d)
	})
}

// newCache writes cache = N as cache2, where no other option speaks of the old
// cache.
func newCache(c *uwsgi.Config, o *uwsgi.Option) *diag.Fix {
	n, rest := uwsgi.Number(o.Value)
	if rest != "" || n <= 0 || !editable(o) {
		return nil
	}
	for _, name := range [...]string{"cache-blocksize", "cache-store", "cache-store-sync", "cache-no-expire", "cache-expire-freq", "cache-udp-server", "cache-udp-node", "cache-sync"} {
		if c.Get(name) != nil {
			return nil
		}
	}
	return &diag.Fix{
		Message: diag.T("write cache2 = name=default,items=%d", n),
		Edits: []diag.Edit{
			{File: o.File.File, Span: o.Entry.KeySpan(), New: "cache2"},
			{File: o.File.File, Span: o.Entry.ValueSpan(), New: "name=default,items=" + o.Value},
		},
	}
}

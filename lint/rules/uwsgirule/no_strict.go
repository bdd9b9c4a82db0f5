package uwsgirule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
	"github.com/deployctl/deployctl/uwsgi/option"
)

// NoStrict finds applications in which a typing error passes.
var NoStrict = &lint.Rule{
	ID:       "uwsgi-no-strict",
	Severity: diag.Info,
	Summary:  "misspelled options pass without a word",
	Fixable:  true,
	Page:     page("uwsgi-no-strict"),
	Check:    checkNoStrict,
}

func checkNoStrict(p *lint.Pass) {
	applications(p, func(a *application) {
		if !a.lacks("strict") {
			return
		}
		d := diag.Diagnostic{
			Location: headerLocation(a.Config),
			Message:  diag.T("strict is not set: uWSGI ignores an option that it does not know without a word"),
		}
		if o := refused(a.Config, p.Target.OS); o != nil {
			d.Help = diag.T("write strict = true once every key is an option, and plugins stand first")
			d.Related = []diag.Related{{Location: o.KeyLocation(), Message: diag.T("under strict, uWSGI would not start with %s here", o.Key)}}
		} else {
			d.Fix = addOption(a.Config, "strict", "true")
		}
		p.Report(d)
	})
}

// refused returns the first option with which uWSGI would not start under
// strict: a key of one's own, one above the plugin that brings it, or one of a
// plugin that is not loaded.
func refused(c *uwsgi.Config, os string) *uwsgi.Option {
	early := map[string]*uwsgi.Option{}
	for _, o := range c.Options {
		switch {
		case known(o) == nil && !option.IsEnd(o.Key):
			return o
		case o.Info == nil:
		case o.Info.Handler == "uwsgi_opt_load_plugin":
			for plugin, e := range early {
				if brings(o.Value, plugin) {
					return e
				}
			}
		case o.Info.Plugin != "core" && early[o.Info.Plugin] == nil:
			early[o.Info.Plugin] = o
		}
	}
	return unloaded(c, os)
}

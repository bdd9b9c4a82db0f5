package uwsgirule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
)

// OptionOrder finds options that are obeyed before what they need is there.
var OptionOrder = &lint.Rule{
	ID:       "uwsgi-option-order",
	Severity: diag.Error,
	Summary:  "an option that uWSGI obeys before a placeholder is replaced or a plugin loaded",
	Fixable:  true,
	Page:     page("uwsgi-option-order"),
	Check:    checkOptionOrder,
}

func checkOptionOrder(p *lint.Pass) {
	problems(p, func(_ *uwsgi.Config, found *uwsgi.Problem) {
		d := diag.Diagnostic{
			Location: diag.Location{File: found.File.File, Span: found.Span},
			Message:  found.Message,
			Why:      diag.T("a number becomes 0: your server socket listen backlog is limited to 0 connections"),
			Fix:      fix(found.Fix),
		}
		if found.Refused {
			d.Why = diag.T("uWSGI ends with exit code 1: there is no file of that name")
		}
		p.Report(d)
	}, uwsgi.ImmediatePlaceholder)
	for _, c := range p.Uwsgi {
		if c.Bool("strict") {
			pluginsFirst(p, c)
		}
	}
}

// pluginsFirst reports, under strict, for each plugin the first option that
// stands above the line which loads it.
func pluginsFirst(p *lint.Pass, c *uwsgi.Config) {
	early := make(map[string]*uwsgi.Option)
	strict := false             // options above strict are looked at when all plugins are loaded
	var plugins []*uwsgi.Option // that are loaded already
	for _, o := range c.Options {
		switch {
		case o.Info == nil || o.Maybe:
		case o.Info.Name == "strict":
			strict = uwsgi.IsTrue(o.Value)
		case o.Info.Plugin != "core":
			if !strict || isLoaded(plugins, o.Info.Plugin) {
				continue
			}
			if early[o.Info.Plugin] == nil {
				early[o.Info.Plugin] = o
			}
		case o.Info.Handler == "uwsgi_opt_load_plugin":
			plugins = append(plugins, o)
			for plugin, e := range early {
				if brings(o.Value, plugin) {
					delete(early, plugin)
					p.Report(belowPlugin(c, e, o))
				}
			}
		}
	}
}

// belowPlugin says that an option stands above the plugin it comes with.
func belowPlugin(c *uwsgi.Config, o, plugin *uwsgi.Option) diag.Diagnostic {
	return diag.Diagnostic{
		Location: o.KeyLocation(),
		Message:  diag.T("under strict, %s has to stand below %s = %s, which brings it", o.Key, plugin.Key, plugin.Value),
		Why:      diag.T("uWSGI ends with exit code 1 where the plugin is not built in: [strict-mode] unknown config directive: %s", o.Key),
		Related:  []diag.Related{{Location: plugin.KeyLocation(), Message: diag.T("the plugin is loaded here")}},
		Fix:      moveUp(c, plugin),
	}
}

// brings tells whether a value of plugin names a plugin of the table: Debian
// calls Python's python3 or python311.
func brings(value, plugin string) bool {
	for name := range strings.SplitSeq(value, ",") {
		name = strings.TrimSpace(name)
		if at := strings.LastIndexAny(name, "/:"); at >= 0 {
			name = name[at+1:]
		}
		name = strings.TrimSuffix(name, "_plugin.so")
		if name == plugin || plugin != "" && strings.HasPrefix(name, plugin) && isDigits(strings.TrimPrefix(name, plugin)) {
			return true
		}
	}
	return false
}

// moveUp is the fix that puts an option's line right below the header.
func moveUp(c *uwsgi.Config, o *uwsgi.Option) *diag.Fix {
	at, ok := below(c)
	if !ok || o.File != c.Main || !editable(o) {
		return nil
	}
	return &diag.Fix{
		Message: diag.T("put %s below the header", o.Key),
		Edits: []diag.Edit{
			{File: o.File.File, Span: at, New: c.Main.LineEnding() + o.Key + " = " + o.Value},
			{File: o.File.File, Span: o.Entry.Line(), New: ""},
		},
	}
}

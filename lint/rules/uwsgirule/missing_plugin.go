package uwsgirule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
)

// MissingPlugin finds options of plugins that a distribution does not build in.
var MissingPlugin = &lint.Rule{
	ID:       "uwsgi-missing-plugin",
	Severity: diag.Warning,
	Summary:  "an option of a plugin that is not loaded, and that the distribution does not build in",
	Page:     page("uwsgi-missing-plugin"),
	Check:    checkMissingPlugin,
}

func checkMissingPlugin(p *lint.Pass) {
	for _, c := range p.Uwsgi {
		plugins := pluginsOf(c)
		if !apart(c, p.Target.OS, plugins) {
			continue
		}
		reported := make(map[string]bool)
		for _, o := range c.Options {
			row := known(o)
			if row == nil || row.Plugin == "core" || o.Maybe || reported[row.Plugin] {
				continue
			}
			reported[row.Plugin] = true
			if isLoaded(plugins, row.Plugin) {
				continue
			}
			d := diag.Diagnostic{
				Location: o.KeyLocation(),
				Message:  diag.T("%s belongs to the plugin %s, which is not loaded", o.Key, row.Plugin),
				Why:      diag.T("uWSGI ignores the option without a word"),
				Help:     diag.T("add plugins = %s below the header", row.Plugin),
			}
			if row.Plugin == "python" {
				d.Why = diag.T("uWSGI starts without the application: requests end with 502, and it logs -- unavailable modifier requested: 0 --")
				d.Help = diag.T("add plugins = python3 below the header")
			}
			if c.Bool("strict") {
				d.Severity = diag.Error
				d.Why = strictly(o.Key)
			}
			p.Report(d)
		}
		routePlugins(p, c, plugins)
	}
}

func pluginsOf(c *uwsgi.Config) []*uwsgi.Option {
	return append(c.All("plugin"), c.All("need-plugin")...)
}

// apart tells whether the configuration has to load the plugins it needs.
func apart(c *uwsgi.Config, os string, plugins []*uwsgi.Option) bool {
	return isModular(os, plugins) && !c.Bool("autoload") && !inherited(c)
}

// unloaded returns the first option of a plugin that is not loaded, or nil.
func unloaded(c *uwsgi.Config, os string) *uwsgi.Option {
	plugins := pluginsOf(c)
	if !apart(c, os, plugins) {
		return nil
	}
	for _, o := range c.Options {
		if row := known(o); row != nil && row.Plugin != "core" && !isLoaded(plugins, row.Plugin) {
			return o
		}
	}
	return nil
}

// routePlugins reports actions of routes that a plugin brings which is not loaded.
func routePlugins(p *lint.Pass, c *uwsgi.Config, plugins []*uwsgi.Option) {
	for _, o := range c.Options {
		row := known(o)
		if row == nil || row.Handler != "uwsgi_opt_add_route" || isLabel(o.Key) || !isKnown(o) || o.Maybe {
			continue
		}
		command := o.Value
		if !strings.HasSuffix(o.Key, "-run") {
			_, command, _ = strings.Cut(o.Value, " ")
		}
		action, _, ok := strings.Cut(command, ":")
		plugin := plugged[action]
		if !ok || plugin == "" || isLoaded(plugins, plugin) {
			continue
		}
		p.Report(diag.Diagnostic{
			Severity: diag.Error,
			Location: o.ValueLocation(),
			Message:  diag.T("the action %s belongs to the plugin %s, which is not loaded", action, plugin),
			Why:      diag.T("uWSGI ends with exit code 1: unable to register route %q", o.Value),
			Help:     diag.T("add plugins = %s below the header", plugin),
		})
	}
}

// isModular tells whether the uWSGI that will run has its plugins apart, as
// those of the distributions do; one from PyPI has Python and the http router
// built in, and a configuration for it does not load them.
func isModular(os string, plugins []*uwsgi.Option) bool {
	switch os {
	case "debian", "ubuntu", "rhel":
		return true
	}
	for _, o := range plugins {
		if brings(o.Value, "python") || brings(o.Value, "http") {
			return true
		}
	}
	return false
}

// isLoaded tells whether one of the plugin options brings a plugin, or may.
func isLoaded(options []*uwsgi.Option, plugin string) bool {
	for _, o := range options {
		if !isKnown(o) || brings(o.Value, plugin) {
			return true
		}
	}
	return false
}

package main

import (
	"maps"
	"os"
	"path/filepath"

	"github.com/deployctl/deployctl/api/apirule"
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lang"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/report"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/pair"
)

// reporter returns the function that writes the reports that were asked for.
func (o *lintOptions) reporter() (func(*lint.Result) error, error) {
	name, catalog, err := o.language(o.lang, "lint")
	if err != nil {
		return nil, err
	}
	color, err := o.streams.color(o.color)
	if err != nil {
		return nil, err
	}
	outputs, err := report.ParseOutputs(o.formats, o.output)
	if err != nil {
		return nil, &usageError{err.Error(), "lint"}
	}
	opts := report.Options{
		Color: color, Catalog: catalog, Lang: name, Version: version,
		Rules: func() []report.Rule { return lang.Rules(apirule.All(nil), name) },
	}
	return func(r *lint.Result) error { return report.Write(outputs, o.out, r.In(catalog), opts) }, nil
}

// reload returns the function that reads the paths; standard input is read once.
func (o *lintOptions) reload() (lint.Reload, error) {
	opts := pair.Options{Root: o.root, Here: o.live && o.root == ""}
	if o.context != "" {
		ctx, err := directive.ParseContext(o.context)
		if err != nil {
			return nil, &usageError{"--context: " + err.Error(), "lint"}
		}
		opts.Context = ctx
	}
	paths, base, err := o.readStdin(o.paths, o.stdinAs)
	if err != nil {
		return nil, err
	}
	o.stdinText = base
	return func(overlay map[string]string) (*pair.Pair, error) {
		opts := opts
		opts.Overlay = maps.Clone(base)
		maps.Copy(opts.Overlay, overlay)
		return pair.Load(paths, opts)
	}, nil
}

// configuration returns what a file and the command line say.
func (o *lintOptions) configuration() (lint.Config, error) {
	var cfg lint.Config
	path := o.config
	if path == "" && !o.noConfig {
		path = lint.FindConfig(folderOf(o.paths[0]))
	}
	if path != "" {
		var err error
		if cfg, err = lint.ReadConfig(path, apirule.All(nil)); err != nil {
			return cfg, err
		}
	}
	if o.profile != "" {
		var err error
		if cfg.Profile, err = lint.ParseProfile(o.profile); err != nil {
			return cfg, &usageError{"--profile: " + err.Error(), "lint"}
		}
	}
	for _, names := range [][]string{o.selected, o.ignored} {
		if err := lint.CheckNames(names, apirule.All(nil)); err != nil {
			return cfg, &usageError{err.Error(), "lint"}
		}
	}
	if len(o.selected) > 0 {
		cfg.Select = o.selected
	}
	cfg.Ignore = append(cfg.Ignore, o.ignored...)
	for _, s := range []struct {
		value string
		to    *diag.Severity
	}{{o.minSeverity, &cfg.MinSeverity}, {o.failOn, &cfg.Fail}} {
		if s.value == "" {
			continue
		}
		severity, err := diag.ParseSeverity(s.value)
		if err != nil {
			return cfg, &usageError{err.Error(), "lint"}
		}
		*s.to = severity
	}
	dir := folderOf(o.paths[0])
	if path != "" {
		dir = filepath.Dir(path)
	}
	cfg.Target.DetectProject(dir)
	if o.modules != "" {
		modules, err := directive.ParseModules(o.modules)
		if err != nil {
			return cfg, &usageError{"--target-modules: " + err.Error(), "lint"}
		}
		cfg.Target.Modules = modules
	}
	for _, s := range []struct {
		flag, value string
		to          *string
	}{{"--target-nginx", o.target.Nginx, &cfg.Target.Nginx}, {"--target-uwsgi", o.target.Uwsgi, &cfg.Target.Uwsgi}} {
		if s.value == "" {
			continue
		}
		if err := lint.CheckRelease(s.value); err != nil {
			return cfg, &usageError{s.flag + ": " + err.Error(), "lint"}
		}
		*s.to = s.value
	}
	return cfg, nil
}

func folderOf(path string) string {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return path
	}
	return filepath.Dir(path)
}

package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/aymanbagabas/go-udiff"
	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/atomicfile"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/report"
	"github.com/deployctl/deployctl/lint/rules"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/pair"
)

// lintOptions are the command line of lint.
type lintOptions struct {
	streams
	paths                          []string
	fix, unsafe, diff, exitZero    bool
	format, color, lang, profile   string
	selected, ignored              []string
	minSeverity, failOn            string
	context, root, config, stdinAs string
	noConfig                       bool
	target                         lint.Target
	stdinText                      map[string]string // what standard input held, by its name
}

func lintCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "lint",
		Usage:     "find what is wrong in nginx and uWSGI files, alone and together",
		UsageText: "deployctl lint [options] [PATHS...]",
		Description: "All that is named together is one deployment. PATHS are files and folders; without any, the current\n" +
			"folder. - reads standard input. Exit codes: 0 no findings that fail, 1 findings, 2 could not lint.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "fix", Usage: "mend what can be mended safely"},
			&cli.BoolFlag{Name: "unsafe", Usage: "with --fix: also what changes behavior on purpose"},
			&cli.BoolFlag{Name: "diff", Usage: "show what --fix would change, and write nothing"},
			&cli.StringFlag{Name: "format", Value: "text", Usage: "text, compact or json"},
			&cli.StringFlag{Name: "profile", Usage: "default, strict, cis, mozilla-intermediate or mozilla-modern"},
			&cli.StringSliceFlag{Name: "select", Usage: "rules to run: IDs, prefixes such as pair-, or all"},
			&cli.StringSliceFlag{Name: "ignore", Usage: "rules to leave out"},
			&cli.StringFlag{Name: "min-severity", Usage: "leave out findings below error, warning or info"},
			&cli.StringFlag{Name: "fail-on", Usage: "exit with 1 from this severity on (default: warning)"},
			&cli.BoolFlag{Name: "exit-zero", Usage: "exit with 0 whatever is found"},
			&cli.StringFlag{Name: "context", Usage: "where nginx fragments will be included, such as http,server"},
			&cli.StringFlag{Name: "root", Usage: "folder that stands for / in absolute paths"},
			&cli.StringFlag{Name: "stdin-filename", Usage: "name of the text on standard input"},
			&cli.StringFlag{Name: "config", Usage: "configuration file (default: the nearest " + lint.ConfigName + " or deployctl.ini)"},
			&cli.BoolFlag{Name: "no-config", Usage: "read no configuration file"},
			&cli.StringFlag{Name: "target-nginx", Usage: "nginx release that will run it (default: the newest stable one, " + directive.Stable + ")"},
			&cli.StringFlag{Name: "target-uwsgi", Usage: "uWSGI release that will run it"},
			&cli.StringFlag{Name: "color", Value: "auto", Usage: "auto, always or never"},
			langFlag(),
		},
		Action: func(c *cli.Context) error {
			return runLint(&lintOptions{
				streams: s, paths: c.Args().Slice(),
				fix: c.Bool("fix"), unsafe: c.Bool("unsafe"), diff: c.Bool("diff"), exitZero: c.Bool("exit-zero"),
				format: c.String("format"), color: c.String("color"), lang: c.String("lang"), profile: c.String("profile"), selected: c.StringSlice("select"), ignored: c.StringSlice("ignore"),
				minSeverity: c.String("min-severity"), failOn: c.String("fail-on"), context: c.String("context"), root: c.String("root"),
				config: c.String("config"), stdinAs: c.String("stdin-filename"), noConfig: c.Bool("no-config"),
				target: lint.Target{Nginx: c.String("target-nginx"), Uwsgi: c.String("target-uwsgi")},
			})
		},
	}
}

func runLint(o *lintOptions) error {
	_, catalog, err := o.language(o.lang, "lint")
	if err != nil {
		return err
	}
	write, err := o.reporter(catalog)
	if err != nil {
		return err
	}
	if len(o.paths) == 0 {
		o.paths = []string{"."}
	}
	read, err := o.reload()
	if err != nil {
		return err
	}
	cfg, err := o.configuration()
	if err != nil {
		return err
	}
	opts := lint.Options{Target: cfg.Target, Config: cfg}
	var result *lint.Result
	if o.fix || o.diff {
		fixed, err := lint.Fix(read, rules.All(), opts, o.unsafe)
		if err != nil {
			return err
		}
		if o.diff {
			return o.showDiff(fixed)
		}
		if err := o.writeFixed(fixed); err != nil {
			return err
		}
		result = fixed.Result
		if len(o.stdinText) > 0 {
			o.out = o.err // the mended text has standard output for itself
		}
	} else {
		p, err := read(nil)
		if err != nil {
			return err
		}
		result = lint.Run(p, rules.All(), opts)
	}
	if err := write(o.out, result.In(catalog)); err != nil {
		return err
	}
	if len(result.Broken) > 0 {
		for _, b := range result.Broken {
			fmt.Fprintf(o.err, "deployctl: the rule %s could not run: %v\n", b.Rule, b.Reason)
		}
		return exitCode(exitError)
	}
	if !o.exitZero && result.Fails(cfg.FailSeverity()) {
		return exitCode(exitFindings)
	}
	return nil
}

// reporter returns the function of the format that was asked for.
func (o *lintOptions) reporter(catalog diag.Catalog) (func(io.Writer, *lint.Result) error, error) {
	color, err := o.streams.color(o.color)
	if err != nil {
		return nil, err
	}
	switch o.format {
	case "text":
		return func(w io.Writer, r *lint.Result) error {
			return report.Text(w, r, report.Options{Color: color, Catalog: catalog})
		}, nil
	case "compact":
		return report.Compact, nil
	case "json":
		return report.JSON, nil
	}
	return nil, &usageError{fmt.Sprintf("unknown format %q: write text, compact or json", o.format), "lint"}
}

// reload returns the function that reads the paths; standard input is read once.
func (o *lintOptions) reload() (lint.Reload, error) {
	opts := pair.Options{Root: o.root}
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
		if cfg, err = lint.ReadConfig(path, rules.All()); err != nil {
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
		if err := lint.CheckNames(names, rules.All()); err != nil {
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
	cfg.Target.DetectStatic(dir)
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

// showDiff writes what the fixes would change.
func (o *lintOptions) showDiff(f *lint.Fixed) error {
	for _, name := range slices.Sorted(maps.Keys(f.New)) {
		fmt.Fprint(o.out, udiff.Unified(name, name, f.Old[name], f.New[name]))
	}
	if len(f.New) > 0 && !o.exitZero {
		return exitCode(exitFindings)
	}
	return nil
}

// writeFixed writes the files that the fixes changed; standard input goes to
// standard output.
func (o *lintOptions) writeFixed(f *lint.Fixed) error {
	for name, text := range o.stdinText {
		if mended, ok := f.New[name]; ok {
			text = mended
		}
		if _, err := io.WriteString(o.out, text); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.New)) {
		if _, ok := o.stdinText[name]; ok {
			continue
		}
		if err := atomicfile.Write(name, []byte(f.New[name]), 0o644); err != nil {
			return err
		}
	}
	if f.Applied > 0 {
		fmt.Fprintf(o.err, "mended %d in %d files\n", f.Applied, len(f.New))
	}
	return nil
}

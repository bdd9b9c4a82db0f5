package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/api"
	"github.com/deployctl/deployctl/api/apirule"
	"github.com/deployctl/deployctl/gen"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/report"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/project"
)

// deployFolder is where generated files go, below the project's folder.
const deployFolder = "deploy"

// initOptions are the command line of init.
type initOptions struct {
	streams
	dir        string
	yes, force bool
	accessible bool // ask line by line
	lang       string
	overrides  map[string]string // by flag
}

func initCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "init",
		Usage:     "look at a project and write its deployctl.ini, uwsgi.ini, nginx.conf and unit",
		UsageText: "deployctl init [options] [DIR]",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Usage: "take what was found and the defaults, without questions"},
			&cli.BoolFlag{Name: "accessible", EnvVars: []string{"ACCESSIBLE"}, Usage: "ask line by line, as a screen reader reads it"},
			&cli.BoolFlag{Name: "force", Usage: "overwrite generated files that were edited (a copy stays)"},
			&cli.StringFlag{Name: "lang", Usage: "language of the comments: en or zh"},
			&cli.StringFlag{Name: "name", Usage: "name of the project"},
			&cli.StringFlag{Name: "module", Usage: "the WSGI callable, package.module:name"},
			&cli.StringFlag{Name: "root", Usage: "the project's folder on the server"},
			&cli.StringFlag{Name: "domain", Usage: "host names, separated by commas"},
			&cli.StringFlag{Name: "endpoint", Usage: "where uWSGI listens: unix:/path or host:port"},
		},
		Action: func(c *cli.Context) error {
			if c.NArg() > 1 {
				return &usageError{"name one folder", "init"}
			}
			o := &initOptions{streams: s, dir: c.Args().First(), yes: c.Bool("yes"), force: c.Bool("force"), accessible: c.Bool("accessible"), lang: c.String("lang"), overrides: map[string]string{}}
			for _, name := range []string{"name", "module", "root", "domain", "endpoint"} {
				if c.IsSet(name) {
					o.overrides[name] = c.String(name)
				}
			}
			return runInit(c.Context, o)
		},
	}
}

func runInit(ctx context.Context, o *initOptions) error {
	if o.dir == "" {
		o.dir = "."
	}
	if o.lang != "" && o.lang != "en" && o.lang != "zh" {
		return &usageError{fmt.Sprintf("--lang: unknown language %q: write en or zh", o.lang), "init"}
	}
	path := filepath.Join(o.dir, project.FileName)
	p, err := o.describe(path)
	if err != nil {
		return err
	}
	o.override(p)
	if o.prompt && !o.yes {
		if p, err = o.ask(ctx, p); err != nil {
			return err
		}
		fmt.Fprintln(o.out)
	}
	text, err := o.text(p, path)
	if err != nil {
		return err
	}
	// What is written is what a later gen reads.
	p, err = project.Parse(path, text)
	if err != nil {
		return o.invalid(err, o.lang)
	}
	routed, err := api.Routes(p)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	files, err := gen.Render(routed, gen.Options{})
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	plan, err := gen.NewPlan(filepath.Join(o.dir, deployFolder), files)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := p.Save(path); err != nil {
		return err
	}
	if err := plan.Apply(o.force); err != nil {
		return err
	}
	o.wrote(path, plan)
	if err := lintWritten(o.streams, o.dir, o.lang); err != nil {
		return err
	}
	o.next(p)
	return conflicts(o.streams, plan, o.force)
}

// describe returns the description that stands in the folder, or one of what
// is found there.
func (o *initOptions) describe(path string) (*project.Project, error) {
	if _, err := os.Stat(path); err == nil {
		p, err := project.Load(path)
		if err != nil {
			return nil, o.invalid(err, o.lang)
		}
		fmt.Fprintf(o.out, "%s stands here already and is kept.\n", path)
		return p, nil
	}
	d, err := project.Detect(o.dir)
	var nothing *project.ErrNothing
	if err != nil && (!errors.As(err, &nothing) || o.overrides["module"] == "") {
		return nil, err
	}
	if err := o.found(d); err != nil {
		return nil, err
	}
	return d.Project, nil
}

// found says what was found, and what is a guess.
func (o *initOptions) found(d *project.Detection) error {
	_, catalog, err := o.language(o.lang, "init")
	if err != nil {
		return err
	}
	fmt.Fprintf(o.out, "Found in %s:\n", o.dir)
	for _, e := range d.Found {
		where := ""
		if e.File != "" {
			where = " (" + e.File
			if e.Line > 0 {
				where += fmt.Sprintf(":%d", e.Line)
			}
			where += ")"
		}
		kind := "found  "
		if e.Guessed {
			kind = "guessed"
		}
		fmt.Fprintf(o.out, "  %s  %-28s %s: %s%s\n", kind, e.Field, e.Value, e.Why.In(catalog), where)
	}
	for _, folder := range d.Unreadable {
		fmt.Fprintf(o.err, "deployctl: the folder %s cannot be read and was left out\n", folder)
	}
	fmt.Fprintln(o.out)
	return nil
}

// valid says what the reader of a description would say of this one.
func valid(p *project.Project) error {
	text, err := p.Marshal("")
	if err != nil {
		return err
	}
	_, err = project.Parse(project.FileName, text)
	if found, ok := project.IsInvalid(err); ok {
		return found[0].Message
	}
	return err
}

// override applies what the command line says.
func (o *initOptions) override(p *project.Project) {
	inRoot := p.Chdir == p.Root
	if name, ok := o.overrides["name"]; ok {
		if p.Root == "/srv/"+p.Name {
			p.Root = "/srv/" + name
		}
		if p.App.Endpoint == "unix:/run/"+p.Name+"/uwsgi.sock" {
			p.App.Endpoint = "unix:/run/" + name + "/uwsgi.sock"
		}
		p.Name = name
	}
	if root, ok := o.overrides["root"]; ok {
		p.Root = root
	}
	if inRoot {
		p.Chdir = p.Root
	}
	if module, ok := o.overrides["module"]; ok {
		p.Module = module
	}
	if endpoint, ok := o.overrides["endpoint"]; ok {
		p.App.Endpoint = endpoint
	}
	if domain, ok := o.overrides["domain"]; ok {
		for i := range p.Servers {
			p.Servers[i].Names = strings.FieldsFunc(domain, func(r rune) bool { return r == ',' || r == ' ' })
		}
	}
	if o.lang != "" {
		p.Target.Lang = o.lang
	}
}

// text returns the description as it is written to path.
func (o *initOptions) text(p *project.Project, path string) (string, error) {
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("read the description: %w", err)
	}
	return p.Marshal(string(old))
}

// invalid shows the faults of a description, in the language that a flag or
// the locale asks for.
func (s streams) invalid(err error, flag string) error {
	found, ok := project.IsInvalid(err)
	if !ok {
		return err
	}
	_, catalog, langErr := s.language(flag, "")
	if langErr != nil {
		return langErr
	}
	for i, d := range found {
		if i > 0 {
			fmt.Fprintln(s.err)
		}
		report.Diagnostic(s.err, d.In(catalog), report.Options{Catalog: catalog})
	}
	return exitCode(exitError)
}

func (o *initOptions) wrote(path string, plan *gen.Plan) {
	fmt.Fprintln(o.out, "Written:")
	fmt.Fprintf(o.out, "  %-10s %s\n", "", path)
	for _, s := range plan.Steps {
		fmt.Fprintf(o.out, "  %-10s %s\n", s.Action, filepath.Join(plan.Dir, s.Path))
	}
	fmt.Fprintln(o.out)
}

// lintWritten lints a project's generated files and shows the result.
func lintWritten(s streams, dir, flag string) error {
	p, err := pair.Load([]string{filepath.Join(dir, deployFolder)}, pair.Options{})
	if err != nil {
		return err
	}
	cfg, err := lint.ReadConfig(filepath.Join(dir, project.FileName), apirule.All(nil))
	if err != nil {
		return err
	}
	color, err := s.color("auto")
	if err != nil {
		return err
	}
	_, catalog, err := s.language(flag, "init")
	if err != nil {
		return err
	}
	result := lint.Run(p, apirule.All(nil), lint.Options{Target: cfg.Target, Config: cfg})
	return report.Text(s.out, result.In(catalog), report.Options{Color: color, Catalog: catalog})
}

// next says what to do with the files.
func (o *initOptions) next(p *project.Project) {
	fmt.Fprintf(o.out, `
Next:
  1. Look at %[1]s; after a change run: deployctl gen
  2. Put the project to %[2]s on the server, with its virtualenv
`, filepath.Join(o.dir, project.FileName), p.Root)
	if p.Target.Init == "systemd" {
		fmt.Fprintf(o.out, `  3. sudo cp %[1]s/deploy/nginx.conf %[1]s/deploy/uwsgi_params /etc/nginx/
     sudo cp %[1]s/deploy/%[2]s.service /etc/systemd/system/
  4. sudo systemctl daemon-reload && sudo systemctl enable --now %[2]s && sudo nginx -t && sudo systemctl reload nginx
`, p.Root, p.Name)
	}
}

// conflicts says which files were left as a person edited them.
func conflicts(s streams, plan *gen.Plan, force bool) error {
	paths := plan.Conflicts()
	if force || len(paths) == 0 {
		return nil
	}
	fmt.Fprintf(s.err, "deployctl: edited by hand, and left as it is: %s\n", strings.Join(paths, ", "))
	fmt.Fprintln(s.err, "See the difference with `deployctl gen --diff`; `deployctl gen --force` overwrites it and keeps a copy.")
	return exitCode(exitError)
}

package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/deployctl/deployctl/gen"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/report"
	"github.com/deployctl/deployctl/project"
	"github.com/deployctl/deployctl/setup"
)

func runInit(ctx context.Context, o *initOptions) error {
	_, catalog, err := o.language(o.lang, "init")
	if err != nil {
		return err
	}
	changes, err := o.changes()
	if err != nil {
		return err
	}
	start, err := o.folder.Start(o.named || setsModule(changes))
	if err != nil {
		return o.invalid(err, o.lang)
	}
	asked := o.prompt && !o.yes && o.answers == ""
	speaker := setup.Speaker{Out: o.out, Catalog: catalog}
	if !asked || o.plain() {
		speaker.Found(o.folder, start)
	}
	for _, folder := range start.Unreadable {
		fmt.Fprintf(o.err, "deployctl: the folder %s cannot be read and was left out\n", folder)
	}
	p := start.Project.Clone()
	var state *setup.State
	if asked {
		start.Propose(p, setup.ThisHost())
		state = setup.NewState(o.folder.Dir, o.env)
	}
	if err := o.overridden(p, changes); err != nil {
		return err
	}
	if asked {
		outcome, err := o.ask(ctx, start, p, state, catalog)
		if err != nil {
			if _, kept := state.Load(); kept {
				speaker.Kept()
			}
			return err
		}
		p, o.force = outcome.Project, outcome.Force
		fmt.Fprintln(o.out)
	}
	draft, err := o.folder.Draft(p)
	if err != nil {
		return o.invalid(err, o.lang)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if o.saveAnswers != "" {
		if err := setup.SaveAnswers(o.saveAnswers, project.Changes(start.Project, p)); err != nil {
			return err
		}
	}
	if err := draft.Write(o.force); err != nil {
		return err
	}
	if err := state.Remove(); err != nil {
		return err
	}
	speaker.Wrote(draft)
	result, err := o.folder.Lint()
	if err != nil {
		return err
	}
	if err := o.tell(result, o.lang); err != nil {
		return err
	}
	command := ""
	if asked {
		command = strings.Join(setup.Command(o.folder.Dir, start.Project, p, o.force), " ")
	}
	speaker.Next(o.folder, p, command)
	return conflicts(o.streams, draft.Plan, o.force)
}

// changes returns what the command line says, in the order of its words'
// weight: the file of answers, the options of single keys, then --set.
func (o *initOptions) changes() ([]project.Change, error) {
	var changes []project.Change
	if o.answers != "" {
		src, err := os.ReadFile(o.answers)
		if err != nil {
			return nil, fmt.Errorf("read the answers: %w", err)
		}
		if changes, err = setup.ParseAnswers(o.answers, string(src)); err != nil {
			return nil, err
		}
	}
	for _, f := range setup.Flags {
		if value, ok := o.flags[f.Name]; ok {
			changes = append(changes, project.Change{Key: f.Key, Value: value})
		}
	}
	for _, s := range o.set {
		key, value, ok := strings.Cut(s, "=")
		if !ok {
			return nil, &usageError{fmt.Sprintf("--set: %q is not KEY=VALUE", s), "init"}
		}
		changes = append(changes, project.Change{Key: key, Value: value})
	}
	return changes, nil
}

func setsModule(changes []project.Change) bool {
	for _, c := range changes {
		if c.Key == "project.module" {
			return true
		}
	}
	return false
}

// overridden applies what the command line says.
func (o *initOptions) overridden(p *project.Project, changes []project.Change) error {
	if err := setup.Apply(p, changes); err != nil {
		return &usageError{err.Error(), "init"}
	}
	if o.domain != "" {
		for _, s := range p.Servers {
			if err := p.Set("server."+s.Name+".names", o.domain); err != nil {
				return &usageError{err.Error(), "init"}
			}
		}
	}
	if o.lang != "" {
		return p.Set("target.lang", o.lang)
	}
	return nil
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

// tell shows what the linter says.
func (s streams) tell(result *lint.Result, flag string) error {
	color, err := s.color("auto")
	if err != nil {
		return err
	}
	_, catalog, err := s.language(flag, "")
	if err != nil {
		return err
	}
	return report.Text(s.out, result.In(catalog), report.Options{Color: color, Catalog: catalog})
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

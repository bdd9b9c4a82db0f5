package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/deployctl/deployctl/project"
	"github.com/deployctl/deployctl/setup"
)

func runInit(ctx context.Context, o *initOptions) error {
	language, catalog, err := o.language(o.lang, "init")
	if err != nil {
		return err
	}
	if o.accessible && !o.prompt && !o.yes && o.answers == "" {
		return &usageError{"--accessible asks on a terminal, and there is none: take what is found with --yes, or the answers from a file with --answers", "init"}
	}
	changes, err := o.changes()
	if err != nil {
		return err
	}
	asked := o.prompt && !o.yes && o.answers == ""
	start, err := o.folder.Start(asked || o.named || setsModule(changes))
	if err != nil {
		return o.invalid(err, o.lang)
	}
	speaker := setup.Speaker{Out: o.out, Catalog: catalog}
	if !asked || o.lineByLine(o.accessible) {
		speaker.Found(o.folder, start)
	}
	for _, folder := range start.Unreadable {
		fmt.Fprintf(o.err, "deployctl: the folder %s cannot be read and was left out\n", folder)
	}
	p := start.Project.Clone()
	var state *setup.State
	if asked {
		start.Propose(p, setup.ThisHost(), language)
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
			return o.aborted(err, catalog)
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

package main

import (
	"context"

	"github.com/deployctl/deployctl/project"
	"github.com/deployctl/deployctl/tui"
)

// plain tells whether the questions come line by line: where that was asked
// for, or the terminal can do no more.
func (o *initOptions) plain() bool {
	term := o.env("TERM")
	return o.accessible || term == "" || term == "dumb"
}

// ask lets a person answer.
func (o *initOptions) ask(ctx context.Context, p *project.Project) (*project.Project, error) {
	valid := func(p *project.Project) error {
		err := p.Check()
		if found, ok := project.IsInvalid(err); ok {
			return found[0].Message
		}
		return err
	}
	if o.plain() {
		return p, tui.Ask(ctx, o.in, o.out, p, valid)
	}
	_, catalog, err := o.language(o.lang, "init")
	if err != nil {
		return nil, err
	}
	return tui.RunWizard(ctx, o.in, o.out, tui.Config{Project: p, Catalog: catalog, Valid: valid, Preview: func(p *project.Project) tui.Preview {
		draft, err := o.folder.Draft(p)
		if found, ok := project.IsInvalid(err); ok {
			err = found[0].Message
		}
		if err != nil {
			return tui.Preview{Err: err}
		}
		var result tui.Preview
		for _, s := range draft.Plan.Steps {
			result.Files = append(result.Files, tui.PreviewFile{Name: s.Path, Action: s.Action.String(), Text: string(s.Content)})
		}
		return result
	}})
}

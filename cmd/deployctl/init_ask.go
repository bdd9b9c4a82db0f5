package main

import (
	"context"
	"path/filepath"

	"github.com/deployctl/deployctl/api"
	"github.com/deployctl/deployctl/gen"
	"github.com/deployctl/deployctl/project"
	"github.com/deployctl/deployctl/tui"
)

// ask lets a person answer: in the wizard, or line by line where that was
// asked for or the terminal can do no more.
func (o *initOptions) ask(ctx context.Context, p *project.Project) (*project.Project, error) {
	if term := o.env("TERM"); o.accessible || term == "" || term == "dumb" {
		return p, tui.Ask(ctx, o.in, o.out, p, valid)
	}
	_, catalog, err := o.language(o.lang, "init")
	if err != nil {
		return nil, err
	}
	return tui.RunWizard(ctx, o.in, o.out, tui.Config{Project: p, Catalog: catalog, Valid: valid, Preview: o.preview})
}

// preview renders what the answers come to, and compares it with the disk.
func (o *initOptions) preview(p *project.Project) tui.Preview {
	path := filepath.Join(o.dir, project.FileName)
	text, err := o.text(p, path)
	if err != nil {
		return tui.Preview{Err: err}
	}
	if p, err = project.Parse(path, text); err != nil {
		if found, ok := project.IsInvalid(err); ok {
			err = found[0].Message
		}
		return tui.Preview{Err: err}
	}
	if p, err = api.Routes(p); err != nil {
		return tui.Preview{Err: err}
	}
	files, err := gen.Render(p, gen.Options{})
	if err != nil {
		return tui.Preview{Err: err}
	}
	plan, err := gen.NewPlan(filepath.Join(o.dir, deployFolder), files)
	if err != nil {
		return tui.Preview{Err: err}
	}
	var result tui.Preview
	for _, s := range plan.Steps {
		result.Files = append(result.Files, tui.PreviewFile{Name: s.Path, Action: s.Action.String(), Text: string(s.Content)})
	}
	return result
}

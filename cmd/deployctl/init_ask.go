package main

import (
	"context"
	"path/filepath"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/project"
	"github.com/deployctl/deployctl/setup"
	"github.com/deployctl/deployctl/tui"
)

// ask lets a person answer, from p on, and forgets what an interrupted wizard
// kept once the answers are written with save.
func (o *initOptions) ask(ctx context.Context, start *setup.Start, p *project.Project, state *setup.State, catalog diag.Catalog) (*tui.Outcome, error) {
	cfg := tui.Config{
		Project: p, Evidence: start.Evidence, Host: setup.ThisHost(), Catalog: catalog, Force: o.force, Preview: o.preview,
		Command: func(p *project.Project, force bool) []string {
			return setup.Command(o.folder.Dir, start.Project, p, force)
		},
	}
	if state != nil {
		cfg.Keep = func(number int, p *project.Project, place string) {
			// An interrupted wizard begins anew then.
			_ = state.Keep(number, project.Changes(cfg.Project, p), place)
		}
	}
	if kept, ok := state.Load(); ok {
		earlier := p.Clone()
		if setup.Apply(earlier, kept.Changes) == nil {
			cfg.Earlier = &tui.Earlier{Project: earlier, Place: kept.Place, At: kept.At}
		}
	}
	if o.lineByLine(o.accessible) {
		return tui.Ask(ctx, o.in, o.out, cfg)
	}
	cfg.Look = o.look()
	return tui.RunWizard(ctx, o.in, o.out, cfg)
}

// preview renders what the answers come to, compares it with the disk and
// lints it.
func (o *initOptions) preview(p *project.Project) tui.Preview {
	draft, err := o.folder.Draft(p)
	if found, ok := project.IsInvalid(err); ok {
		err = found[0].Message
	}
	if err != nil {
		return tui.Preview{Err: err}
	}
	var result tui.Preview
	for _, s := range draft.Plan.Steps {
		result.Files = append(result.Files, tui.PreviewFile{Name: filepath.Join(setup.Deploy, s.Path), Action: s.Action, Old: string(s.Old), Text: string(s.Content)})
	}
	result.Files = append(result.Files, tui.PreviewFile{Name: project.FileName, Action: draft.Action(), Old: draft.Old, Text: draft.Text})
	result.Result, result.Err = draft.Lint()
	return result
}

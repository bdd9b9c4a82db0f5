package setup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/deployctl/deployctl/api"
	"github.com/deployctl/deployctl/api/apirule"
	"github.com/deployctl/deployctl/gen"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/project"
)

// Deploy is where generated files go, below the project's folder.
const Deploy = "deploy"

// Folder is a project's folder.
type Folder struct{ Dir string }

// Description returns the path of the folder's description.
func (f Folder) Description() string { return filepath.Join(f.Dir, project.FileName) }

// Start is what init begins with.
type Start struct {
	Project *project.Project
	Kept    bool // it is the description that stands in the folder already
	// Evidence is what the folder shows, empty where the description is kept.
	Evidence []project.Evidence
	// Unreadable holds folders that could not be looked into.
	Unreadable []string
}

// Start returns the description that stands in the folder, or one of what is
// found there. A folder that shows no application is an error unless module
// says that the person will name it.
func (f Folder) Start(module bool) (*Start, error) {
	if _, err := os.Stat(f.Description()); err == nil {
		p, err := project.Load(f.Description())
		if err != nil {
			return nil, err
		}
		return &Start{Project: p, Kept: true}, nil
	}
	d, err := project.Detect(f.Dir)
	var nothing *project.ErrNothing
	if err != nil && (!errors.As(err, &nothing) || !module) {
		return nil, err
	}
	return &Start{Project: d.Project, Evidence: d.Found, Unreadable: d.Unreadable}, nil
}

// Propose gives a new description the number of workers that suits a host, and
// the files' comments the person's language.
func (s *Start) Propose(p *project.Project, h project.Host, language string) {
	if !s.Kept {
		proposal := project.Propose(h)
		p.App.Processes, p.App.Threads = proposal.Processes, proposal.Threads
		p.Target.Lang = language
	}
}

// Text returns the description as it would be written, and the one on disk.
func (f Folder) Text(p *project.Project) (text, old string, err error) {
	src, err := os.ReadFile(f.Description())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", "", fmt.Errorf("read the description: %w", err)
	}
	text, err = p.Marshal(string(src))
	return text, string(src), err
}

// Draft is what answers come to, before anything is written.
type Draft struct {
	Project   *project.Project // as a later gen reads it
	Text, Old string           // of the description, and what stands there
	Plan      *gen.Plan
}

// Draft renders a description and compares it with the disk. Faults of the
// description are a *project.InvalidError.
func (f Folder) Draft(p *project.Project) (*Draft, error) {
	text, old, err := f.Text(p)
	if err != nil {
		return nil, err
	}
	path := f.Description()
	if p, err = project.Parse(path, text); err != nil {
		return nil, err
	}
	p.Path = path
	routed, err := api.Routes(p)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	files, err := gen.Render(routed, gen.Options{})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	plan, err := gen.NewPlan(filepath.Join(f.Dir, Deploy), files)
	if err != nil {
		return nil, err
	}
	return &Draft{p, text, old, plan}, nil
}

// Action says what becomes of the description's file: a person's words in it
// are kept, so that it never conflicts.
func (d *Draft) Action() gen.Action {
	switch d.Old {
	case "":
		return gen.Create
	case d.Text:
		return gen.Unchanged
	}
	return gen.Update
}

// Lint lints the files as they would be written, which need not exist.
func (d *Draft) Lint() (*lint.Result, error) {
	overlay := map[string]string{}
	var paths []string
	for _, s := range d.Plan.Steps {
		path := filepath.Join(d.Plan.Dir, s.Path)
		overlay[path] = string(s.Content)
		if filepath.Base(s.Path) != "uwsgi_params" { // nginx.conf includes it
			paths = append(paths, path)
		}
	}
	p, err := pair.Load(paths, pair.Options{Overlay: overlay})
	if err != nil {
		return nil, err
	}
	rules := apirule.All(nil)
	cfg, err := lint.ParseConfig(d.Project.Path, d.Text, rules)
	if err != nil {
		return nil, err
	}
	return lint.Run(p, rules, lint.Options{Target: cfg.Target, Config: cfg}), nil
}

// Write writes the description and the files, conflicts only with force.
func (d *Draft) Write(force bool) error {
	if err := d.Project.Save(d.Project.Path); err != nil {
		return err
	}
	return d.Plan.Apply(force)
}

// Lint lints the generated files on disk.
func (f Folder) Lint() (*lint.Result, error) {
	p, err := pair.Load([]string{filepath.Join(f.Dir, Deploy)}, pair.Options{})
	if err != nil {
		return nil, err
	}
	rules := apirule.All(nil)
	cfg, err := lint.ReadConfig(f.Description(), rules)
	if err != nil {
		return nil, err
	}
	return lint.Run(p, rules, lint.Options{Target: cfg.Target, Config: cfg}), nil
}

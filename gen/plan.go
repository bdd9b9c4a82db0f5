package gen

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/aymanbagabas/go-udiff"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/atomicfile"
)

// Action is what a plan does with a file.
type Action uint8

// The actions.
const (
	Unchanged Action = iota
	Create
	Update
	Conflict // a person edited it, or it was never generated
)

// String returns the action's name.
func (a Action) String() string {
	return [...]string{"unchanged", "create", "update", "conflict"}[a]
}

// Text says the action in words; force overwrites what is in conflict.
func (a Action) Text(force bool) diag.Text {
	switch {
	case a == Create:
		return diag.T("create")
	case a == Update:
		return diag.T("update")
	case a == Conflict && force:
		return diag.T("overwrite")
	case a == Conflict:
		return diag.T("conflict")
	}
	return diag.T("unchanged")
}

// Step is what happens to one file.
type Step struct {
	File
	Action Action
	Old    []byte // what stands there
	// Copy is where Apply kept what a person wrote before overwriting it.
	Copy string
}

// Plan is what brings a folder up to date.
type Plan struct {
	Dir   string
	Steps []Step
}

// NewPlan compares rendered files with a folder, which need not exist.
func NewPlan(dir string, files []File) (*Plan, error) {
	p := &Plan{Dir: dir}
	for _, f := range files {
		s := Step{File: f, Action: Create}
		old, err := os.ReadFile(filepath.Join(dir, f.Path))
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, fmt.Errorf("compare with %s: %w", dir, err)
		case bytes.Equal(old, f.Content):
			s.Action, s.Old = Unchanged, old
		case Untouched(old):
			s.Action, s.Old = Update, old
		default:
			s.Action, s.Old = Conflict, old
		}
		p.Steps = append(p.Steps, s)
	}
	return p, nil
}

// Changed tells whether the folder differs from what was rendered.
func (p *Plan) Changed() bool {
	for _, s := range p.Steps {
		if s.Action != Unchanged {
			return true
		}
	}
	return false
}

// Conflicts returns the paths of the files that a person edited.
func (p *Plan) Conflicts() []string {
	var paths []string
	for _, s := range p.Steps {
		if s.Action == Conflict {
			paths = append(paths, filepath.Join(p.Dir, s.Path))
		}
	}
	return paths
}

// Diff writes unified diffs from what stands in the folder to what was rendered.
func (p *Plan) Diff(w io.Writer) error {
	for _, s := range p.Steps {
		if s.Action == Unchanged {
			continue
		}
		path := filepath.Join(p.Dir, s.Path)
		from := path
		if s.Action == Create {
			from = "/dev/null"
		}
		if _, err := io.WriteString(w, udiff.Unified(from, path, string(s.Old), string(s.Content))); err != nil {
			return err
		}
	}
	return nil
}

// Apply writes what changes. Conflicts stay as they are unless force is set;
// then what a person wrote is kept beside as NAME.bak, or NAME.bak.1 and so on
// when that exists.
func (p *Plan) Apply(force bool) error {
	for k := range p.Steps {
		s := &p.Steps[k]
		path := filepath.Join(p.Dir, s.Path)
		switch {
		case s.Action == Unchanged, s.Action == Conflict && !force:
			continue
		case s.Action == Conflict:
			name, err := backup(path, s.Old)
			if err != nil {
				return err
			}
			s.Copy = name
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("make the folder: %w", err)
		}
		if err := atomicfile.Write(path, s.Content, s.Mode); err != nil {
			return err
		}
	}
	return nil
}

// backup writes content beside path under a name that is not taken, and
// returns the name.
func backup(path string, content []byte) (string, error) {
	for n := 0; ; n++ {
		name := path + ".bak"
		if n > 0 {
			name += "." + strconv.Itoa(n)
		}
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("keep a copy of %s: %w", path, err)
		}
		_, err = f.Write(content)
		if closing := f.Close(); err == nil {
			err = closing
		}
		if err != nil {
			return "", fmt.Errorf("keep a copy of %s: %w", path, err)
		}
		return name, nil
	}
}

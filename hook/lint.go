package hook

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/format"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/baseline"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/project"
)

// Verdict is what the lint of a commit came to.
type Verdict struct {
	// Result holds the findings that the commit has to answer for: in a file it
	// changes, with a place or a fix in one, or about the two sides together.
	Result *lint.Result
	// Elsewhere counts the others.
	Elsewhere int
	// Unread are the contracts that could not be read, as errors.
	Unread []error
	// Fails tells that the commit should not be made.
	Fails bool
}

// Lint lints the deployments that files belong to. A commit may change one
// side alone: the other one is found, and so is the contract. Known, which may be nil, holds findings
// that are forgiven.
func Lint(files []string, bind lint.Bind, known *baseline.Baseline) (*Verdict, error) {
	unbound, _, err := bind("")
	if err != nil {
		return nil, err
	}
	v := &Verdict{Result: &lint.Result{}}
	for _, d := range deployments(files) {
		dir, changed := d.dir, d.changed
		p, err := pair.Load([]string{dir}, pair.Options{})
		if errors.Is(err, pair.ErrNothing) {
			continue
		}
		if err != nil {
			return nil, err
		}
		cfg, err := configuration(dir, unbound)
		if err != nil {
			return nil, err
		}
		rules, contract, err := bind(cfg.OpenAPI)
		if err != nil {
			v.Unread = append(v.Unread, err)
			rules, contract = unbound, nil
		}
		r := lint.Run(p, rules, lint.Options{Target: cfg.Target, Config: cfg, Also: contract})
		if known != nil {
			r, _ = known.Apply(r, cfg, rules)
		}
		v.Result.Files += r.Files
		v.Result.Sources = append(v.Result.Sources, r.Sources...)
		v.Result.Broken = append(v.Result.Broken, r.Broken...)
		for _, d := range r.Diagnostics {
			if !answers(d, changed) {
				v.Elsewhere++
				continue
			}
			v.Result.Diagnostics = append(v.Result.Diagnostics, d)
			v.Fails = v.Fails || d.Severity >= cfg.FailSeverity()
		}
	}
	v.Result.Diagnostics = diag.Sort(v.Result.Diagnostics)
	return v, nil
}

// answers tells whether a commit that changes some files has to answer for a
// finding.
func answers(d diag.Diagnostic, changed map[string]bool) bool {
	in := func(f *diag.File) bool { return changed[filepath.Clean(f.Name)] }
	return in(d.File) || strings.HasPrefix(d.Rule, "pair-") ||
		slices.ContainsFunc(d.Related, func(r diag.Related) bool { return in(r.File) }) ||
		d.Fix != nil && slices.ContainsFunc(d.Fix.Edits, func(e diag.Edit) bool { return in(e.File) })
}

// configuration returns the lint configuration that holds for a folder.
func configuration(dir string, rules []*lint.Rule) (lint.Config, error) {
	var cfg lint.Config
	if path := lint.FindConfig(dir); path != "" {
		var err error
		if cfg, err = lint.ReadConfig(path, rules); err != nil {
			return cfg, err
		}
		dir = filepath.Dir(path)
	}
	cfg.Target.DetectProject(dir)
	return cfg, nil
}

// deployment is a folder, and the files in it that a commit changes.
type deployment struct {
	dir     string
	changed map[string]bool
}

// deployments returns the deployments that files belong to, each once. Its
// folder is the nearest one above a file that has a description or a lint
// configuration, or holds files of both sides; the current folder when there
// is none.
func deployments(files []string) []deployment {
	var found []deployment
	both := map[string]bool{}
	for _, f := range files {
		if !recognized(f) {
			continue
		}
		dir := filepath.Dir(filepath.Clean(f))
		for ; dir != "." && dir != string(filepath.Separator) && !marked(dir); dir = filepath.Dir(dir) {
			is, ok := both[dir]
			if !ok {
				is = holdsBoth(dir)
				both[dir] = is
			}
			if is {
				break
			}
		}
		if dir == string(filepath.Separator) {
			dir = filepath.Dir(f) // a whole machine is no deployment
		}
		i := slices.IndexFunc(found, func(d deployment) bool { return d.dir == dir })
		if i < 0 {
			i = len(found)
			found = append(found, deployment{dir, map[string]bool{}})
		}
		found[i].changed[filepath.Clean(f)] = true
	}
	return found
}

// marked tells whether a folder is said to be one of a deployment.
func marked(dir string) bool {
	for _, name := range []string{project.FileName, lint.ConfigName} {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.Mode().IsRegular() {
			return true
		}
	}
	return false
}

// holdsBoth tells whether there are files of both languages in a folder.
func holdsBoth(dir string) bool {
	sources, _ := pair.Sources([]string{dir}, pair.Options{})
	is := func(l pair.Language) bool {
		return slices.ContainsFunc(sources, func(s pair.Source) bool { return s.Language == l })
	}
	return is(pair.Nginx) && is(pair.Uwsgi)
}

// concerns tells by its name whether a file may concern a deployment.
func concerns(name string) bool {
	return name != "" && (pair.Candidate(name) || pair.Packaged(name) || filepath.Base(name) == project.FileName)
}

// recognized tells whether a file is a configuration of one of the languages,
// or one that a deployment includes. Of a file that is gone its name tells.
func recognized(path string) bool {
	if pair.Packaged(path) {
		return true
	}
	if _, err := os.Stat(path); err != nil {
		return pair.Candidate(path)
	}
	return pair.Candidate(path) && pair.Recognized(path)
}

// Format returns what the style changes in those of the files that are
// configurations. Others, and files with syntax errors, which the lint speaks
// of, are left alone.
func Format(files []string) ([]format.Change, error) {
	var ours []string
	for _, f := range files {
		if _, err := os.Stat(f); err == nil && !pair.Packaged(f) && recognized(f) {
			ours = append(ours, f)
		}
	}
	if len(ours) == 0 {
		return nil, nil
	}
	changes, err := format.Plan(ours, pair.Options{})
	var alone *format.Error
	if errors.As(err, &alone) {
		err = nil
	}
	return changes, err
}

// Projects returns the folders of the descriptions that files concern: a
// description itself, or a file in the folder that is generated from one.
// Projects whose generated files are not there are left out.
func Projects(files []string, generated string) []string {
	var dirs []string
	for _, f := range files {
		dir := filepath.Dir(filepath.Clean(f))
		if filepath.Base(f) != project.FileName {
			if filepath.Base(dir) != generated {
				continue
			}
			dir = filepath.Dir(dir)
		}
		if _, err := os.Stat(filepath.Join(dir, project.FileName)); err != nil {
			continue
		}
		if info, err := os.Stat(filepath.Join(dir, generated)); err != nil || !info.IsDir() || slices.Contains(dirs, dir) {
			continue
		}
		dirs = append(dirs, dir)
	}
	return dirs
}

package lint

import (
	"runtime/debug"
	"slices"
	"sync"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/machine"
	"github.com/deployctl/deployctl/internal/parallel"
	"github.com/deployctl/deployctl/pair"
)

// Options say how a pair is linted.
type Options struct {
	Target Target
	Config Config
	// Machine is the one that the pair lies on, for the rules that ask it; nil
	// when it lies elsewhere.
	Machine machine.Machine
	// Also are files beside the pair of which rules speak, such as the contract.
	Also []*diag.File
	// Stop is asked before each rule, where it is not nil; when it says true,
	// the rules that are left do not run, and the result is good for nothing.
	Stop func() bool
}

// Result is what a run found.
type Result struct {
	// Diagnostics are sorted by file, line, column and rule.
	Diagnostics []diag.Diagnostic
	// Files is the number of files that were read, Sources are the files.
	Files   int
	Sources []*diag.File
	// Suppressed counts the findings that comments silence.
	Suppressed int
	// Broken names the rules that could not run.
	Broken []Broken
}

// Broken is a rule that failed, which is an error of this program.
type Broken struct {
	Rule   string
	Reason any
	Stack  []byte
}

// In returns the result with its texts in the catalog's language.
func (r *Result) In(c diag.Catalog) *Result {
	if len(c) == 0 {
		return r
	}
	translated := *r
	translated.Diagnostics = make([]diag.Diagnostic, len(r.Diagnostics))
	for i, d := range r.Diagnostics {
		translated.Diagnostics[i] = d.In(c)
	}
	return &translated
}

// Counts returns the numbers of errors, warnings and infos.
func (r *Result) Counts() (errors, warnings, infos int) {
	for _, d := range r.Diagnostics {
		switch d.Severity {
		case diag.Error:
			errors++
		case diag.Warning:
			warnings++
		default:
			infos++
		}
	}
	return
}

// Fails tells whether a finding is at or above the severity.
func (r *Result) Fails(at diag.Severity) bool {
	for _, d := range r.Diagnostics {
		if d.Severity >= at {
			return true
		}
	}
	return false
}

// Run lints a pair with the rules that the configuration selects.
func Run(p *pair.Pair, rules []*Rule, opts Options) *Result {
	files := append(sources(p), opts.Also...)
	result := &Result{Files: len(files), Sources: files}
	var selected []*Rule
	for _, r := range rules {
		if r.Check != nil && opts.Config.Selects(r) {
			selected = append(selected, r)
		}
	}
	if p.Contained() {
		opts.Target.OS = "" // an image has its own
		if opts.Target.Init == "" {
			opts.Target.Init = "container"
		}
	}
	passes := make([]Pass, len(selected))
	var mu sync.Mutex
	one := func(i int) {
		if opts.Stop != nil && opts.Stop() {
			return
		}
		passes[i] = Pass{Pair: p, Target: opts.Target, Profile: opts.Config.Profile, Machine: opts.Machine, rule: selected[i]}
		if b := check(&passes[i]); b != nil {
			mu.Lock()
			result.Broken = append(result.Broken, *b)
			mu.Unlock()
		}
	}
	parallel.Each(len(selected), func(i int) {
		if !selected[i].Last {
			one(i)
		}
	})
	for i, r := range selected {
		if r.Last {
			one(i)
		}
	}
	total := 0
	for i := range passes {
		total += len(passes[i].found)
	}
	all := make([]diag.Diagnostic, 0, total)
	for i := range passes {
		all = append(all, passes[i].found...)
	}
	all = within(all, files)
	all, result.Suppressed = suppress(all, files, rules, opts.Config)
	kept := all[:0]
	for _, d := range all {
		if opts.Config.rank(&d) {
			kept = append(kept, d)
		}
	}
	result.Diagnostics = diag.Sort(kept)
	return result
}

// within drops the findings, and the fixes, that speak of files which are no
// part of the pair, such as the defaults that a distribution brings.
func within(found []diag.Diagnostic, files []*diag.File) []diag.Diagnostic {
	ours := make(map[*diag.File]bool, len(files))
	for _, f := range files {
		ours[f] = true
	}
	kept := found[:0]
	for _, d := range found {
		if !ours[d.File] {
			continue
		}
		if d.Fix != nil && slices.ContainsFunc(d.Fix.Edits, func(e diag.Edit) bool { return !ours[e.File] }) {
			d.Fix = nil
		}
		kept = append(kept, d)
	}
	return kept
}

// check runs one rule. A rule that fails must not take the others' findings
// with it.
func check(p *Pass) (broken *Broken) {
	defer func() {
		if r := recover(); r != nil {
			p.found = nil
			broken = &Broken{p.rule.ID, r, debug.Stack()}
		}
	}()
	p.rule.Check(p)
	return nil
}

// sources returns the files of a pair, each once.
func sources(p *pair.Pair) []*diag.File {
	var files []*diag.File
	seen := map[*diag.File]bool{}
	add := func(f *diag.File) {
		if !seen[f] {
			seen[f] = true
			files = append(files, f)
		}
	}
	for _, c := range p.Nginx {
		for _, f := range c.Tree.Files {
			add(f.File)
		}
	}
	for _, c := range p.Uwsgi {
		for _, f := range c.Files {
			add(f.File)
		}
	}
	for _, u := range p.Units {
		add(u.File)
	}
	for _, c := range p.Compose {
		add(c.File)
	}
	return files
}

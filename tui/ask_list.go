package tui

import (
	"errors"
	"fmt"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint/report"
)

// list lists what a step has several of, and takes commands about it. A single
// one is asked about first, where most have no more.
func (a *asker) list(l *list) error {
	if l.alone && l.count(a.answers) == 1 {
		if err := a.questions(func(all answers) []field { return l.fields(all, 0) }); err != nil {
			return err
		}
	}
	for {
		n := l.count(a.answers)
		for i := range n {
			fmt.Fprintf(a.out, "  %d  %s  %s\n", i+1, clean(l.name(a.answers, i)), clean(a.say(l.what(a.answers, i))))
		}
		answer, err := a.prompt(a.say(diag.T("A number edits one, a adds, d 2 deletes the second, m 2 1 moves it to the first place; an empty line goes on: ")))
		if err != nil {
			return err
		}
		var at, to int
		switch {
		case answer == "":
			return nil
		case answer == "<":
			return errBack
		case answer == "a":
			if a.takes(altered(a.answers, func(next *answers) { at = l.add(next) })) {
				err = a.one(l, at)
			}
		case scan(answer, "d %d", &at) && at >= 1 && at <= n:
			a.takes(l.removed(a.answers, at-1))
		case scan(answer, "m %d %d", &at, &to) && min(at, to) >= 1 && max(at, to) <= n:
			a.takes(l.moved(a.answers, at-1, to-1))
		case scan(answer, "%d", &at) && at >= 1 && at <= n:
			err = a.one(l, at-1)
		default:
			a.line(diag.T("  ! there is no such command"))
		}
		if err != nil {
			return err
		}
	}
}

// scan reads an answer that is nothing but what the format says.
func scan(answer, format string, to ...any) bool {
	var rest string
	n, _ := fmt.Sscanf(answer+" .", format+" %s", append(to, &rest)...)
	return n == len(to)+1 && rest == "."
}

// one asks about one of a list; going back before its first question ends it.
func (a *asker) one(l *list, at int) error {
	err := a.questions(func(all answers) []field { return l.fields(all, at) })
	if errors.Is(err, errBack) {
		return nil
	}
	return err
}

// takes keeps answers, or tells what is wrong with them.
func (a *asker) takes(next answers, fault error) bool {
	if fault != nil {
		fmt.Fprintf(a.out, "  ! %s\n", failsIn(fault, a.cfg.Catalog))
		return false
	}
	a.answers = next
	return true
}

// review shows the plan and asks whether to write.
func (a *asker) review() error {
	fmt.Fprintln(a.out)
	a.line(diag.T("%d of %d: %s", len(steps)+1, len(steps)+1, diag.T("Review")))
	preview := a.cfg.Preview(a.answers.Project)
	if preview.Err != nil {
		fmt.Fprintf(a.out, "  ! %s\n", failsIn(preview.Err, a.cfg.Catalog))
		return errBegin
	}
	conflicts := false
	for _, f := range preview.Files {
		file := shownFile{PreviewFile: f}
		conflicts = conflicts || file.conflicts()
		fmt.Fprintf(a.out, "  %s  %s\n", a.say(f.Action.Text(a.force)), clean(f.Name))
	}
	if preview.Result != nil {
		fmt.Fprintf(a.out, "  %s\n", a.say(diag.T("lint: %s", report.Summary(preview.Result))))
		for _, d := range preview.Result.Diagnostics {
			fmt.Fprintf(a.out, "  %s: %s:%d: %s\n", a.say(d.Severity.Text()), clean(d.File.Name), d.File.Pos(d.Span.Start).Line, clean(a.say(d.Message)))
		}
	}
	show, err := a.yes(diag.T("Show what changes? [y/N]: "), false)
	if err != nil {
		return err
	}
	if show {
		for _, f := range preview.Files {
			fmt.Fprintf(a.out, "%s\n%s\n", clean(f.Name), strings.Join(newStyles(Look{}).diff(f.Name, f.Old, f.Text), "\n"))
		}
	}
	if conflicts && !a.force {
		if a.force, err = a.yes(diag.T("A person edited some of these files. Overwrite them, and keep a copy? [y/N]: "), false); err != nil {
			return err
		}
	}
	if a.cfg.Command != nil {
		a.line(diag.T("The same without questions:"))
		fmt.Fprintf(a.out, "  %s\n", strings.Join(a.cfg.Command(a.answers.Project, a.force), " "))
	}
	write, err := a.yes(diag.T("Write the files? [Y/n]: "), true)
	if err == nil && !write {
		err = ErrAborted
	}
	return err
}

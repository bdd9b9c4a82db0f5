package tui

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/report"
)

// AskWalk walks through findings line by line; it tells whether what was chosen
// is to be written. At the end of the input nothing is. It writes no file.
func AskWalk(ctx context.Context, in io.Reader, out io.Writer, cfg WalkConfig) (write bool, err error) {
	a := &asker{ctx: ctx, cfg: Config{Catalog: cfg.Catalog}, lines: read(in), out: out}
	w := NewWalk(cfg)
	for {
		d, ok := w.finding()
		if !ok {
			break
		}
		w.tell(out, d)
		choices := diag.T("s skips, i suppresses with a reason, e explains, u undoes, q ends: ")
		if d.Fix != nil {
			choices = diag.T("a accepts the fix, s skips, i suppresses with a reason, e explains, u undoes, q ends: ")
		}
		answer, err := a.prompt(a.say(choices))
		if err != nil {
			return false, err
		}
		if answer == "q" {
			break
		}
		if err := w.answered(a, d, answer); err != nil {
			return false, err
		}
	}
	fixed := cfg.Session.Fixed()
	a.line(diag.T("lint: %s", report.Summary(cfg.Session.Result())))
	if len(fixed.New) == 0 {
		return false, nil
	}
	if err := fixed.Diff(out); err != nil {
		return false, err
	}
	return a.yes(diag.T("Write these changes? [Y/n]: "), true)
}

// tell writes a finding and its fix.
func (w *Walk) tell(out io.Writer, d diag.Diagnostic) {
	fmt.Fprintln(out)
	report.Diagnostic(out, d.In(w.cfg.Catalog), report.Options{Catalog: w.cfg.Catalog})
	if d.Fix != nil {
		fmt.Fprintf(out, "%s\n%s\n", w.say(diag.T("The fix:")), strings.Join(w.styles.unified(lint.FixDiff(d.Fix), 0), "\n"))
	}
}

// answered does what a line says about a finding.
func (w *Walk) answered(a *asker, d diag.Diagnostic, answer string) error {
	session := w.cfg.Session
	var fault error
	switch {
	case answer == "a" && d.Fix != nil:
		fault = session.Accept(d)
	case answer == "s" || answer == "":
		w.skip()
		return nil
	case answer == "i":
		reason, err := a.prompt(w.say(diag.T("Reason: ")))
		if err != nil {
			return err
		}
		if fault = diag.T("write why it may stay as it is"); reason != "" {
			fault = session.Suppress(d, reason)
		}
	case answer == "e":
		fmt.Fprintln(a.out, strings.Join(w.cfg.Explain(d.Rule, 80), "\n"))
	case answer == "u":
		session.Undo()
	default:
		a.line(diag.T("  ! there is no such command"))
	}
	if fault != nil {
		fmt.Fprintf(a.out, "  ! %s\n", failsIn(fault, w.cfg.Catalog))
	}
	w.take(snap(session))
	return nil
}

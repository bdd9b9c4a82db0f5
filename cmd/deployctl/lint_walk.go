package main

import (
	"context"
	"strings"

	"github.com/deployctl/deployctl/api/apirule"
	"github.com/deployctl/deployctl/internal/markdown"
	"github.com/deployctl/deployctl/lang"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/rules"
	"github.com/deployctl/deployctl/manual"
	"github.com/deployctl/deployctl/tui"
)

// walk lets a person go through the findings, writes what they chose, and
// returns what is left.
func (o *lintOptions) walk(ctx context.Context, read lint.Reload, every []*lint.Rule, opts lint.Options) (*lint.Result, error) {
	switch {
	case o.fix || o.diff || o.baseline != "" || o.writeBaseline != "" || len(o.stdinText) > 0:
		return nil, &usageError{"--interactive goes neither with --fix, --diff and baselines nor with standard input", "lint"}
	case !o.prompt:
		return nil, &usageError{"--interactive needs a terminal: leave it out for a report, or mend without questions with --fix (--diff shows how)", "lint"}
	}
	language, catalog, err := o.language(o.lang, "lint")
	if err != nil {
		return nil, err
	}
	session, err := lint.NewSession(read, every, opts)
	if err != nil {
		return nil, err
	}
	if len(session.Result().Diagnostics) == 0 {
		return session.Result(), nil
	}
	cfg := tui.WalkConfig{Session: session, Catalog: catalog}
	walk := tui.AskWalk
	if !o.lineByLine(o.accessible) {
		walk, cfg.Look = tui.RunWalk, o.look()
	}
	cfg.Explain = func(rule string, width int) []string {
		r, err := rules.Named(apirule.All(nil), rule)
		if err != nil {
			return []string{err.Error()}
		}
		page, err := lang.Page(r, language)
		if err != nil {
			return []string{err.Error()}
		}
		text, err := markdown.Terminal(manual.Page(r, page, catalog), width, cfg.Look.Color)
		if err != nil {
			return []string{err.Error()}
		}
		return strings.Split(text, "\n")
	}
	write, err := walk(ctx, o.in, o.out, cfg)
	if err != nil {
		return nil, o.aborted(err, catalog)
	}
	if !write {
		p, err := read(nil)
		if err != nil {
			return nil, err
		}
		return lint.Run(p, every, opts), nil
	}
	return session.Result(), o.writeFixed(session.Fixed())
}

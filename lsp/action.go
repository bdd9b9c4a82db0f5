package lsp

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/sourcegraph/jsonrpc2"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
)

// The kinds of actions that are offered.
const (
	quickFix = "quickfix"
	fixAll   = "source.fixAll.deployctl"
)

// codeActions offers what can be done about the findings in a range: their
// fixes, all fixes at once, and comments that silence them.
func (s *server) codeActions(ctx context.Context, p codeActionParams) ([]codeAction, error) {
	actions := []codeAction{}
	d := s.document(p.TextDocument.URI)
	if d == nil {
		return actions, nil
	}
	a, err := s.analyses.current(ctx, d)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	c := s.client
	s.mu.Unlock()
	span := diag.Span{Start: d.text.offset(p.Range.Start, c.encoding), End: d.text.offset(p.Range.End, c.encoding)}
	var here []diag.Diagnostic
	fixable := false
	for _, f := range a.result.Diagnostics {
		if a.uri(f.File) != d.uri {
			continue
		}
		fixable = fixable || f.Fix != nil && !f.Fix.Unsafe
		if f.Span.Start <= span.End && span.Start <= f.Span.End {
			here = append(here, f)
		}
	}
	if wanted(p.Context.Only, quickFix) {
		for _, f := range here {
			if f.Fix != nil {
				actions = append(actions, s.fixAction(a, f, c))
			}
		}
		for _, f := range here {
			actions = append(actions, s.suppressions(a, f, d, c)...)
		}
	}
	if fixable && wanted(p.Context.Only, fixAll) {
		all := codeAction{Title: s.say(diag.T("Mend all that can be mended safely")), Kind: fixAll}
		all.Data, err = json.Marshal(textDocument{d.uri})
		if err != nil {
			return nil, err
		}
		if !c.resolves {
			if all, err = s.resolveAction(ctx, all); err != nil {
				return nil, err
			}
		}
		actions = append(actions, all)
	}
	return actions, nil
}

// wanted tells whether an editor that asked for some kinds wants one: a kind
// includes those that continue its name.
func wanted(only []string, kind string) bool {
	return len(only) == 0 || slices.ContainsFunc(only, func(o string) bool {
		return o == "" || kind == o || strings.HasPrefix(kind, o+".")
	})
}

// fixAction returns the fix of a finding.
func (s *server) fixAction(a *analysis, f diag.Diagnostic, c client) codeAction {
	title := sentence(f.Fix.Message.String())
	if title == "" {
		title = s.say(diag.T("Mend %s", f.Rule))
	}
	if f.Fix.Unsafe {
		title = s.say(diag.T("%s (changes behavior)", title))
	}
	return codeAction{
		Title: title, Kind: quickFix, IsPreferred: !f.Fix.Unsafe,
		Diagnostics: []diagnostic{a.diagnostic(f, c.encoding)}, Edit: a.workspaceEdit(f.Fix.Edits, c),
	}
}

// suppressions returns the actions that silence a finding with a comment: on
// the line before it, where a comment can stand there, and for the whole file.
func (s *server) suppressions(a *analysis, f diag.Diagnostic, d *snapshot, c client) []codeAction {
	if strings.HasPrefix(f.Rule, "suppression-") {
		return nil
	}
	action := func(title string, e diag.Edit, ok bool) []codeAction {
		if !ok {
			return nil
		}
		return []codeAction{{
			Title: title, Kind: quickFix, Diagnostics: []diagnostic{a.diagnostic(f, c.encoding)},
			Edit: a.workspaceEdit([]diag.Edit{e}, c),
		}}
	}
	line, lineOK := silenceLine(f, d)
	file, fileOK := lint.IgnoreFile(f.File, f.Rule)
	return slices.Concat(
		action(s.say(diag.T("Silence %s here", f.Rule)), line, lineOK),
		action(s.say(diag.T("Silence %s in this file", f.Rule)), file, fileOK))
}

// silenceLine returns the edit that silences a finding on its line; false where
// the line continues what stands before it.
func silenceLine(f diag.Diagnostic, d *snapshot) (diag.Edit, bool) {
	start := f.File.LineSpan(f.File.Pos(f.Span.Start).Line).Start
	if d.language == pair.Nginx {
		if w, ok := wordAt(d.nginx().Nodes, start); ok && w.Start < start {
			return diag.Edit{}, false
		}
	}
	return lint.IgnoreLine(f.File, f.Span.Start, f.Rule)
}

// resolveAction fills in the edit of the action that mends all.
func (s *server) resolveAction(ctx context.Context, action codeAction) (codeAction, error) {
	var doc textDocument
	if action.Kind != fixAll || json.Unmarshal(action.Data, &doc) != nil {
		return action, nil
	}
	d := s.document(doc.URI)
	if d == nil {
		return action, failure(jsonrpc2.CodeInvalidParams, "%s is not open", doc.URI)
	}
	a, err := s.analyses.current(ctx, d)
	if err != nil {
		return action, err
	}
	options := a.options
	options.Stop = func() bool { return ctx.Err() != nil }
	fixed, err := lint.Fix(a.reload, a.rules, options, false)
	if err != nil {
		return action, err
	}
	s.mu.Lock()
	c := s.client
	s.mu.Unlock()
	var edits []diag.Edit
	for _, name := range slices.Sorted(maps.Keys(fixed.New)) {
		old := diag.NewFile(name, fixed.Old[name])
		for _, e := range udiff.Strings(old.Src, fixed.New[name]) {
			edits = append(edits, diag.Edit{File: old, Span: diag.Span{Start: e.Start, End: e.End}, New: e.New})
		}
	}
	action.Edit = a.workspaceEdit(edits, c)
	return action, nil
}

// sentence starts a message with a capital letter, as menus have it.
func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// say returns a text in the person's language.
func (s *server) say(t diag.Text) string { return t.In(s.opts.Catalog).String() }

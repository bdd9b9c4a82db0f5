package lint

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
)

// Comments that silence findings:
//
//	# deployctl:ignore RULE[,RULE...] reason       on the line, or on the line before
//	# deployctl:ignore-file RULE[,RULE...] reason  anywhere in the file
const marker = "deployctl:ignore"

// The rules about suppression comments themselves.
const (
	suppressionUnused  = "suppression-unused"
	suppressionUnknown = "suppression-unknown"
)

// suppression is one rule that one comment silences.
type suppression struct {
	rule string
	at   diag.Location // the rule's name in the comment
	line int           // the comment's line; 0 for the whole file
	own  bool          // nothing else stands on its line, so it speaks of the next
	used bool
}

// suppress drops the findings that comments silence and adds those about the
// comments. It returns the number of findings dropped.
func suppress(found []diag.Diagnostic, files []*diag.File, rules []*Rule, cfg Config) ([]diag.Diagnostic, int) {
	byFile := map[*diag.File][]*suppression{}
	var all []*suppression
	var reasonless []diag.Diagnostic
	for _, f := range files {
		if !strings.Contains(f.Src, marker) {
			continue
		}
		list, bad := suppressions(f, cfg.ReasonsRequired)
		byFile[f] = list
		all = append(all, list...)
		reasonless = append(reasonless, bad...)
	}
	if len(all) == 0 {
		return append(found, reasonless...), 0
	}
	type key struct {
		file *diag.File
		line int
		rule string
	}
	index := map[key]*suppression{}
	for f, list := range byFile {
		for _, s := range list {
			switch {
			case s.line == 0:
				index[key{f, 0, s.rule}] = s
			case s.own:
				index[key{f, s.line + 1, s.rule}] = s
			default:
				index[key{f, s.line, s.rule}] = s
			}
		}
	}
	kept := found[:0]
	for _, d := range found {
		s := index[key{d.File, 0, d.Rule}]
		if s == nil && byFile[d.File] != nil {
			s = index[key{d.File, d.File.Pos(d.Span.Start).Line, d.Rule}]
		}
		if s == nil {
			kept = append(kept, d)
			continue
		}
		s.used = true
	}
	dropped := len(found) - len(kept)
	known := map[string]*Rule{}
	for _, r := range rules {
		known[r.ID] = r
	}
	for _, s := range all {
		switch r := known[s.rule]; {
		case r == nil:
			d := diag.Diagnostic{Rule: suppressionUnknown, Severity: diag.Warning, Location: s.at, Message: diag.T("no rule is called %q", s.rule)}
			if n := nearestRule(s.rule, rules); n != "" {
				d.Help = diag.T("the nearest name is %s", n)
			}
			kept = append(kept, d)
		case !s.used && cfg.Selects(r):
			kept = append(kept, diag.Diagnostic{
				Rule: suppressionUnused, Severity: diag.Warning, Location: s.at,
				Message: diag.T("this comment silences %s, which finds nothing here", s.rule),
				Help:    diag.T("remove it"),
			})
		}
	}
	return append(kept, reasonless...), dropped
}

// suppressions reads the comments of a file. A comment starts with # or ;.
func suppressions(f *diag.File, reasons bool) ([]*suppression, []diag.Diagnostic) {
	var list []*suppression
	var bad []diag.Diagnostic
	for at := 0; ; {
		n := strings.Index(f.Src[at:], marker)
		if n < 0 {
			return list, bad
		}
		start := at + n
		at = start + len(marker)
		lineNo := f.Pos(start).Line
		line := f.LineSpan(lineNo)
		before := strings.TrimRight(f.Src[line.Start:start], " \t")
		if before == "" || before[len(before)-1] != '#' && before[len(before)-1] != ';' {
			continue
		}
		own := strings.Trim(before, "#; \t") == ""
		rest := f.Src[at:line.End]
		whole := strings.HasPrefix(rest, "-file")
		if whole {
			rest = rest[len("-file"):]
			lineNo = 0
		}
		trimmed := strings.TrimLeft(rest, " \t")
		names, reason, _ := strings.Cut(trimmed, " ")
		from := line.End - len(trimmed)
		for name := range strings.SplitSeq(names, ",") {
			span := diag.Span{Start: from, End: from + len(name)}
			from += len(name) + 1
			list = append(list, &suppression{rule: name, at: diag.Location{File: f, Span: span}, line: lineNo, own: own})
		}
		if reasons && strings.TrimSpace(reason) == "" {
			bad = append(bad, diag.Diagnostic{
				Rule: suppressionUnknown, Severity: diag.Warning,
				Location: diag.Location{File: f, Span: diag.Span{Start: start, End: line.End}},
				Message:  diag.T("the comment gives no reason, and the configuration asks for one"),
				Help:     diag.T("write the reason after the rule's name"),
			})
		}
	}
}

package lsp

import (
	"context"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/pair"
)

// The protocol's kinds of completions that are used.
const (
	variableItem  = 6
	moduleItem    = 9
	propertyItem  = 10
	valueItem     = 12
	enumItem      = 13
	referenceItem = 18
)

// completion proposes what may be written at a position.
func (s *server) completion(_ context.Context, p positionParams) (completionList, error) {
	d := s.document(p.TextDocument.URI)
	if d == nil {
		return completionList{Items: []completionItem{}}, nil
	}
	e := s.encoding()
	offset := d.text.offset(p.Position, e)
	w := &proposals{s: s, d: d, a: s.analyses.last(d), e: e, end: offset, items: []completionItem{}, seen: map[string]bool{}}
	if d.language == pair.Uwsgi {
		w.uwsgi()
	} else {
		w.nginx()
	}
	return completionList{Items: w.items}, nil
}

// proposals collects what may be written in the place of a span of a document.
type proposals struct {
	s          *server
	d          *snapshot
	a          *analysis // what was known last of the deployment; may be nil
	e          encoding
	start, end int
	items      []completionItem
	seen       map[string]bool
}

// add proposes a text, once. documentation may be empty.
func (w *proposals) add(label string, kind int, detail, documentation string) {
	if w.seen[label] || label == "" {
		return
	}
	w.seen[label] = true
	item := completionItem{
		Label: label, Kind: kind, Detail: detail,
		TextEdit: &textEdit{w.d.text.textRange(diag.Span{Start: w.start, End: w.end}, w.e), label},
	}
	if documentation != "" {
		item.Documentation = &markup{"markdown", documentation}
	}
	w.items = append(w.items, item)
}

func (w *proposals) addAll(labels []string, kind int) {
	for _, label := range labels {
		w.add(label, kind, "", "")
	}
}

// names proposes the names of one kind that the deployment defines.
func (w *proposals) names(kind nameKind, prefix string) {
	if w.a == nil {
		return
	}
	var defined []string
	w.a.eachMention(func(_ diag.Location, m mention) {
		if m.defines && m.kind == kind {
			defined = append(defined, prefix+m.text)
		}
	})
	slices.Sort(defined)
	w.addAll(defined, referenceItem)
}

// typedAfter returns what of a text follows the last of a mark, and where that
// starts; false when the mark does not stand in it.
func typedAfter(text, mark string) (rest string, at int, ok bool) {
	i := strings.LastIndex(text, mark)
	if i < 0 {
		return "", 0, false
	}
	return text[i+len(mark):], i + len(mark), true
}

package lsp

import (
	"context"

	"github.com/aymanbagabas/go-udiff"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/format"
	"github.com/deployctl/deployctl/pair"
)

// formatting returns the edits that bring a document into the one style of its
// language. One that cannot be formatted is left alone, and the reason shown.
func (s *server) formatting(_ context.Context, p documentParams) ([]textEdit, error) {
	edits := []textEdit{}
	d := s.document(p.TextDocument.URI)
	if d == nil {
		return edits, nil
	}
	formatted, err := format.Text(pair.Source{Path: d.path, Language: d.language, Text: d.src, Named: true})
	if err != nil {
		s.show("deployctl: " + err.Error())
		return edits, nil
	}
	e := s.encoding()
	for _, change := range udiff.Strings(d.src, formatted) {
		edits = append(edits, textEdit{d.text.textRange(diag.Span{Start: change.Start, End: change.End}, e), change.New})
	}
	return edits, nil
}

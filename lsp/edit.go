package lsp

import (
	"cmp"
	"slices"

	"github.com/deployctl/deployctl/diag"
)

// workspaceEdit puts edits, of one or several files, in the protocol's terms.
func (a *analysis) workspaceEdit(edits []diag.Edit, c client) *workspaceEdit {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(x, y diag.Edit) int { return cmp.Compare(x.File.Name, y.File.Name) })
	var out []documentEdit
	for _, e := range edits {
		uri := a.uri(e.File)
		if n := len(out); n == 0 || out[n-1].TextDocument.URI != uri {
			doc := versionedDocument{URI: uri}
			if d := a.docs[a.key(e.File)]; d != nil {
				doc.Version = &d.version
			}
			out = append(out, documentEdit{TextDocument: doc})
		}
		last := &out[len(out)-1]
		last.Edits = append(last.Edits, textEdit{a.text(e.File).textRange(e.Span, c.encoding), e.New})
	}
	if c.documentChanges {
		return &workspaceEdit{DocumentChanges: out}
	}
	changes := map[string][]textEdit{}
	for _, d := range out {
		changes[d.TextDocument.URI] = d.Edits
	}
	return &workspaceEdit{Changes: changes}
}

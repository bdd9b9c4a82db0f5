package lsp

import (
	"github.com/deployctl/deployctl/diag"
)

// maxFindings bounds the findings of one file that an editor is told of.
const maxFindings = 2000

// publish tells the editor a deployment's findings: those of all its files,
// open or not, and for files that have none any more, that they have none.
func (a *analyses) publish(result *analysis) {
	e := a.s.encoding()
	found := map[string][]diagnostic{}
	versions := map[string]*int{}
	for _, d := range result.result.Diagnostics {
		uri := result.uri(d.File)
		if len(found[uri]) == maxFindings {
			continue
		}
		found[uri] = append(found[uri], result.diagnostic(d, e))
	}
	for _, d := range result.docs {
		versions[d.uri] = &d.version
		if key := keyOfURI(d.uri); nameOf(a.root(key), key) == result.root && found[d.uri] == nil {
			found[d.uri] = []diagnostic{}
		}
	}
	a.mu.Lock()
	if a.generation != result.generation {
		a.mu.Unlock()
		return // stale
	}
	for uri := range a.published[result.root] {
		if found[uri] == nil {
			found[uri] = []diagnostic{}
		}
	}
	left := map[string]bool{}
	for uri, list := range found {
		// A file that two deployments share is spoken of by the inner one.
		for root, uris := range a.published {
			if len(root) > len(result.root) && uris[uri] {
				delete(found, uri)
			}
		}
		if len(list) > 0 {
			left[uri] = true
		}
	}
	a.published[result.root] = left
	a.mu.Unlock()
	for uri, list := range found {
		a.s.notify("textDocument/publishDiagnostics", publishParams{uri, versions[uri], list})
	}
}

// diagnostic puts a finding in the protocol's terms.
func (a *analysis) diagnostic(d diag.Diagnostic, e encoding) diagnostic {
	out := diagnostic{
		Range: a.text(d.File).textRange(d.Span, e), Severity: severityOf(d.Severity),
		Code: d.Rule, Source: "deployctl", Message: d.Message.String(),
	}
	for _, more := range []diag.Text{d.Why, d.Help} {
		if !more.IsZero() {
			out.Message += "\n" + more.String()
		}
	}
	for _, r := range d.Related {
		out.RelatedInformation = append(out.RelatedInformation, relatedInformation{a.location(r.Location, e), r.Message.String()})
	}
	return out
}

func severityOf(s diag.Severity) int {
	switch s {
	case diag.Error:
		return 1
	case diag.Warning:
		return 2
	}
	return 3
}

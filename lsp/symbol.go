package lsp

import (
	"context"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/pair"
)

// The protocol's kinds of symbols that are used.
const (
	moduleSymbol    = 2
	namespaceSymbol = 3
	interfaceSymbol = 11
	variableSymbol  = 13
	keySymbol       = 20
	structSymbol    = 23
)

// symbols returns a document's outline: the blocks of an nginx file, the
// sections and options of a uWSGI file.
func (s *server) symbols(_ context.Context, p documentParams) ([]documentSymbol, error) {
	d := s.document(p.TextDocument.URI)
	if d == nil {
		return []documentSymbol{}, nil
	}
	o := outline{d.text, s.encoding()}
	if d.language == pair.Uwsgi {
		return o.sections(d), nil
	}
	return o.blocks(d.nginx().Nodes), nil
}

type outline struct {
	text *text
	e    encoding
}

func (o outline) symbol(name, detail string, kind int, whole, head diag.Span) documentSymbol {
	return documentSymbol{
		Name: name, Detail: detail, Kind: kind,
		Range: o.text.textRange(whole, o.e), SelectionRange: o.text.textRange(head, o.e),
	}
}

// blocks returns the symbols of the blocks, and of the upstreams and variables
// that need no block, among a list of nodes.
func (o outline) blocks(nodes []nginx.Node) []documentSymbol {
	symbols := []documentSymbol{}
	for d := range nginx.Directives(nodes) {
		name := d.Name.Value
		if name == "" || d.Block == nil && name != "set" {
			continue
		}
		symbol := o.symbol(name, arguments(d), kindOf(name), d.Range(), d.Head())
		switch {
		case d.Block == nil:
			symbol.Name, symbol.Detail = name+" "+d.Arg(0), ""
		case name == "server":
			// A server is known by its names, else by its address.
			for _, known := range []string{"listen", "server_name"} {
				for inner := range nginx.Directives(d.Block.Nodes) {
					if inner.Name.Value == known && len(inner.Args) > 0 {
						symbol.Detail = arguments(inner)
						break
					}
				}
			}
		case len(d.Args) > 0:
			symbol.Name, symbol.Detail = name+" "+symbol.Detail, ""
		}
		if d.Block != nil {
			symbol.Children = o.blocks(d.Block.Nodes)
		}
		symbols = append(symbols, symbol)
	}
	return symbols
}

func arguments(d *nginx.Directive) string {
	words := make([]string, len(d.Args))
	for i, w := range d.Args {
		words[i] = w.Value
	}
	return strings.Join(words, " ")
}

func kindOf(name string) int {
	switch name {
	case "server":
		return structSymbol
	case "upstream":
		return interfaceSymbol
	case "map", "geo", "split_clients", "set":
		return variableSymbol
	case "http", "events", "stream", "mail":
		return moduleSymbol
	}
	return namespaceSymbol
}

func (o outline) sections(d *snapshot) []documentSymbol {
	symbols := []documentSymbol{}
	for _, section := range d.uwsgi().Sections {
		head := section.Header
		var entries []documentSymbol
		whole := head
		for _, e := range section.Entries {
			span := diag.Span{Start: e.KeySpan().Start, End: max(e.KeySpan().End, e.ValueSpan().End)}
			if head.Len() == 0 && len(entries) == 0 {
				whole = span
			}
			whole.End = max(whole.End, span.End)
			if e.Key != "" {
				entries = append(entries, o.symbol(e.Key, e.Value, keySymbol, span, e.KeySpan()))
			}
		}
		if section.Name == "" {
			symbols = append(symbols, entries...)
			continue
		}
		symbol := o.symbol(section.Name, "", moduleSymbol, whole, head)
		symbol.Children = entries
		symbols = append(symbols, symbol)
	}
	return symbols
}

// folds returns what may be folded: blocks, sections, and runs of comments.
func (s *server) folds(_ context.Context, p documentParams) ([]foldingRange, error) {
	folds := []foldingRange{}
	d := s.document(p.TextDocument.URI)
	if d == nil {
		return folds, nil
	}
	add := func(span diag.Span, kind string) {
		start, end := d.text.position(span.Start, utf8Units).Line, d.text.position(span.End, utf8Units).Line
		if end > start {
			folds = append(folds, foldingRange{start, end, kind})
		}
	}
	var comments []diag.Span
	if d.language == pair.Uwsgi {
		f := d.uwsgi()
		comments = f.Comments
		for _, section := range f.Sections {
			if n := len(section.Entries); n > 0 && section.Header.Len() > 0 {
				last := section.Entries[n-1]
				add(diag.Span{Start: section.Header.Start, End: max(last.KeySpan().End, last.ValueSpan().End)}, "")
			}
		}
	} else {
		nodes := d.nginx().Nodes
		for directive := range nginx.Walk(nodes) {
			if b := directive.Block; b != nil && b.Close().Len() > 0 {
				// The line of the closing brace stays.
				add(diag.Span{Start: b.Open().Start, End: max(b.Open().Start, d.text.lines[d.text.position(b.Close().Start, utf8Units).Line]-1)}, "")
			}
		}
		for c := range nginx.Comments(nodes) {
			comments = append(comments, c.Span)
		}
	}
	for i := 0; i < len(comments); {
		first := d.text.position(comments[i].Start, utf8Units).Line
		n := 1
		for i+n < len(comments) && d.text.position(comments[i+n].Start, utf8Units).Line == first+n {
			n++
		}
		if n > 1 {
			folds = append(folds, foldingRange{first, first + n - 1, "comment"})
		}
		i += n
	}
	return folds, nil
}

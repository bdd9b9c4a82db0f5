package markdown

import (
	"github.com/charmbracelet/glamour/ansi"
	"github.com/muesli/termenv"
)

// How far blocks stand in, in cells.
const (
	codeIndent  = 4
	listIndent  = 2 // a list in another one
	quoteIndent = 2
)

// options are glamour's. It breaks no lines, since it does so at blanks only,
// and Chinese text has none; breaker has broken them before.
func options(color bool) ansi.Options {
	o := ansi.Options{PreserveNewLines: true, ColorProfile: termenv.Ascii, Styles: ansi.StyleConfig{
		Item:        ansi.StylePrimitive{BlockPrefix: "- "},
		Enumeration: ansi.StylePrimitive{BlockPrefix: ". "},
		Heading:     ansi.StyleBlock{StylePrimitive: ansi.StylePrimitive{BlockSuffix: "\n"}},
		BlockQuote:  ansi.StyleBlock{Indent: pointer(uint(quoteIndent))},
		List:        ansi.StyleList{LevelIndent: listIndent},
		CodeBlock:   ansi.StyleCodeBlock{StyleBlock: ansi.StyleBlock{Indent: pointer(uint(codeIndent))}},
	}}
	s := &o.Styles
	if !color {
		s.Emph = ansi.StylePrimitive{BlockPrefix: "*", BlockSuffix: "*"}
		s.Strong = ansi.StylePrimitive{BlockPrefix: "**", BlockSuffix: "**"}
		return o
	}
	o.ColorProfile = termenv.ANSI
	bold := ansi.StylePrimitive{Bold: pointer(true)}
	s.Heading.Bold = bold.Bold
	s.Emph, s.Strong = bold, bold
	s.Code = ansi.StyleBlock{StylePrimitive: colored("6")}
	// Numbers of the 256 colors that are read on dark and on light ground.
	s.CodeBlock.Chroma = &ansi.Chroma{
		Comment:       colored("#808080"),
		Keyword:       colored("#5f87d7"),
		NameAttribute: colored("#5f87d7"),
		NameTag:       colored("#5f87d7"),
		LiteralString: colored("#5f8700"),
		LiteralNumber: colored("#af5f00"),
		NameOther:     colored("#875faf"),
	}
	return o
}

func colored(name string) ansi.StylePrimitive { return ansi.StylePrimitive{Color: &name} }

func pointer[T any](v T) *T { return &v }

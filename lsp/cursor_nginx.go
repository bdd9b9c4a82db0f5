package lsp

import (
	"strings"

	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/directive"
)

// place is where a person types in an nginx file.
type place struct {
	context   directive.Context
	directive string // whose arguments are typed; "" when its name is
	words     int    // arguments before the one that is typed
	typed     string // of the word that is typed
	start     int    // of that word
	comment   bool
}

// placeAt reads a file up to an offset, since what follows is not written for
// what is being typed.
func placeAt(src string, offset int, ctx directive.Context) place {
	start := offset
	for start > 0 && !strings.ContainsRune(" \t\r\n;{}", rune(src[start-1])) {
		start--
	}
	// ${name} has braces of its own.
	if start >= 2 && src[start-1] == '{' && src[start-2] == '$' {
		for start -= 2; start > 0 && !strings.ContainsRune(" \t\r\n;{}", rune(src[start-1])); {
			start--
		}
	}
	p := place{context: ctx, typed: src[start:offset], start: start}
	nodes := nginx.Parse("", src[:start]).Nodes
	for {
		if len(nodes) == 0 {
			return p
		}
		switch n := nodes[len(nodes)-1].(type) {
		case *nginx.Comment:
			p.comment = !strings.Contains(src[n.Span.Start:offset], "\n")
			return p
		case *nginx.Directive:
			if n.Block != nil && n.Block.Close().Len() == 0 {
				p.context = p.context.Opens(n.Name.Value)
				nodes = n.Block.Nodes
				continue
			}
			// A word on a line of its own begins a directive, though the one
			// before it lacks its semicolon yet.
			if n.Block == nil && !n.Terminated && !strings.Contains(src[n.End():start], "\n") {
				p.directive, p.words = n.Name.Value, len(n.Args)
			}
		}
		return p
	}
}

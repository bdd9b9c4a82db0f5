package format

import (
	"errors"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/layout"
	"github.com/deployctl/deployctl/nginx"
)

// unit is the white space of one level.
const unit = "    "

// ErrSyntax is the error of a file that nginx would refuse to read, and that
// is therefore left alone.
var ErrSyntax = errors.New("the file has syntax errors")

// Source returns the text of a file in the one style. Comments, words and Lua
// code stay as they are. The error is ErrSyntax, or says that the result would
// not read as the file does, which is never to be written.
func Source(f *nginx.File) (string, error) {
	p, err := plan(f)
	if err != nil {
		return f.Src, err
	}
	text, err := p.Apply()
	if err != nil {
		return f.Src, err
	}
	if text != f.Src && !same(f, nginx.Parse(f.Name, text)) {
		return f.Src, errors.New("the formatted text would not read as the file does")
	}
	return text, nil
}

// Edits returns what Source would change, each with what it mends; nil for a
// file with syntax errors.
func Edits(f *nginx.File) []layout.Edit {
	p, err := plan(f)
	if err != nil {
		return nil
	}
	return p.Edits
}

func plan(f *nginx.File) (*layout.Plan, error) {
	if len(f.Errors) > 0 {
		return nil, ErrSyntax
	}
	tokens := flatten(f)
	blank := blanks(f.Src, tokens)
	p := &layout.Plan{File: f.File}
	at := 0
	for i := range tokens {
		gap := diag.Span{Start: at, End: tokens[i].span.Start}
		within := layout.Spacing
		if tokens[i].kind == semicolon {
			within = layout.Semicolon
		}
		p.Gap(gap, between(f.Text(gap), tokens, i, blank[i]), within)
		at = tokens[i].span.End
	}
	end := ""
	if len(tokens) > 0 {
		end = "\n"
	}
	p.Gap(diag.Span{Start: at, End: len(f.Src)}, end, layout.Spacing)
	return p, nil
}

// between returns the white space that should stand before token i, where have
// stands now; blank tells that a blank line belongs there.
func between(have string, tokens []token, i int, blank bool) string {
	if i == 0 {
		return ""
	}
	t, prev := tokens[i], tokens[i-1]
	broken := strings.Contains(have, "\n")
	line := "\n" + strings.Repeat(unit, t.depth)
	switch {
	case t.kind == comment && !broken:
		return " "
	case blank:
		return "\n" + line
	case t.kind == comment, prev.kind == comment, t.kind == name, t.kind == closing && prev.kind != opening:
		return line
	case t.kind == semicolon, t.kind == closing:
		return ""
	case t.kind == opening, t.kind == code:
		return " "
	case broken: // an argument that was put on a line of its own
		return line
	case have == "": // a parenthesis after a quote
		return ""
	}
	return " "
}

// blanks tells before which tokens a blank line stands: where there is one
// already, other than at the edges of a block, and between two blocks.
func blanks(src string, tokens []token) []bool {
	blank := make([]bool, len(tokens))
	var prev token // the last one that is no comment behind other text
	after := -1    // the first line since a block's end
	for i, t := range tokens {
		lines := 0
		if i > 0 {
			lines = strings.Count(src[tokens[i-1].span.End:t.span.Start], "\n")
		}
		if t.kind == comment && lines == 0 && i > 0 {
			continue
		}
		statement := t.kind == name || t.kind == comment && !t.inside
		if statement {
			blank[i] = lines > 1 && prev.kind != opening
			if prev.endsBlock {
				after = i
			}
		}
		switch {
		case !statement, blank[i]:
			after = -1
		case t.kind == name && after >= 0:
			blank[after] = t.block
			after = -1
		}
		prev = t
	}
	return blank
}

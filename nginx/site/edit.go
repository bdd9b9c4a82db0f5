package site

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/directive"
)

// After returns the edit that writes directives after n, each on a line of its
// own, indented as n is; on n's line where n shares it with others. A comment
// behind n stays there.
func (n *Node) After(lines ...string) diag.Edit {
	at := n.End()
	if _, starts := n.indent(); starts {
		if end, ends := lineEnd(n.File, n.End()); ends {
			at = end
		}
	}
	sep := n.separator()
	return diag.Edit{File: n.File.File, Span: diag.Span{Start: at, End: at}, New: sep + strings.Join(lines, sep)}
}

// Before returns the edit that writes directives before n, laid out as After
// does. An empty line among them stays empty.
func (n *Node) Before(lines ...string) diag.Edit {
	at, sep := n.Name.Span().Start, n.separator()
	var b strings.Builder
	for i, line := range lines {
		switch {
		case line == "" && sep == " ":
		case i+1 < len(lines) && lines[i+1] == "" && sep != " ":
			b.WriteString(line + lineEnding(n.File))
		default:
			b.WriteString(line + sep)
		}
	}
	return diag.Edit{File: n.File.File, Span: diag.Span{Start: at, End: at}, New: b.String()}
}

// Top returns the edit that writes directives at the beginning of n's block,
// indented as its first directive is.
func (n *Node) Top(lines ...string) diag.Edit {
	at := n.Block.Open().End
	sep := " "
	if indent, starts := n.indent(); starts {
		sep = lineEnding(n.File) + indent + "    "
	}
	for d := range nginx.Directives(n.Block.Nodes) {
		first := Node{Directive: d, File: n.File}
		sep = first.separator()
		break
	}
	if end, ends := lineEnd(n.File, at); ends && sep != " " {
		at = end // behind the comment of the opening line
	}
	return diag.Edit{File: n.File.File, Span: diag.Span{Start: at, End: at}, New: sep + strings.Join(lines, sep)}
}

// Place returns the node beside which a directive may stand so that it holds
// for n: n itself, or the block around it (an if, a limit_except) in which the
// directive is not allowed; nil where it may stand nowhere around n.
func (n *Node) Place(name string) *Node {
	id := directive.Find(name)
	for at := n; at != nil; at = at.Scope.Opener {
		if id.In(at.Scope.Context) != nil {
			return at
		}
	}
	return nil
}

// Beside returns the edit that writes lines of directives of one name at their
// place: after n, or before the block around it. False says that there is none.
func (n *Node) Beside(name string, lines ...string) (edit diag.Edit, ok bool) {
	switch at := n.Place(name); at {
	case nil:
		return diag.Edit{}, false
	case n:
		return n.After(lines...), true
	default:
		return at.Before(lines...), true
	}
}

// Line returns what to delete so that n is gone: its line where n stands alone
// on it, otherwise n and the white space that set it apart. A comment behind n
// keeps the line.
func (n *Node) Line() diag.Span {
	src, s := n.File.Src, n.Range()
	indent, starts := n.indent()
	end, ends := lineEnd(n.File, n.End())
	blank := s.End
	for blank < len(src) && (src[blank] == ' ' || src[blank] == '\t') {
		blank++
	}
	switch {
	case starts && ends && blank == end: // nothing but n
		if strings.HasPrefix(src[end:], "\r\n") {
			end++
		}
		return diag.Span{Start: s.Start - len(indent), End: min(end+1, len(src))}
	case starts:
		return diag.Span{Start: s.Start, End: blank}
	}
	for s.Start > 0 && (src[s.Start-1] == ' ' || src[s.Start-1] == '\t') {
		s.Start--
	}
	return s
}

// separator returns what stands between n and the next directive on a line of
// its own: a line ending and n's indentation, or a space where n shares its line.
func (n *Node) separator() string {
	indent, starts := n.indent()
	if !starts {
		return " "
	}
	return lineEnding(n.File) + indent
}

// indent returns the white space before n on its line, and whether nothing
// else stands there.
func (n *Node) indent() (string, bool) {
	src, start := n.File.Src, n.Name.Span().Start
	indent := src[strings.LastIndexByte(src[:start], '\n')+1 : start]
	return indent, strings.TrimLeft(indent, " \t") == ""
}

// lineEnd returns the end of the line that an offset stands in, without its line
// ending, and whether nothing but white space and a comment stands before it.
func lineEnd(f *nginx.File, offset int) (int, bool) {
	end := len(f.Src)
	if i := strings.IndexByte(f.Src[offset:], '\n'); i >= 0 {
		end = offset + i
	}
	rest := strings.TrimLeft(f.Src[offset:end], " \t\r")
	if end > offset && f.Src[end-1] == '\r' {
		end--
	}
	return end, rest == "" || rest[0] == '#'
}

func lineEnding(f *nginx.File) string {
	if strings.Contains(f.Src, "\r\n") {
		return "\r\n"
	}
	return "\n"
}

package nginx

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
)

// luaBody reads the body of a *_by_lua_block, which is Lua: it ends at the
// brace that closes it, strings and comments aside (lua-nginx-module,
// ngx_http_lua_lex.rl). It tells whether reading can go on.
func (p *parser) luaBody(d *Directive) bool {
	d.Block.Raw = true
	src := p.src
	depth := 1
	for i := p.pos; i < len(src); {
		switch c := src[i]; c {
		case '{':
			depth++
			i++
		case '}':
			depth--
			i++
			if depth == 0 {
				d.Block.closing = diag.Span{Start: i - 1, End: i}.Place()
				d.end, d.Terminated = int32(i), true
				p.pos, p.last = i, i
				return true
			}
		case '"', '\'':
			i = luaString(src, i)
		case '[':
			i = luaBracket(src, i)
		case '-':
			if !strings.HasPrefix(src[i:], "--") {
				i++
				break
			}
			i += 2
			if end := luaBracket(src, min(i, len(src)-1)); i < len(src) && src[i] == '[' && end > i+1 {
				i = end
				break
			}
			if n := strings.IndexByte(src[i:], '\n'); n >= 0 {
				i += n
			} else {
				i = len(src)
			}
		default:
			i++
		}
	}
	d.Block.closing = diag.Span{Start: len(src), End: len(src)}.Place()
	d.end = int32(len(src))
	p.pos, p.last = len(src), len(src)
	p.report(SyntaxError{
		Span:    d.Block.Open(),
		Message: diag.T("the block of %q that opens here is not closed", strings.TrimSpace(p.source.Text(d.Head()))),
	})
	return false
}

// luaString returns the offset after the string that starts at i; an unclosed
// one ends with its line.
func luaString(src string, i int) int {
	quote := src[i]
	for i++; i < len(src); i++ {
		switch src[i] {
		case '\\':
			i++
		case quote, '\n':
			return i + 1
		}
	}
	return len(src)
}

// luaBracket returns the offset after the long bracket that starts at i, or
// i+1 when there is none: [[...]], [=[...]=].
func luaBracket(src string, i int) int {
	j := i + 1
	for j < len(src) && src[j] == '=' {
		j++
	}
	if j >= len(src) || src[j] != '[' {
		return i + 1
	}
	end := "]" + src[i+1:j] + "]"
	if n := strings.Index(src[j:], end); n >= 0 {
		return j + n + len(end)
	}
	return len(src)
}

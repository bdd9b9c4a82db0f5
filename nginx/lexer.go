package nginx

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
)

// maxWord is the size of nginx's read buffer: a word or comment that fills it
// is refused (NGX_CONF_BUFFER in ngx_conf_file.c).
const maxWord = 4096

type tokenKind uint8

const (
	wordToken tokenKind = iota
	semicolonToken
	openToken
	closeToken
	commentToken
	endToken
)

type token struct {
	kind tokenKind
	span diag.Span
	word Word // of a wordToken
}

// lexer splits a source as ngx_conf_read_token does.
type lexer struct {
	src string
	pos int
	// dry tells for each kind of quote that none stands, unescaped, after the
	// last one that was looked for in vain; so no text is searched twice.
	dryDouble, drySingle bool
	report               func(SyntaxError)
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// next returns the next token. Words that nginx would not read are reported
// and returned in the shape that was plainly meant.
func (l *lexer) next() token {
	src := l.src
	for l.pos < len(src) && isSpace(src[l.pos]) {
		l.pos++
	}
	start := l.pos
	if start == len(src) {
		return token{kind: endToken, span: diag.Span{Start: start, End: start}}
	}
	one := diag.Span{Start: start, End: start + 1}
	switch c := src[start]; c {
	case ';':
		l.pos++
		return token{kind: semicolonToken, span: one}
	case '{':
		l.pos++
		return token{kind: openToken, span: one}
	case '}':
		l.pos++
		return token{kind: closeToken, span: one}
	case '#':
		return l.comment()
	case '"', '\'':
		return l.quoted(c)
	}
	return l.bare()
}

func (l *lexer) comment() token {
	start := l.pos
	end := len(l.src)
	if n := strings.IndexByte(l.src[start:], '\n'); n >= 0 {
		end = start + n
		if n >= maxWord {
			l.tooLong(diag.Span{Start: start, End: end})
		}
	}
	l.pos = end
	if end > start && l.src[end-1] == '\r' {
		end--
	}
	return token{kind: commentToken, span: diag.Span{Start: start, End: end}}
}

// bare reads a word without quotes: it ends at white space, at a semicolon and
// at a brace that does not follow a dollar.
func (l *lexer) bare() token {
	src, start := l.src, l.pos
	i, escaped, variable := start, false, false
scan:
	for ; i < len(src); i++ {
		switch c := src[i]; c {
		case '\\':
			escaped = true
			variable = false
			i++ // whatever follows belongs to the word
		case '$':
			variable = true
		case '{':
			if !variable {
				break scan
			}
		case ' ', '\t', '\n', '\r', ';':
			break scan
		default:
			variable = false
		}
	}
	i = min(i, len(src))
	l.pos = i
	span := diag.Span{Start: start, End: i}
	if span.Len() >= maxWord && i < len(src) {
		l.tooLong(span)
	}
	value := src[start:i]
	if escaped {
		value = unescape(value)
	}
	return token{wordToken, span, Word{place: span.Place(), Value: value}}
}

// quoted reads a word in quotes. After the closing one only white space, a
// semicolon, a brace or a closing parenthesis may follow.
func (l *lexer) quoted(quote byte) token {
	src, start := l.src, l.pos
	end, escaped := l.closingQuote(quote)
	if end < 0 {
		return l.unterminated(quote)
	}
	l.pos = end + 1
	span := diag.Span{Start: start, End: end + 1}
	if end-start >= maxWord {
		l.tooLong(span)
	}
	if l.pos < len(src) {
		if c := src[l.pos]; !isSpace(c) && c != ';' && c != '{' && c != ')' {
			if strings.IndexByte(src[start:end], '\n') >= 0 {
				// The quote closed one that stands lines below, and the text
				// between them was never meant to be quoted.
				l.pos = start
				return l.unterminated(quote)
			}
			l.report(SyntaxError{
				Span:    diag.Span{Start: l.pos, End: l.pos + 1},
				Message: diag.T("unexpected %q after a closing quote: white space, %q or %q has to follow", c, ";", "{"),
				Related: span, RelatedMessage: diag.T("the quoted text"),
			})
		}
	}
	value := src[start+1 : end]
	if escaped {
		value = unescape(value)
	}
	return token{wordToken, span, Word{place: span.Place(), Value: value, Quote: quote}}
}

// closingQuote returns the offset of the quote that ends the word at l.pos, or
// -1, and whether there is a backslash before it.
func (l *lexer) closingQuote(quote byte) (end int, escaped bool) {
	dry := &l.dryDouble
	if quote == '\'' {
		dry = &l.drySingle
	}
	if *dry {
		return -1, false
	}
	for i := l.pos + 1; i < len(l.src); i++ {
		switch l.src[i] {
		case '\\':
			escaped = true
			i++
		case quote:
			return i, escaped
		}
	}
	*dry = true
	return -1, escaped
}

// unterminated reports a quote that is not closed and takes the rest of its
// line, less the terminator, for the word.
func (l *lexer) unterminated(quote byte) token {
	start := l.pos
	end := len(l.src)
	if n := strings.IndexByte(l.src[start:], '\n'); n >= 0 {
		end = start + n
	}
	for end > start+1 && (isSpace(l.src[end-1]) || l.src[end-1] == ';' || l.src[end-1] == '{') {
		end--
	}
	l.pos = end
	l.report(SyntaxError{
		Span:    diag.Span{Start: start, End: start + 1},
		Message: diag.T("the quote %c is not closed", quote),
	})
	span := diag.Span{Start: start, End: end}
	return token{wordToken, span, Word{place: span.Place(), Value: l.src[start+1 : end], Quote: quote}}
}

func (l *lexer) tooLong(span diag.Span) {
	shown := span
	shown.End = min(shown.End, shown.Start+20)
	l.report(SyntaxError{
		Span:    shown,
		Message: diag.T("%q... is %d bytes long: nginx reads words and comments of at most %d bytes", l.src[shown.Start:shown.End], span.Len(), maxWord-1),
	})
}

// unescape resolves the escapes of a word as nginx does: \" \' \\ \t \r \n; any
// other backslash stays.
func unescape(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			switch s[i+1] {
			case '"', '\'', '\\':
				i++
			case 't':
				b.WriteByte('\t')
				i++
				continue
			case 'r':
				b.WriteByte('\r')
				i++
				continue
			case 'n':
				b.WriteByte('\n')
				i++
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

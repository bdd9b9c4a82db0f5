package nginx

import (
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx/directive"
)

// maxDepth bounds how deep blocks may nest, so that a walk of the tree may
// recurse. nginx itself has no bound; no real configuration comes near.
const maxDepth = 100

// maxErrors bounds the errors of one file: after so many it is no
// configuration, and the rest is not read.
const maxErrors = 10000

// Parse reads a configuration file. It never fails: what nginx would refuse
// stands in File.Errors, in the order of the text, and the tree holds what was
// plainly meant. Name is only used in messages.
//
// The grammar is that of ngx_conf_read_token and ngx_conf_parse in nginx's
// src/core/ngx_conf_file.c.
func Parse(name, src string) *File {
	source := diag.NewFile(name, src)
	p := parse(source, nil)
	if p.unclosed > 0 && len(p.suspects) > 0 {
		// Close the blocks that later lines show to be open, and read again.
		closes := make(map[int]int)
		for _, s := range p.suspects[:min(len(p.suspects), p.unclosed)] {
			closes[s]++
		}
		if again := parse(source, closes); again.unclosed < p.unclosed {
			p = again
		}
	}
	return &File{File: source, Nodes: p.nodes, Errors: sortErrors(p.errors)}
}

// open is a block that is being read.
type open struct {
	directive *Directive
	context   directive.Context // of its content
	first     int               // its first node in the parser's stack of nodes
	indent    int               // white space before its directive, or -1 when other text stands there
}

type parser struct {
	lexer
	source *diag.File
	errors []SyntaxError
	blocks []open
	stack  []Node // nodes of the blocks that are open, outermost first
	nodes  []Node // the file's own, when done
	words  []Word // of the directive that is being read
	last   int    // the end of the last token that stands in the tree

	// unclosed counts the blocks that were open at the end of the file;
	// suspects holds the offsets before which a block was probably meant to be
	// closed, and closes how many to close at an offset.
	unclosed int
	suspects []int
	closes   map[int]int

	directives []Directive // slabs, to allocate many at once
	slab       []Word
	comments   []Comment
	ahead      int // directives that are known to come and have no slab yet
}

func parse(source *diag.File, closes map[int]int) *parser {
	p := &parser{source: source, closes: closes}
	p.lexer = lexer{src: source.Src, report: func(e SyntaxError) { p.errors = append(p.errors, e) }}
	if strings.HasPrefix(p.src, "\ufeff") {
		p.report(SyntaxError{
			Span:    diag.Span{Start: 0, End: 3},
			Message: diag.T("the file starts with a byte order mark, which nginx takes for a part of the first word"),
		})
		p.add(&Junk{Span: diag.Span{Start: 0, End: 3}})
		p.pos = 3
	}
	for p.step() {
	}
	p.finish()
	return p
}

// step reads one token and tells whether there are more.
func (p *parser) step() bool {
	if len(p.errors) > maxErrors {
		p.giveUp(diag.Span{Start: p.last, End: p.last}, diag.T("more than %d errors: the rest of the file is not read", maxErrors))
		return false
	}
	t := p.next()
	switch t.kind {
	case endToken:
		return false
	case commentToken:
		p.comment(t.span)
	case wordToken:
		if len(p.words) == 0 {
			p.closeBefore(t.span.Start)
		} else if p.startsDirective(t.word) {
			p.missingSemicolon()
		}
		p.words = append(p.words, t.word)
		p.last = t.span.End
	case semicolonToken:
		if len(p.words) == 0 {
			p.junk(t.span, diag.T("unexpected %q: there is no directive before it", ";"))
			break
		}
		d := p.directive()
		d.end, d.Terminated = int32(t.span.End), true
		p.last = d.End()
	case openToken:
		if len(p.words) == 0 {
			p.junk(t.span, diag.T("unexpected %q: there is no directive before it", "{"))
			break
		}
		return p.openBlock(t.span)
	case closeToken:
		if len(p.words) > 0 {
			p.missingSemicolon()
		}
		p.closeBefore(t.span.Start)
		p.closeBlock(t.span)
	}
	return true
}

func (p *parser) add(n Node) { p.stack = append(p.stack, n) }

func (p *parser) comment(span diag.Span) {
	p.last = span.End
	if len(p.comments) == cap(p.comments) {
		p.comments = make([]Comment, 0, min(4*cap(p.comments)+2, 64))
	}
	p.comments = append(p.comments, Comment{Span: span})
	c := &p.comments[len(p.comments)-1]
	if len(p.words) > 0 {
		// A comment between the words of a directive stands before it in the
		// tree; the printer goes by offsets.
		c.Inside = true
	}
	p.add(c)
}

func (p *parser) junk(span diag.Span, message diag.Text) {
	p.report(SyntaxError{Span: span, Message: message})
	p.add(&Junk{Span: span})
	p.last = max(p.last, span.End)
}

// directive makes a directive of the words read so far and adds it to the tree.
func (p *parser) directive() *Directive {
	p.dropStray()
	if len(p.directives) == cap(p.directives) {
		p.directives = make([]Directive, 0, p.slabSize())
	}
	p.directives = append(p.directives, Directive{})
	d := &p.directives[len(p.directives)-1]
	args := p.words[1:]
	if len(args) > 0 {
		if len(p.slab)+len(args) > cap(p.slab) {
			p.slab = make([]Word, 0, max(cap(p.directives)*5/4, len(args)))
		}
		at := len(p.slab)
		p.slab = append(p.slab, args...)
		d.Args = p.slab[at:len(p.slab):len(p.slab)]
	}
	d.Name = p.words[0]
	d.end = int32(p.words[len(p.words)-1].Span().End)
	p.words = p.words[:0]
	p.add(d)
	return d
}

// maxSlab is the number of nodes that are allocated at once.
const maxSlab = 512

// slabSize returns how many directives to allocate at once: those that the rest
// of the source holds, so that thousands of small files waste nothing.
func (p *parser) slabSize() int {
	if p.ahead <= 0 {
		rest := p.src[p.last:min(len(p.src), p.last+64*maxSlab)]
		p.ahead = 1 + strings.Count(rest, ";") + strings.Count(rest, "{")
	}
	n := min(p.ahead, maxSlab)
	p.ahead -= n
	return n
}

// giveUp reports an error at a place and leaves the rest of the file unread.
func (p *parser) giveUp(at diag.Span, message diag.Text) {
	if len(p.words) > 0 {
		p.directive()
	}
	p.report(SyntaxError{Span: at, Message: message})
	p.add(&Junk{Span: diag.Span{Start: p.last, End: len(p.src)}})
	p.pos, p.last = len(p.src), len(p.src)
}

// dropStray takes words that cannot be a directive's name off the front when a
// block directive follows on the same line, as in `2 http {`.
func (p *parser) dropStray() {
	if len(p.words) < 2 || p.words[0].Quote != 0 || len(p.stack) > 0 && inside(p.stack[len(p.stack)-1]) {
		return
	}
	first, second := p.words[0], p.words[1]
	if directive.Find(first.Value) != directive.None || !blockName(second.Value) || identifier(first.Value) {
		return
	}
	p.junk(first.Span(), diag.T("unexpected %q before %q", first.Value, second.Value))
	p.words = append(p.words[:0], p.words[1:]...)
}

// blockName tells whether a word is the name of a directive with a block.
func blockName(name string) bool {
	for _, r := range directive.Lookup(name) {
		if r.Block {
			return true
		}
	}
	return false
}

// identifier tells whether a word looks like the name of some directive.
func identifier(s string) bool {
	c := s[0] | 0x20
	return c >= 'a' && c <= 'z' || s[0] == '_'
}

// startsDirective tells whether a word in the middle of a directive is rather
// the name of the next one: it stands first on its line, no further in than the
// name before it, and is a directive's name.
func (p *parser) startsDirective(w Word) bool {
	if w.Quote != 0 {
		return false
	}
	at := p.indent(w.Span().Start)
	if at < 0 {
		return false
	}
	from := p.indent(p.words[0].Span().Start)
	return from >= 0 && at <= from && directive.Find(w.Value) != directive.None
}

// indent returns how many bytes of white space stand before offset on its
// line, or -1 when there is other text.
func (p *parser) indent(offset int) int {
	i := offset
	for i > 0 && (p.src[i-1] == ' ' || p.src[i-1] == '\t') {
		i--
	}
	if i > 0 && p.src[i-1] != '\n' {
		return -1
	}
	return offset - i
}

func (p *parser) missingSemicolon() {
	name := p.words[0].Value
	d := p.directive()
	p.report(SyntaxError{
		Span:    diag.Span{Start: d.End() - 1, End: d.End()},
		Message: diag.T("the directive %q is not terminated by %q", name, ";"),
		Insert:  ";",
	})
}

// openBlock starts a block and tells whether reading can go on.
func (p *parser) openBlock(brace diag.Span) bool {
	d := p.directive()
	p.last = brace.End
	d.Block = &Block{open: brace.Place(), closing: diag.Span{Start: brace.End, End: brace.End}.Place()}
	d.end = int32(brace.End)
	if strings.HasSuffix(d.Name.Value, "_by_lua_block") {
		return p.luaBody(d)
	}
	inner := directive.Main
	if n := len(p.blocks); n > 0 {
		inner = p.blocks[n-1].context
	}
	if inner == directive.Entries && len(p.blocks) > 0 && dataBlock(p.blocks[len(p.blocks)-1].directive.Name.Value) {
		p.report(SyntaxError{Span: brace, Message: diag.T("unexpected %q: a %q block holds entries, and no blocks", "{", p.blocks[len(p.blocks)-1].directive.Name.Value)})
	}
	p.suspect(d)
	if len(p.blocks) == maxDepth {
		p.giveUp(brace, diag.T("blocks are nested more than %d deep", maxDepth))
		return false
	}
	p.blocks = append(p.blocks, open{d, inner.Opens(d.Name.Value), len(p.stack), p.indent(d.Name.Span().Start)})
	return true
}

// dataBlock tells whether a directive's block is read by a handler of its own,
// which takes no blocks (cf->handler in ngx_conf_parse).
func dataBlock(name string) bool {
	switch name {
	case "map", "geo", "types", "split_clients", "charset_map":
		return true
	}
	return false
}

// suspect notes that the block around d was probably meant to be closed before
// it: d may not stand in it, and may stand in one further out.
func (p *parser) suspect(d *Directive) {
	n := len(p.blocks)
	if n == 0 {
		return
	}
	rows := directive.Lookup(d.Name.Value)
	allowed := func(c directive.Context) bool {
		for _, r := range rows {
			if r.Block && r.Contexts&(c|directive.Any) != 0 {
				return true
			}
		}
		return false
	}
	if len(rows) == 0 || allowed(p.blocks[n-1].context) {
		return
	}
	for i := n - 1; i >= 0; i-- {
		outer := directive.Main
		if i > 0 {
			outer = p.blocks[i-1].context
		}
		if allowed(outer) {
			for range n - i {
				p.suspects = append(p.suspects, d.Name.Span().Start)
			}
			return
		}
	}
}

// closeBefore closes, before offset, the blocks that the first reading found
// to be open there.
func (p *parser) closeBefore(offset int) {
	for range p.closes[offset] {
		if len(p.blocks) > 0 {
			p.unclosedBlock(p.blocks[len(p.blocks)-1], diag.Span{Start: offset, End: offset + 1})
			p.pop()
		}
	}
}

func (p *parser) closeBlock(brace diag.Span) {
	n := len(p.blocks)
	if n == 0 {
		p.junk(brace, diag.T("unexpected %q: no block is open", "}"))
		return
	}
	top := p.blocks[n-1]
	if at := p.indent(brace.Start); at >= 0 && at < top.indent {
		for i := n - 2; i >= 0; i-- {
			if p.blocks[i].indent == at {
				p.suspects = append(p.suspects, brace.Start)
				break
			}
		}
	}
	d := top.directive
	d.Block.closing, d.end, d.Terminated = brace.Place(), int32(brace.End), true
	p.last = brace.End
	p.pop()
}

// pop ends the innermost block: the nodes above its first one are its own.
func (p *parser) pop() {
	n := len(p.blocks) - 1
	top := p.blocks[n]
	p.blocks = p.blocks[:n]
	if own := p.stack[top.first:]; len(own) > 0 {
		top.directive.Block.Nodes = append(make([]Node, 0, len(own)), own...)
		p.stack = p.stack[:top.first]
	}
	if !top.directive.Terminated {
		end := max(top.directive.Block.Open().End, p.last)
		top.directive.end = int32(end)
		top.directive.Block.closing = diag.Span{Start: end, End: end}.Place()
	}
}

func (p *parser) unclosedBlock(b open, before diag.Span) {
	e := SyntaxError{
		Span:    b.directive.Block.Open(),
		Message: diag.T("the block of %q that opens here is not closed", strings.TrimSpace(p.source.Text(b.directive.Head()))),
	}
	if before.Len() > 0 {
		e.Related, e.RelatedMessage = before, diag.T("a %q is missing before this line", "}")
	}
	p.report(e)
}

// finish ends what the end of the file finds open.
func (p *parser) finish() {
	if len(p.words) > 0 {
		p.missingSemicolon()
	}
	p.unclosed = len(p.blocks)
	for len(p.blocks) > 0 {
		p.unclosedBlock(p.blocks[len(p.blocks)-1], diag.Span{})
		p.pop()
	}
	p.nodes = slices.Clone(p.stack)
}

package nginx

import "github.com/deployctl/deployctl/diag"

// File is the tree of one configuration file. Every byte of the source belongs
// to a node, or to the white space between nodes.
type File struct {
	*diag.File
	// Path is where the file was read from on this machine; empty for text
	// that was not read from disk.
	Path   string
	Nodes  []Node
	Errors []SyntaxError
}

// SyntaxError is a place that nginx would refuse to read.
type SyntaxError struct {
	Span    diag.Span
	Message diag.Text
	// Related is another place in the same file that explains the error, such
	// as the opening brace of an unclosed block; zero when there is none.
	Related        diag.Span
	RelatedMessage diag.Text
	// Insert, when not empty, mends the error if it is inserted at Span.End.
	Insert string
}

// Node is a *Directive, a *Comment or a *Junk.
type Node interface {
	// Range returns the bytes from the node's first to after its last.
	Range() diag.Span
}

// Directive is a name, its arguments, and either a semicolon or a block.
type Directive struct {
	Name Word
	Args []Word
	// Block is nil for a directive that ends with a semicolon.
	Block *Block
	end   int32 // see End
	// Terminated is false when the semicolon or the closing brace is missing.
	Terminated bool
}

// Word is a name or an argument.
type Word struct {
	place diag.Place
	// Value is what nginx sees: quotes removed, escapes resolved.
	Value string
	// Quote is '"' or '\'' for a quoted word, otherwise 0.
	Quote byte
}

// Span returns where the word stands, with its quotes.
func (w Word) Span() diag.Span { return w.place.Span() }

// Block is what stands between braces.
type Block struct {
	open, closing diag.Place
	Nodes         []Node
	// Raw marks the body of a *_by_lua_block: Nodes is empty and the text
	// between Open and Close is code of another language.
	Raw bool
}

// Open returns the span of the opening brace.
func (b *Block) Open() diag.Span { return b.open.Span() }

// Close returns the span of the closing brace; it is empty when that is missing.
func (b *Block) Close() diag.Span { return b.closing.Span() }

// Comment reaches from its # to the end of the line, without the line ending.
type Comment struct {
	Span diag.Span
	// Inside marks a comment between the words of a directive, which it
	// precedes in the list of nodes.
	Inside bool
}

// Junk is text that belongs to no directive: a stray word, brace or semicolon,
// a byte order mark. An error speaks of each.
type Junk struct{ Span diag.Span }

// Range implements Node.
func (d *Directive) Range() diag.Span { return diag.Span{Start: d.Name.Span().Start, End: d.End()} }

// Range implements Node.
func (c *Comment) Range() diag.Span { return c.Span }

// Range implements Node.
func (j *Junk) Range() diag.Span { return j.Span }

// End returns the offset after the semicolon or the closing brace; when it is
// missing, the offset after the last word that belongs to the directive.
func (d *Directive) End() int { return int(d.end) }

// Head returns the span of the name and the arguments, without terminator and block.
func (d *Directive) Head() diag.Span {
	s := d.Name.Span()
	if n := len(d.Args); n > 0 {
		s.End = d.Args[n-1].Span().End
	}
	return s
}

// Arg returns the value of argument n, counted from 0, or "" when there is none.
func (d *Directive) Arg(n int) string {
	if n >= 0 && n < len(d.Args) {
		return d.Args[n].Value
	}
	return ""
}

// Config is a configuration file with everything it includes.
type Config struct {
	Main *File
	// Files holds every file that was read, each once, Main first, in the
	// order in which nginx would open them.
	Files []*File
	// Included holds the files that each include directive names, in nginx's
	// order. A file that is included from several places is one *File.
	Included map[*Directive][]*File
	// Problems are includes that could not be followed.
	Problems []IncludeProblem
}

// IncludeProblem is an include that could not be followed.
type IncludeProblem struct {
	File    *File
	Include *Directive
	Message diag.Text
	// Errno is what nginx's own error log says of it, with the number of the
	// system's error, such as "2: No such file or directory"; "" where nginx
	// can follow the include.
	Errno string
}

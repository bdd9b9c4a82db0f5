package directive

import (
	"fmt"
	"strings"

	"github.com/deployctl/deployctl/diag"
)

// contextNames holds the name of each context, innermost last among those of
// one protocol, in the words of `--context` and of the `deployctl:context` comment.
var contextNames = [...]diag.Text{
	diag.T("main"), diag.T("events"), diag.T("http"), diag.T("server"),
	diag.T("location"), diag.T("if in server"), diag.T("if in location"), diag.T("limit_except"),
	diag.T("upstream"), diag.T("stream"), diag.T("stream server"), diag.T("stream upstream"),
	diag.T("mail"), diag.T("mail server"), diag.T("entries"), diag.T("any"),
}

// String returns the names of the contexts, joined by commas.
func (c Context) String() string { return c.Text().String() }

// Text returns the names of the contexts.
func (c Context) Text() diag.Text {
	var names []any
	for i, name := range contextNames {
		if c&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return diag.List(names...)
}

// ParseContext reads a path of contexts from the outside in, such as
// "http,server", and returns the innermost one. Names may be separated by
// commas or white space.
func ParseContext(path string) (Context, error) {
	words := strings.FieldsFunc(path, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '>' })
	at := Main
	for _, word := range words {
		next := at.step(strings.ToLower(word))
		if next == 0 {
			return 0, fmt.Errorf("unknown context %q in %q: write main, events, http, server, location, if, limit_except, upstream, stream or mail, the outermost first and separated by commas", word, path)
		}
		at = next
	}
	if len(words) == 0 {
		return 0, fmt.Errorf("empty context: write main, http, server, location, upstream, stream or mail")
	}
	return at, nil
}

// step returns the context that name means inside c, or 0.
func (c Context) step(name string) Context {
	switch name {
	case "main":
		return Main
	case "http":
		return HTTP
	case "events":
		return Events
	case "stream":
		return Stream
	case "mail":
		return Mail
	case "location":
		return Location
	case "limit_except":
		return LimitExcept
	case "server":
		switch c {
		case Stream:
			return StreamServer
		case Mail:
			return MailServer
		}
		return Server
	case "upstream":
		if c == Stream {
			return StreamUpstream
		}
		return Upstream
	case "if":
		if c == Server {
			return IfInServer
		}
		return IfInLocation
	}
	return 0
}

// Opens returns the context of the block that a directive of that name opens
// where it stands in c; Entries for a block that holds no directives or that is
// unknown.
func (c Context) Opens(name string) Context {
	switch name {
	case "http":
		return HTTP
	case "events":
		return Events
	case "stream":
		return Stream
	case "mail", "imap":
		return Mail
	case "location":
		return Location
	case "limit_except":
		return LimitExcept
	case "server":
		return c.step(name)
	case "upstream":
		return c.step(name)
	case "if":
		return c.step(name)
	}
	return Entries
}

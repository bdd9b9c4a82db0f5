// Package markdown owns how Markdown is shown on a terminal. It asks the
// terminal nothing.
package markdown

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/charmbracelet/glamour/ansi"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// maxWidth is the length of a line, in cells, above which text is hard to read.
const maxWidth = 100

// empty is a style without text, which glamour begins and ends.
var empty = regexp.MustCompile("\x1b\\[[0-9;]+m\x1b\\[0m")

// Terminal returns a Markdown text as it is shown on a terminal of so many
// cells. Without color headings, code and emphasis look as they are written.
func Terminal(source string, width int, color bool) (string, error) {
	glamour := ansi.NewRenderer(options(color))
	md := goldmark.New(
		goldmark.WithExtensions(extension.Table),
		goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(breaker{width: min(width, maxWidth), marks: !color}, 1000))),
	)
	md.SetRenderer(renderer.NewRenderer(renderer.WithNodeRenderers(util.Prioritized(glamour, 1000))))
	var out bytes.Buffer
	if err := md.Convert(printable(source), &out); err != nil {
		return "", fmt.Errorf("show Markdown on a terminal: %w", err)
	}
	return strings.TrimLeft(empty.ReplaceAllString(out.String(), ""), "\n"), nil
}

// printable returns a text without the control characters that a terminal
// would obey.
func printable(s string) []byte {
	return []byte(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return ' '
		}
		return r
	}, s))
}

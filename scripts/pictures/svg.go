package main

import (
	"fmt"
	"html"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Sizes in pixels. A cell is as wide as most monospaced fonts of that size, and
// each run of text is stretched to its cells, Chinese characters to two.
const (
	cellWidth, cellHeight = 7.8, 17.0
	fontSize, padding     = 13, 16.0
)

// The colors of the terminal in the pictures.
const (
	background, foreground = "#1b1f24", "#d0d4d9"
)

// pen is how text looks that follows.
type pen struct {
	color                string
	bold, faint, reverse bool
}

// svg draws what a terminal is told to show.
func svg(screen string, columns, lines int) string {
	w, h := float64(columns)*cellWidth+2*padding, float64(lines)*cellHeight+2*padding
	var b strings.Builder
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" font-family=\"ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" font-size=\"%d\">\n", w, h, w, h, fontSize)
	fmt.Fprintf(&b, "<rect width=\"100%%\" height=\"100%%\" rx=\"8\" fill=\"%s\"/>\n", background)
	for y, line := range strings.Split(screen, "\n") {
		drawLine(&b, line, y)
	}
	return b.String() + "</svg>\n"
}

// drawLine draws a line run by run: what looks alike and is as wide.
func drawLine(b *strings.Builder, line string, y int) {
	var p, of pen
	var run strings.Builder
	x, start, wide := 0, 0, 1
	flush := func() {
		of.draw(b, run.String(), start, x-start, y)
		run.Reset()
		start = x
	}
	state := byte(0)
	for len(line) > 0 {
		seq, width, n, next := ansi.DecodeSequence(line, state, nil)
		state, line = next, line[n:]
		if width == 0 {
			p.take(seq)
			continue
		}
		if of != p || width != wide {
			flush()
			of, wide = p, width
		}
		run.WriteString(seq)
		x += width
	}
	flush()
}

// draw writes a run of text.
func (p pen) draw(b *strings.Builder, text string, x, cells, y int) {
	if text == "" || strings.TrimSpace(text) == "" && !p.reverse {
		return
	}
	color := p.color
	if color == "" {
		color = foreground
	}
	left, top := padding+float64(x)*cellWidth, padding+float64(y)*cellHeight
	if p.reverse {
		fmt.Fprintf(b, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>", left, top, float64(cells)*cellWidth, cellHeight, color)
		color = background
	}
	attributes := ""
	if p.bold {
		attributes += " font-weight=\"bold\""
	}
	if p.faint {
		attributes += " opacity=\"0.6\""
	}
	fmt.Fprintf(b, "<text x=\"%.1f\" y=\"%.1f\" textLength=\"%.1f\" lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\" fill=\"%s\"%s>%s</text>\n",
		left, top+cellHeight-4.5, float64(cells)*cellWidth, color, attributes, html.EscapeString(text))
}

// take follows an escape sequence that sets colors and attributes (SGR).
func (p *pen) take(seq string) {
	body, ok := strings.CutPrefix(seq, "\x1b[")
	if body, ok = strings.CutSuffix(body, "m"); !ok {
		return
	}
	var codes []int
	for s := range strings.SplitSeq(body, ";") {
		n := 0
		for _, c := range s {
			n = n*10 + int(c-'0')
		}
		codes = append(codes, n)
	}
	for i := 0; i < len(codes); i++ {
		switch c := codes[i]; {
		case c == 0:
			*p = pen{}
		case c == 1:
			p.bold = true
		case c == 2:
			p.faint = true
		case c == 7:
			p.reverse = true
		case c == 38 && i+4 < len(codes) && codes[i+1] == 2:
			p.color = fmt.Sprintf("#%02x%02x%02x", codes[i+2], codes[i+3], codes[i+4])
			i += 4
		case c == 38 && i+2 < len(codes) && codes[i+1] == 5:
			p.color = indexed(codes[i+2])
			i += 2
		case c >= 30 && c <= 37:
			p.color = indexed(c - 30)
		case c >= 90 && c <= 97:
			p.color = indexed(c - 90 + 8)
		}
	}
}

// indexed returns one of the 256 colors: the 16 of a terminal, a cube of
// 6x6x6, and grays.
func indexed(n int) string {
	named := []string{"#3b4048", "#e06c5c", "#8cb369", "#e5b95c", "#5c9ce6", "#b57edc", "#56b6c2", "#d0d4d9", "#6b7280", "#f08272", "#a3c986", "#f2cf85", "#7fb3f0", "#c99ae8", "#7fd0da", "#ffffff"}
	switch {
	case n < 16:
		return named[max(0, n)]
	case n < 232:
		steps := []int{0, 95, 135, 175, 215, 255}
		n -= 16
		return fmt.Sprintf("#%02x%02x%02x", steps[n/36], steps[n/6%6], steps[n%6])
	}
	gray := 8 + 10*min(23, n-232)
	return fmt.Sprintf("#%02x%02x%02x", gray, gray, gray)
}

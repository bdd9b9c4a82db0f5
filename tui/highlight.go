package tui

import (
	"path"
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx"
)

// paint colors a span of a file.
type paint struct {
	span  diag.Span
	style lipgloss.Style
}

// highlight returns the lines of a file with its syntax colored: nginx's by
// the parser's own tree, everything else as an INI file.
func (s styles) highlight(name, text string) []string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i := range lines {
		lines[i] = clean(lines[i])
	}
	text = strings.Join(lines, "\n")
	switch {
	case path.Base(name) == "uwsgi_params" || strings.HasSuffix(name, ".conf"):
		return painted(text, s.nginx(name, text))
	}
	for i, l := range lines {
		lines[i] = s.ini(l)
	}
	return lines
}

// nginx returns what is colored in a file of nginx's language, in its order.
func (s styles) nginx(name, text string) []paint {
	var paints []paint
	nodes := nginx.Parse(name, text).Nodes
	for c := range nginx.Comments(nodes) {
		paints = append(paints, paint{c.Span, s.faint})
	}
	for d := range nginx.Walk(nodes) {
		paints = append(paints, paint{d.Name.Span(), s.keyword})
		for _, a := range d.Args {
			style := s.value
			if strings.Contains(text[a.Span().Start:a.Span().End], "$") {
				style = s.variable
			}
			paints = append(paints, paint{a.Span(), style})
		}
	}
	slices.SortStableFunc(paints, func(a, b paint) int { return a.span.Start - b.span.Start })
	return paints
}

// painted colors a text and splits it into lines.
func painted(text string, paints []paint) []string {
	var b strings.Builder
	at := 0
	for _, p := range paints {
		if p.span.Start < at {
			continue
		}
		b.WriteString(text[at:p.span.Start])
		for i, part := range strings.Split(text[p.span.Start:p.span.End], "\n") {
			if i > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(p.style.Render(part))
		}
		at = p.span.End
	}
	b.WriteString(text[at:])
	return strings.Split(b.String(), "\n")
}

// ini colors a line of an INI file.
func (s styles) ini(line string) string {
	trimmed := strings.TrimSpace(line)
	switch {
	case trimmed == "":
		return line
	case trimmed[0] == '#' || trimmed[0] == ';':
		return s.faint.Render(line)
	case trimmed[0] == '[':
		return s.section.Render(line)
	}
	key, value, ok := strings.Cut(line, "=")
	if !ok {
		return s.value.Render(line)
	}
	style := s.value
	if strings.Contains(value, "%(") || strings.Contains(value, "$(") {
		style = s.variable
	}
	space := value[:len(value)-len(strings.TrimLeft(value, " "))]
	return s.keyword.Render(key) + "=" + space + style.Render(value[len(space):])
}

package dashboard

import (
	"time"

	"github.com/deployctl/deployctl/launch"
)

// fromWide and timeWide are the widths from which a line of the log has its
// source and its time.
const (
	fromWide = 56
	timeWide = 66
)

func (m *Model) logRow(e *launch.Event, width int, s styles) string {
	mark := " "
	if e.Bad {
		mark = badMark
	}
	line := mark + " "
	if width >= timeWide {
		line += e.Time.Format(time.TimeOnly) + " "
	}
	if width >= fromWide {
		line += pad(e.From, 9) + " "
	}
	line = cut(line+clean(e.Text), width)
	switch {
	case e.Bad:
		return s.bad.Render(line)
	case e.From == launch.FromSelf:
		return s.mark.Render(line)
	}
	return line
}

func logDetail(e *launch.Event) []string {
	return []string{e.Time.Format("2006-01-02 15:04:05.000"), e.From, "", e.Text}
}

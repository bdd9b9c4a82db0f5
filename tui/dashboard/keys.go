package dashboard

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/deployctl/deployctl/diag"
)

// help is one line of the list of keys; short is for the last line of the
// screen, empty where it does not stand there.
type help struct {
	keys        string
	does, short diag.Text
}

// helps are the keys, those first that the last line shows first.
var helps = []help{
	{"?", diag.T("all keys"), diag.T("keys")},
	{"q ctrl+c", diag.T("stop the pair and leave; a second time: at once"), diag.T("quit")},
	{"enter", diag.T("show all of it: the way of a request, its headers, the whole line"), diag.T("open")},
	{"/", diag.T("filter requests and log: words, 404, 5xx, >200 (ms), !word for without"), diag.T("filter")},
	{"s", diag.T("status: all, from 400, from 500"), diag.T("status")},
	{"p space", diag.T("pause and go on"), diag.T("pause")},
	{"r", diag.T("reload the configuration and the application"), diag.T("reload")},
	{"w", diag.T("replace the chosen worker"), diag.T("worker")},
	{"o", diag.T("open in a browser"), diag.T("browser")},
	{"y", diag.T("copy a request as curl, or the line"), diag.T("copy")},
	{"c", diag.T("clear requests or log"), diag.T("clear")},
	{"esc", diag.T("close, as q does there; or end the filter"), diag.Text{}},
	{"1 2 3 4 tab", diag.T("choose requests, processes, log, findings"), diag.Text{}},
	{"z", diag.T("on a large screen: one of them alone, and all again"), diag.Text{}},
	{"↑ ↓ j k pgup pgdn", diag.T("choose another line"), diag.Text{}},
	{"home g end G", diag.T("the first one; the last one, and those that come"), diag.Text{}},
	{"mouse", diag.T("click chooses, a second click opens, the wheel moves; with shift the terminal marks text"), diag.Text{}},
}

// helpLine is as much of the keys as fits.
func (m *Model) helpLine() string {
	line := ""
	add := func(keys string, t diag.Text) {
		part := keys + " " + m.text(t)
		if line != "" {
			part = " · " + part
		}
		if ansi.StringWidth(line+part) <= m.width {
			line += part
		}
	}
	if m.detail != nil {
		add("esc", diag.T("close"))
		add("↑↓", diag.T("move"))
		if m.detail.pane != panes {
			add("y", diag.T("copy"))
			add("o", diag.T("browser"))
		}
		return line
	}
	if m.pane == processPane {
		add("w", diag.T("worker"))
	}
	for _, h := range helps {
		if m.pane == processPane && h.keys == "w" {
			continue
		}
		first, _, _ := strings.Cut(h.keys, " ")
		if !h.short.IsZero() {
			add(first, h.short)
		}
	}
	return line
}

// keyLines are all keys: beside what they do, or above it where that is narrow.
func (m *Model) keyLines(width int) []string {
	const column = 20
	var lines []string
	for _, h := range helps {
		does := broken(m.text(h.does), max(2, width-column))
		if width < 3*column {
			lines = append(lines, h.keys)
			for _, l := range broken(m.text(h.does), max(2, width-2)) {
				lines = append(lines, "  "+l)
			}
			continue
		}
		for i, l := range does {
			keys := ""
			if i == 0 {
				keys = h.keys
			}
			lines = append(lines, pad(keys, column)+l)
		}
	}
	return lines
}

// key answers a key. Those that are pressed fast arrive together.
func (m *Model) key(k tea.KeyMsg) tea.Cmd {
	if len(k.Runes) < 2 || m.typing {
		return m.oneKey(k)
	}
	if k.Paste {
		return nil // it is no key
	}
	var all []tea.Cmd
	for _, r := range k.Runes {
		all = append(all, m.oneKey(tea.KeyMsg{Type: k.Type, Runes: []rune{r}, Alt: k.Alt}))
	}
	return tea.Batch(all...)
}

func (m *Model) oneKey(k tea.KeyMsg) tea.Cmd {
	name := k.String()
	switch {
	case name == "ctrl+c":
		return m.quit()
	case m.typing:
		m.typeFilter(k)
		return nil
	case m.detail != nil:
		return m.detailKey(name)
	}
	switch name {
	case "q":
		return m.quit()
	case "?":
		m.detail = &detail{pane: panes, title: diag.T("Keys")}
	case "/":
		m.typing = true
		m.input.SetValue(m.filter.source)
		m.input.CursorEnd()
	case "esc":
		m.filter, m.least, m.notice = filter{}, anyStatus, ""
	case "s":
		m.least = (m.least + 1) % leasts
	case "p", " ":
		m.paused, m.waiting = !m.paused, 0
	case "c":
		m.clear()
	case "enter":
		if number, ok := m.chosen(); ok {
			return m.open(m.pane, number)
		}
	case "1", "2", "3", "4":
		m.pane = pane(name[0] - '1')
	case "tab", "right", "l":
		m.pane = (m.pane + 1) % panes
	case "shift+tab", "left", "h":
		m.pane = (m.pane + panes - 1) % panes
	case "z":
		m.single = !m.single
	case "r":
		return m.reload()
	case "w":
		return m.restart()
	case "o":
		return m.browse()
	case "y":
		return m.copy()
	default:
		m.move(name)
	}
	return nil
}

// move goes to another item.
func (m *Model) move(name string) {
	l, numbers := &m.lists[m.pane], m.visible(m.pane)
	page := max(1, m.areaOf(m.pane).height-2)
	switch name {
	case "up", "k":
		l.move(numbers, -1, m.pane.stream())
	case "down", "j":
		l.move(numbers, 1, m.pane.stream())
	case "pgup", "ctrl+u":
		l.move(numbers, -page, m.pane.stream())
	case "pgdown", "ctrl+d":
		l.move(numbers, page, m.pane.stream())
	case "home", "g":
		l.choose(numbers, 0, false)
	case "end", "G":
		l.choose(numbers, len(numbers)-1, m.pane.stream())
	}
}

// typeFilter edits the filter, which holds while it is typed.
func (m *Model) typeFilter(k tea.KeyMsg) {
	switch k.String() {
	case "enter":
		m.typing = false
	case "esc":
		m.typing, m.filter = false, filter{}
	default:
		m.input, _ = m.input.Update(k)
		m.filter = newFilter(m.input.Value())
	}
	if m.pane != logPane {
		m.pane = requestPane
	}
}

// detailKey answers a key while something is open.
func (m *Model) detailKey(name string) tea.Cmd {
	width, height := m.width, max(1, m.body()-1)
	switch name {
	case "esc", "q", "enter", "backspace", "?":
		m.detail = nil
	case "up", "k":
		m.scroll(-1, width, height)
	case "down", "j":
		m.scroll(1, width, height)
	case "pgup", "ctrl+u":
		m.scroll(-height, width, height)
	case "pgdown", "ctrl+d", " ":
		m.scroll(height, width, height)
	case "home", "g":
		m.detail.top = 0
	case "end", "G":
		m.scroll(len(m.detailText(width)), width, height)
	case "y":
		return m.copy()
	case "o":
		return m.browse()
	}
	return nil
}

func (m *Model) clear() {
	switch m.pane {
	case requestPane:
		m.requests.clear()
	case logPane:
		m.log.clear()
	default:
		m.say(m.text(diag.T("requests and log can be cleared: 1 or 3")))
		return
	}
	m.lost = 0
}

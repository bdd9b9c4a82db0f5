package tui

import (
	"context"
	"errors"
	"io"
	"os"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/deployctl/deployctl/diag"
)

// Aborted says what ErrAborted, the error of a person who ended the questions,
// says in English.
var (
	Aborted    = diag.T("ended; nothing was written")
	ErrAborted = errors.New(Aborted.String())
)

// RunWizard asks on a terminal and returns the confirmed answers, or
// ErrAborted. It writes no file.
func RunWizard(ctx context.Context, in io.Reader, out io.Writer, cfg Config) (*Outcome, error) {
	w := NewWizard(cfg)
	if err := run(ctx, in, out, w, cfg.Look.Ask); err != nil {
		return nil, err
	}
	if w.Confirmed() == nil {
		return nil, ErrAborted
	}
	return w.Confirmed(), nil
}

// run shows a model on a terminal until it ends. Where it asks for the
// background, the model is told when the terminal answers.
func run(ctx context.Context, in io.Reader, out io.Writer, m tea.Model, ask bool) error {
	var p *tea.Program
	if terminal, ok := in.(*os.File); ok && ask {
		in = &keyboard{File: terminal, answered: func(b background) { go p.Send(b) }}
		m = asksFirst{m, out}
	}
	p = tea.NewProgram(m, tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out),
		tea.WithAltScreen(), tea.WithMouseCellMotion(), tea.WithoutSignalHandler())
	_, err := p.Run()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return errors.Join(ErrAborted, err)
	}
	return nil
}

// asksFirst is a model that first asks for the background of its terminal.
type asksFirst struct {
	tea.Model
	out io.Writer
}

func (a asksFirst) Init() tea.Cmd {
	ask := func() tea.Msg {
		_, _ = io.WriteString(a.out, backgroundQuery) // dark is as good a guess
		return nil
	}
	return tea.Batch(a.Model.Init(), ask)
}

// single hands over keys that were read together one by one: a program that is
// busy, or one that others type for, gets several at once. What was pasted
// stays whole.
func single(k tea.KeyMsg, key func(tea.KeyMsg) tea.Cmd) tea.Cmd {
	if k.Type != tea.KeyRunes || len(k.Runes) < 2 || k.Paste {
		return key(k)
	}
	var cmds []tea.Cmd
	for _, r := range k.Runes {
		one := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}, Alt: k.Alt}
		if r == ' ' {
			one.Type = tea.KeySpace
		}
		cmds = append(cmds, key(one))
	}
	return tea.Batch(cmds...)
}

package tui

import (
	"context"
	"errors"
	"io"

	tea "github.com/charmbracelet/bubbletea"
)

// ErrAborted is the error of a person who ended the questions.
var ErrAborted = errors.New("ended; nothing was written")

// RunWizard asks on a terminal and returns the confirmed answers, or
// ErrAborted. It writes no file.
func RunWizard(ctx context.Context, in io.Reader, out io.Writer, cfg Config) (*Outcome, error) {
	w := NewWizard(cfg)
	if err := run(ctx, in, out, w); err != nil {
		return nil, err
	}
	if w.Confirmed() == nil {
		return nil, ErrAborted
	}
	return w.Confirmed(), nil
}

// run shows a model on a terminal until it ends.
func run(ctx context.Context, in io.Reader, out io.Writer, m tea.Model) error {
	_, err := tea.NewProgram(m, tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out),
		tea.WithAltScreen(), tea.WithMouseCellMotion(), tea.WithoutSignalHandler()).Run()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return errors.Join(ErrAborted, err)
	}
	return nil
}

// Command pictures makes the README's pictures of the wizard, the walk and the
// dashboard from the screens that the tests keep. With -check it says which are not of the
// screens as they are now.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"github.com/deployctl/deployctl/internal/frames"
	"github.com/deployctl/deployctl/tui"
)

// picture is one file below docs, and the screen that it shows: one of the
// wizard's, or the first one of a walk or the dashboard.
type picture struct{ file, language, frame string }

// The pictures that are no screens of the wizard.
const (
	theWalk      = "walk"
	theDashboard = "dashboard"
)

var pictures = []picture{
	{"wizard.svg", "en", "servers and TLS"}, {"wizard.zh.svg", "zh", "servers and TLS"},
	{"review.svg", "en", "the review"}, {"review.zh.svg", "zh", "the review"},
	{"walk.svg", "en", theWalk}, {"walk.zh.svg", "zh", theWalk},
	{"dashboard.svg", "en", theDashboard}, {"dashboard.zh.svg", "zh", theDashboard},
}

const width, height = 120, 32

func main() {
	check := flag.Bool("check", false, "say which pictures are old, and make none")
	flag.Parse()
	var failed []error
	for _, p := range pictures {
		if err := p.make(*check); err != nil {
			failed = append(failed, fmt.Errorf("docs/%s: %w", p.file, err))
		}
	}
	if err := errors.Join(failed...); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// make makes a picture, or checks it.
func (p picture) make(check bool) error {
	screen, err := p.screen()
	if err != nil {
		return err
	}
	drawn, path := svg(screen, width, height), filepath.Join("docs", p.file)
	if !check {
		return os.WriteFile(path, []byte(drawn), 0o644)
	}
	text, err := os.ReadFile(path)
	if err == nil && string(text) != drawn {
		err = errors.New("the screen looks otherwise now: run make picture")
	}
	return err
}

// screen returns what a terminal is told to show.
func (p picture) screen() (string, error) {
	if p.frame == theDashboard {
		return frames.Dashboard(p.language, width, height)
	}
	look := tui.Look{Attributes: true, Color: true, Profile: termenv.TrueColor, Dark: true}
	size := tea.WindowSizeMsg{Width: width, Height: height}
	if p.frame == theWalk {
		cfg, err := frames.WalkConfig(p.language, look)
		if err != nil {
			return "", err
		}
		w := tui.NewWalk(cfg)
		w.Update(size)
		return w.View(), nil
	}
	work, err := os.MkdirTemp("", "pictures")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(work)
	dir := filepath.Join(work, "shop")
	if err := os.CopyFS(dir, os.DirFS("testdata/projects/django")); err != nil {
		return "", err
	}
	w, err := frames.NewWizard(dir, p.language, look)
	if err != nil {
		return "", err
	}
	w.Update(size)
	for _, f := range frames.All {
		frames.Press(w, f.Keys...)
		if f.Name == p.frame {
			return w.View(), nil
		}
	}
	return "", fmt.Errorf("no frame is called %q", p.frame)
}

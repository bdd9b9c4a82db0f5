package dashboard_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/internal/frames"
	"github.com/deployctl/deployctl/lang"
	"github.com/deployctl/deployctl/tui/dashboard"
)

var update = flag.Bool("update", false, "write the frames of testdata/frames")

// tour goes through every pane and state, and calls show at each.
func (s *screen) tour(show func(title string)) {
	show("starting")
	s.start()
	show("ready")
	for i := range 40 {
		s.requests(visits()[:i%7]...)
		if i%4 == 3 {
			s.frame()
		}
	}
	s.requests(visits()...)
	s.lines()
	s.frame()
	show("requests")
	s.press("up", "up", "up")
	show("an older one is chosen")
	s.press("enter")
	show("a request")
	s.press("pgdown")
	show("further down")
	s.press("esc", "/", "cart")
	show("a filter is typed")
	s.press("enter")
	show("a filter")
	s.press("backspace", "/", " 418", "enter")
	show("nothing passes the filter")
	s.press("esc", "s")
	show("failures")
	s.press("esc", "2", "down", "down", "down", "down", "down")
	show("processes")
	s.press("enter")
	show("a process")
	s.press("esc", "w")
	show("a worker is replaced")
	s.press("3", "esc")
	show("log")
	s.press("up", "up", "enter")
	show("a line of the log")
	s.press("esc", "4")
	show("findings")
	s.press("enter")
	show("a finding")
	s.found = nil
	s.send(dashboard.Saved())
	s.press("esc")
	show("the linter finds nothing any more")
	s.press("?")
	show("keys")
	s.press("esc", "1", "p")
	s.requests(visits()...)
	s.frame()
	show("paused")
	s.press("p")
	s.frame()
	s.press("y")
	show("copied")
	s.fail = errRefused
	s.press("r")
	show("a reload fails")
	s.now = s.now.Add(time.Minute)
	s.frame()
	s.press("c")
	show("cleared")
	s.press("z", "2")
	show("one pane alone")
	s.press("q")
	s.frame()
	show("stopping")
	s.press("q")
	s.frame()
	show("stopping at once")
}

// The picture of the README shows all panes, in both languages.
func TestStill(t *testing.T) {
	t.Parallel()
	for language, wants := range map[string][]string{
		lang.English: {"[1 requests 646]", "2 processes 1 of 3 busy", "3 log 4", "4 findings 1 ✗1", " 504 ", ">200"},
		lang.Chinese: {"[1 请求 646]", "1/3 忙碌", "日志", "harakiri 为 60 秒"},
	} {
		shown, err := frames.Dashboard(language, 120, 32)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(strings.ReplaceAll(ansi.Strip(shown), ">200", ">200"), want) {
				t.Errorf("%s: no %q in\n%s", language, want, ansi.Strip(shown))
			}
		}
		opened, err := frames.Dashboard(language, 120, 32, "up", "enter")
		if err != nil || !strings.Contains(opened, "curl") {
			t.Errorf("%s: a request is not opened: %v\n%s", language, err, opened)
		}
	}
}

// Every pane and state looks as its frame does, in both languages and three
// sizes.
func TestFrames(t *testing.T) {
	t.Parallel()
	for _, language := range []string{lang.English, lang.Chinese} {
		for _, size := range [][2]int{{80, 24}, {120, 40}, {40, 15}} {
			name := fmt.Sprintf("%s-%dx%d.txt", language, size[0], size[1])
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				catalog, err := lang.Catalog(language)
				if err != nil {
					t.Fatal(err)
				}
				s := newScreen(catalog, false)
				s.resize(size[0], size[1])
				var got strings.Builder
				s.tour(func(title string) {
					fmt.Fprintf(&got, "== %s ==\n", title)
					for line := range strings.SplitSeq(s.View(), "\n") {
						got.WriteString(strings.TrimRight(line, " ") + "\n")
					}
				})
				path := filepath.Join("testdata", "frames", name)
				if *update {
					if err := os.WriteFile(path, []byte(got.String()), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got.String()); diff != "" {
					t.Errorf("after a meant change: go test ./tui/dashboard -update\n%s", diff)
				}
			})
		}
	}
}

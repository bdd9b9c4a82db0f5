// Package leaktest owns finding out what a piece of a test has left behind:
// goroutines, open descriptors and processes. What it counts is the whole
// process's, so no other test may run beside it.
package leaktest

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// State is what the process holds at a moment.
type State struct {
	Goroutines  int
	Descriptors int
	Children    int // processes that this one has started, and theirs
}

// Now counts. Without /proc there are goroutines only.
func Now() State {
	s := State{Goroutines: runtime.NumGoroutine()}
	if open, err := os.ReadDir("/proc/self/fd"); err == nil {
		s.Descriptors = len(open) - 1 // without the one that reads the folder
	}
	s.Children = len(children())
	return s
}

// patience is how long what is ending may take to be gone.
const patience = 10 * time.Second

// Since fails the test when the process holds more than it did before, and does
// not give it back within ten seconds. What still runs is shown.
func Since(t testing.TB, before State) {
	t.Helper()
	var now State
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		now = Now()
		if now.Goroutines <= before.Goroutines && now.Descriptors <= before.Descriptors && now.Children <= before.Children {
			return
		}
		if time.Now().After(deadline) {
			break
		}
	}
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	t.Errorf("left behind: %+v, it was %+v\ndescriptors: %s\nprocesses: %s\n%s", now, before, descriptors(), strings.Join(children(), ", "), stacks)
}

func descriptors() string {
	found, _ := filepath.Glob("/proc/self/fd/*")
	var all []string
	for _, f := range found {
		to, _ := os.Readlink(f)
		all = append(all, to)
	}
	return strings.Join(all, ", ")
}

// children names the processes below this one.
func children() []string {
	parents, names := map[string]string{}, map[string]string{}
	found, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range found {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		pid, rest, _ := strings.Cut(string(text), " (")
		i := strings.LastIndexByte(rest, ')')
		fields := strings.Fields(rest[i+1:])
		if len(fields) < 2 || fields[0] == "Z" {
			continue
		}
		parents[pid], names[pid] = fields[1], fmt.Sprintf("%s %s", rest[:i], pid)
	}
	self := fmt.Sprint(os.Getpid())
	var all []string
	for pid := range parents {
		for at := parents[pid]; at != ""; at = parents[at] {
			if at == self {
				all = append(all, names[pid])
				break
			}
		}
	}
	return all
}

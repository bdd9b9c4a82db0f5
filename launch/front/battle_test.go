package front

import (
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// battle is nginx and the front under attack.
type battle struct {
	real, own place
	realLog   string
	ownLog    *lockedWriter
}

// difference is an attack that nginx and the front took differently.
type difference struct {
	attack attack
	diff   string
}

type differences []difference

func (d differences) attacks() []attack {
	all := make([]attack, len(d))
	for i := range d {
		all[i] = d[i].attack
	}
	return all
}

// keep returns those that are among others, too.
func (d differences) keep(others differences) differences {
	return slices.DeleteFunc(d, func(one difference) bool {
		return !slices.ContainsFunc(others, func(o difference) bool { return o.attack.name == one.attack.name })
	})
}

// fight launches attacks, some at once, and returns where the two differ.
func (b *battle) fight(list []attack, atOnce int) differences {
	want, got := make([]outcome, len(list)), make([]outcome, len(list))
	realBefore, ownBefore := b.logs()
	var wait sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i := range list {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			var one sync.WaitGroup
			one.Go(func() { want[i] = list[i].launch(b.real) })
			if atOnce == 1 {
				one.Wait()
			}
			got[i] = list[i].launch(b.own)
			one.Wait()
		})
	}
	wait.Wait()
	realText, ownText := awaitLogs(b.realLog, b.ownLog)
	assignLines(want, realText[len(realBefore):], b.real)
	assignLines(got, ownText[len(ownBefore):], b.own)
	var different differences
	for i := range list {
		if diff := cmp.Diff(want[i], got[i], cmpopts.IgnoreUnexported(outcome{})); diff != "" {
			different = append(different, difference{list[i], diff})
		}
	}
	return different
}

// logs returns what the logs of both hold now.
func (b *battle) logs() (real, own string) {
	data, _ := os.ReadFile(b.realLog)
	return string(data), b.ownLog.text()
}

// assignLines gives each outcome the lines of the log that its client's port begins.
func assignLines(all []outcome, log string, p place) {
	lines := map[string][]string{}
	for line := range strings.Lines(log) {
		port, rest, _ := strings.Cut(line, " ")
		lines[port] = append(lines[port], p.clean(rest))
	}
	for i := range all {
		all[i].Log = lines[all[i].port]
	}
}

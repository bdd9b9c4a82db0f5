// Package lategc lets garbage lie while a program starts and while a short
// command runs.
//
// The tables that libraries make in their init functions are garbage for the
// most part: collecting it takes a third of the start of a command, and a third of
// a linter's run. This package imports only the standard library and is
// therefore initialized before them.
package lategc

import (
	"os"
	"runtime/debug"
)

const (
	// latePercent is the growth of the heap between two collections.
	latePercent  = 400
	usualPercent = 100
	// lateMemory is the memory in bytes from which garbage is collected as usual:
	// large deployments shall not take memory for a little time.
	lateMemory = 256 << 20
)

// said tells whether the environment says when to collect.
var said = late()

func late() bool {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return true
	}
	debug.SetGCPercent(latePercent)
	debug.SetMemoryLimit(lateMemory)
	return false
}

// Usual collects garbage from now on as other programs do. Commands that run on
// call it.
func Usual() {
	if !said {
		debug.SetGCPercent(usualPercent)
	}
}

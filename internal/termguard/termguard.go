// Package termguard keeps the terminal library from asking the terminal a
// question before main runs.
//
// bubbletea v1 asks for the background's color in an init function, so that
// every command of a program that links it would print control codes, and
// wait five seconds on a terminal that does not answer (bubbletea#1771). The
// question is not asked where CI is set. This package imports only os and is
// therefore initialized before the library, whose imports take longer to be
// ready.
package termguard

import "os"

var wasSet = guard()

func guard() bool {
	if os.Getenv("CI") != "" {
		return true
	}
	_ = os.Setenv("CI", "1") // cannot fail for this name
	return false
}

// Release takes the guard away. Call it on main's first line.
func Release() {
	if !wasSet {
		_ = os.Unsetenv("CI")
	}
}

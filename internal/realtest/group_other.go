//go:build !unix

package realtest

import (
	"os/exec"
	"syscall"
)

// Apart does nothing: elsewhere neither nginx nor uWSGI runs, and the tests
// that need them skip.
func Apart(*exec.Cmd) {}

// SignalGroup ends the program.
func SignalGroup(cmd *exec.Cmd, _ syscall.Signal) { _ = cmd.Process.Kill() }

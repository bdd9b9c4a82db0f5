//go:build !unix

package realtest

import (
	"os/exec"
	"syscall"
)

// Elsewhere neither nginx nor uWSGI runs, and the tests that need them skip.

func apart(*exec.Cmd) {}

func signalGroup(cmd *exec.Cmd, _ syscall.Signal) { _ = cmd.Process.Kill() }

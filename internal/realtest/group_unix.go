//go:build unix

package realtest

import (
	"os/exec"
	"syscall"
)

// Apart gives a program a process group of its own, so that its children end
// with it.
func Apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// SignalGroup sends a signal to a program that runs apart, and its children.
func SignalGroup(cmd *exec.Cmd, s syscall.Signal) { _ = syscall.Kill(-cmd.Process.Pid, s) }

//go:build unix

package appserver

import (
	"os/exec"
	"syscall"
)

// apart keeps the terminal's Ctrl-C from a command: who stops is decided here.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killAll kills a command and everything it forked.
func killAll(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

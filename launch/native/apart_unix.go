//go:build unix && !linux

package native

import (
	"os/exec"
	"syscall"
)

// apart puts a command into a process group of its own, so that Ctrl-C reaches
// deployctl alone.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

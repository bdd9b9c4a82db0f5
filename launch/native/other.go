//go:build !unix

package native

import (
	"os/exec"
	"syscall"
)

func apart(*exec.Cmd) {}

func killGroup(int) {}

// signal ends the process: there are no signals here.
func (p *Process) signal(syscall.Signal) { _ = p.cmd.Process.Kill() }

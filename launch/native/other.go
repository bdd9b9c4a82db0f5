//go:build !unix

package native

import (
	"errors"
	"os/exec"
	"syscall"
)

func apart(*exec.Cmd) {}

func killGroup(int) {}

// signal ends the process: there are no signals here.
func (p *Process) signal(syscall.Signal) { _ = p.cmd.Process.Kill() }

func hangup(int) error { return errors.New("there are no signals here") }

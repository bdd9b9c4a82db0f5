//go:build unix

package native

import (
	"errors"
	"syscall"
)

// killGroup ends what is left of a process group.
func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }

// signal sends a signal to the process alone.
func (p *Process) signal(s syscall.Signal) { _ = syscall.Kill(p.PID(), s) }

// hangup tells a process to end what it has begun; one that has ended needs not
// be told.
func hangup(pid int) error {
	if err := syscall.Kill(pid, syscall.SIGHUP); !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}

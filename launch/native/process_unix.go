//go:build unix

package native

import "syscall"

// killGroup ends what is left of a process group.
func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }

// signal sends a signal to the process alone.
func (p *Process) signal(s syscall.Signal) { _ = syscall.Kill(p.PID(), s) }

// hangup tells a process to end what it has begun.
func hangup(pid int) error { return syscall.Kill(pid, syscall.SIGHUP) }

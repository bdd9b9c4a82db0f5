//go:build unix

package appserver

import (
	"errors"
	"syscall"
)

// alive tells whether a process is there.
func alive(pid int) bool { return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

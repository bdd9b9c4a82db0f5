package native

import (
	"os/exec"
	"syscall"
)

// apart puts a command into a process group of its own, so that Ctrl-C reaches
// deployctl alone, and stops it when deployctl is killed.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: lastSignal(cmd.Path)}
}

// lastSignal is what stops a program in every configuration.
func lastSignal(path string) syscall.Signal {
	if isUwsgi(path) {
		return syscall.SIGINT
	}
	return syscall.SIGTERM
}

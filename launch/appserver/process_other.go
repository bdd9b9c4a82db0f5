//go:build !unix

package appserver

import "os/exec"

func apart(*exec.Cmd) {}

func killAll(cmd *exec.Cmd) error { return cmd.Process.Kill() }

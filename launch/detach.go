package launch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Detached is set, in the environment, for a process that runs a pair in the
// background.
const Detached = "DEPLOYCTL_DETACHED"

// Detach runs this program again in the background with other arguments, and
// returns when its pair answers. name is how this program was called.
func Detach(ctx context.Context, project, name string, args []string) (*Status, error) {
	if _, err := Ask(ctx, project, "status"); err == nil {
		return nil, ErrRunning
	}
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("run in the background: %w", err)
	}
	output, err := os.CreateTemp("", "deployctl-up-")
	if err != nil {
		return nil, fmt.Errorf("run in the background: %w", err)
	}
	defer os.Remove(output.Name())
	defer output.Close()
	cmd := &exec.Cmd{
		Path: program, Args: append([]string{name}, args...), Env: append(os.Environ(), Detached+"=1"),
		Stdout: output, Stderr: output, SysProcAttr: ownSession(),
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("run in the background: %w", err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // what it wrote says why
		close(ended)
	}()
	for {
		s, err := Ask(ctx, project, "status")
		if err == nil && s.PID == cmd.Process.Pid {
			return s, nil
		}
		select {
		case <-ended:
			text, err := os.ReadFile(output.Name())
			if err != nil {
				return nil, fmt.Errorf("the pair did not start: %w", err)
			}
			return nil, errors.New(strings.TrimPrefix(strings.TrimSpace(string(text)), "deployctl: "))
		case <-ctx.Done():
			_ = cmd.Process.Signal(os.Interrupt)
			<-ended
			return nil, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

package native

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// Process is a program that runs in a process group of its own.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error
	tail []string // the last lines, for the error
}

// tailLines is how many of the last lines are kept.
const tailLines = 12

// maxLine is the size in bytes of the longest line that is taken from a program.
const maxLine = 1 << 16

// run starts a command. Each line that it writes goes to one of the functions.
func run(cmd *exec.Cmd, out, err func(line string)) (*Process, error) {
	stdout, e := cmd.StdoutPipe()
	if e != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, e)
	}
	stderr, e := cmd.StderrPipe()
	if e != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, e)
	}
	apart(cmd)
	p := &Process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The kernel ends the program with the thread that started it.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		e := cmd.Start()
		started <- e
		if e != nil {
			return
		}
		read := make(chan struct{}, 2)
		go follow(stdout, out, read)
		go follow(stderr, func(line string) {
			p.tail = append(p.tail, line)
			if len(p.tail) > tailLines {
				p.tail = p.tail[1:]
			}
			err(line)
		}, read)
		ended := make(chan struct{})
		go func() {
			// A child that outlives its master keeps the pipes open.
			<-read
			<-read
			close(ended)
		}()
		state, e := cmd.Process.Wait()
		killGroup(cmd.Process.Pid)
		select {
		case <-ended:
		case <-time.After(time.Second):
			stdout.Close()
			stderr.Close()
			<-ended
		}
		if e == nil && !state.Success() {
			e = errors.New(state.String())
		}
		p.err = e
		close(p.done)
	}()
	if e := <-started; e != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, e)
	}
	return p, nil
}

// follow hands on the lines of a pipe.
func follow(r io.Reader, line func(string), done chan<- struct{}) {
	defer func() { done <- struct{}{} }()
	b := bufio.NewReaderSize(r, maxLine)
	for {
		text, err := b.ReadSlice('\n')
		if len(text) > 0 {
			line(strings.TrimRight(string(text), "\r\n"))
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return
		}
	}
}

// PID returns the process's number, which is that of its group.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Ended is closed when the process has ended.
func (p *Process) Ended() <-chan struct{} { return p.done }

// Err returns why a process that has ended did so, with its last lines.
func (p *Process) Err() error {
	<-p.done
	if p.err == nil {
		return nil
	}
	return fmt.Errorf("%w: %s", p.err, strings.Join(p.tail, " | "))
}

// wait tells whether the process ends in time.
func (p *Process) wait(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-p.done:
		return true
	case <-t.C:
		return false
	}
}

// Kill ends the process and all it started at once.
func (p *Process) Kill() {
	killGroup(p.PID())
	<-p.done
}

// environment is this program's own, with more variables.
func environment(more ...string) []string { return append(os.Environ(), more...) }

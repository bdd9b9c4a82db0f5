//go:build unix

package appserver

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// newControl makes the two ends of a socket on which whole messages come.
func newControl() (ours *net.UnixConn, theirs *os.File, err error) {
	syscall.ForkLock.RLock()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_DGRAM, 0)
	if err == nil {
		syscall.CloseOnExec(fds[0])
		syscall.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, err
	}
	theirs = os.NewFile(uintptr(fds[1]), "control")
	conn, err := fileConn(fds[0])
	if err != nil {
		theirs.Close()
		return nil, nil, err
	}
	return conn.(*net.UnixConn), theirs, nil
}

// fileConn makes a connection of a descriptor, which it takes.
func fileConn(fd int) (net.Conn, error) {
	f := os.NewFile(uintptr(fd), "")
	defer f.Close()
	return net.FileConn(f)
}

// hello is what a worker says on the control socket.
type hello struct {
	Worker int   `json:"worker"`
	PID    int   `json:"pid"`
	Born   int64 `json:"born"`
	Retire bool  `json:"retire"` // the process wants no more requests
}

// welcome takes the threads of workers into a pool until the socket is closed.
func welcome(control *net.UnixConn, p *pool) {
	message, rights := make([]byte, 1<<10), make([]byte, 256)
	for {
		n, m, _, _, err := control.ReadMsgUnix(message, rights)
		if err != nil {
			if errors.Is(err, net.ErrClosed) || errors.Is(err, io.EOF) {
				return
			}
			continue
		}
		var h hello
		if json.Unmarshal(message[:n], &h) != nil {
			continue
		}
		who := process{h.PID, h.Born}
		if h.Retire {
			p.retire(who)
			continue
		}
		if conn, marks, err := received(rights[:m]); err == nil {
			p.add(newChannel(conn, marks, h.Worker, who))
		}
	}
}

// received returns the connection and the pipe that came with a message.
func received(rights []byte) (net.Conn, *marks, error) {
	messages, err := syscall.ParseSocketControlMessage(rights)
	if err != nil {
		return nil, nil, err
	}
	var all []int
	for i := range messages {
		fds, err := syscall.ParseUnixRights(&messages[i])
		if err != nil {
			return nil, nil, err
		}
		all = append(all, fds...)
	}
	for _, fd := range all {
		syscall.CloseOnExec(fd)
	}
	if len(all) != 3 {
		for _, fd := range all {
			syscall.Close(fd)
		}
		return nil, nil, fmt.Errorf("%d descriptors came instead of three", len(all))
	}
	m := &marks{os.NewFile(uintptr(all[1]), "marks"), os.NewFile(uintptr(all[2]), "marks")}
	conn, err := fileConn(all[0])
	if err != nil {
		m.close()
		return nil, nil, err
	}
	return conn, m, nil
}

// takeBack reads the marks that the thread has not read, and returns how many
// there were: two at most.
func (m *marks) takeBack() (n int) {
	raw, err := m.taking.SyscallConn()
	if err != nil {
		return 0
	}
	_ = raw.Control(func(fd uintptr) {
		var b [2]byte
		n, err = syscall.Read(int(fd), b[:])
	})
	if err != nil {
		return 0
	}
	return n
}

// gone tells whether a client is no longer there, and has not only said that it
// sends no more; err is what reading from it ended with.
func gone(conn net.Conn, err error) bool {
	if err != nil {
		return !errors.Is(err, os.ErrDeadlineExceeded)
	}
	c, ok := conn.(*net.UnixConn)
	if !ok {
		return false // TCP does not tell the two apart
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return true
	}
	hung := false
	err = raw.Control(func(fd uintptr) {
		fds := []unix.PollFd{{Fd: int32(fd)}}
		n, err := unix.Poll(fds, 0)
		hung = err == nil && n > 0 && fds[0].Revents&unix.POLLHUP != 0
	})
	return err != nil || hung
}

// setBacklog bounds the queue of a socket that listens.
func setBacklog(l syscall.Conn, n int) error {
	raw, err := l.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = syscall.Listen(int(fd), n) }); err != nil {
		return err
	}
	return failed
}

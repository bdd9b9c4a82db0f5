package front

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// dialUnix connects to a unix socket, at once or not at all. net.Dial would have
// the poller watch each connection and ask the kernel for both addresses, before
// anything is sent: an application that is woken by the connection would find
// nothing to read, and sleep again.
func dialUnix(address string) (net.Conn, error) {
	fault := func(call string, err error) error {
		return &net.OpError{Op: "dial", Net: "unix", Addr: &net.UnixAddr{Name: address, Net: "unix"}, Err: os.NewSyscallError(call, err)}
	}
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, fault("socket", err)
	}
	for {
		err = syscall.Connect(fd, &syscall.SockaddrUnix{Name: address})
		if err != syscall.EINTR {
			break
		}
	}
	if err != nil {
		syscall.Close(fd)
		return nil, fault("connect", err)
	}
	return &unixConn{address: address, fd: fd}, nil
}

// unixConn is a connection to a unix socket that comes to the poller when it has
// to wait for the first time.
type unixConn struct {
	address string

	mu              sync.Mutex
	fd              int
	file            *os.File // known to the poller; nil while it is not
	closed          bool
	readBy, writeBy time.Time
}

// wait makes the poller watch the connection.
func (c *unixConn) wait() *os.File {
	c.file = os.NewFile(uintptr(c.fd), c.address)
	if !c.readBy.IsZero() {
		_ = c.file.SetReadDeadline(c.readBy)
	}
	if !c.writeBy.IsZero() {
		_ = c.file.SetWriteDeadline(c.writeBy)
	}
	return c.file
}

// try does what a call does without waiting. Where it would have to wait, it
// returns the file to wait with.
func (c *unixConn) try(p []byte, call func(fd int, p []byte) (int, error)) (n int, rest *os.File, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.file != nil:
		return 0, c.file, nil
	case c.closed:
		return 0, nil, net.ErrClosed
	}
	n, err = call(c.fd, p)
	if err == syscall.EAGAIN || err == syscall.EINTR {
		return 0, c.wait(), nil
	}
	return n, nil, err
}

func (c *unixConn) Read(p []byte) (int, error) {
	n, file, err := c.try(p, syscall.Read)
	switch {
	case file != nil:
		n, err = file.Read(p)
	case err == nil && n == 0 && len(p) > 0:
		return 0, io.EOF
	}
	return max(n, 0), c.fault("read", err)
}

func (c *unixConn) Write(p []byte) (int, error) {
	n, file, err := c.try(p, syscall.Write)
	if err != nil {
		return 0, c.fault("write", err)
	}
	if file == nil && n == len(p) {
		return n, nil
	}
	if file == nil {
		if file, err = c.waiting(); err != nil {
			return n, c.fault("write", err)
		}
	}
	m, err := file.Write(p[n:])
	return n + m, c.fault("write", err)
}

// waiting returns the file that the poller watches.
func (c *unixConn) waiting() (*os.File, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.file != nil:
		return c.file, nil
	case c.closed:
		return nil, net.ErrClosed
	}
	return c.wait(), nil
}

// fault makes an error that of a connection.
func (c *unixConn) fault(op string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	var number syscall.Errno
	if errors.As(err, &number) {
		err = os.NewSyscallError(op, number)
	}
	return &net.OpError{Op: op, Net: "unix", Addr: c.RemoteAddr(), Err: err}
}

func (c *unixConn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.file != nil:
		return c.file.Close()
	case c.closed:
		return net.ErrClosed
	}
	c.closed = true
	return os.NewSyscallError("close", syscall.Close(c.fd))
}

// CloseWrite tells the other side that nothing more comes.
func (c *unixConn) CloseWrite() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.file == nil {
		if c.closed {
			return net.ErrClosed
		}
		return os.NewSyscallError("shutdown", syscall.Shutdown(c.fd, syscall.SHUT_WR))
	}
	raw, err := c.file.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) { failed = syscall.Shutdown(int(fd), syscall.SHUT_WR) })
	return errors.Join(err, os.NewSyscallError("shutdown", failed))
}

// LocalAddr is without a name: a client's end of a unix socket has none.
func (c *unixConn) LocalAddr() net.Addr  { return &net.UnixAddr{Net: "unix"} }
func (c *unixConn) RemoteAddr() net.Addr { return &net.UnixAddr{Name: c.address, Net: "unix"} }

func (c *unixConn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

func (c *unixConn) SetReadDeadline(t time.Time) error {
	return c.setDeadline(&c.readBy, t, (*os.File).SetReadDeadline)
}

func (c *unixConn) SetWriteDeadline(t time.Time) error {
	return c.setDeadline(&c.writeBy, t, (*os.File).SetWriteDeadline)
}

// setDeadline keeps a deadline for when the poller is asked, or sets it there.
func (c *unixConn) setDeadline(by *time.Time, t time.Time, set func(*os.File, time.Time) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	*by = t
	if c.file != nil {
		return set(c.file, t)
	}
	return nil
}

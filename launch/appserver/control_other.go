//go:build !unix

package appserver

import (
	"errors"
	"net"
	"os"
	"syscall"
)

func newControl() (*net.UnixConn, *os.File, error) {
	return nil, nil, errors.New("Python workers need a system with fork(): run with --app stub")
}

func welcome(*net.UnixConn, *pool) {}

func gone(_ net.Conn, err error) bool { return err != nil && !errors.Is(err, os.ErrDeadlineExceeded) }

func setBacklog(syscall.Conn, int) error { return nil }

func (m *marks) takeBack() int { return 0 }

package appserver

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
)

// listener is one socket that workers accept on.
type listener struct {
	net.Listener
	bind *pair.Bind
	file *os.File // what the workers inherit
}

// binds returns the addresses that a configuration listens on for requests,
// and its stats server's.
func binds(c *uwsgi.Config) (requests, stats []*pair.Bind) {
	for _, b := range pair.Join(nil, []*uwsgi.Config{c}).Binds {
		switch {
		case b.Protocol == pair.Stats:
			stats = append(stats, b)
		case b.Protocol == pair.UWSGI, b.Protocol == pair.HTTP:
			requests = append(requests, b)
		}
	}
	return requests, stats
}

// protocol returns the name that worker.py knows a protocol by.
func (l *listener) protocol() string { return string(l.bind.Protocol) }

// listen binds one address as uWSGI does: a unix socket takes the place of one
// that is left over, and gets the mode that chmod-socket asks for.
func listen(b *pair.Bind) (*listener, error) {
	network, address := "tcp", ""
	switch b.Network {
	case pair.Unix:
		network, address = "unix", b.Path
		if err := clear(b.Path); err != nil {
			return nil, fmt.Errorf("%s: %s = %s: %w", b.Option.File.Name, b.Option.Key, b.Option.Value, err)
		}
	case pair.Abstract:
		network, address = "unix", "@"+b.Path
	default:
		host := strings.Trim(b.Host, "[]")
		if b.Wildcard() && host == "*" {
			network, host = "tcp4", "0.0.0.0"
		}
		address = net.JoinHostPort(host, strconv.Itoa(b.Port))
	}
	l, err := net.Listen(network, address)
	if err != nil {
		return nil, fmt.Errorf("%s: %s = %s: %w", b.Option.File.Name, b.Option.Key, b.Option.Value, reason(err))
	}
	if b.Network == pair.Unix {
		if mode, ok := b.Config.Mode(); ok {
			if err := os.Chmod(b.Path, os.FileMode(mode&0o777)); err != nil {
				l.Close()
				return nil, fmt.Errorf("set the mode of the socket %s: %w", b.Path, err)
			}
		}
	}
	file, err := l.(interface{ File() (*os.File, error) }).File()
	if err != nil {
		l.Close()
		return nil, fmt.Errorf("hand on the socket %s: %w", b.Endpoint, err)
	}
	return &listener{l, b, file}, nil
}

// clear removes a unix socket on which nobody listens any more.
func clear(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return nil // nothing is there, or net.Listen will say what is wrong
	}
	if info.Mode()&os.ModeSocket == 0 {
		return errors.New("a file that is no socket lies there")
	}
	if conn, err := net.Dial("unix", path); err == nil {
		conn.Close()
		return errors.New("another program listens there")
	}
	return os.Remove(path)
}

// reason takes the network and the address, which the caller names, off an error.
func reason(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}

// close stops listening. A unix socket's file is removed.
func (l *listener) close() {
	l.file.Close()
	l.Close()
}

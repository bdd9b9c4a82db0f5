package appserver

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
)

// listener is one socket of a configuration.
type listener struct {
	net.Listener
	endpoint pair.Endpoint
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

// listen binds one address as uWSGI does: a unix socket takes the place of one
// that is left over, and gets the mode that chmod-socket asks for.
func listen(b *pair.Bind) (*listener, error) {
	network, address := "tcp", ""
	switch b.Network {
	case pair.Unix:
		network, address = "unix", b.Path
		if err := removeStale(b.Path); err != nil {
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
	if err := setBacklog(l.(syscall.Conn), number(b.Config, "listen", defaultBacklog)); err != nil {
		l.Close()
		return nil, fmt.Errorf("set the queue of the socket %s: %w", b.Endpoint, err)
	}
	return &listener{l, b.Endpoint}, nil
}

// checkBacklog refuses a queue that the kernel would not give, as uWSGI does
// (core/uwsgi.c, uwsgi_setup).
func checkBacklog(c *uwsgi.Config) error {
	text, err := os.ReadFile("/proc/sys/net/core/somaxconn")
	if err != nil {
		return nil // no Linux
	}
	most, err := strconv.Atoi(strings.TrimSpace(string(text)))
	o := c.Get("listen")
	if err != nil || o == nil || number(c, "listen", defaultBacklog) <= most {
		return nil
	}
	return fmt.Errorf("%s: %s = %s: Listen queue size is greater than the system max net.core.somaxconn (%d)", o.File.Name, o.Key, o.Value, most)
}

// accept takes connections until the listener is closed.
func (l *listener) accept(admit func(net.Conn, pair.Endpoint)) {
	for {
		conn, err := l.Accept()
		switch {
		case err == nil:
			admit(conn, l.endpoint)
		case errors.Is(err, net.ErrClosed):
			return
		default:
			time.Sleep(10 * time.Millisecond) // no descriptors are left, for now
		}
	}
}

// removeStale removes a unix socket on which nobody listens any more.
func removeStale(path string) error {
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

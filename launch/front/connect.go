package front

import (
	"context"
	"net"
	"time"
)

// connect opens a connection to a peer, or takes one that waits.
func (u *upstream) connect(p *peer, timeout time.Duration) (conn net.Conn, reused bool, err error) {
	if u.keepalive > 0 {
		u.mu.Lock()
		for len(p.idle) > 0 {
			conn := p.idle[len(p.idle)-1]
			p.idle = p.idle[:len(p.idle)-1]
			if alive(conn) {
				u.mu.Unlock()
				return conn, true, nil
			}
			conn.Close()
		}
		u.mu.Unlock()
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	var d net.Dialer
	conn, err = d.DialContext(ctx, p.network, p.address)
	return conn, false, err
}

// alive tells whether a connection that waited is still open and silent.
func alive(conn net.Conn) bool {
	_ = conn.SetReadDeadline(time.Now().Add(time.Microsecond))
	var b [1]byte
	_, err := conn.Read(b[:])
	_ = conn.SetReadDeadline(time.Time{})
	return isTimeout(err)
}

// keep lets a connection wait for the next request.
func (u *upstream) keep(p *peer, conn net.Conn) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(p.idle) >= u.keepalive {
		conn.Close()
		return
	}
	p.idle = append(p.idle, conn)
}

// closeIdle closes the connections that wait.
func (u *upstream) closeIdle() {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, p := range u.peers {
		for _, conn := range p.idle {
			conn.Close()
		}
		p.idle = nil
	}
}

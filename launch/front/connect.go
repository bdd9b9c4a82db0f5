package front

import (
	"context"
	"net"
	"slices"
	"time"
)

// link is a connection to a peer, which may serve several requests.
type link struct {
	peer     *peer
	conn     net.Conn
	requests int // that are done
	began    time.Time
	expire   *time.Timer // closes it while it waits
}

// connect opens a connection to a peer, or takes one that waits: the one that
// was used last. Own is asked first; see Options.Dial.
func (u *upstream) connect(p *peer, timeout time.Duration, own func(network, address string) (net.Conn, error)) (*link, error) {
	for l := u.takeIdle(p); l != nil; l = u.takeIdle(p) {
		if alive(l.conn) {
			return l, nil
		}
		l.conn.Close()
	}
	if own != nil {
		if conn, err := own(p.network, p.address); conn != nil || err != nil {
			return &link{peer: p, conn: conn, began: time.Now()}, err
		}
	}
	if p.network == "unix" {
		conn, err := dialUnix(p.address)
		if err != nil {
			return nil, err
		}
		return &link{peer: p, conn: conn, began: time.Now()}, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, p.network, p.address)
	if err != nil {
		return nil, err
	}
	return &link{peer: p, conn: conn, began: time.Now()}, nil
}

// takeIdle takes a connection to a peer that waits, nil for none.
func (u *upstream) takeIdle(p *peer) *link {
	if u.keepalive == 0 {
		return nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	for i, l := range slices.Backward(u.idle) {
		if l.peer == p && l.expire.Stop() {
			u.idle = slices.Delete(u.idle, i, i+1)
			return l
		}
	}
	return nil
}

// alive tells whether a connection that waited is still open and silent.
func alive(conn net.Conn) bool {
	_ = conn.SetReadDeadline(time.Now().Add(time.Microsecond))
	var b [1]byte
	_, err := conn.Read(b[:])
	_ = conn.SetReadDeadline(time.Time{})
	return isTimeout(err)
}

// keep lets a connection wait for the next request; when too many do, the one
// that waits longest is closed (ngx_http_upstream_free_keepalive_peer).
func (u *upstream) keep(l *link) {
	l.requests++
	if l.requests >= u.keepaliveRequests || time.Since(l.began) > u.keepaliveTime {
		l.conn.Close()
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.gone {
		l.conn.Close()
		return
	}
	if len(u.idle) >= u.keepalive {
		u.idle[0].expire.Stop()
		u.idle[0].conn.Close()
		u.idle = slices.Delete(u.idle, 0, 1)
	}
	l.expire = time.AfterFunc(u.keepaliveTimeout, func() { u.drop(l) })
	u.idle = append(u.idle, l)
}

// drop closes a connection that has waited too long.
func (u *upstream) drop(l *link) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if i := slices.Index(u.idle, l); i >= 0 {
		u.idle = slices.Delete(u.idle, i, i+1)
	}
	l.conn.Close()
}

// closeIdle closes the connections that wait, and lets no more do so.
func (u *upstream) closeIdle() {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, l := range u.idle {
		l.expire.Stop()
		l.conn.Close()
	}
	u.idle, u.gone = nil, true
}

package front

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// connection is one client's connection.
type connection struct {
	front    *Front
	listener *listener
	conn     net.Conn
	raw      net.Conn             // below TLS, to be closed from outside
	tls      *tls.ConnectionState // nil for plain ones
	remote   netip.AddrPort       // invalid on unix sockets
	local    netip.AddrPort
	proxied  *proxied // of the PROXY protocol; nil without it

	hello       hello  // of TLS
	clientFault string // why the client's certificate is not taken

	number   int64
	requests int
	keepFor  time.Duration // how long to wait for the next request
	began    time.Time
	reader   *bufio.Reader
	idle     atomic.Bool // it waits for the next request

	// What the configuration says of the address, kept while it is in force.
	conf     *config
	address  string
	fallback *server // nil where the address has none
}

// closeIfIdle closes a connection that waits for a request.
func (c *connection) closeIfIdle() {
	if c.idle.Load() {
		c.raw.Close()
	}
}

func (c *connection) localPort() (string, bool) {
	if !c.local.IsValid() {
		return "", true
	}
	return strconv.Itoa(int(c.local.Port())), true
}

func (c *connection) localAddress() string {
	if !c.local.IsValid() {
		return c.listener.address
	}
	return c.local.Addr().String()
}

// at is the address of the configuration that the connection arrived at, as
// site.Request.Addr has it.
func (c *connection) at() string {
	c.refresh()
	return c.address
}

// refresh finds out what the configuration in force says of the address.
func (c *connection) refresh() *config {
	conf := c.front.current.Load()
	if c.conf == conf {
		return conf
	}
	c.conf, c.address = conf, c.listener.address
	if c.local.IsValid() {
		if own := c.local.String(); conf.endpoints[own] != nil {
			c.address = own
		}
	}
	c.fallback = nil
	if s := conf.site.ServerFor(c.address, ""); s != nil {
		c.fallback = conf.servers[s]
	}
	return conf
}

func addrPort(a net.Addr) netip.AddrPort {
	if tcp, ok := a.(*net.TCPAddr); ok {
		p := tcp.AddrPort()
		return netip.AddrPortFrom(p.Addr().Unmap(), p.Port())
	}
	return netip.AddrPort{}
}

// serve speaks with one client until the connection ends.
func (f *Front) serve(conn net.Conn, l *listener) {
	c := &connection{
		front: f, listener: l, conn: conn, raw: conn, remote: addrPort(conn.RemoteAddr()), local: addrPort(conn.LocalAddr()),
		number: f.numbers.Add(1), began: time.Now(),
	}
	f.counters.active.Add(1)
	f.mu.Lock()
	f.conns[c] = true
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		delete(f.conns, c)
		f.mu.Unlock()
		f.counters.active.Add(-1)
		c.conn.Close()
	}()
	e := f.current.Load().endpoints[c.at()]
	if e == nil {
		return // a configuration without the address was loaded just now
	}
	if e.proxy && !c.readProxyHeader() {
		return
	}
	if e.tls && !c.handshake() {
		return
	}
	if c.tls != nil && c.tls.NegotiatedProtocol == "h2" {
		c.serveHTTP2()
		return
	}
	size := max(c.limits().size, c.limits().first)
	c.reader = takeReader(c.conn, size)
	defer func() { giveReader(c.reader, size) }()
	if e.http2 && c.tls == nil {
		if head, err := c.reader.Peek(3); err == nil && string(head) == "PRI" {
			c.conn = &prefixedConn{c.conn, c.reader}
			c.serveHTTP2()
			return
		}
	}
	for c.serveOne() {
	}
}

// limits are those of the head, which the address's default server sets: the
// request's own server is not known yet.
func (c *connection) limits() headLimits {
	if c.refresh(); c.fallback != nil {
		return c.fallback.heads
	}
	return headLimits{first: 1 << 10, size: 8 << 10, count: 4, timeout: time.Minute}
}

// readers keeps buffers of the usual size.
var readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, usualBuffer) }}

const usualBuffer = 8 << 10

func takeReader(conn io.Reader, size int) *bufio.Reader {
	if size != usualBuffer {
		return bufio.NewReaderSize(conn, size)
	}
	r := readers.Get().(*bufio.Reader)
	r.Reset(conn)
	return r
}

func giveReader(r *bufio.Reader, size int) {
	if size == usualBuffer {
		r.Reset(nil)
		readers.Put(r)
	}
}

// handshake begins TLS; a client that speaks plain HTTP gets nginx's answer to
// that (497).
func (c *connection) handshake() bool {
	limits := c.limits()
	_ = c.conn.SetDeadline(time.Now().Add(limits.timeout))
	first := bufio.NewReaderSize(c.conn, limits.size)
	b, err := first.Peek(1)
	if err != nil {
		return false
	}
	raw := &prefixedConn{c.conn, first}
	if b[0] != 0x16 && b[0]&0x80 == 0 {
		c.reader = first
		c.conn = raw
		c.plainToTLS()
		return false
	}
	secure := tls.Server(raw, c.tlsConfig())
	ctx, cancel := context.WithTimeout(context.Background(), limits.timeout)
	defer cancel()
	if err := secure.HandshakeContext(ctx); err != nil {
		c.log("info", "SSL_do_handshake() failed ("+err.Error()+") while SSL handshaking")
		return false
	}
	state := secure.ConnectionState()
	c.conn, c.tls = secure, &state
	_ = c.conn.SetDeadline(time.Time{})
	return true
}

// plainToTLS answers a plain request on a port for TLS.
func (c *connection) plainToTLS() {
	r, status := c.readRequest()
	if r == nil {
		return
	}
	if status == 0 {
		status = 497
	}
	r.loc = r.server.own
	r.closing = true
	if p := r.finish(nil, status); p != nil {
		c.send(r, p)
		return
	}
	r.logAccess()
}

// prefixedConn reads first what a buffer holds already.
type prefixedConn struct {
	net.Conn
	reader io.Reader
}

func (p *prefixedConn) Read(b []byte) (int, error) { return p.reader.Read(b) }

// serveOne answers one request, and tells whether another one may follow.
func (c *connection) serveOne() bool {
	if !c.waitForRequest() {
		return false
	}
	c.front.counters.reading.Add(1)
	r, status := c.readRequest()
	c.front.counters.reading.Add(-1)
	if r == nil {
		return false
	}
	c.requests++
	c.front.counters.requests.Add(1)
	c.front.counters.writing.Add(1)
	defer c.front.counters.writing.Add(-1)
	defer r.leaveAll()
	r.closing = r.closing || c.front.stopping()
	var p *response
	if status != 0 {
		r.loc = r.server.own
		r.closing = true
		p = r.finish(nil, status)
	} else {
		p = r.process()
	}
	if p == nil {
		r.logAccess()
		return false
	}
	again := c.send(r, p)
	if p.upgrade != nil {
		if r.done {
			c.tunnel(r, p.upgrade)
		}
		p.close()
		r.logAccess()
		return false
	}
	return again
}

// waitForRequest waits for the first byte of the next request.
func (c *connection) waitForRequest() bool {
	limits := c.limits()
	wait := limits.timeout
	if c.requests > 0 {
		wait = c.keepFor
	}
	_ = c.conn.SetReadDeadline(time.Now().Add(wait))
	c.idle.Store(true)
	if c.front.stopping() {
		return false
	}
	_, err := c.reader.Peek(1)
	c.idle.Store(false)
	return err == nil
}

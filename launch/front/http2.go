package front

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/deployctl/deployctl/nginx/site"
)

// serveHTTP2 speaks HTTP/2 on a connection: the framing is Go's own, the
// requests go through the same phases.
func (c *connection) serveHTTP2() {
	protocols := &http.Protocols{}
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{Handler: http.HandlerFunc(c.answerHTTP2), Protocols: protocols, ErrorLog: nil}
	one := &oneListener{conn: c.conn, over: make(chan struct{}), done: make(chan struct{})}
	go func() {
		select {
		case <-c.front.closing:
			_ = server.Shutdown(context.Background()) // streams under way end; Stop closes the connection when that takes too long
		case <-one.done:
		}
	}()
	server.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateClosed || s == http.StateHijacked {
			one.finish()
		}
	}
	_ = server.Serve(one)
	<-one.done
}

// oneListener hands out one connection, and waits until it is closed.
type oneListener struct {
	conn            net.Conn
	once, stop, end sync.Once
	over            chan struct{} // no more connections are asked for
	done            chan struct{} // the connection is closed
}

func (l *oneListener) Accept() (net.Conn, error) {
	var conn net.Conn
	l.once.Do(func() { conn = l.conn })
	if conn != nil {
		return conn, nil
	}
	select {
	case <-l.over:
	case <-l.done:
	}
	return nil, io.EOF
}

func (l *oneListener) finish() { l.end.Do(func() { close(l.done) }) }

// Close implements net.Listener.
func (l *oneListener) Close() error {
	l.stop.Do(func() { close(l.over) })
	return nil
}

// Addr implements net.Listener.
func (l *oneListener) Addr() net.Addr { return l.conn.LocalAddr() }

func (c *connection) answerHTTP2(w http.ResponseWriter, in *http.Request) {
	conf := c.front.current.Load()
	r := &request{
		front: c.front, conf: conf, conn: c, context: in.Context(), started: time.Now(), proto: "HTTP/2.0", major: 2, method: in.Method, target: in.RequestURI, unparsed: in.RequestURI, line: in.Method + " " + in.RequestURI + " HTTP/2.0",
		body: in.Body, length: in.ContentLength,
	}
	host := in.Host
	r.headers = append(r.headers, header{"host", host})
	for name, values := range in.Header {
		for _, v := range values {
			r.headers = append(r.headers, header{strings.ToLower(name), v})
			r.size += int64(len(name) + len(v) + 4)
		}
	}
	defer r.leaveAll()
	r.host, _ = validHost(host)
	block := conf.site.ServerFor(c.address, r.host)
	if block == nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	r.server = conf.servers[block]
	r.loc = r.server.own
	r.nameCaptures(block)
	c.front.counters.requests.Add(1)
	var ok bool
	var p *response
	if r.path, r.args, ok = site.Normalize(r.target, r.server.mergeSlashes); !ok {
		p = r.finish(nil, http.StatusBadRequest)
	} else {
		p = r.process()
	}
	if p == nil {
		r.logAccess()
		panic(http.ErrAbortHandler)
	}
	defer p.close()
	r.prepare(p)
	if p.status == http.StatusNoContent {
		p.contentType, p.length = "", -1 // here an upstream's too (ngx_http_v2_header_filter)
	}
	fields := r.head(p)
	r.status, r.sentHead = r.told(p), fields
	for _, f := range fields {
		w.Header().Add(f.name, f.value)
	}
	if p.contentType == "" {
		w.Header()["Content-Type"] = nil // Go would guess one
	}
	w.WriteHeader(p.status)
	if r.method != http.MethodHead && p.status != http.StatusNoContent && p.status != http.StatusNotModified {
		r.bodySent, _ = copyNow(w, p.reader())
		for _, f := range r.trailers(p) {
			w.Header().Add(http.TrailerPrefix+f.name, f.value)
		}
	}
	r.done = true
	r.logAccess()
}

// copyNow copies, and flushes what has come before it waits for more.
func copyNow(w http.ResponseWriter, source io.Reader) (int64, error) {
	flush := func() {}
	if f, ok := w.(http.Flusher); ok {
		flush = f.Flush
	}
	buf := make([]byte, 32<<10)
	total := int64(0)
	for {
		n, err := source.Read(buf)
		if n > 0 {
			if _, err := w.Write(buf[:n]); err != nil {
				return total, err
			}
			total += int64(n)
			if n < len(buf) {
				flush()
			}
		}
		if err != nil {
			if err == io.EOF {
				err = nil
			}
			return total, err
		}
	}
}

package appserver

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
)

// channel is the connection to one thread of a worker; what is said there stands
// in python/deployctl_appserver/channel.py.
type channel struct {
	conn    net.Conn
	reader  *bufio.Reader
	pool    *pool
	worker  int
	process process

	left  int // bytes of the frame under way
	flags byte
}

// Flags of a frame.
const (
	frameEnd    = 1 << iota // of the response
	frameReopen             // nothing else can follow here
	frameRetire             // the worker takes no more requests
)

const frameHead = 5

func newChannel(conn net.Conn, worker int, p process) *channel {
	return &channel{conn: conn, reader: bufio.NewReaderSize(conn, 4<<10), worker: worker, process: p}
}

// dismiss tells the thread to end.
func (c *channel) dismiss() {
	_, _ = c.conn.Write([]byte{0, 0, 0, 0})
	c.conn.Close()
}

// read reads a part of the response; ended tells that it is complete, and can
// come with bytes.
func (c *channel) read(p []byte) (n int, ended bool, err error) {
	for c.left == 0 {
		head, err := c.reader.Peek(frameHead)
		if err != nil {
			if len(head) > 0 && err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return 0, false, err
		}
		c.flags, c.left = head[0], int(binary.BigEndian.Uint32(head[1:]))
		_, _ = c.reader.Discard(frameHead)
		if c.left == 0 && c.flags&frameEnd != 0 {
			return 0, true, nil
		}
	}
	n, err = c.reader.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, c.left == 0 && c.flags&frameEnd != 0, err
}

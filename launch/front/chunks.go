package front

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
)

// errBadChunk is a chunked body that breaks the rules.
var errBadChunk = errors.New("invalid chunked body")

// chunkReader reads a body that is sent in chunks.
type chunkReader struct {
	r     *bufio.Reader
	left  int64 // of the chunk; its size while that is read
	state int
	bad   bool
	dry   bool  // read only what has come already
	taken int64 // bytes, with those around the chunks
}

// states of a chunked body (ngx_http_parse_chunked).
const (
	chunkStart = iota
	chunkSize
	chunkExtension
	chunkExtensionEnd
	chunkData
	chunkAfterData
	chunkAfterDataEnd
	lastExtension
	lastExtensionEnd
	trailerStart
	trailerLine
	trailerLineEnd
	trailerEnd
	chunksDone
)

// errDry tells that nothing more has come yet.
var errDry = errors.New("no more has come")

func (c *chunkReader) Read(p []byte) (int, error) {
	for {
		switch {
		case c.bad:
			return 0, errBadChunk
		case c.state == chunksDone:
			return 0, io.EOF
		case c.dry && c.r.Buffered() == 0:
			return 0, errDry
		}
		if c.state == chunkData {
			return c.data(p)
		}
		b, err := c.r.ReadByte()
		if err != nil {
			return 0, early(err)
		}
		c.taken++
		c.take(b)
	}
}

// early is the error of a body that ends before its time.
func early(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// data reads from within a chunk.
func (c *chunkReader) data(p []byte) (int, error) {
	n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
	c.taken += int64(n)
	if c.left -= int64(n); c.left == 0 {
		c.state = chunkAfterData
	}
	return n, early(err)
}

// take takes a byte from between the chunks.
func (c *chunkReader) take(b byte) {
	switch c.state {
	case chunkStart, chunkSize:
		c.takeSize(b)
	case chunkExtension:
		c.skipLine(b, chunkExtensionEnd, chunkData)
	case chunkExtensionEnd:
		c.lineFeed(b, chunkData)
	case chunkAfterData:
		c.lineEnd(b, chunkAfterDataEnd, chunkStart)
	case chunkAfterDataEnd:
		c.lineFeed(b, chunkStart)
	case lastExtension:
		c.skipLine(b, lastExtensionEnd, trailerStart)
	case lastExtensionEnd:
		c.lineFeed(b, trailerStart)
	case trailerStart:
		switch b {
		case '\r':
			c.state = trailerEnd
		case '\n':
			c.state = chunksDone
		default:
			c.state = trailerLine
		}
	case trailerLine:
		c.skipLine(b, trailerLineEnd, trailerStart)
	case trailerLineEnd:
		c.lineFeed(b, trailerStart)
	case trailerEnd:
		c.lineFeed(b, chunksDone)
	}
}

// takeSize takes a byte of a chunk's size, or the one behind it.
func (c *chunkReader) takeSize(b byte) {
	if n, ok := hexDigit(b); ok {
		if c.left > math.MaxInt64/16 {
			c.bad = true
			return
		}
		c.left = c.left<<4 | int64(n)
		c.state = chunkSize
		return
	}
	extension, end, next := chunkExtension, chunkExtensionEnd, chunkData
	if c.left == 0 {
		extension, end, next = lastExtension, lastExtensionEnd, trailerStart
	}
	if c.state == chunkSize && (b == ';' || b == ' ' || b == '\t') {
		c.state = extension
		return
	}
	c.bad = c.state != chunkSize
	c.lineEnd(b, end, next)
}

// lineEnd takes the byte that has to end a line.
func (c *chunkReader) lineEnd(b byte, end, next int) {
	switch b {
	case '\r':
		c.state = end
	case '\n':
		c.state = next
	default:
		c.bad = true
	}
}

// lineFeed takes the byte behind a carriage return.
func (c *chunkReader) lineFeed(b byte, next int) {
	c.state = next
	c.bad = b != '\n'
}

// skipLine takes a byte of a line that is not looked at.
func (c *chunkReader) skipLine(b byte, end, next int) {
	if b == '\r' || b == '\n' {
		c.lineEnd(b, end, next)
	}
}

func hexDigit(b byte) (int, bool) {
	switch {
	case digit(b):
		return int(b - '0'), true
	case b|0x20 >= 'a' && b|0x20 <= 'f':
		return int(b|0x20-'a') + 10, true
	}
	return 0, false
}

// chunkWriter writes a body in chunks.
type chunkWriter struct{ w io.Writer }

func (c *chunkWriter) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if _, err := fmt.Fprintf(c.w, "%x\r\n", len(p)); err != nil {
		return 0, err
	}
	n, err := c.w.Write(p)
	if err != nil {
		return n, err
	}
	_, err = io.WriteString(c.w, "\r\n")
	return n, err
}

// Close writes the last chunk.
func (c *chunkWriter) Close() error {
	_, err := io.WriteString(c.w, "0\r\n\r\n")
	return err
}

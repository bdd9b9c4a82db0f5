package front

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// errBadChunk is a chunked body that breaks the rules.
var errBadChunk = errors.New("invalid chunked body")

// chunkReader reads a body that is sent in chunks (ngx_http_parse_chunked).
type chunkReader struct {
	r    *bufio.Reader
	left int64 // of the chunk
	open bool  // a chunk was begun
	end  bool
	raw  int64 // bytes as they were sent
}

func (c *chunkReader) Read(p []byte) (int, error) {
	for c.left == 0 {
		if c.end {
			return 0, io.EOF
		}
		if err := c.next(); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return 0, err
		}
	}
	if int64(len(p)) > c.left {
		p = p[:c.left]
	}
	n, err := c.r.Read(p)
	c.left -= int64(n)
	c.raw += int64(n)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// broken tells whether what has come of the body so far breaks the rules.
func (c *chunkReader) broken() bool {
	have, _ := c.r.Peek(c.r.Buffered())
	probe := &chunkReader{r: bufio.NewReader(bytes.NewReader(have))}
	_, err := io.Copy(io.Discard, probe)
	return errors.Is(err, errBadChunk)
}

// next reads the line before a chunk; after the last one the trailers too.
func (c *chunkReader) next() error {
	if c.open {
		line, err := c.line()
		if err != nil {
			return err
		}
		if line != "" {
			return errBadChunk
		}
	}
	line, err := c.line()
	if err != nil {
		return err
	}
	size, _, _ := strings.Cut(line, ";")
	n, err := strconv.ParseUint(strings.TrimRight(size, " \t"), 16, 62)
	if err != nil {
		return errBadChunk
	}
	c.left, c.open = int64(n), true
	if n > 0 {
		return nil
	}
	c.end = true
	for {
		line, err := c.line()
		if err != nil || line == "" {
			return err
		}
	}
}

// line reads one line, without its end; nginx takes a bare line feed too.
func (c *chunkReader) line() (string, error) {
	line, err := c.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return "", errBadChunk
	}
	c.raw += int64(len(line))
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(line), "\n"), "\r"), nil
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

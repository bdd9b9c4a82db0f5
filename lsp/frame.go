package lsp

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/sourcegraph/jsonrpc2"
)

// The bounds of one message, in bytes: a file of nginx.MaxFile, escaped, is no
// sensible thing to send to an editor's helper.
const (
	maxMessage = 128 << 20
	maxHeader  = 8 << 10
)

// frames reads and writes messages as the protocol frames them: a header with
// the length of the body. It does not trust the length: memory grows with what
// really arrives. It implements jsonrpc2.ObjectStream.
type frames struct {
	r *bufio.Reader
	w io.Writer
	c io.Closer // closes the reading side, or nil

	mu  sync.Mutex
	err error // why reading ended; nil when the input did, between two messages
}

// ReadObject implements jsonrpc2.ObjectStream. A message that is none is
// answered as JSON-RPC wants it, and passed over.
func (f *frames) ReadObject(v any) error {
	for {
		message, err := f.receive()
		if err != nil {
			f.mu.Lock()
			defer f.mu.Unlock()
			if !errors.Is(err, io.EOF) {
				f.err = err
			}
			return err
		}
		if err = json.Unmarshal(message, v); err == nil {
			return nil
		}
		code := jsonrpc2.CodeInvalidRequest
		if !json.Valid(message) {
			code = jsonrpc2.CodeParseError
		}
		answer := map[string]any{"jsonrpc": "2.0", "id": nil, "error": failure(int64(code), "%v", err)}
		if err := f.WriteObject(answer); err != nil {
			return err
		}
	}
}

// failure returns the error that ended reading.
func (f *frames) failure() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil || errors.Is(f.err, os.ErrClosed) || errors.Is(f.err, io.ErrClosedPipe) {
		return nil
	}
	return fmt.Errorf("read from the editor: %w", f.err)
}

func (f *frames) receive() ([]byte, error) {
	length := -1
	for read := 0; ; {
		line, err := f.r.ReadSlice('\n')
		if err != nil {
			if errors.Is(err, bufio.ErrBufferFull) {
				return nil, errors.New("a header line is too long")
			}
			return nil, err
		}
		if read += len(line); read > maxHeader {
			return nil, errors.New("the header is too long")
		}
		text := strings.TrimRight(string(line), "\r\n")
		if text == "" {
			break
		}
		name, value, ok := strings.Cut(text, ":")
		if !ok {
			return nil, fmt.Errorf("%q is no header line", text)
		}
		if !strings.EqualFold(strings.TrimSpace(name), "Content-Length") {
			continue
		}
		if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil || length < 0 || length > maxMessage {
			return nil, fmt.Errorf("%q is no length of a message", text)
		}
	}
	if length < 0 {
		return nil, errors.New("the header has no Content-Length")
	}
	var body bytes.Buffer
	if _, err := io.CopyN(&body, f.r, int64(length)); err != nil {
		return nil, err
	}
	return body.Bytes(), nil
}

// WriteObject implements jsonrpc2.ObjectStream.
func (f *frames) WriteObject(v any) error {
	message, err := json.Marshal(v)
	if err != nil {
		return err
	}
	out := make([]byte, 0, len(message)+32)
	out = fmt.Appendf(out, "Content-Length: %d\r\n\r\n", len(message))
	f.mu.Lock()
	defer f.mu.Unlock()
	_, err = f.w.Write(append(out, message...))
	return err
}

// Close implements jsonrpc2.ObjectStream.
func (f *frames) Close() error {
	if f.c == nil {
		return nil
	}
	return f.c.Close()
}

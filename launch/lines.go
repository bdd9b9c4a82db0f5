package launch

import (
	"bytes"
	"sync"
)

// maxLine is the size in bytes at which a line that does not end is handed on.
const maxLine = 1 << 16

// lines hands on what is written to it line by line.
type lines struct {
	mu   sync.Mutex
	rest []byte
	line func(string)
}

// Write implements io.Writer; it never fails.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, p...)
	for {
		end := bytes.IndexByte(l.rest, '\n')
		if end < 0 {
			break
		}
		l.line(string(bytes.TrimRight(l.rest[:end], "\r")))
		l.rest = l.rest[end+1:]
	}
	if len(l.rest) > maxLine {
		l.line(string(l.rest))
		l.rest = nil
	}
	return len(p), nil
}

package front

import (
	"errors"
	"io"
)

// lumps hands a response's body on in pieces as large as the buffers that nginx
// fills (ngx_event_pipe.c); when the upstream fails, what does not fill one is
// lost. So an application that streams is seen to be held up by buffering.
type lumps struct {
	io.ReadCloser
	first, size int // bytes
	err         error
}

// postponed is how many bytes nginx waits for at least before it sends
// (postpone_output).
const postponed = 1460

// Read implements io.Reader.
func (l *lumps) Read(p []byte) (int, error) {
	if l.err != nil {
		return 0, l.err
	}
	want := min(l.first, len(p))
	l.first = l.size
	n := 0
	for n < want {
		m, err := l.ReadCloser.Read(p[n:])
		n += m
		switch {
		case err == nil:
			continue
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			l.err = err
			return n, nil
		}
		return 0, err
	}
	return n, nil
}

// lump makes a response's body come in lumps, where it is buffered; its head has
// so many bytes.
func (s *series) lump(out *response, head int) {
	buffering := s.buffering
	if v, ok := out.header("x-accel-buffering"); ok && !s.ignored["x-accel-buffering"] {
		switch v {
		case "yes":
			buffering = true
		case "no":
			buffering = false
		}
	}
	if !buffering {
		out.prompt = true
		return
	}
	l := &lumps{ReadCloser: out.stream, first: max(1, s.headSize-head), size: s.bufferSize}
	if out.chunked {
		l.first, l.size = postponed, postponed
	}
	out.stream = l
}

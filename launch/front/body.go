package front

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"syscall"
)

// spooled is a request's body that was read as a whole: in memory, or in a file
// when it is large.
type spooled struct {
	memory []byte
	file   *os.File
	size   int64
}

// errBodyTooLarge is a body above client_max_body_size that came in chunks.
var errBodyTooLarge = errors.New("client intended to send too large chunked body")

// readBody reads the whole body; a status other than 0 ends the request.
func (r *request) readBody() (*spooled, int) {
	if r.bodyRead != nil {
		return r.bodyRead, 0
	}
	s := &spooled{}
	r.bodyRead = s
	if r.length == 0 {
		return s, 0
	}
	source := r.body
	most := int64(r.loc.maxBody)
	if most > 0 {
		source = io.LimitReader(source, most+1)
	}
	inMemory := int64(r.loc.bodyBuffer)
	if r.length >= 0 && r.length < inMemory+inMemory/4 {
		inMemory = r.length + 1 // nginx makes the buffer a little larger where that spares it a file
	}
	var head bytes.Buffer
	n, err := io.CopyN(&head, source, inMemory)
	s.memory, s.size = head.Bytes(), n
	if err == nil {
		if s.file, err = os.CreateTemp("", "deployctl-body-"); err != nil {
			r.logError("open() temporary file failed: %v", err)
			return nil, http.StatusInternalServerError
		}
		os.Remove(s.file.Name()) // it lives as long as it is open
		r.leave = append(r.leave, func() { s.file.Close() })
		if _, err = s.file.Write(s.memory); err == nil {
			n, err = io.Copy(s.file, source)
			s.size += n
		}
		s.memory = nil
	}
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, r.bodyFault(err)
	case most > 0 && s.size > most:
		r.logError("%v: %d bytes", errBodyTooLarge, s.size)
		return nil, http.StatusRequestEntityTooLarge
	}
	return s, 0
}

// bodyFault is the status of a request that does not come as it should.
// Who leaves in the middle of it, or is too slow, gets no answer.
func (r *request) bodyFault(err error) int {
	switch {
	case errors.Is(err, errBodyTooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, errBadChunk):
		return http.StatusBadRequest
	case isTimeout(err):
		r.lost = http.StatusRequestTimeout
	default:
		r.lost = http.StatusBadRequest
	}
	return r.lost
}

// reader reads the body from its beginning.
func (s *spooled) reader() io.Reader {
	if s.file != nil {
		return io.NewSectionReader(s.file, 0, s.size)
	}
	return bytes.NewReader(s.memory)
}

// isTimeout tells whether an error is that of a deadline. A unix socket whose
// queue is full gives EAGAIN at once, which Go calls a timeout too.
func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout() && !errors.Is(err, syscall.EAGAIN)
}

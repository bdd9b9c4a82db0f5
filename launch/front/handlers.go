package front

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"time"
)

// stubStatus is the page of stub_status (ngx_http_stub_status_module.c).
func stubStatus(r *request) (*response, int) {
	if r.method != http.MethodGet && r.method != http.MethodHead {
		return nil, http.StatusMethodNotAllowed
	}
	c := &r.front.counters
	body := fmt.Sprintf("Active connections: %d \nserver accepts handled requests\n %d %d %d \nReading: %d Writing: %d Waiting: %d \n",
		c.active.Load(), c.accepted.Load(), c.accepted.Load(), c.requests.Load(), c.reading.Load(), c.writing.Load(), c.waiting())
	return &response{status: http.StatusOK, contentType: "text/plain", body: []byte(body), length: int64(len(body))}, 0
}

// pixel is a transparent picture of one pixel.
var pixel, _ = base64.StdEncoding.DecodeString("R0lGODlhAQABAIABAAAAAP///yH5BAEAAAEALAAAAAABAAEAAAICTAEAOw==")

// pixelTime is when it was last changed, as nginx has it.
var pixelTime = time.Unix(23349600, 0)

// emptyGIF is empty_gif.
func emptyGIF(r *request) (*response, int) {
	if r.method != http.MethodGet && r.method != http.MethodHead {
		return nil, http.StatusMethodNotAllowed
	}
	return &response{status: http.StatusOK, contentType: "image/gif", body: pixel, length: int64(len(pixel)), modified: pixelTime}, 0
}

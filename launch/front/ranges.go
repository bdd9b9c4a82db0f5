package front

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
)

// byteRange is a part of a body: from the first byte to before end.
type byteRange struct {
	start, end int64
	head       string // of the part, in a response with several
}

// boundary numbers the responses with several parts.
var boundary atomic.Uint64

// selectRanges is the range filter (ngx_http_range_filter_module.c).
func (r *request) selectRanges(p *response) {
	if !p.ranges || p.status != http.StatusOK || p.length < 0 || r.major < 1 || r.loc.maxRanges == 0 {
		p.ranges = p.ranges && p.length >= 0 && r.loc.maxRanges != 0
		return
	}
	asked, ok := r.header("range")
	if !ok || len(asked) < 7 || !strings.EqualFold(asked[:6], "bytes=") || !r.rangeHolds(p) {
		return
	}
	ranges, valid := parseRanges(asked[6:], p.length)
	switch {
	case !valid:
		r.unsatisfiable(p)
	case len(ranges) == 0 || r.loc.maxRanges > 0 && len(ranges) > r.loc.maxRanges:
	case len(ranges) == 1:
		p.status, p.statusLine = http.StatusPartialContent, ""
		p.headers = append(p.headers, header{"Content-Range", fmt.Sprintf("bytes %d-%d/%d", ranges[0].start, ranges[0].end-1, p.length)})
		p.cut(ranges[0])
	default:
		p.multipart(ranges)
	}
}

// unsatisfiable makes a response that of a range that it does not have. What the
// filters have added stays, and they run once more (ngx_http_range_not_satisfiable).
func (r *request) unsatisfiable(p *response) {
	page := r.finish(nil, http.StatusRequestedRangeNotSatisfiable)
	if page == nil {
		page = r.special(http.StatusRequestedRangeNotSatisfiable)
	}
	kept := p.headers
	if p.etag != "" && !page.plain {
		kept = append(kept, header{"ETag", p.etag})
	}
	page.headers = slices.Concat(kept, []header{{"Content-Range", fmt.Sprintf("bytes */%d", p.length)}}, page.headers)
	p.close()
	r.prepare(page)
	*p = *page
}

// rangeHolds asks If-Range.
func (r *request) rangeHolds(p *response) bool {
	v, ok := r.header("if-range")
	if !ok {
		return true
	}
	if strings.HasSuffix(v, `"`) {
		return p.etag != "" && v == p.etag
	}
	t, err := http.ParseTime(v)
	return err == nil && !p.modified.IsZero() && t.Equal(p.modified)
}

// parseRanges reads a list of ranges. It is not valid when nginx answers 416,
// and empty when nginx ignores it: ranges that come to more than the whole.
func parseRanges(s string, length int64) (list []byteRange, valid bool) {
	total := int64(0)
	for part := range strings.SplitSeq(s, ",") {
		part = strings.Trim(part, " ")
		first, last, ok := strings.Cut(part, "-")
		if !ok {
			return nil, false
		}
		first, last = strings.Trim(first, " "), strings.Trim(last, " ")
		var start, end int64
		var err error
		switch {
		case first == "":
			if end, err = strconv.ParseInt(last, 10, 64); err != nil || end < 0 {
				return nil, false
			}
			start, end = max(0, length-end), length
		default:
			if start, err = strconv.ParseInt(first, 10, 64); err != nil || start < 0 {
				return nil, false
			}
			end = length
			if last != "" {
				if end, err = strconv.ParseInt(last, 10, 64); err != nil {
					return nil, false
				}
				end = min(end+1, length)
			}
		}
		if start < end {
			list = append(list, byteRange{start: start, end: end})
			total += end - start
		}
	}
	if len(list) == 0 {
		return nil, false
	}
	if total > length {
		return nil, true
	}
	return list, true
}

// cut keeps a part of the body.
func (p *response) cut(b byteRange) {
	size := b.end - b.start
	switch {
	case p.file != nil:
		p.offset += b.start
	case p.stream != nil:
		rest := p.stream
		_, _ = io.CopyN(io.Discard, rest, b.start)
		p.stream = readCloser{io.LimitReader(rest, size), rest}
	default:
		p.body = p.body[b.start:b.end]
	}
	p.length = size
}

// readCloser reads from one and closes another.
type readCloser struct {
	io.Reader
	io.Closer
}

// multipart makes a body of several parts.
func (p *response) multipart(ranges []byteRange) {
	mark := fmt.Sprintf("%020d", boundary.Add(1))
	kind := p.contentType
	if p.charset != "" {
		kind += "; charset=" + p.charset
	}
	size := int64(0)
	for i := range ranges {
		b := &ranges[i]
		b.head = fmt.Sprintf("\r\n--%s\r\nContent-Type: %s\r\nContent-Range: bytes %d-%d/%d\r\n\r\n", mark, kind, b.start, b.end-1, p.length)
		if kind == "" {
			b.head = fmt.Sprintf("\r\n--%s\r\nContent-Range: bytes %d-%d/%d\r\n\r\n", mark, b.start, b.end-1, p.length)
		}
		size += int64(len(b.head)) + b.end - b.start
	}
	tail := "\r\n--" + mark + "--\r\n"
	at, ok := p.reader().(io.ReaderAt)
	if !ok {
		return // a stream cannot be read in parts
	}
	var readers []io.Reader
	for _, b := range ranges {
		readers = append(readers, strings.NewReader(b.head), io.NewSectionReader(at, b.start, b.end-b.start))
	}
	readers = append(readers, strings.NewReader(tail))
	var closer io.Closer = io.NopCloser(nil)
	if p.file != nil {
		closer = p.file
	}
	p.status, p.statusLine = http.StatusPartialContent, ""
	p.stream, p.file, p.body = readCloser{io.MultiReader(readers...), closer}, nil, nil
	p.contentType, p.charset = "multipart/byteranges; boundary="+mark, ""
	p.length = size + int64(len(tail))
}

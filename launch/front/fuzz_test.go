package front

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/site"
)

// silent is a client's connection that only the head is read from.
type silent struct{ net.Conn }

func (silent) SetReadDeadline(time.Time) error { return nil }

func (silent) Write(b []byte) (int, error) { return len(b), nil }

// fuzzFront is a front that is not started.
func fuzzFront(t testing.TB) *Front {
	t.Helper()
	conf := "http { server { listen 80; location / { return 200; } } server { listen 80; server_name ~^(?<sub>.+)\\.example$ other; underscores_in_headers on; ignore_invalid_headers off; } }"
	f, err := New(site.New(nginx.LoadText(nginx.Parse("nginx.conf", conf), "", nginx.LoadOptions{}), 0), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// readFrom reads a request's head.
func readFrom(f *Front, from io.Reader) (*request, int, *bufio.Reader) {
	c := &connection{front: f, listener: &listener{address: "*:80"}, conn: silent{}, reader: bufio.NewReaderSize(from, 8<<10)}
	r, status := c.readRequest()
	return r, status, c.reader
}

// meaning is what the rest of the front goes by.
func meaning(r *request, status int) string {
	if r == nil {
		return "nothing"
	}
	if status != 0 {
		return fmt.Sprintf("%d lost %d", status, r.lost)
	}
	others := slices.DeleteFunc(slices.Clone(r.headers), func(h header) bool { return strings.EqualFold(h.name, "host") })
	return fmt.Sprintf("%s %q %q host %q version %d.%d length %d closing %v server %q\n%q",
		r.method, r.path, r.args, r.host, r.major, r.minor, r.length, r.closing, r.server.name, others)
}

// FuzzHead holds the reader of heads to this: it takes any bytes, however they
// arrive, keeps within nginx's buffers, and what it accepts means the same when
// it is written down and read again, to Go's own reader too.
func FuzzHead(f *testing.F) {
	for i, a := range attacks() {
		if s := strings.Join(a.send, ""); len(s) < 400 && i%10 == 0 {
			f.Add([]byte(s))
		}
	}
	front := fuzzFront(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		r, status, rest := readFrom(front, bytes.NewReader(data))
		slow, slowStatus, _ := readFrom(front, iotest.OneByteReader(bytes.NewReader(data)))
		if diff := cmp.Diff(meaning(r, status), meaning(slow, slowStatus)); diff != "" {
			t.Fatalf("at once, and a byte at a time:\n%s", diff)
		}
		if r == nil || status != 0 {
			return
		}
		heads := r.server.heads
		if most := int64(heads.first + heads.count*heads.size); r.size > most {
			t.Fatalf("the head holds %d bytes of %d", r.size, most)
		}
		if left, _ := io.ReadAll(rest); !bytes.HasSuffix(data, left) {
			t.Fatalf("%q is left of %q", left, data)
		}
		if r.major == 0 {
			return // HTTP/0.9 has no head
		}
		text := writeDown(r)
		again, status, _ := readFrom(front, strings.NewReader(text))
		if diff := cmp.Diff(meaning(r, 0), meaning(again, status)); diff != "" {
			t.Fatalf("%q, written down as %q:\n%s", data, text, diff)
		}
		other, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
		if err == nil && other.ContentLength != r.length {
			t.Fatalf("%q has %d bytes to the front, and %d to net/http", text, r.length, other.ContentLength)
		}
	})
}

// writeDown writes a request's head in one way only.
func writeDown(r *request) string {
	var b strings.Builder
	target := r.target
	if target[0] == '?' {
		target = "/" + target
	}
	fmt.Fprintf(&b, "%s %s HTTP/%d.%d\r\n", r.method, target, r.major, r.minor)
	for _, h := range r.headers {
		v := h.value
		if strings.EqualFold(h.name, "host") {
			v = r.host // that of an absolute URI wins
		}
		fmt.Fprintf(&b, "%s: %s\r\n", h.name, v)
	}
	return b.String() + "\r\n"
}

// FuzzChunks holds the reader of chunked bodies to the same.
func FuzzChunks(f *testing.F) {
	for _, body := range []string{
		"5\r\nhello\r\n0\r\n\r\nrest", "5;a=b\nhello\n0\nX: y\n\n", "ffffffffffffffff\r\n", "0\r\n\r\n", "a \r\n0123456789\r\n0;x\r\nA: b\r\n\r\n", "5\r\nhel",
		"5\r\nhello\rX", "+5\r\n", "\r\n", "1\r\na\r\n1\r\nb\r\n00\r\n\r\n",
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		read := func(from io.Reader) (body, left []byte, err error) {
			r := bufio.NewReader(from)
			body, err = io.ReadAll(&chunkReader{r: r})
			left, _ = io.ReadAll(r)
			return body, left, err
		}
		body, left, err := read(bytes.NewReader(data))
		slow, slowLeft, slowErr := read(iotest.OneByteReader(bytes.NewReader(data)))
		if !bytes.Equal(body, slow) || !bytes.Equal(left, slowLeft) || fmt.Sprint(err) != fmt.Sprint(slowErr) {
			t.Fatalf("%q: at once %q, %q, %v, a byte at a time %q, %q, %v", data, body, left, err, slow, slowLeft, slowErr)
		}
		if err != nil {
			return
		}
		var text bytes.Buffer
		w := &chunkWriter{&text}
		_, _ = w.Write(body)
		_ = w.Close()
		again, _, err := read(&text)
		if err != nil || !bytes.Equal(again, body) {
			t.Fatalf("%q is read as %q, written and read again as %q, %v", data, body, again, err)
		}
		other, err := io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(data)))
		if err == nil && !bytes.Equal(other, body) {
			t.Fatalf("%q is %q to the front, and %q to net/http", data, body, other)
		}
	})
}

// FuzzAnswer reads the heads of upstreams' answers.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "HTTP/1.0 404\r\n\r\n", "HTTP/1.1 200 OK\nA:b\n\n", "HTTP/9.99 999 \r\n:\r\n\r\n", "HTTP/1.1 200 OK\r\nA\x00: b\r\n\r\n", "<html>", "HTTP/", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		reader := bufio.NewReaderSize(strings.NewReader(text), 64)
		line, err := readStatusLine(reader)
		if err != nil {
			return
		}
		if line.size > len(text) || line.status > 999 || line.status < 0 {
			t.Fatalf("%+v of %q", line, text)
		}
		fields, err := readFields(reader, 64, line.size)
		for _, h := range fields {
			if err == nil && (h.name == "" || strings.ContainsAny(h.name+h.value, "\r\n\x00")) {
				t.Fatalf("%q of %q", h, text)
			}
		}
	})
}

// FuzzRanges reads lists of ranges: each lies within the body, and together
// they are no more than that.
func FuzzRanges(f *testing.F) {
	for _, seed := range []string{"0-1", "-5", "5-", "0-0,1-1", "5-4", " 1 - 2 , 3-", "9223372036854775807-", "-9223372036854775808", "0-9223372036854775807", ","} {
		f.Add(seed, int64(10))
	}
	f.Fuzz(func(t *testing.T, list string, length int64) {
		if length < 0 {
			return
		}
		ranges, _ := parseRanges(list, length)
		total := int64(0)
		for _, r := range ranges {
			if r.start < 0 || r.start >= r.end || r.end > length {
				t.Fatalf("%+v of %q in %d", r, list, length)
			}
			total += r.end - r.start
		}
		if total > length || total < 0 {
			t.Fatalf("%d bytes of %d for %q", total, length, list)
		}
	})
}

// FuzzProxied reads the head of the PROXY protocol, both of its versions.
func FuzzProxied(f *testing.F) {
	for _, seed := range []string{
		"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n", "PROXY TCP6 ::1 ::2 65535 0\r\n", "PROXY UNKNOWN\r\n", "PROXY TCP4 a b c d\r\n",
		proxySignature + "\x21\x11\x00\x0c\xc0\x00\x02\x01\xc0\x00\x02\x02\x00\x01\x00\x02", proxySignature + "\x20\x00\x00\x00", proxySignature + "\x21\x21\x00\x01x", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := readProxied(bufio.NewReader(strings.NewReader(text)))
		if (p == nil) == (err == nil) {
			t.Fatalf("%v and %v of %q", p, err, text)
		}
	})
}

// FuzzPassword compares a password with a line of a user file.
func FuzzPassword(f *testing.F) {
	for _, seed := range []string{"{PLAIN}x", "{SHA}x", "{SSHA}gVK8WC9YyFT1gMsQHTGCgT3sSv5zYWx0", "$apr1$a$b", "$1$a", "$2y$05$x", "$5$a$b", "$6$rounds=1000$a$b", "$5$rounds=", "x", ""} {
		f.Add("secret", seed)
	}
	f.Fuzz(func(t *testing.T, password, hash string) {
		if len(password) > 1000 || strings.Contains(hash, "rounds=") && !strings.Contains(hash, "rounds=1000$") || strings.HasPrefix(hash, "$2") {
			return // it takes the time that it is meant to take
		}
		if right, known := passwordMatches(password, hash); right && !known {
			t.Fatalf("%q is right for %q, which is not read", password, hash)
		}
	})
}

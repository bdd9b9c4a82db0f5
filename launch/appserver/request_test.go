package appserver

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"maps"
	"net"
	"strings"
	"testing"

	"github.com/deployctl/deployctl/uwsgi/wire"
)

var usualLimits = requestLimits{bufferSize: defaultBufferSize, maxVars: defaultMaxVars}

// told is what a worker reads out of a message.
type told struct {
	environ     map[string]string
	rest        []any
	description string
}

func readMessage(t *testing.T, m []byte) told {
	t.Helper()
	end := 4 + int(binary.BigEndian.Uint32(m))
	var parts []json.RawMessage
	if err := json.Unmarshal(m[4:end], &parts); err != nil {
		t.Fatalf("%v in %q", err, m[4:end])
	}
	var got told
	if err := json.Unmarshal(parts[0], &got.environ); err != nil {
		t.Fatal(err)
	}
	for _, p := range parts[1:] {
		var v any
		if err := json.Unmarshal(p, &v); err != nil {
			t.Fatal(err)
		}
		got.rest = append(got.rest, v)
	}
	n := int(binary.LittleEndian.Uint16(m[end:]))
	if len(m) != end+2+n {
		t.Fatalf("%d bytes follow a description of %d", len(m)-end-2, n)
	}
	got.description = string(m[end+2:])
	return got
}

// latin1 is a text as WSGI has it: a character for each byte.
func latin1(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

func TestMessage(t *testing.T) {
	t.Parallel()
	packet, err := wire.AppendRequest(nil, []wire.Var{
		{Key: "REMOTE_ADDR", Value: "::1"}, {Key: "REQUEST_METHOD", Value: "POST"}, {Key: "REQUEST_URI", Value: "/\"\\\x00\x7f\xc3\xa9"},
		{Key: "CONTENT_LENGTH", Value: "5"}, {Key: "TWICE", Value: "1"}, {Key: "TWICE", Value: "2"},
	})
	if err != nil {
		t.Fatal(err)
	}
	in := newRequest()
	if err := in.readPacket(strings.NewReader(string(packet)), usualLimits); err != nil {
		t.Fatal(err)
	}
	got := readMessage(t, in.message().text)
	if want := latin1("/\"\\\x00\x7f\xc3\xa9"); got.environ["REQUEST_URI"] != want || got.environ["TWICE"] != "2" || len(got.environ) != 5 {
		t.Errorf("%q, want %q as the URI", got.environ, want)
	}
	if len(got.rest) != 3 || got.rest[0] != 12.0 || got.rest[1] != float64(len(packet)-4) || got.rest[2] != 5.0 {
		t.Errorf("%v", got.rest)
	}
	if want := "::1 - POST /\"\\\x00\x7f\xc3\xa9"; got.description != want {
		t.Errorf("%q, want %q", got.description, want)
	}
}

func TestLongDescription(t *testing.T) {
	t.Parallel()
	in := &incoming{vars: []wire.Var{{Key: "REQUEST_URI", Value: strings.Repeat("x", 5000)}}}
	if got := readMessage(t, in.message().text); len(got.description) != mostNoted {
		t.Errorf("%d bytes", len(got.description))
	}
}

// TestReadHead gives the head in pieces of all sizes.
func TestReadHead(t *testing.T) {
	t.Parallel()
	const head = "GET / HTTP/1.0\r\nA: b\r\n\r\n"
	for size := 1; size <= len(head); size++ {
		ours, theirs := net.Pipe()
		go func() {
			for rest := head + "body"; rest != ""; {
				n := min(size, len(rest))
				if _, err := ours.Write([]byte(rest[:n])); err != nil {
					return
				}
				rest = rest[n:]
			}
		}()
		r := bufio.NewReader(theirs)
		got, err := readHead(r, 100)
		if err != nil || string(got) != strings.TrimSuffix(head, "\r\n\r\n") {
			t.Errorf("in pieces of %d: %q, %v", size, got, err)
		}
		body := make([]byte, 4)
		for n := 0; n < 4; {
			m, err := r.Read(body[n:])
			if err != nil {
				t.Fatal(err)
			}
			n += m
		}
		if string(body) != "body" {
			t.Errorf("in pieces of %d: the body is %q", size, body)
		}
		ours.Close()
		theirs.Close()
	}
}

// FuzzRead reads whatever comes, and looks whether a worker can read what it is
// told of it.
func FuzzRead(f *testing.F) {
	f.Add([]byte("GET /a%2f/../%zz?x#y HTTP/1.1\r\nHost: x\r\nX: 1\r\nX: 2\r\nContent-Length: 3\r\n\r\n"))
	f.Add([]byte("\x00\x06\x00\x00\x01\x00k\x01\x00v"))
	f.Add([]byte("\x00\x0a\x00\x00\x01\x00k\x09\x00v"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, over := range []func(*incoming) error{
			func(in *incoming) error { return in.readPacket(strings.NewReader(string(data)), usualLimits) },
			func(in *incoming) error {
				ours, theirs := net.Pipe()
				defer ours.Close()
				defer theirs.Close()
				return in.readHTTP(bufio.NewReader(strings.NewReader(string(data))), theirs, usualLimits)
			},
		} {
			in := newRequest()
			if over(in) == nil {
				got := readMessage(t, in.message().text)
				want := map[string]string{}
				for _, v := range in.vars {
					want[latin1(v.Key)] = latin1(v.Value)
				}
				if !maps.Equal(got.environ, want) {
					t.Errorf("%q, want %q", got.environ, want)
				}
				if in.refusal == nil && in.counted > usualLimits.places() {
					t.Errorf("%d places are counted", in.counted)
				}
			}
			in.release()
		}
	})
}

func BenchmarkMessage(b *testing.B) {
	packet, err := wire.AppendRequest(nil, []wire.Var{
		{Key: "QUERY_STRING"}, {Key: "REQUEST_METHOD", Value: "GET"}, {Key: "CONTENT_TYPE"}, {Key: "CONTENT_LENGTH"}, {Key: "REQUEST_URI", Value: "/"},
		{Key: "PATH_INFO", Value: "/"}, {Key: "DOCUMENT_ROOT", Value: "/usr/share/nginx/html"}, {Key: "SERVER_PROTOCOL", Value: "HTTP/1.1"},
		{Key: "REMOTE_ADDR", Value: "127.0.0.1"}, {Key: "HTTP_HOST", Value: "127.0.0.1:8080"},
	})
	if err != nil {
		b.Fatal(err)
	}
	h := wire.ParseHeader([wire.HeaderSize]byte(packet))
	b.ReportAllocs()
	for b.Loop() {
		in := newRequest()
		in.parsePacket(h, packet[wire.HeaderSize:], usualLimits)
		in.message().release()
		in.release()
	}
}

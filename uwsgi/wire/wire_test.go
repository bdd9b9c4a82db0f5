package wire

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRequest(t *testing.T) {
	t.Parallel()
	vars := []Var{{"REQUEST_METHOD", "GET"}, {"QUERY_STRING", ""}, {"PATH_INFO", "/\xff"}}
	packet, err := AppendRequest([]byte("before"), vars)
	if err != nil {
		t.Fatal(err)
	}
	packet = packet[len("before"):]
	if want := []byte("\x00\x34\x00\x00\x0e\x00REQUEST_METHOD\x03\x00GET"); !bytes.HasPrefix(packet, want) {
		t.Errorf("packet %q, want it to begin with %q", packet, want)
	}
	h, got, err := ReadRequest(bytes.NewReader(packet))
	if err != nil || h.Size != len(packet)-HeaderSize {
		t.Fatalf("header %+v, error %v", h, err)
	}
	if diff := cmp.Diff(vars, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", MaxSize)
	for _, c := range []struct {
		name string
		vars []Var
		want error
	}{
		{"exactly as much as fits", []Var{{"K", long[:MaxSize-5]}}, nil},
		{"one byte more", []Var{{"K", long[:MaxSize-4]}}, ErrTooLarge},
		{"a value above 16 bits", []Var{{"K", long + "y"}}, ErrTooLarge},
		{"no name", []Var{{"", "v"}}, ErrEmptyKey},
	} {
		packet, err := AppendRequest(nil, c.vars)
		if !errors.Is(err, c.want) || err != nil && len(packet) > 0 {
			t.Errorf("%s: error %v and %d bytes", c.name, err, len(packet))
		}
	}
	for _, c := range []struct {
		block string
		want  error
	}{{"\x00\x00\x00\x00", ErrEmptyKey}, {"\x01", ErrTruncated}, {"\x02\x00k", ErrTruncated}, {"\x01\x00k\x01\x00", ErrTruncated}} {
		if _, err := ParseVars([]byte(c.block)); !errors.Is(err, c.want) {
			t.Errorf("%q: %v, want %v", c.block, err, c.want)
		}
	}
	if _, _, err := ReadRequest(strings.NewReader("\x00\xff\xff\x00ab")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a packet that ends early: %v", err)
	}
}

func FuzzParseVars(f *testing.F) {
	f.Add([]byte("\x01\x00k\x01\x00v"))
	f.Add([]byte("\x00\x00"))
	f.Fuzz(func(t *testing.T, block []byte) {
		vars, err := ParseVars(block)
		if err != nil || len(block) > MaxSize {
			return
		}
		packet, err := AppendRequest(nil, vars)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(packet[HeaderSize:], block) {
			t.Errorf("%q becomes %q", block, packet[HeaderSize:])
		}
	})
}

func BenchmarkAppendRequest(b *testing.B) {
	vars := []Var{{"REQUEST_METHOD", "GET"}, {"PATH_INFO", "/some/path"}, {"HTTP_HOST", "example.com"}, {"HTTP_COOKIE", strings.Repeat("c", 500)}}
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf, _ = AppendRequest(buf[:0], vars)
	}
}

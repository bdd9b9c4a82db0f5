package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// HeaderSize is the number of bytes before the variables.
const HeaderSize = 4

// MaxSize is the number of bytes that the variables of a request may take.
const MaxSize = 65535

// MaxVars is the number of variables that uWSGI takes by default: max-vars is
// 64, and each variable takes two places (core/protocol.c, uwsgi_parse_vars).
const MaxVars = 128

// Header is what a packet starts with.
type Header struct {
	Modifier1 byte
	Size      int // of the variables, in bytes
	Modifier2 byte
}

// Var is one variable of a request.
type Var struct{ Key, Value string }

// The ways in which a packet can be wrong.
var (
	// ErrTooLarge tells that variables do not fit into MaxSize. nginx answers
	// 500 and logs: uwsgi request is too big.
	ErrTooLarge = fmt.Errorf("the variables take more than %d bytes", MaxSize)
	// ErrEmptyKey is a variable without a name, which uWSGI refuses.
	ErrEmptyKey = errors.New("a variable has no name")
	// ErrTruncated tells that a variable reaches over the packet's end.
	ErrTruncated = errors.New("a variable reaches over the end of the packet")
)

// ParseHeader reads the first HeaderSize bytes of a packet.
func ParseHeader(b [HeaderSize]byte) Header {
	return Header{b[0], int(binary.LittleEndian.Uint16(b[1:3])), b[3]}
}

// Append appends the header to a packet. Size must be at most MaxSize.
func (h Header) Append(packet []byte) []byte {
	packet = append(packet, h.Modifier1)
	packet = binary.LittleEndian.AppendUint16(packet, uint16(h.Size))
	return append(packet, h.Modifier2)
}

// AppendRequest appends a whole packet with the modifiers of a WSGI request,
// both 0. The error is ErrTooLarge or ErrEmptyKey; packet is then unchanged.
func AppendRequest(packet []byte, vars []Var) ([]byte, error) {
	start := len(packet)
	out := append(packet, 0, 0, 0, 0)
	for _, v := range vars {
		var err error
		if out, err = AppendVar(out, v.Key, v.Value); err != nil {
			return packet, err
		}
	}
	size := len(out) - start - HeaderSize
	if size > MaxSize {
		return packet, ErrTooLarge
	}
	binary.LittleEndian.PutUint16(out[start+1:], uint16(size))
	return out, nil
}

// AppendVar appends one variable. The error is ErrTooLarge or ErrEmptyKey;
// packet is then unchanged.
func AppendVar(packet []byte, key, value string) ([]byte, error) {
	switch {
	case key == "":
		return packet, ErrEmptyKey
	case len(key) > MaxSize || len(value) > MaxSize:
		return packet, ErrTooLarge
	}
	packet = binary.LittleEndian.AppendUint16(packet, uint16(len(key)))
	packet = append(packet, key...)
	packet = binary.LittleEndian.AppendUint16(packet, uint16(len(value)))
	return append(packet, value...), nil
}

// ParseVars reads the variables of a packet, without its header. It returns
// those before the first fault along with ErrEmptyKey or ErrTruncated.
func ParseVars(block []byte) ([]Var, error) {
	var vars []Var
	for len(block) > 0 {
		key, rest, ok := cut(block)
		if !ok {
			return vars, ErrTruncated
		}
		if len(key) == 0 {
			return vars, ErrEmptyKey
		}
		value, rest, ok := cut(rest)
		if !ok {
			return vars, ErrTruncated
		}
		vars = append(vars, Var{string(key), string(value)})
		block = rest
	}
	return vars, nil
}

// cut takes a string with its length before it off the front of a block.
func cut(block []byte) (text, rest []byte, ok bool) {
	if len(block) < 2 {
		return nil, nil, false
	}
	n := int(binary.LittleEndian.Uint16(block))
	if len(block) < 2+n {
		return nil, nil, false
	}
	return block[2 : 2+n], block[2+n:], true
}

// ReadRequest reads a packet with its variables. The error is that of r, or
// what is wrong with the variables.
func ReadRequest(r io.Reader) (Header, []Var, error) {
	var head [HeaderSize]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return Header{}, nil, fmt.Errorf("read the header of a uwsgi packet: %w", err)
	}
	h := ParseHeader(head)
	block := make([]byte, h.Size)
	if _, err := io.ReadFull(r, block); err != nil {
		return h, nil, fmt.Errorf("read the variables of a uwsgi packet: %w", err)
	}
	vars, err := ParseVars(block)
	return h, vars, err
}

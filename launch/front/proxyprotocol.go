package front

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"time"
)

// proxied is what the PROXY protocol says of a connection: who the client and
// which address it asked is. Both are invalid for UNKNOWN and LOCAL.
type proxied struct{ from, to netip.AddrPort }

// proxySignature begins the second version of the protocol.
const proxySignature = "\r\n\r\n\x00\r\nQUIT\n"

// readProxyHeader reads the line, or the block of bytes, of the PROXY protocol
// (ngx_proxy_protocol.c).
func (c *connection) readProxyHeader() bool {
	_ = c.conn.SetReadDeadline(time.Now().Add(c.limits().timeout))
	reader := bufio.NewReaderSize(c.conn, 4096)
	p, err := readProxied(reader)
	if err != nil {
		c.log("error", fmt.Sprintf("broken header while reading PROXY protocol: %v", err))
		return false
	}
	c.proxied = p
	c.conn = &prefixedConn{c.conn, reader}
	return true
}

func readProxied(reader *bufio.Reader) (*proxied, error) {
	start, err := reader.Peek(6)
	if err != nil {
		return nil, err
	}
	if string(start) == "PROXY " {
		line, err := reader.ReadSlice('\n')
		if err != nil || len(line) > 107 {
			return nil, fmt.Errorf("%q", line)
		}
		return proxyLine(strings.TrimRight(string(line), "\r\n"))
	}
	head := make([]byte, 16)
	if _, err := io.ReadFull(reader, head); err != nil {
		return nil, err
	}
	if string(head[:12]) != proxySignature || head[12]>>4 != 2 {
		return nil, fmt.Errorf("%q", head)
	}
	body := make([]byte, binary.BigEndian.Uint16(head[14:]))
	if _, err := io.ReadFull(reader, body); err != nil {
		return nil, err
	}
	size := map[byte]int{0x11: 4, 0x21: 16}[head[13]]
	if head[12]&15 != 1 || size == 0 {
		return &proxied{}, nil
	}
	if len(body) < 2*size+4 {
		return nil, fmt.Errorf("%d bytes of addresses", len(body))
	}
	from, _ := netip.AddrFromSlice(body[:size])
	to, _ := netip.AddrFromSlice(body[size : 2*size])
	ports := body[2*size:]
	return &proxied{netip.AddrPortFrom(from, binary.BigEndian.Uint16(ports)), netip.AddrPortFrom(to, binary.BigEndian.Uint16(ports[2:]))}, nil
}

// proxyLine reads the first version of the protocol: PROXY TCP4 FROM TO PORT PORT.
func proxyLine(line string) (*proxied, error) {
	words := strings.Split(line, " ")
	if len(words) > 1 && words[1] == "UNKNOWN" {
		return &proxied{}, nil
	}
	if len(words) != 6 || words[1] != "TCP4" && words[1] != "TCP6" {
		return nil, fmt.Errorf("%q", line)
	}
	bracket := func(address string) string {
		if words[1] == "TCP6" {
			return "[" + address + "]"
		}
		return address
	}
	from, err1 := netip.ParseAddrPort(bracket(words[2]) + ":" + words[4])
	to, err2 := netip.ParseAddrPort(bracket(words[3]) + ":" + words[5])
	if err1 != nil || err2 != nil {
		return nil, fmt.Errorf("%q", line)
	}
	return &proxied{from, to}, nil
}

// proxyVariable makes a variable of the PROXY protocol.
func proxyVariable(show func(*proxied) netip.AddrPort, port bool) getter {
	return func(r *request) (string, bool) {
		if r.conn.proxied == nil {
			return "", false
		}
		a := show(r.conn.proxied)
		switch {
		case !a.IsValid():
			return "", false
		case port:
			return fmt.Sprint(a.Port()), true
		}
		return a.Addr().String(), true
	}
}

func init() {
	from := func(p *proxied) netip.AddrPort { return p.from }
	to := func(p *proxied) netip.AddrPort { return p.to }
	builtin["proxy_protocol_addr"], builtin["proxy_protocol_port"] = proxyVariable(from, false), proxyVariable(from, true)
	builtin["proxy_protocol_server_addr"], builtin["proxy_protocol_server_port"] = proxyVariable(to, false), proxyVariable(to, true)
}

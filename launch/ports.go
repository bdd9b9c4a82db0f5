package launch

import (
	"net"
	"strconv"
)

// ports chooses where to listen.
type ports struct {
	taken map[string]bool // addresses that this plan uses
	v6    bool            // ::1 can be listened on
}

func newPorts() *ports { return &ports{taken: map[string]bool{}, v6: canListen("[::1]:0")} }

// unprivileged is the first port that every account may listen on.
const unprivileged = 1024

// tries is how many ports after the wished one are tried.
const tries = 200

// free returns the port on a loopback host that stands for one of the
// configuration: the same where it may be listened on, 8000 more where it takes
// root (80 becomes 8080, 443 becomes 8443), the next one that is free where
// another program listens there.
func (p *ports) free(host string, port int) int {
	wish := port
	switch {
	case port == 80:
		wish = 8080
	case port < unprivileged:
		wish = 8000 + port
	}
	for n := wish; n < wish+tries && n <= 65535; n++ {
		address := net.JoinHostPort(host, strconv.Itoa(n))
		if p.taken[address] {
			continue
		}
		if canListen(address) {
			p.taken[address] = true
			return n
		}
	}
	return wish // whoever listens will say that it is taken
}

func canListen(address string) bool {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return false
	}
	l.Close()
	return true
}

package liverule

import (
	"net"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/machine"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
)

// Port reports addresses that another program listens on.
var Port = &lint.Rule{
	ID:       "live-port",
	Severity: diag.Error,
	Summary:  "another program listens on an address of nginx or uWSGI",
	Page:     page("live-port"),
	Check:    checkPort,
}

func checkPort(p *lint.Pass) {
	if p.Machine == nil {
		return
	}
	for _, c := range p.Nginx {
		for _, s := range c.Servers {
			for _, l := range s.Listens {
				if l.Node == nil || l.Unix != "" || l.QUIC {
					continue
				}
				if by, taken := takenBy(p, l.Host, l.Port, "nginx"); taken {
					held(p, l.Node.Location(1), by)
				}
			}
		}
	}
	for _, b := range p.Binds {
		if b.Unknown || b.Network != pair.TCP {
			continue
		}
		if by, taken := takenBy(p, b.Host, b.Port, "uwsgi"); taken {
			held(p, b.Option.ValueLocation(), by)
		}
	}
}

// holders open sockets for others: systemd for what it activates, the
// containers' programs for what runs inside, which may be what was linted.
var holders = map[string]bool{
	"systemd": true, "init": true, "docker-proxy": true, "rootlesskit": true, "rootlessport": true, "slirp4netns": true, "pasta": true,
	"conmon": true, "containerd-shim": true, "containerd-shim-runc-v2": true, "kube-proxy": true,
}

// takenBy returns who listens on an address that is meant for a program.
func takenBy(p *lint.Pass, host string, port int, program string) (machine.Listener, bool) {
	for _, address := range spellings(host, port) {
		if l, listens, _ := p.Machine.Listener(address); listens && l.PID > 1 && l.Program != program && !holders[l.Program] {
			return l, true
		}
	}
	return machine.Listener{}, false
}

// spellings returns the addresses that a listener for the host and port excludes,
// as the machine writes them.
func spellings(host string, port int) []string {
	host = strings.Trim(host, "[]")
	p := strconv.Itoa(port)
	switch host {
	case "*", "0.0.0.0":
		return []string{net.JoinHostPort("0.0.0.0", p), net.JoinHostPort("127.0.0.1", p)}
	case "::":
		return []string{net.JoinHostPort("::", p), net.JoinHostPort("::1", p)}
	case "localhost":
		host = "127.0.0.1"
	}
	return []string{net.JoinHostPort(host, p), net.JoinHostPort("0.0.0.0", p), net.JoinHostPort("::", p)}
}

func held(p *lint.Pass, at diag.Location, by machine.Listener) {
	p.Report(diag.Diagnostic{
		Location: at,
		Message:  diag.T("%s (pid %d) listens on this address", by.Program, by.PID),
		Why:      diag.T("the start fails: bind() failed (98: Address already in use)"),
		Help:     diag.T("stop it, or use another port"),
	})
}

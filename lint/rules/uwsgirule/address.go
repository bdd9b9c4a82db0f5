package uwsgirule

import (
	"net/netip"
	"strings"

	"github.com/deployctl/deployctl/uwsgi/option"
)

// bindsSocket tells whether an option takes an address to listen on.
func bindsSocket(row *option.Option) bool {
	switch row.Handler {
	case "uwsgi_opt_add_socket", "uwsgi_opt_add_lazy_socket", "uwsgi_opt_add_ssl_socket", "uwsgi_opt_add_socket_no_defer":
		return true
	}
	switch row.Name {
	case "http", "httprouter", "stats", "stats-server":
		return true
	}
	return false
}

// hostPort splits a TCP address at its last colon, as uWSGI does
// (core/socket.c, bind_to_tcp).
func hostPort(address string) (host, port string, ok bool) {
	at := strings.LastIndexByte(address, ':')
	if at < 0 {
		return "", "", false
	}
	return address[:at], address[at+1:], true
}

// isAll tells whether a host stands for all addresses of the machine.
func isAll(host string) bool {
	if host == "" {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.IsUnspecified()
}

// isLoopback tells whether a host is this machine itself.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.IsLoopback()
}

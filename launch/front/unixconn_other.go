//go:build !linux

package front

import "net"

// dialUnix connects to a unix socket, at once or not at all.
func dialUnix(address string) (net.Conn, error) {
	return net.DialUnix("unix", nil, &net.UnixAddr{Name: address, Net: "unix"})
}

//go:build !unix

package nginx

// nonblock has no meaning here.
const nonblock = 0

//go:build unix

package nginx

import "syscall"

// nonblock keeps the opening of a pipe that nobody writes from waiting.
const nonblock = syscall.O_NONBLOCK

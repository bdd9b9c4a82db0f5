//go:build unix

package front

import (
	"io/fs"
	"syscall"
)

// nonblock keeps the opening of a pipe that nobody writes from waiting.
const nonblock = syscall.O_NONBLOCK

func sameOwner(a, b fs.FileInfo) bool {
	x, ok1 := a.Sys().(*syscall.Stat_t)
	y, ok2 := b.Sys().(*syscall.Stat_t)
	return ok1 && ok2 && x.Uid == y.Uid
}

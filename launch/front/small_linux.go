package front

import (
	"io/fs"
	"syscall"
	"time"
)

// readSmall opens and reads a regular file of at most smallFile bytes; whole is false
// when it is something else, which has to be opened in the usual way. os.File
// would ask the poller about each file, and that for a file that is closed a
// moment later.
func readSmall(name string) (f small, whole bool, err error) {
	var fd int
	for {
		fd, err = syscall.Open(name, syscall.O_RDONLY|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
		if err != syscall.EINTR {
			break
		}
	}
	if err != nil {
		return small{}, false, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	defer syscall.Close(fd)
	var info syscall.Stat_t
	if err := syscall.Fstat(fd, &info); err != nil || info.Mode&syscall.S_IFMT != syscall.S_IFREG || info.Size > smallFile {
		return small{}, false, nil
	}
	f = small{memory: smalls.Get().(*[smallFile]byte), modified: time.Unix(info.Mtim.Unix())}
	f.text = f.memory[:info.Size]
	n, err := syscall.Pread(fd, f.text, 0)
	if err != nil || n < len(f.text) {
		smalls.Put(f.memory)
		return small{}, false, nil
	}
	return f, true, nil
}

//go:build !unix

package launch

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// errLocked tells that a run holds the lock.
var errLocked = errors.New("locked")

// lock takes the lock of a run: an open file cannot be removed here.
func lock(path string) (*os.File, error) {
	if exists(path) && os.Remove(path) != nil {
		return nil, errLocked
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the run: %w", err)
	}
	return f, nil
}

func ours(os.FileInfo) bool { return true }

func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }

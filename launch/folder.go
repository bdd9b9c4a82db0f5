package launch

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// longest is the size in bytes of the longest folder that leaves room for the
// sockets in it: their paths hold 103 bytes on macOS, 107 on Linux.
const longest = 70

// RunFolder returns the folder for the run of a project: short, the same each
// time, and below one that nobody else may look into.
func RunFolder(dir string) (string, error) {
	var base string
	if runtime := os.Getenv("XDG_RUNTIME_DIR"); runtime != "" && isDir(runtime) {
		base = filepath.Join(runtime, "deployctl")
	} else {
		base = filepath.Join(os.TempDir(), "deployctl-"+strconv.Itoa(os.Getuid()))
	}
	if len(base) > longest {
		base = filepath.Join("/tmp", "deployctl-"+strconv.Itoa(os.Getuid()))
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	if err := private(base); err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(dir))
	return filepath.Join(base, hex.EncodeToString(sum[:4])), nil
}

// private makes a folder for this account alone, and refuses one that another
// account has made.
func private(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of the run: %w", err)
	}
	info, err := os.Lstat(dir)
	switch {
	case err != nil:
		return fmt.Errorf("make the folder of the run: %w", err)
	case !info.IsDir() || !ours(info) || info.Mode().Perm()&0o077 != 0:
		return fmt.Errorf("the folder %s belongs to another account, or others may write to it: remove it, or set XDG_RUNTIME_DIR", dir)
	}
	return nil
}

//go:build !unix

package atomicfile

import (
	"io/fs"
	"os"
)

// keepOwner does nothing: there is no owner to keep.
func keepOwner(*os.File, fs.FileInfo) {}

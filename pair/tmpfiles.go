package pair

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/deployctl/deployctl/diag"
)

// Tmpfiles is a file of tmpfiles.d(5): folders that systemd makes at boot.
type Tmpfiles struct {
	*diag.File
	// Folders are those that it makes, absolute and cleaned, /var/run as /run.
	Folders []string
}

// isTmpfiles tells by a file's name and content whether it is one of tmpfiles.d:
// it lies in such a folder, or is called NAME.tmpfiles, and holds a line
// of a type and a path.
func isTmpfiles(file, src string) bool {
	if filepath.Base(filepath.Dir(file)) != "tmpfiles.d" && !strings.HasSuffix(file, ".tmpfiles") {
		return false
	}
	for line := range strings.Lines(src) {
		if words := strings.Fields(line); len(words) > 1 && path.IsAbs(strings.Trim(words[1], `"`)) && len(words[0]) <= 5 {
			return true
		}
	}
	return false
}

// parseTmpfiles reads the lines that make folders: types d, D, v, q and Q,
// with or without their modifiers.
func parseTmpfiles(name, src string) *Tmpfiles {
	t := &Tmpfiles{File: diag.NewFile(name, src)}
	for line := range strings.Lines(src) {
		words := strings.Fields(line)
		if len(words) < 2 || strings.IndexByte("dDvqQ", words[0][0]) < 0 {
			continue
		}
		if folder := strings.Trim(words[1], `"`); path.IsAbs(folder) {
			t.Folders = append(t.Folders, cleanPath(folder))
		}
	}
	return t
}

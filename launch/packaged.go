package launch

import (
	"embed"
	"os"
	"path"
	"path/filepath"
)

// The files that nginx's packages bring to be included, for machines without.
//
//go:embed packaged
var packagedFiles embed.FS

// packaged returns the text of a file that nginx's package brings: this
// machine's own, or ours. from says where it lies.
func packaged(name string) (text, from string, ok bool) {
	if data, err := os.ReadFile(filepath.Join("/etc/nginx", name)); err == nil {
		if _, err := packagedFiles.ReadFile(path.Join("packaged", name)); err == nil {
			return string(data), "/etc/nginx/" + name, true
		}
	}
	data, err := packagedFiles.ReadFile(path.Join("packaged", name))
	return string(data), name, err == nil
}

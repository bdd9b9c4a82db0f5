package bigconf

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// WriteTree writes a deployment of n sites below a folder: nginx/nginx.conf,
// which includes nginx/sites-enabled/*, with the servers of Nginx(n), and one
// file in uwsgi/vassals for each. It returns the number of bytes of all files.
func WriteTree(dir string, n int) (int, error) {
	const siteStart = "\n    # site "
	whole := strings.TrimSuffix(Nginx(n), "}\n")
	head, rest, _ := strings.Cut(whole, siteStart)
	files := map[string]string{"nginx/nginx.conf": head + "\n    include sites-enabled/*;\n}\n"}
	for i, site := range strings.Split(rest, siteStart) {
		files[fmt.Sprintf("nginx/sites-enabled/site%d", i)] = "# site " + site
		files[fmt.Sprintf("uwsgi/vassals/site%d.ini", i)] = Uwsgi(i)
	}
	size := 0
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return 0, err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return 0, err
		}
		size += len(text)
	}
	return size, nil
}

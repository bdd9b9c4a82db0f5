package lsp

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
)

// partFolders hold parts of a deployment, the rest of which lies beside them.
var partFolders = []string{
	"conf.d", "sites-available", "sites-enabled", "snippets", "modules-enabled",
	"apps-available", "apps-enabled", "vassals",
}

// rootOf returns the folder that is read as one deployment with a file: the
// nearest one, outward, with a lint configuration or with both sides of a pair.
// Where there is neither, it is the file's own. "" is the answer for a document
// that is no file. It never leaves the workspace.
func rootOf(key string, folders []string) string {
	if !filepath.IsAbs(key) {
		return ""
	}
	own := filepath.Dir(key)
	if slices.Contains(partFolders, filepath.Base(own)) {
		own = filepath.Dir(own)
	}
	top := ""
	for _, f := range folders {
		if within(f, own) && (top == "" || len(f) > len(top)) {
			top = f
		}
	}
	if top == "" {
		return own
	}
	if c := lint.FindConfig(own); c != "" && within(top, filepath.Dir(c)) {
		return filepath.Dir(c)
	}
	home, _ := os.UserHomeDir()
	for dir := own; within(top, dir) && dir != home && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if bothSides(dir) {
			return dir
		}
	}
	return own
}

// bothSides tells whether a folder holds files of both languages. What cannot
// be read in it does not count.
func bothSides(dir string) bool {
	sources, _ := pair.Sources([]string{dir}, pair.Options{})
	has := func(l pair.Language) bool {
		return slices.ContainsFunc(sources, func(s pair.Source) bool { return s.Language == l })
	}
	return has(pair.Nginx) && has(pair.Uwsgi)
}

// within tells whether path is folder, or lies below it.
func within(folder, path string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

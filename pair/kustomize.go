package pair

import (
	"path"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"
)

// isKustomization tells by a file's name whether it is one of kustomize.
func isKustomization(file string) bool {
	base := filepath.Base(file)
	return base == "kustomization.yaml" || base == "kustomization.yml"
}

// podFiles returns the files that a kustomization makes ConfigMaps of, which run
// in pods then, cleaned.
func podFiles(name, src string) []string {
	var k struct {
		ConfigMapGenerator []struct {
			Files []string `yaml:"files"`
		} `yaml:"configMapGenerator"`
	}
	if len(src) > maxManifest || yaml.Unmarshal([]byte(src), &k) != nil {
		return nil
	}
	var files []string
	for _, g := range k.ConfigMapGenerator {
		for _, file := range g.Files {
			if _, from, ok := strings.Cut(file, "="); ok {
				file = from // key=file
			}
			files = append(files, path.Join(path.Dir(filepath.ToSlash(name)), file))
		}
	}
	return files
}

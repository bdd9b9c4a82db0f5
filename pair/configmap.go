package pair

import (
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/uwsgi"
)

// embedded is a configuration in the data of a ConfigMap.
type embedded struct {
	key  string // the name that it is mounted under
	kind kind
	// text is the manifest with everything but the configuration blanked, so that
	// places in it are those of the manifest.
	text string
}

// maxEmbedded is how many configurations are read from one file.
const maxEmbedded = 16

// isConfigMap tells by a manifest's text whether it may hold ConfigMaps.
func isConfigMap(src string) bool {
	return strings.Contains(src, "kind: ConfigMap") && (strings.HasPrefix(src, "data:") || strings.Contains(src, "\ndata:"))
}

// configMaps returns the texts that the ConfigMaps of a manifest hold as literal
// blocks ("key: |"). Others, such as folded ones, have no lines of their own,
// and are left out.
func configMaps(src string) []embedded {
	if len(src) > maxManifest {
		return nil
	}
	var found []embedded
	lines := strings.SplitAfter(src, "\n")
	decoder := yaml.NewDecoder(strings.NewReader(src))
	for {
		var object struct {
			Kind string    `yaml:"kind"`
			Data yaml.Node `yaml:"data"`
		}
		if decoder.Decode(&object) != nil {
			return found
		}
		if object.Kind != "ConfigMap" || object.Data.Kind != yaml.MappingNode {
			continue
		}
		for i := 0; i+1 < len(object.Data.Content) && len(found) < maxEmbedded; i += 2 {
			key, value := object.Data.Content[i], object.Data.Content[i+1]
			if value.Kind != yaml.ScalarNode || value.Style&yaml.LiteralStyle == 0 {
				continue
			}
			if text, ok := blanked(lines, value); ok {
				found = append(found, embedded{key.Value, kindOf(key.Value, value.Value), text})
			}
		}
	}
}

// blanked returns the lines of a file with all but those of a literal block
// blanked; false when the block's lines are not where they are expected.
func blanked(lines []string, value *yaml.Node) (string, bool) {
	var b strings.Builder
	wanted := strings.Split(strings.TrimRight(value.Value, "\n"), "\n")
	for i, line := range lines {
		k := i - value.Line // the block starts on the line after its header
		if k < 0 || k >= len(wanted) {
			end := strings.TrimRight(line, "\r\n")
			b.WriteString(strings.Repeat(" ", len(end)) + line[len(end):])
			continue
		}
		if strings.TrimSpace(line) != strings.TrimSpace(wanted[k]) {
			return "", false
		}
		b.WriteString(line)
	}
	return b.String(), value.Line+len(wanted) <= len(lines)
}

// embed makes the configurations of a manifest parts of the pair. They include
// each other by their keys, as files of one folder.
func (l *loader) embed(r *reading) {
	overlay := map[string]string{}
	for name, text := range l.opts.Overlay {
		overlay[name] = text
	}
	dir := filepath.Dir(r.path)
	for _, e := range r.embedded {
		overlay[filepath.Join(dir, filepath.Base(e.key))] = e.text
	}
	mark := func(f *diag.File) {
		f.Name = r.path
		l.inside[f] = true
	}
	for _, e := range r.embedded {
		switch e.kind {
		case nginxKind:
			file := nginx.Parse(r.path, e.text)
			if onlyParams(file) {
				continue
			}
			tree := nginx.LoadText(file, r.path, nginx.LoadOptions{Root: l.opts.Root, Overlay: overlay, Prefix: dir})
			for _, f := range tree.Files {
				mark(f.File)
			}
			l.trees = append(l.trees, tree)
		case uwsgiKind:
			file := uwsgi.Parse(e.key, e.text)
			config := uwsgi.LoadText(file, filepath.Join(dir, filepath.Base(e.key)), uwsgi.LoadOptions{Root: l.opts.Root, Overlay: overlay})
			for _, f := range config.Files {
				mark(f.File)
			}
			l.uwsgi = append(l.uwsgi, config)
		}
	}
}

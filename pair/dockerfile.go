package pair

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/deployctl/deployctl/diag"
)

// Dockerfile is how an image is built.
type Dockerfile struct {
	*diag.File
	stages []stage
}

// stage is a FROM with the instructions below it.
type stage struct {
	name, from string
	// words are the words of the instructions that put files in place or say
	// what runs.
	words []string
}

// isDockerfile tells by a file's name and content whether it is a Dockerfile.
func isDockerfile(file, src string) bool {
	return dockerfileName(file) && (strings.HasPrefix(src, "FROM ") || strings.Contains(src, "\nFROM "))
}

func dockerfileName(file string) bool {
	base := filepath.Base(file)
	return base == "Dockerfile" || base == "Containerfile" || strings.HasPrefix(base, "Dockerfile.") && base != "Dockerfile.dockerignore" || strings.HasSuffix(base, ".dockerfile")
}

func parseDockerfile(name, src string) *Dockerfile {
	d := &Dockerfile{File: diag.NewFile(name, src)}
	for line := range strings.Lines(strings.ReplaceAll(src, "\\\n", " ")) {
		words := strings.FieldsFunc(line, func(c rune) bool { return strings.ContainsRune(" \t\r\n,\"[]'", c) })
		if len(words) < 2 {
			continue
		}
		switch strings.ToUpper(words[0]) {
		case "FROM":
			s := stage{from: words[1]}
			if len(words) > 3 && strings.EqualFold(words[2], "as") {
				s.name = words[3]
			}
			d.stages = append(d.stages, s)
		case "COPY", "ADD", "CMD", "ENTRYPOINT":
			if len(d.stages) > 0 {
				last := &d.stages[len(d.stages)-1]
				last.words = append(last.words, words[1:]...)
			}
		}
	}
	return d
}

// copies tells whether a stage ("" for the last), or one that it is built on,
// names a file.
func (d *Dockerfile) copies(name, base string) bool {
	for i := len(d.stages) - 1; i >= 0; i-- {
		s := &d.stages[i]
		if name != "" && s.name != name {
			continue
		}
		for _, word := range s.words {
			if path.Base(word) == base {
				return true
			}
		}
		name = s.from
	}
	return false
}

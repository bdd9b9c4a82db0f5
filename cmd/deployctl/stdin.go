package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// maxStdin is the size, in bytes, of the largest text read from standard input.
const maxStdin = 64 << 20

// readStdin reads standard input where paths name it with -, and returns the
// paths with a file's name in its place, and the text by that name: the one
// given, or one that the content tells.
func (s streams) readStdin(paths []string, name string) ([]string, map[string]string, error) {
	paths = slices.Clone(paths)
	texts := map[string]string{}
	for i, path := range paths {
		if path != "-" {
			continue
		}
		text, err := io.ReadAll(io.LimitReader(s.in, maxStdin+1))
		if err != nil {
			return nil, nil, fmt.Errorf("read standard input: %w", err)
		}
		if len(text) > maxStdin {
			return nil, nil, fmt.Errorf("standard input is larger than %d MiB", maxStdin>>20)
		}
		paths[i] = name
		if name == "" {
			paths[i] = "stdin.conf"
			if strings.Contains(string(text), "[uwsgi]") {
				paths[i] = "stdin.ini"
			}
		}
		texts[paths[i]] = string(text)
	}
	return paths, texts, nil
}

package lint

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/aymanbagabas/go-udiff"

	"github.com/deployctl/deployctl/internal/atomicfile"
)

// Diff writes what changed as unified diffs, sorted by name.
func (f *Fixed) Diff(w io.Writer) error {
	for _, name := range slices.Sorted(maps.Keys(f.New)) {
		if _, err := io.WriteString(w, udiff.Unified(name, name, f.Old[name], f.New[name])); err != nil {
			return err
		}
	}
	return nil
}

// Write writes the files that changed, but for those that came from elsewhere
// than the disk. Each is replaced in one step and keeps its mode and owner; of
// a symbolic link the target is written. A file that somebody changed since it
// was read is left alone, which the error says; the others are written.
func (f *Fixed) Write(elsewhere map[string]string) error {
	var failed []error
	for _, name := range slices.Sorted(maps.Keys(f.New)) {
		if _, ok := elsewhere[name]; ok {
			continue
		}
		text, err := os.ReadFile(name)
		switch {
		case err != nil:
			err = fmt.Errorf("mend: %w", err)
		case string(text) == f.New[name]: // two names of one file
		case string(text) != f.Old[name]:
			err = fmt.Errorf("mend %s: the file changed while it was linted", name)
		default:
			err = atomicfile.Write(name, []byte(f.New[name]), 0o644)
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

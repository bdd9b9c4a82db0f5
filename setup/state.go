package setup

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/deployctl/deployctl/internal/atomicfile"
	"github.com/deployctl/deployctl/project"
)

// State keeps the answers of a wizard until its files are written, so that an
// interrupted one can go on. It lies in the person's own state folder
// ($XDG_STATE_HOME, or ~/.local/state), one file for each project's folder: the
// project itself stays as it was. A nil State keeps nothing.
type State struct {
	path string
	mu   sync.Mutex
	last int // the number of what was kept last
}

// maxState is the size, in bytes, above which no state is read.
const maxState = 1 << 20

// NewState returns the state of a project's folder, or nil where the
// environment names no place for it.
func NewState(dir string, env func(string) string) *State {
	base := env("XDG_STATE_HOME")
	if !filepath.IsAbs(base) {
		home := env("HOME")
		if !filepath.IsAbs(home) {
			return nil
		}
		base = filepath.Join(home, ".local", "state")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		abs = real
	}
	sum := sha256.Sum256([]byte(abs))
	return &State{path: filepath.Join(base, "deployctl", "init-"+hex.EncodeToString(sum[:8]))}
}

// Kept is what an interrupted wizard left.
type Kept struct {
	Changes []project.Change
	Place   string // which question it had come to, in the wizard's own words
	At      time.Time
}

// placeKey stands for the place among the answers of a state.
const placeKey = "wizard.at"

// Load returns what was kept; ok is false where nothing was, or nothing that
// can be used.
func (s *State) Load() (k Kept, ok bool) {
	if s == nil {
		return k, false
	}
	info, err := os.Stat(s.path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxState {
		return k, false
	}
	src, err := os.ReadFile(s.path)
	if err != nil {
		return k, false
	}
	k.At = info.ModTime()
	changes, err := ParseAnswers(s.path, string(src))
	for _, c := range changes {
		if c.Key == placeKey {
			k.Place = c.Value
		} else {
			k.Changes = append(k.Changes, c)
		}
	}
	return k, err == nil && len(k.Changes) > 0
}

// Keep keeps answers in place of what was kept before. It may be called from
// several goroutines: of two, the one with the higher number stays.
func (s *State) Keep(number int, changes []project.Change, place string) error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if number < s.last {
		return nil
	}
	s.last = number
	if len(changes) == 0 {
		return s.remove()
	}
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return fmt.Errorf("keep the answers: %w", err)
	}
	changes = append(slices.Clip(changes), project.Change{Key: placeKey, Value: place})
	return atomicfile.Write(s.path, []byte(MarshalAnswers(changes)), 0o600)
}

// Remove forgets what was kept, and keeps nothing any more.
func (s *State) Remove() error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = int(^uint(0) >> 1)
	return s.remove()
}

func (s *State) remove() error {
	if err := os.Remove(s.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forget the answers: %w", err)
	}
	return nil
}

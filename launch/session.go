package launch

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/deployctl/deployctl/launch/native"
)

// The files of a run.
const (
	lockName    = "lock"
	controlName = "c.sock"
	stateName   = "state.json"
	logName     = "log.jsonl"
)

// state is what a later start has to know to clean up after a run that was
// killed.
type state struct {
	Dir       string            `json:"dir"`
	Processes []native.Identity `json:"processes"`
}

// Session is the folder of a run, which one process at a time has.
type Session struct {
	Dir  string
	lock *os.File
}

// ErrRunning tells that the project's pair runs already.
var ErrRunning = errors.New("the pair runs already: `deployctl status` shows it, `deployctl down` stops it")

// Open takes the folder of a project's run, and removes what a run that was
// killed has left there: its own files and processes only.
func Open(project string) (*Session, error) {
	dir, err := RunFolder(project)
	if err != nil {
		return nil, err
	}
	if err := private(dir); err != nil {
		return nil, err
	}
	held, err := lock(filepath.Join(dir, lockName))
	if errors.Is(err, errLocked) {
		return nil, ErrRunning
	}
	if err != nil {
		return nil, err
	}
	s := &Session{Dir: dir, lock: held}
	if err := s.clean(); err != nil {
		held.Close()
		return nil, err
	}
	text, err := json.Marshal(state{Dir: project})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, stateName), text, 0o600)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("note the run: %w", err), s.Close())
	}
	return s, nil
}

// clean ends the processes of a run that was killed, and empties the folder.
func (s *Session) clean() error {
	var old state
	if text, err := os.ReadFile(filepath.Join(s.Dir, stateName)); err == nil && json.Unmarshal(text, &old) == nil {
		for _, p := range old.Processes {
			p.KillGroup()
		}
	}
	entries, err := os.ReadDir(s.Dir)
	if err != nil {
		return fmt.Errorf("read the folder of the run: %w", err)
	}
	for _, e := range entries {
		if e.Name() == lockName {
			continue
		}
		if err := os.RemoveAll(filepath.Join(s.Dir, e.Name())); err != nil {
			return fmt.Errorf("clean the folder of the run: %w", err)
		}
	}
	return nil
}

// Note writes down which processes a later start has to end if this one is
// killed.
func (s *Session) Note(r *Run) error {
	r.state.Lock()
	processes := r.processes()
	r.state.Unlock()
	text, err := json.Marshal(state{Dir: r.source.Dir, Processes: processes})
	if err != nil {
		return fmt.Errorf("note the run: %w", err)
	}
	if err := os.WriteFile(filepath.Join(s.Dir, stateName), text, 0o600); err != nil {
		return fmt.Errorf("note the run: %w", err)
	}
	return nil
}

// Close gives the folder up, and removes it.
func (s *Session) Close() error {
	err := os.RemoveAll(s.Dir)
	s.lock.Close()
	return err
}

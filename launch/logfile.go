package launch

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// maxLog is the size in bytes at which the log of a run starts anew.
const maxLog = 16 << 20

// Log keeps the events of a run for other terminals.
type Log struct {
	mu   sync.Mutex
	file *os.File
	size int64
}

// OpenLog starts the log of a session.
func (s *Session) OpenLog() (*Log, error) {
	f, err := os.OpenFile(filepath.Join(s.Dir, logName), os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the log: %w", err)
	}
	return &Log{file: f}, nil
}

// Add writes an event. A log that cannot be written is no reason to stop a run.
func (l *Log) Add(e Event) {
	text, err := json.Marshal(e)
	if err != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.size > maxLog {
		if l.file.Truncate(0) == nil {
			l.size = 0
		}
	}
	n, _ := l.file.Write(append(text, '\n'))
	l.size += int64(n)
}

// Close ends the log.
func (l *Log) Close() { l.file.Close() }

// followEvery is how often a log that is followed is looked at again.
const followEvery = 100 * time.Millisecond

// ReadLog hands on the events of a project's run; with follow those to come
// too, until the run or ctx ends.
func ReadLog(ctx context.Context, project string, follow bool, each func(Event)) error {
	dir, err := RunFolder(project)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, logName)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNotRunning
	}
	if err != nil {
		return fmt.Errorf("read the log: %w", err)
	}
	defer f.Close()
	r := bufio.NewReader(f)
	var partial []byte
	for {
		text, err := r.ReadBytes('\n')
		partial = append(partial, text...)
		if err == nil {
			var e Event
			if json.Unmarshal(partial, &e) == nil {
				each(e)
			}
			partial = nil
			continue
		}
		if !errors.Is(err, io.EOF) {
			return fmt.Errorf("read the log: %w", err)
		}
		if !follow {
			return nil
		}
		if !exists(path) {
			return nil // the run has ended
		}
		if info, err := f.Stat(); err == nil {
			if at, err := f.Seek(0, io.SeekCurrent); err == nil && info.Size() < at {
				_, _ = f.Seek(0, io.SeekStart) // the log started anew
				r.Reset(f)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(followEvery):
		}
	}
}

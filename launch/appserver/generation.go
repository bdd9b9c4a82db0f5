package appserver

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

// bootstrap imports the scripts from their folder without leaving it in the
// path that the application imports from.
const bootstrap = `import sys
sys.path.insert(0, sys.argv[1])
import deployctl_appserver.main as server
del sys.path[0]
server.main(sys.argv[2])
`

// generation is one Python master with its workers.
type generation struct {
	cmd      *exec.Cmd
	pool     *pool
	control  *net.UnixConn // on which workers bring their threads
	commands io.WriteCloser
	dir      string // of the scripts and settings
	ready    chan struct{}
	done     chan struct{}
	retired  atomic.Bool
	onReload func()

	mu     sync.Mutex
	asked  []chan []Worker // who waits for stats, in order
	failed error
}

// event is a line that the Python half sends.
type event struct {
	Event   string   `json:"event"`
	Workers []Worker `json:"workers"`
}

// noApplication is the code that uWSGI exits with under need-app
// (core/uwsgi.h, UWSGI_FAILED_APP_CODE).
const noApplication = 22

var errNoApplication = fmt.Errorf("no application could be loaded, and need-app asks for one: the lines above say why (uWSGI exits with %d)", noApplication)

// Worker is what one worker does.
type Worker struct {
	ID          int     `json:"id"`
	PID         int     `json:"pid"` // 0 while it is being replaced
	Requests    int64   `json:"requests"`
	Exceptions  int64   `json:"exceptions"`
	Harakiris   int64   `json:"harakiri_count"`
	BusySince   float64 `json:"busy_since"` // Unix seconds; 0 when it waits
	Request     string  `json:"request"`    // what it is busy with
	RunningTime int64   `json:"running_time"`
	LastSpawn   int64   `json:"last_spawn"`
	Respawns    int     `json:"respawn_count"`
	Sent        int64   `json:"tx"`
	AverageTime int64   `json:"avg_rt"` // microseconds
}

// startGeneration starts a master and waits until its application is loaded.
func startGeneration(ctx context.Context, python, within string, s settings, backlog int, log io.Writer, onReload func()) (_ *generation, err error) {
	dir, err := os.MkdirTemp(within, "deployctl-app-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the application server: %w", err)
	}
	g := &generation{dir: dir, pool: newPool(backlog), ready: make(chan struct{}), done: make(chan struct{}), onReload: onReload}
	defer func() {
		if err != nil && g.cmd == nil {
			os.RemoveAll(dir)
		}
	}()
	events, eventsWriter, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start the application server: %w", err)
	}
	defer eventsWriter.Close()
	control, controlOfWorkers, err := newControl()
	if err != nil {
		events.Close()
		return nil, fmt.Errorf("start the application server: %w", err)
	}
	defer controlOfWorkers.Close()
	defer func() {
		if g.cmd == nil {
			events.Close()
			control.Close()
		}
	}()
	g.control = control
	s.EventsFD, s.ControlFD = 3, 4
	if err := g.write(s); err != nil {
		return nil, err
	}
	cmd := exec.Command(python, "-u", "-c", bootstrap, filepath.Join(dir, "python"), filepath.Join(dir, "settings.json"))
	cmd.ExtraFiles = []*os.File{eventsWriter, controlOfWorkers}
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "PYTHONUNBUFFERED=1")
	cmd.Stdout = log
	cmd.Stderr = log
	cmd.WaitDelay = time.Second
	apart(cmd)
	if g.commands, err = cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("start the application server: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", python, err)
	}
	g.cmd = cmd
	go g.wait()
	go g.listen(events)
	go welcome(control, g.pool)
	select {
	case <-g.ready:
		return g, nil
	case <-g.done:
		return nil, g.err()
	case <-ctx.Done():
		g.kill()
		<-g.done
		return nil, fmt.Errorf("the application did not load in time: %w", ctx.Err())
	}
}

// write puts the scripts and the settings into the generation's folder.
func (g *generation) write(s settings) error {
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write the application server's settings: %w", err)
	}
	if err := os.CopyFS(g.dir, scripts); err != nil {
		return fmt.Errorf("write the application server's scripts: %w", err)
	}
	if err := os.WriteFile(filepath.Join(g.dir, "settings.json"), text, 0o600); err != nil {
		return fmt.Errorf("write the application server's settings: %w", err)
	}
	return nil
}

func (g *generation) wait() {
	err := g.cmd.Wait()
	killAll(g.cmd) // what a master that was killed left behind
	g.pool.close()
	g.control.Close()
	os.RemoveAll(g.dir)
	g.mu.Lock()
	switch {
	case g.failed != nil:
	case g.cmd.ProcessState.ExitCode() == noApplication:
		g.failed = errNoApplication
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		g.failed = fmt.Errorf("the application server ended: %w", err)
	}
	g.mu.Unlock()
	close(g.done)
}

// listen follows what the Python half says.
func (g *generation) listen(events io.ReadCloser) {
	defer events.Close()
	lines := bufio.NewScanner(events)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(bytes.TrimSpace(lines.Bytes()), &e) != nil {
			continue
		}
		switch e.Event {
		case "ready":
			close(g.ready)
		case "failed":
			g.mu.Lock()
			g.failed = errNoApplication
			g.mu.Unlock()
		case "stopping":
			g.pool.close() // no worker is forked again
		case "reload":
			go g.onReload()
		case "stats":
			g.mu.Lock()
			if len(g.asked) > 0 {
				g.asked[0] <- e.Workers
				g.asked = g.asked[1:]
			}
			g.mu.Unlock()
		}
	}
}

func (g *generation) err() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.failed
}

// tell sends a command to the Python half.
func (g *generation) tell(command string) error {
	if _, err := io.WriteString(g.commands, command+"\n"); err != nil {
		return fmt.Errorf("speak to the application server: %w", err)
	}
	return nil
}

func (g *generation) workers(ctx context.Context) ([]Worker, error) {
	answer := make(chan []Worker, 1)
	g.mu.Lock()
	g.asked = append(g.asked, answer)
	err := g.tell("stats")
	g.mu.Unlock()
	if err != nil {
		return nil, err
	}
	select {
	case w := <-answer:
		return w, nil
	case <-g.done:
		return nil, errors.New("the application server has ended")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// stop lets requests under way finish until ctx is done, and kills then.
func (g *generation) stop(ctx context.Context) error {
	if err := g.tell("stop"); err != nil {
		g.kill()
	}
	select {
	case <-g.done:
		return nil
	case <-ctx.Done():
		g.kill()
		<-g.done
		return fmt.Errorf("requests under way were cut off: %w", ctx.Err())
	}
}

// retire stops a generation in the background.
func (g *generation) retire(mercy time.Duration) {
	g.retired.Store(true)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), mercy)
		defer cancel()
		_ = g.stop(ctx) // what outlives its mercy is cut off, as uWSGI does
	}()
}

func (g *generation) kill() {
	_ = g.tell("kill")
	_ = killAll(g.cmd)
}

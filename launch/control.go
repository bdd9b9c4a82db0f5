package launch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"path/filepath"
	"syscall"
	"time"
)

// request is what another deployctl asks of the one that runs the pair.
type request struct {
	Command string `json:"command"` // status, reload or stop
}

// answer is what it says.
type answer struct {
	Error  string  `json:"error,omitempty"`
	Status *Status `json:"status,omitempty"`
}

// Control answers the other commands on a socket in the folder of the run.
type Control struct {
	listener net.Listener
	reload   func(context.Context) error
	status   func(context.Context) Status
	stop     func() <-chan struct{}
	ended    chan struct{}
}

// Serve answers the other commands. stop asks the run to end, and its channel is
// closed when it has.
func (s *Session) Serve(reload func(context.Context) error, status func(context.Context) Status, stop func() <-chan struct{}) (*Control, error) {
	l, err := net.Listen("unix", filepath.Join(s.Dir, controlName))
	if err != nil {
		return nil, fmt.Errorf("listen for other commands: %w", err)
	}
	c := &Control{listener: l, reload: reload, status: status, stop: stop, ended: make(chan struct{})}
	go c.accept()
	return c, nil
}

func (c *Control) accept() {
	defer close(c.ended)
	for {
		conn, err := c.listener.Accept()
		if err != nil {
			return
		}
		go c.answer(conn)
	}
}

// reloadLimit is how long an application may take to load again.
const reloadLimit = 2 * time.Minute

func (c *Control) answer(conn net.Conn) {
	defer conn.Close()
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	var q request
	if json.NewDecoder(conn).Decode(&q) != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), reloadLimit)
	defer cancel()
	var a answer
	switch q.Command {
	case "status":
		s := c.status(ctx)
		a.Status = &s
	case "reload":
		if err := c.reload(ctx); err != nil {
			a.Error = err.Error()
		}
		s := c.status(ctx)
		a.Status = &s
	case "stop":
		<-c.stop()
	default:
		a.Error = fmt.Sprintf("unknown command %q", q.Command)
	}
	_ = json.NewEncoder(conn).Encode(a)
}

// Close ends the control socket.
func (c *Control) Close() {
	c.listener.Close()
	<-c.ended
}

// ErrNotRunning tells that the project's pair does not run.
var ErrNotRunning = errors.New("the pair does not run: `deployctl up` starts it")

// Ask sends a command to the run of a project: status, reload or stop. The
// status is that after the command.
func Ask(ctx context.Context, project, command string) (*Status, error) {
	dir, err := RunFolder(project)
	if err != nil {
		return nil, err
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", filepath.Join(dir, controlName))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return nil, ErrNotRunning
	}
	if err != nil {
		return nil, fmt.Errorf("speak to the run: %w", err)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if err := json.NewEncoder(conn).Encode(request{command}); err != nil {
		return nil, fmt.Errorf("speak to the run: %w", err)
	}
	var a answer
	if err := json.NewDecoder(conn).Decode(&a); err != nil {
		if command == "stop" {
			return nil, nil // it ended before it could answer
		}
		return nil, fmt.Errorf("speak to the run: %w", err)
	}
	if a.Error != "" {
		return a.Status, errors.New(a.Error)
	}
	return a.Status, nil
}

package launch

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/deployctl/deployctl/launch/native"
)

// Choice says what runs one half of a pair.
type Choice string

// The choices. Auto takes the real program where it is installed and can run
// the configuration.
const (
	Auto     Choice = "auto"
	Native   Choice = "native"
	Embedded Choice = "embedded"
)

// ParseChoice reads the value of --nginx or --uwsgi.
func ParseChoice(text string) (Choice, error) {
	switch c := Choice(text); c {
	case Auto, Native, Embedded:
		return c, nil
	case "":
		return Auto, nil
	}
	return "", fmt.Errorf("unknown engine %q: write auto, native or embedded", text)
}

// Options say how a pair is run.
type Options struct {
	Nginx, Uwsgi Choice
	// Stub answers in place of the application, without Python.
	Stub bool
	// Detail makes the report of each request hold its worker and headers.
	Detail bool
	// Strict makes what an engine does not execute an error.
	Strict bool
	// Python is the interpreter of the embedded application server; "" for the
	// virtualenv's, or the system's.
	Python string
	// Dir is the folder of the run: absolute, short, ours alone.
	Dir string
	// Sink takes every event; it must not block for long.
	Sink func(Event)
	// Findings returns what the linter says of the pair; nil for nothing.
	Findings func() []Finding
	// Mercy is how long requests under way may take when something stops; 0 for
	// 10 seconds.
	Mercy time.Duration
}

// defaultMercy is how long Ctrl-C waits for requests under way.
const defaultMercy = 10 * time.Second

func (o *Options) mercy() time.Duration {
	if o.Mercy > 0 {
		return o.Mercy
	}
	return defaultMercy
}

// engines are the programs that a run uses.
type engines struct {
	nginx, uwsgi *native.Program // nil for the embedded one
	routes       bool            // the native uWSGI knows route-run
}

// names says which programs run the halves of a plan, "none" for a half that it
// does not have.
func (e engines) names(p *Plan) EngineNames {
	name := func(program *native.Program, has bool) string {
		switch {
		case !has:
			return "none"
		case program != nil:
			return "native " + program.Version
		}
		return string(Embedded)
	}
	return EngineNames{name(e.nginx, p == nil || p.Nginx != nil), name(e.uwsgi, p == nil || len(p.Uwsgi) > 0)}
}

// choose finds the programs that the options ask for.
func choose(o *Options) (engines, error) {
	var e engines
	find := func(choice Choice, name string, to **native.Program) error {
		if choice == Embedded {
			return nil
		}
		p, err := native.Find(name)
		switch {
		case err == nil:
			*to = &p
		case choice == Native:
			return fmt.Errorf("--%s native: %w: install it, or run the embedded one", name, err)
		}
		return nil
	}
	if o.Stub && o.Uwsgi == Native {
		return e, errors.New("--app stub is the embedded application server's: leave --uwsgi native out")
	}
	uwsgi := o.Uwsgi
	if o.Stub {
		uwsgi = Embedded
	}
	err := errors.Join(find(o.Nginx, "nginx", &e.nginx), find(uwsgi, "uwsgi", &e.uwsgi))
	e.routes = o.Detail && e.uwsgi != nil && native.Knows(*e.uwsgi, "route-run")
	return e, err
}

// lacking tells whether nginx refuses a configuration because this build lacks
// something, and not because it is wrong.
func lacking(err error) bool {
	return strings.Contains(err.Error(), "unknown directive") || strings.Contains(err.Error(), "requires the") || strings.Contains(err.Error(), "dlopen()")
}

// hasModule tells whether a Python has a module.
func hasModule(python, module string) bool {
	return exec.Command(python, "-c", "import importlib.util,sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)", module).Run() == nil
}

package launch

import (
	"context"
	"strings"

	"github.com/deployctl/deployctl/diag"
)

// Live is a pair that runs, for who watches it and acts on it. Its methods may
// be called at the same time, until Up returns.
type Live struct {
	run    *Run
	reload func(context.Context) error
}

// Status returns how the run is, and what its processes do.
func (l *Live) Status(ctx context.Context) Status { return l.run.Status(ctx) }

// Reload reads the configuration and the application again; see Run.Reload.
func (l *Live) Reload(ctx context.Context) error { return l.reload(ctx) }

// RestartWorker lets a worker of the application of a uWSGI file finish its
// request, and replaces it; file and id are those of AppStatus.
func (l *Live) RestartWorker(ctx context.Context, file string, id int) error {
	l.run.state.Lock()
	a := l.run.apps[file]
	l.run.state.Unlock()
	if a == nil {
		return diag.T("%s does not run", file)
	}
	if err := a.restartWorker(ctx, id); err != nil {
		return err
	}
	l.run.note("worker %d of %s is replaced once it has finished its request", id, file)
	return nil
}

// Explain says which way a request took through the user's files, and why, as
// `deployctl route` does: the files decide, as they were when the run started or
// was last reloaded.
func (l *Live) Explain(a *Access, c diag.Catalog) (string, error) {
	plan := l.run.Plan()
	q, err := plan.asked(a)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	err = plan.Route(q).Text(&text, q, c)
	return text.String(), err
}

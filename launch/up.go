package launch

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// UpOptions say how a pair is run until somebody stops it.
type UpOptions struct {
	Options
	// Watch reloads when a file of the configuration or the application changes.
	Watch bool
	// Ready is called once, when the pair answers; Live too, with what acts on it.
	Ready func(Status)
	Live  func(*Live)
	// Saved is called whenever a file of the configuration has changed.
	Saved func()
	// Print takes every event; nil where nobody looks.
	Print func(Event)
	// Hurry is closed when the person asks a second time to stop.
	Hurry <-chan struct{}
}

// Up runs a pair until ctx is done, another command stops it, or a part of it
// ends by itself, which is the error. Nothing is left when it returns.
func Up(ctx context.Context, s *Source, o UpOptions) (err error) {
	stopped := make(chan struct{})
	defer close(stopped)
	session, err := Open(s.Dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	log, err := session.OpenLog()
	if err != nil {
		return err
	}
	defer log.Close()
	o.Dir = session.Dir
	o.Sink = func(e Event) {
		log.Add(e)
		if o.Print != nil {
			o.Print(e)
		}
	}
	r, err := Start(ctx, s, o.Options)
	if err != nil {
		return err
	}
	asked := make(chan struct{}, 1)
	defer func() { stop(r, o) }()
	if err := session.Note(r); err != nil {
		return err
	}
	reload := func(ctx context.Context) error {
		err := r.Reload(ctx)
		if err != nil {
			r.emit(Event{Time: time.Now(), From: FromSelf, Text: fmt.Sprintf("not reloaded, the old configuration goes on: %v", err), Bad: true})
		}
		return errors.Join(err, session.Note(r))
	}
	control, err := session.Serve(reload, func(ctx context.Context) Status { return r.Status(ctx) }, func() <-chan struct{} {
		select {
		case asked <- struct{}{}:
		default:
		}
		return stopped
	})
	if err != nil {
		return err
	}
	defer control.Close()
	if o.Watch || o.Saved != nil {
		w, err := watch(r, o.Watch, func(configuration bool) {
			if o.Watch {
				_ = reload(ctx) // the event says what went wrong
			}
			if configuration && o.Saved != nil {
				o.Saved()
			}
		})
		if err != nil {
			return err
		}
		defer w.close()
	}
	if o.Ready != nil {
		o.Ready(r.Status(ctx))
	}
	if o.Live != nil {
		o.Live(&Live{r, reload})
	}
	select {
	case <-ctx.Done():
	case <-asked:
	case <-r.Ended():
		return r.Err()
	}
	return nil
}

// stop ends a run in order; what hurries cuts it off.
func stop(r *Run, o UpOptions) {
	ctx, cancel := context.WithTimeout(context.Background(), o.mercy())
	defer cancel()
	done := make(chan struct{})
	defer close(done)
	go func() {
		select {
		case <-o.Hurry:
			cancel()
		case <-done:
		}
	}()
	r.Stop(ctx)
}

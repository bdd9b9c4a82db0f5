package launch

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/deployctl/deployctl/launch/native"
)

// Stop ends the pair: nginx takes no new request and lets those under way
// finish, then the application stops. When ctx is done, what is left is cut off.
func (r *Run) Stop(ctx context.Context) {
	r.setStopped()
	r.over.Do(func() { close(r.stopping) })
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopAll(ctx)
}

func (r *Run) stopAll(ctx context.Context) {
	r.state.Lock()
	f, apps := r.front, slices.Collect(maps.Values(r.apps))
	r.state.Unlock()
	stopped := make(chan struct{})
	defer close(stopped)
	go r.sayWhoBlocks(apps, stopped)
	front := make(chan struct{})
	go func() {
		defer close(front)
		if f != nil {
			f.stop(ctx, r)
		}
	}()
	select {
	case <-front:
	case <-ctx.Done(): // what waits for the application ends with it
	}
	defer func() { <-front }()
	var all sync.WaitGroup
	for _, a := range apps {
		all.Go(func() { a.stop(ctx, r) })
	}
	all.Wait()
	r.retiring.Wait()
}

// patience is how long a stop may take before it is said who blocks it; uWSGI
// alone needs a second.
const patience = 2 * time.Second

// sayWhoBlocks names the requests that the stop of some parts waits for.
func (r *Run) sayWhoBlocks(apps []*appHalf, stopped <-chan struct{}) {
	busy := make(chan string, 1)
	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case <-stopped:
		return
	case <-wait.C:
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		var names []string
		for _, a := range apps {
			workers, err := a.workers(ctx)
			for _, w := range workers {
				if w.Request != "" && err == nil {
					names = append(names, fmt.Sprintf("%s (process %d)", w.Request, w.PID))
				}
			}
		}
		busy <- strings.Join(names, ", ")
	}()
	select {
	case <-stopped:
	case names := <-busy:
		if names == "" {
			names = "what was begun"
		}
		r.note("waiting for %s; Ctrl-C once more cuts off", names)
	}
}

func (f *frontHalf) stop(ctx context.Context, r *Run) {
	switch {
	case f.native != nil:
		if f.native.Stop(ctx) {
			r.note("nginx: requests under way were cut off")
		}
	case f.front != nil:
		if err := f.front.Stop(ctx); err != nil {
			r.note("nginx: %v", err)
		}
	}
}

func (a *appHalf) stop(ctx context.Context, r *Run) {
	switch {
	case a.native != nil:
		if a.native.Stop(ctx) {
			r.note("uWSGI: the application did not stop in time, and was ended")
		}
		a.plan.remove()
	case a.server != nil:
		if err := a.server.Stop(ctx); err != nil {
			r.note("the application: %v", err)
		}
	}
}

// processes returns the processes that would outlive deployctl.
func (r *Run) processes() []native.Identity {
	var all []native.Identity
	add := func(pid int) {
		if id, ok := native.Identify(pid); ok {
			all = append(all, id)
		}
	}
	if r.front != nil && r.front.native != nil {
		add(r.front.native.PID())
	}
	for _, a := range r.apps {
		if a.native != nil {
			add(a.native.PID())
		}
	}
	return all
}

func baseOf(path string) string {
	base := filepath.Base(path)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

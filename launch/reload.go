package launch

import (
	"context"
	"errors"
	"time"

	"github.com/deployctl/deployctl/launch/front"
	"github.com/deployctl/deployctl/launch/native"
)

// Reload reads the configuration and the application again. No request is
// dropped: the new application answers before nginx turns to it, and the old one
// ends what it has begun. After an error everything goes on as before.
func (r *Run) Reload(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	old := r.Plan()
	source, err := refreshed(r.source)
	if err != nil {
		return err
	}
	r.source = source
	plan, err := r.newPlan(old.Options.Generation+1, old)
	if err != nil {
		return err
	}
	next, idle, err := r.renew(ctx, old, plan)
	if err != nil {
		if e := old.Write(); e != nil {
			err = errors.Join(err, e)
		}
		return errors.New(plan.Translate(err.Error()))
	}
	r.retire(next, plan, idle)
	r.explain.forget()
	return nil
}

// refreshed reads the description of a source again.
func refreshed(s *Source) (*Source, error) {
	if s.Description == nil {
		return s, nil
	}
	again, err := Find([]string{s.Dir})
	if err != nil {
		return nil, err
	}
	again.Paths, again.Dir = s.Paths, s.Dir
	return again, nil
}

// renew starts what a new plan needs, and turns nginx to it. idle is closed when
// nginx asks the old parts for nothing any more. On an error they serve as before.
func (r *Run) renew(ctx context.Context, old, plan *Plan) (_ map[string]*appHalf, idle <-chan struct{}, _ error) {
	if err := r.checkFront(plan); err != nil {
		return nil, nil, err
	}
	next := map[string]*appHalf{}
	var undo []func()
	fail := func(err error) (map[string]*appHalf, <-chan struct{}, error) {
		for _, f := range undo {
			f()
		}
		return nil, nil, err
	}
	for _, u := range plan.Uwsgi {
		name := u.Source.Main.Name
		before := r.apps[name]
		if before != nil && before.server != nil {
			if err := before.server.Reload(ctx, u.Config); err != nil {
				return fail(err)
			}
			undo = append(undo, func() { _ = before.server.Reload(ctx, before.plan.Config) }) // it ran a moment ago
			next[name] = &appHalf{plan: u, server: before.server}
			continue
		}
		if before != nil && u.fixed {
			r.state.Lock()
			delete(r.apps, name)
			r.state.Unlock()
			r.stopFor(before) // two cannot listen on one port
		}
		app, err := r.startReloaded(ctx, plan, u)
		if err != nil {
			return fail(err)
		}
		undo = append(undo, func() { r.stopFor(app) })
		next[name] = app
	}
	r.state.Lock()
	r.plan = plan
	r.state.Unlock()
	idle, err := r.turnFront(ctx, plan)
	if err != nil {
		r.state.Lock()
		r.plan = old
		r.state.Unlock()
		return fail(err)
	}
	return next, idle, nil
}

// stopFor stops a part, and cuts off what outlives the mercy for requests.
func (r *Run) stopFor(a *appHalf) {
	ctx, cancel := context.WithTimeout(context.Background(), r.options.mercy())
	defer cancel()
	a.stop(ctx, r)
}

func (r *Run) startReloaded(ctx context.Context, plan *Plan, u *UwsgiPlan) (*appHalf, error) {
	if p := r.engines.uwsgi; p != nil {
		plugin, err := native.PluginFor(*p, u.Path)
		if err != nil {
			return nil, err
		}
		u.plugin = plugin
	}
	return r.startApp(ctx, plan, u)
}

// checkFront tells what nginx would refuse, before anything is changed.
func (r *Run) checkFront(plan *Plan) error {
	switch {
	case plan.Nginx == nil:
		return nil
	case r.engines.nginx != nil:
		return native.CheckNginx(*r.engines.nginx, plan.Nginx.Path, plan.Options.Scratch)
	}
	f, err := front.New(plan.Nginx.Config, front.Options{Prefix: plan.Options.Scratch})
	if err != nil {
		return err
	}
	return r.unexecuted(plan, f)
}

// settle is how long a request that nginx has taken may need to reach the
// application.
const settle = 300 * time.Millisecond

// turnFront lets nginx take the new configuration. idle is closed when it asks
// the old application for nothing any more.
func (r *Run) turnFront(ctx context.Context, plan *Plan) (idle <-chan struct{}, err error) {
	f := r.front
	soon := make(chan struct{})
	switch {
	case plan.Nginx == nil && f != nil:
		return nil, errors.New("the nginx files are gone: stop the pair and start it again")
	case plan.Nginx == nil:
	case f == nil:
		f, err := r.startFront(ctx)
		if err != nil {
			return nil, err
		}
		r.state.Lock()
		r.front = f
		r.state.Unlock()
	case f.front != nil:
		if err := f.front.Reload(plan.Nginx.Config); err != nil {
			return nil, err
		}
	default:
		return f.native.Reload(ctx)
	}
	time.AfterFunc(settle, func() { close(soon) })
	return soon, nil
}

// retire makes the new parts those of the run, and ends the old ones in the
// background, once nginx is done with them.
func (r *Run) retire(next map[string]*appHalf, plan *Plan, idle <-chan struct{}) {
	r.state.Lock()
	old := r.apps
	r.apps = next
	r.reloads++
	r.state.Unlock()
	for name, a := range old {
		if n := next[name]; n != nil && n.server == a.server && n.server != nil {
			continue
		}
		r.retiring.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), r.options.mercy())
			defer cancel()
			select {
			case <-idle:
			case <-ctx.Done():
			case <-r.stopping:
			}
			a.stop(ctx, r)
		})
	}
	names := r.engines.names(plan)
	r.note("reloaded (nginx %s, uWSGI %s)", names.Nginx, names.Uwsgi)
	for _, u := range plan.URLs {
		r.note("%s", u)
	}
}

package launch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/deployctl/deployctl/launch/appserver"
	"github.com/deployctl/deployctl/launch/front"
	"github.com/deployctl/deployctl/launch/native"
)

// Run is a running pair.
type Run struct {
	options Options
	source  *Source
	explain *explainer

	mu      sync.Mutex // of reload and stop, which exclude each other
	state   sync.Mutex // of what follows
	plan    *Plan
	engines engines
	front   *frontHalf // nil without nginx files
	apps    map[string]*appHalf
	started time.Time
	reloads int
	ended   chan struct{}
	once    sync.Once // of ended
	over    sync.Once // of stopping
	failure error
	stopped bool
	// retiring are the parts that a reload has replaced and that end what they
	// have begun.
	retiring sync.WaitGroup
	stopping chan struct{} // closed when the run stops
}

// appHalf runs one uWSGI file; one of the two is nil.
type appHalf struct {
	plan   *UwsgiPlan
	server *appserver.Server
	native *native.Uwsgi
}

// frontHalf runs the nginx file; one of the two is nil.
type frontHalf struct {
	front  *front.Front
	native *native.Nginx
}

// Start runs a pair, and returns when it answers. What cannot be kept, and what
// is not executed, is said through the sink. On an error nothing is left running.
func Start(ctx context.Context, s *Source, o Options) (*Run, error) {
	chosen, err := choose(&o)
	if err != nil {
		return nil, err
	}
	r := &Run{
		options: o, source: s, explain: &explainer{find: o.Findings}, engines: chosen, apps: map[string]*appHalf{}, started: time.Now(),
		ended: make(chan struct{}), stopping: make(chan struct{}),
	}
	err = r.attempt(ctx)
	for i := 0; i < takenAgain && err != nil && taken(err) && ctx.Err() == nil; i++ {
		r.abandon()
		err = r.attempt(ctx)
	}
	if failed := (*uwsgiError)(nil); errors.As(err, &failed) && o.Uwsgi != Native && ctx.Err() == nil {
		r.note("%v: the embedded application server takes its place", err)
		r.abandon()
		r.engines.uwsgi = nil
		err = r.attempt(ctx)
	}
	if err != nil {
		r.abandon()
		return nil, err
	}
	for _, c := range r.plan.Changes {
		if c.Lost {
			r.note("%s", c.String())
		}
	}
	return r, nil
}

// uwsgiError tells that the real uWSGI does not run an application.
type uwsgiError struct{ text string }

func (e *uwsgiError) Error() string { return e.text }

// takenAgain is how often other ports are chosen when another program takes one
// between the plan and the start.
const takenAgain = 3

func taken(err error) bool {
	return strings.Contains(strings.ToLower(err.Error()), "address already in use")
}

// attempt plans and starts.
func (r *Run) attempt(ctx context.Context) error {
	if err := r.prepare(); err != nil {
		return err
	}
	return r.start(ctx)
}

// prepare makes the plan for the engines, and changes an engine that cannot run
// it for the embedded one.
func (r *Run) prepare() error {
	plan, err := r.newPlan(0, nil)
	if err != nil {
		return err
	}
	r.state.Lock()
	r.plan = plan
	r.state.Unlock()
	if r.engines.nginx != nil && plan.Nginx != nil {
		if err := native.CheckNginx(*r.engines.nginx, plan.Nginx.Path, plan.Options.Scratch); err != nil {
			if r.options.Nginx == Native || !lacking(err) {
				return errors.New(plan.Translate(err.Error()))
			}
			r.note("%s: the embedded nginx takes its place", plan.Translate(err.Error()))
			r.engines.nginx = nil
			return r.prepare()
		}
	}
	if r.engines.uwsgi != nil {
		for _, u := range plan.Uwsgi {
			plugin, err := native.PluginFor(*r.engines.uwsgi, u.Path)
			if err == nil {
				u.plugin = plugin
				continue
			}
			if r.options.Uwsgi == Native {
				return errors.New(plan.Translate(err.Error()))
			}
			r.note("%s: the embedded application server takes its place", plan.Translate(err.Error()))
			r.engines.uwsgi = nil
			return r.prepare()
		}
	}
	return nil
}

// newPlan makes and writes a plan.
func (r *Run) newPlan(generation int, before *Plan) (*Plan, error) {
	plan, err := NewPlan(r.source, PlanOptions{
		Scratch: r.options.Dir, Before: before, Generation: generation, NativeNginx: r.engines.nginx != nil, NativeUwsgi: r.engines.uwsgi != nil,
		Detail: r.options.Detail, Routes: r.engines.routes,
	})
	if err != nil {
		return nil, err
	}
	if err := plan.Write(); err != nil {
		return nil, err
	}
	return plan, nil
}

// start starts the application first: nginx would answer 502 without it.
func (r *Run) start(ctx context.Context) error {
	for _, u := range r.plan.Uwsgi {
		app, err := r.startApp(ctx, r.plan, u)
		if err != nil {
			return err
		}
		r.state.Lock()
		r.apps[u.Source.Main.Name] = app
		r.state.Unlock()
	}
	if r.plan.Nginx == nil {
		return nil
	}
	f, err := r.startFront(ctx)
	r.state.Lock()
	r.front = f
	r.state.Unlock()
	return err
}

// abandon stops what a start that failed has started.
func (r *Run) abandon() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	r.setStopped()
	r.stopAll(ctx)
	r.state.Lock()
	r.stopped = false
	r.apps, r.front = map[string]*appHalf{}, nil
	r.state.Unlock()
}

func (r *Run) startFront(ctx context.Context) (*frontHalf, error) {
	plan := r.plan
	if p := r.engines.nginx; p != nil {
		n, err := native.StartNginx(ctx, *p, plan.Nginx.Path, plan.Options.Scratch, plan.scratch("nginx.pid"), r.nginxLine, r.nginxError)
		if err != nil {
			return nil, errors.New(plan.Translate(err.Error()))
		}
		r.follow(n.Ended(), "nginx", n.Err)
		return &frontHalf{native: n}, nil
	}
	f, err := front.New(plan.Nginx.Config, front.Options{
		Prefix: plan.Options.Scratch, ErrorLog: &lines{line: r.nginxError}, Detail: r.options.Detail, Home: true,
		Observe: func(a front.Access) { r.access(time.Now(), r.Plan().Nginx.embeddedAccess(a)) },
		Dial:    r.dial,
	})
	if err != nil {
		return nil, errors.New(plan.Translate(err.Error()))
	}
	if err := r.unexecuted(plan, f); err != nil {
		return nil, err
	}
	if err := f.Start(); err != nil {
		return nil, fmt.Errorf("the embedded nginx: %s", plan.Translate(err.Error()))
	}
	return &frontHalf{front: f}, nil
}

// unexecuted names the directives that the embedded nginx does not execute.
func (r *Run) unexecuted(plan *Plan, f *front.Front) error {
	var all []string
	for _, u := range f.Unexecuted() {
		at := plan.Nginx.Place(u.Node.HeadLocation().Range().Start.Line)
		if at.File == "" || u.Node.Arg(0) == workerHeader {
			continue // our own
		}
		all = append(all, fmt.Sprintf("%s: %s is not executed by the embedded nginx", at, u.What))
	}
	return r.leftOut(all)
}

func (r *Run) leftOut(all []string) error {
	if r.options.Strict && len(all) > 0 {
		return fmt.Errorf("--strict: %s", strings.Join(all, "\n"))
	}
	for _, line := range all {
		r.note("%s", line)
	}
	return nil
}

func (r *Run) startApp(ctx context.Context, plan *Plan, u *UwsgiPlan) (*appHalf, error) {
	log := func(line string) { r.appLine(line) }
	if p := r.engines.uwsgi; p != nil {
		n, err := native.StartUwsgi(ctx, *p, native.UwsgiOptions{
			Ini: u.Path, Plugin: u.plugin, Dir: u.Dir, Master: u.Config.Bool("master"), Scratch: plan.Options.Scratch, Name: fmt.Sprintf("u%d-%s", plan.Options.Generation, baseOf(u.Path)), Log: log,
		})
		if err != nil {
			return nil, &uwsgiError{fmt.Sprintf("%s: %s", u.Source.Main.Name, plan.Translate(err.Error()))}
		}
		r.follow(n.Ended(), "uWSGI", n.Err)
		return &appHalf{plan: u, native: n}, nil
	}
	var ignored []string
	for _, o := range appserver.Ignored(u.Config) {
		if at := u.Place(o.KeyLocation().Range().Start.Line); at.File != "" {
			ignored = append(ignored, fmt.Sprintf("%s: %s is not executed by the embedded application server", at, o.Key))
		}
	}
	if err := r.leftOut(ignored); err != nil {
		return nil, err
	}
	python := r.options.Python
	if python == "" && !r.options.Stub {
		python = plan.interpreter(u, hasModule)
	}
	header := ""
	if r.options.Detail {
		header = workerHeader
	}
	s, err := appserver.Start(ctx, u.Config, appserver.Options{
		Python: python, Stub: r.options.Stub, Dir: plan.Options.Scratch, Log: &lines{line: log}, Mercy: r.options.mercy(), WorkerHeader: header,
	})
	if err != nil {
		return nil, errors.New(plan.Translate(err.Error()))
	}
	r.follow(s.Ended(), "the application server", s.Err)
	return &appHalf{plan: u, server: s}, nil
}

// dial connects the embedded nginx to an embedded application server.
func (r *Run) dial(network, address string) (net.Conn, error) {
	r.state.Lock()
	defer r.state.Unlock()
	for _, a := range r.apps {
		if a.server == nil {
			continue
		}
		if conn, err := a.server.Dial(network, address); conn != nil || err != nil {
			return conn, err
		}
	}
	return nil, nil
}

// follow notes when a part ends that nobody stopped.
func (r *Run) follow(ended <-chan struct{}, name string, why func() error) {
	go func() {
		<-ended
		r.state.Lock()
		stopped := r.stopped || !r.uses(ended)
		r.state.Unlock()
		if stopped {
			return
		}
		r.once.Do(func() {
			r.state.Lock()
			r.failure = fmt.Errorf("%s has ended by itself", name)
			if err := why(); err != nil {
				r.failure = fmt.Errorf("%s has ended by itself: %w", name, err)
			}
			r.state.Unlock()
			close(r.ended)
		})
	}()
}

// uses tells whether a part belongs to the run now.
func (r *Run) uses(ended <-chan struct{}) bool {
	if r.front != nil && r.front.native != nil && r.front.native.Ended() == ended {
		return true
	}
	for _, a := range r.apps {
		if a.native != nil && a.native.Ended() == ended || a.server != nil && a.server.Ended() == ended {
			return true
		}
	}
	return false
}

// Ended is closed when a part of the pair has ended by itself; Err tells why.
func (r *Run) Ended() <-chan struct{} { return r.ended }

// Err returns why a part ended by itself.
func (r *Run) Err() error {
	r.state.Lock()
	defer r.state.Unlock()
	return r.failure
}

// Plan returns the plan that is in force.
func (r *Run) Plan() *Plan {
	r.state.Lock()
	defer r.state.Unlock()
	return r.plan
}

func (r *Run) setStopped() {
	r.state.Lock()
	r.stopped = true
	r.state.Unlock()
}

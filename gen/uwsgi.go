package gen

import (
	"strings"
	"time"

	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/project"
)

const (
	// minuteDelta spreads the ends of the workers' lives.
	lifetimeDelta = 300
	// containerFiles bounds the file descriptors in a container.
	containerFiles = 65536
	// stopGrace is how long a stop may take beyond the longest request.
	stopGrace = 10 * time.Second
)

// uwsgiView is what the template of uwsgi.ini shows.
type uwsgiView struct {
	Plugin                                        string
	Processes, Threads                            int
	LazyApps                                      bool
	Chdir, Virtualenv, Module, Mount              string
	Env                                           []string
	SocketOption, Socket, ChownSocket             string
	IsUnix, IsHTTP                                bool
	UID, GID                                      string
	Listen, BufferSize                            int
	LimitPost                                     int64
	Harakiri, ReadTimeout, Mercy                  int
	MaxRequests, MaxRequestsDelta                 int
	MaxWorkerLifetime, LifetimeDelta, ReloadOnRSS int
	MaxFD                                         int
	Stats, Log                                    string
	Raw                                           []string
	Words                                         string
}

func (r *renderer) uwsgi() *uwsgiView {
	p := r.p
	v := &uwsgiView{
		Processes: p.App.Processes, Threads: p.App.Threads, LazyApps: p.App.LazyApps,
		Chdir:  r.value("project.chdir", p.Abs(p.Chdir)),
		Module: r.value("project.module", p.Module),
		Mount:  r.value("app.mount", p.App.Mount),
		Listen: p.App.Listen, BufferSize: BufferSize(p), LimitPost: LargestBody(p),
		Harakiri: seconds(p.App.Harakiri), ReadTimeout: seconds(p.Limits.ReadTimeout), Mercy: seconds(p.Limits.ReadTimeout),
		MaxRequests: p.App.MaxRequests, MaxWorkerLifetime: seconds(p.App.MaxWorkerLifetime), ReloadOnRSS: p.App.ReloadOnRSS,
		Stats:  r.value("app.stats", p.App.Stats),
		IsHTTP: p.App.Protocol == "http", SocketOption: "socket",
		Words: p.Words(),
	}
	if p.Target.Plugin != "none" {
		v.Plugin = r.value("target.plugin", p.Target.Plugin)
	}
	if p.Virtualenv != "" {
		v.Virtualenv = r.value("project.virtualenv", p.Abs(p.Virtualenv))
	}
	for _, e := range p.Env {
		v.Env = append(v.Env, r.value("env."+e.Name, e.Name+"="+e.Value))
	}
	if v.IsHTTP {
		v.SocketOption = "http-socket"
	}
	v.Log = r.value("app.log", p.App.Log)
	v.Socket = r.value("app.endpoint", p.App.Endpoint)
	if r.bind != "" {
		v.Socket = r.bind
	}
	if file := project.Socket(p.App.Endpoint); file != "" {
		v.IsUnix, v.Socket = true, r.value("app.endpoint", file)
		if p.App.Group != p.Target.NginxGroup {
			v.ChownSocket = p.App.User + ":" + p.Target.NginxGroup
		}
	}
	// Under a unit's User= they change nothing; started as root they give its
	// rights up before the socket is made.
	v.UID, v.GID = p.App.User, p.App.Group
	if p.Target.Init == "container" {
		v.MaxFD = containerFiles
	}
	if v.MaxRequests > 0 && known(p.Target.Uwsgi, "2.0.29") {
		v.MaxRequestsDelta = max(1, v.MaxRequests/10)
	}
	if v.MaxWorkerLifetime > 0 && (p.Target.Uwsgi == "" || known(p.Target.Uwsgi, "2.0.19")) {
		v.LifetimeDelta = min(lifetimeDelta, v.MaxWorkerLifetime/10+1)
	}
	for _, raw := range p.RawUwsgi {
		if strings.ContainsAny(raw.Name+raw.Value, "\n\r") {
			r.fail("uwsgi."+raw.Name, errLineBreak)
		}
		v.Raw = append(v.Raw, strings.TrimRight(raw.Name+" = "+raw.Value, " "))
	}
	return v
}

// known tells whether a release that was named is at least since.
func known(release, since string) bool {
	return release != "" && directive.Compare(release, since) >= 0
}

func seconds(d time.Duration) int { return int(d / time.Second) }

// BufferSize returns uWSGI's buffer-size in bytes: as described, or as large as
// the largest request head that nginx lets through needs.
func BufferSize(p *project.Project) int {
	if p.App.BufferSize > 0 {
		return p.App.BufferSize
	}
	return p.HeadBuffer()
}

// LargestBody returns the largest request body, in bytes, that any route lets
// through; 0 when one sets no limit.
func LargestBody(p *project.Project) int64 {
	largest := p.Limits.Body
	for _, r := range p.Routes {
		if r.Kind == project.ToApp && largest > 0 {
			largest = max(largest, r.Body)
		}
	}
	return largest
}

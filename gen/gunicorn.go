package gen

import (
	"errors"
	"path"
	"strings"

	"github.com/deployctl/deployctl/project"
)

// gunicornView is what the template of gunicorn.conf.py shows: texts are
// constants of Python.
type gunicornView struct {
	App, Chdir, Bind             string
	Env                          []string
	Processes, Threads           int
	Timeout, Grace               int
	MaxRequests, Jitter, Backlog int
	LineSize, FieldSize          int
	IsUnix                       bool
	Forwarded, Log               string
}

// gunicornLine is the longest line of a request that gunicorn takes a limit for.
const gunicornLine = 8190

// gunicorn renders gunicorn in uWSGI's place, with the nginx that speaks HTTP
// to it.
func (r *renderer) gunicorn() {
	c := *r.p
	r.p = &c
	r.p.App.Protocol = "http"
	if len(r.p.RawUwsgi) > 0 {
		r.fail("uwsgi."+r.p.RawUwsgi[0].Name, errors.New("gunicorn knows nothing of uWSGI's options"))
	}
	r.render("gunicorn/gunicorn.conf.py", "gunicorn.conf.py", r.gunicornView())
	conf := "nginx.conf"
	if r.opts.Site {
		conf = r.p.Name + ".conf"
	}
	r.render("native/nginx.conf", conf, r.nginx(""))
	if r.p.Target.Init == "systemd" {
		v := r.systemdView()
		program := "/usr/bin/gunicorn"
		if r.p.Virtualenv != "" {
			program = unitPath(path.Join(r.p.Abs(r.p.Virtualenv), "bin", "gunicorn"))
		}
		v.Server, v.Notify = "gunicorn", "notify-gunicorn"
		v.Exec = program + " --config " + unitPath(path.Join(r.p.Root, "deploy", "gunicorn.conf.py"))
		r.render("systemd/service", r.p.Name+".service", v)
	}
}

func (r *renderer) gunicornView() *gunicornView {
	p := r.p
	v := &gunicornView{
		App: literal(p.Module), Chdir: literal(p.Abs(p.Chdir)), Bind: literal(p.App.Endpoint), Processes: p.App.Processes, Threads: p.App.Threads,
		Timeout: seconds(p.App.Harakiri), Grace: seconds(p.Limits.ReadTimeout), MaxRequests: p.App.MaxRequests, Jitter: p.App.MaxRequests / 10, Backlog: p.App.Listen,
		LineSize: min(p.Limits.HeaderSize, gunicornLine), FieldSize: p.Limits.HeaderSize,
		IsUnix: project.Socket(p.App.Endpoint) != "", Forwarded: literal("127.0.0.1"), Log: literal("-"),
	}
	if v.IsUnix {
		v.Forwarded = literal("*")
	}
	if p.App.Log != "" {
		v.Log = literal(p.App.Log)
	}
	if !strings.Contains(p.Module, ":") {
		v.App = literal(p.Module + ":application")
	}
	for _, e := range p.Env {
		v.Env = append(v.Env, literal(e.Name+"="+e.Value))
	}
	if p.App.Mount != "" {
		v.Env = append(v.Env, literal("SCRIPT_NAME="+p.App.Mount))
	}
	return v
}

package appserver

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
)

// settings are what the Python half is told; the keys are those that worker.py
// reads. Sizes are bytes, times seconds, limit_as MiB, as in uwsgi.ini.
type settings struct {
	EventsFD          int               `json:"events_fd"`
	ControlFD         int               `json:"control_fd"`
	Processes         int               `json:"processes"`
	Threads           int               `json:"threads"`
	Master            bool              `json:"master"`
	Chdir             string            `json:"chdir"`
	PythonPath        []string          `json:"pythonpath"`
	Env               map[string]string `json:"env"`
	Unset             []string          `json:"unset"`
	Apps              []mount           `json:"apps"`
	ManageScriptName  bool              `json:"manage_script_name"`
	NoDefaultApp      bool              `json:"no_default_app"`
	NeedApp           bool              `json:"need_app"`
	LazyApps          bool              `json:"lazy_apps"`
	EnableThreads     bool              `json:"enable_threads"`
	PostBuffering     int               `json:"post_buffering"`
	LimitAS           int               `json:"limit_as"`
	Harakiri          int               `json:"harakiri"`
	SocketTimeout     int               `json:"socket_timeout"`
	MaxRequests       int               `json:"max_requests"`
	MinWorkerLifetime int               `json:"min_worker_lifetime"`
	PyAutoreload      int               `json:"py_autoreload"`
	DisableLogging    bool              `json:"disable_logging"`
	Log4xx            bool              `json:"log_4xx"`
	Log5xx            bool              `json:"log_5xx"`
	Static            [][2]string       `json:"static"` // prefix of the path, and folder
	Options           map[string]string `json:"options"`
	WorkerHeader      string            `json:"worker_header"` // in which each answer names its worker; "" for none
}

// mount is an application and the path it answers below, "" for all.
type mount struct {
	Mount    string `json:"mount"`
	Target   string `json:"target"`   // a file, or a module with an optional :callable
	Callable string `json:"callable"` // "" for application
	File     bool   `json:"file"`
}

// The defaults of uWSGI (core/init.c, uwsgi_setup's defaults).
const (
	defaultBufferSize    = 4096
	defaultMaxVars       = 64
	defaultSocketTimeout = 4
	defaultLifetime      = 10
	defaultBacklog       = 100
)

// newBackend takes from a configuration what the reading of requests needs.
func newBackend(c *uwsgi.Config) *backend {
	return &backend{
		limits: requestLimits{
			bufferSize: number(c, "buffer-size", defaultBufferSize), maxVars: number(c, "max-vars", defaultMaxVars),
			limitPost: int64(number(c, "limit-post", 0)), manageScriptName: c.Bool("manage-script-name"),
		},
		timeout:   time.Duration(number(c, "socket-timeout", defaultSocketTimeout)) * time.Second,
		protocols: map[pair.Endpoint]pair.Protocol{},
		own:       map[callAddr]bool{},
	}
}

// number returns the value of an option, or what holds where it is not set.
func number(c *uwsgi.Config, name string, otherwise int) int {
	if n, ok := c.Int(name); ok {
		return n
	}
	return otherwise
}

// newSettings takes from a configuration what the Python half has to know.
func newSettings(c *uwsgi.Config) settings {
	text := func(name string) string {
		if o := c.Get(name); o != nil {
			return o.Value
		}
		return ""
	}
	s := settings{
		Processes:         max(1, number(c, "processes", 1)),
		Threads:           max(1, number(c, "threads", 1)),
		Master:            c.Bool("master"),
		Chdir:             text("chdir"),
		PythonPath:        []string{},
		Env:               map[string]string{},
		Unset:             []string{},
		ManageScriptName:  c.Bool("manage-script-name"),
		NoDefaultApp:      c.Bool("no-default-app"),
		NeedApp:           c.Bool("need-app"),
		LazyApps:          c.Bool("lazy-apps") || c.Bool("lazy"),
		EnableThreads:     c.Bool("enable-threads"),
		PostBuffering:     number(c, "post-buffering", 0),
		LimitAS:           number(c, "limit-as", 0),
		Harakiri:          number(c, "harakiri", 0),
		SocketTimeout:     number(c, "socket-timeout", defaultSocketTimeout),
		MaxRequests:       number(c, "max-requests", 0),
		MinWorkerLifetime: number(c, "min-worker-lifetime", defaultLifetime),
		PyAutoreload:      number(c, "py-autoreload", 0),
		DisableLogging:    c.Bool("disable-logging"),
		Log4xx:            c.Bool("log-4xx"),
		Log5xx:            c.Bool("log-5xx"),
		Static:            [][2]string{},
		Options:           map[string]string{},
	}
	for _, o := range c.All("pythonpath") {
		s.PythonPath = append(s.PythonPath, o.Value)
	}
	for _, o := range c.All("env") {
		if name, value, ok := strings.Cut(o.Value, "="); ok {
			s.Env[name] = value
			continue
		}
		s.Unset = append(s.Unset, o.Value) // uWSGI's putenv removes a name without a value
	}
	for _, o := range c.All("static-map") {
		if prefix, folder, ok := strings.Cut(o.Value, "="); ok {
			s.Static = append(s.Static, [2]string{prefix, folder})
		}
	}
	for _, o := range c.All("check-static") {
		s.Static = append(s.Static, [2]string{"", o.Value})
	}
	for _, o := range c.Options {
		s.Options[o.Key] = o.Value
	}
	s.Apps = apps(c, text("callable"))
	return s
}

// apps returns the applications that a configuration names, in the order in
// which uWSGI loads them (plugins/python/python_plugin.c, uwsgi_python_init_apps).
func apps(c *uwsgi.Config, callable string) []mount {
	all := []mount{}
	for _, name := range []string{"file", "module"} {
		if o := c.Get(name); o != nil {
			all = append(all, mount{Target: o.Value, Callable: callable, File: name == "file"})
		}
	}
	for _, o := range c.All("mount") {
		point, target, ok := strings.Cut(o.Value, "=")
		if !ok {
			continue
		}
		m := mount{Mount: strings.TrimSuffix(point, "/"), Target: target, Callable: callable, File: strings.HasSuffix(target, ".py")}
		if point == "/" {
			m.Mount = ""
		}
		if file, name, ok := strings.Cut(target, ":"); ok && strings.HasSuffix(file, ".py") {
			m.Target, m.Callable, m.File = file, name, true
		}
		all = append(all, m)
	}
	return all
}

// executed are the options that have the effect here that they have in uWSGI.
var executed = []string{
	"socket", "uwsgi-socket", "http-socket", "http11-socket", "http", "protocol", "chmod-socket", "listen", "abstract-socket", "stats",
	"processes", "threads", "master", "chdir", "virtualenv", "pythonpath", "env", "module", "file", "callable", "mount", "manage-script-name", "no-default-app",
	"need-app", "lazy-apps", "lazy", "enable-threads", "buffer-size", "max-vars", "post-buffering", "limit-post", "limit-as", "harakiri",
	"socket-timeout", "max-requests", "min-worker-lifetime", "py-autoreload", "disable-logging", "log-4xx", "log-5xx", "static-map", "check-static",
	"vacuum", "die-on-term", "touch-reload", "set-placeholder", "set-ph", "set", "ini", "include", "inherit", "worker-reload-mercy",
}

// moot are options without an effect that a local run could show.
var moot = []string{
	"plugins", "need-plugin", "strict", "single-interpreter", "auto-procname", "procname-prefix", "procname", "thunder-lock", "no-orphans", "log-date",
	"memory-report", "show-config", "close-on-exec", "hook-master-start", "cheaper", "cheaper-initial", "cheaper-step", "cheaper-algo",
	"uid", "gid", "chown-socket", "pidfile", "safe-pidfile", "daemonize", "daemonize2", "logto", "logto2", "umask", "offload-threads", "max-fd",
	"harakiri-verbose", "py-call-osafterfork", "py-call-uwsgi-fork-hooks", "ignore-sigpipe", "ignore-write-errors", "disable-write-exception",
	"max-worker-lifetime", "max-worker-lifetime-delta", "max-requests-delta", "reload-on-rss", "reload-on-as", "reload-mercy", "touch-logreopen", "log-maxsize", "declare-option",
}

// Ignored returns the options that are not executed here, in reading order.
func Ignored(c *uwsgi.Config) []*uwsgi.Option {
	known := map[string]bool{}
	for _, names := range [][]string{executed, moot} {
		for _, name := range names {
			known[setting(c, name)] = true
			known[name] = true
		}
	}
	var ignored []*uwsgi.Option
	for _, o := range c.Options {
		if o.Info == nil || known[o.Key] || known[o.Info.Setting] {
			continue
		}
		ignored = append(ignored, o)
	}
	return ignored
}

// setting returns what an option's aliases have in common.
func setting(c *uwsgi.Config, name string) string {
	for _, o := range c.All(name) {
		if o.Info != nil {
			return o.Info.Setting
		}
	}
	return name
}

// errNoPython tells that no interpreter was found.
var errNoPython = errors.New("no python3 in PATH: install Python, name one with --python, or run with --app stub")

// python returns the interpreter that a configuration asks for: that of its
// virtualenv, or else the one that find returns for a name.
func python(c *uwsgi.Config, find func(string) (string, error)) (string, error) {
	if o := c.Get("virtualenv"); o != nil {
		home := o.Value
		if dir := c.Get("chdir"); dir != nil && !filepath.IsAbs(home) {
			home = filepath.Join(dir.Value, home)
		}
		for _, name := range []string{"bin/python3", "bin/python", `Scripts\python.exe`} {
			if path, err := find(filepath.Join(home, name)); err == nil {
				return path, nil
			}
		}
		return "", fmt.Errorf("%s: virtualenv = %s holds no Python: create it with `python3 -m venv %s`; uWSGI says: !!! Python Home is not a directory: %s !!!",
			o.File.Name, o.Value, o.Value, o.Value)
	}
	for _, name := range []string{"python3", "python"} {
		if path, err := find(name); err == nil {
			return path, nil
		}
	}
	return "", errNoPython
}

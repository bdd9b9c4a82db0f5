package project

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/deployctl/deployctl/diag"
)

// field is one key of a section: how it is read into T and written from it.
// Everything that is known of a key stands here once: reading, checking,
// writing, the reference and the names that are proposed for a wrong one.
type field[T any] struct {
	name string
	doc  diag.Text // one line, without a full stop
	def  string    // the default, as a person would write it; "" for none
	set  func(*T, string) error
	get  func(*T) string
	// words are all values that it takes; nil for any text.
	words []string
}

func text[T any](name, def, doc string, at func(*T) *string) field[T] {
	return field[T]{name, diag.T(doc), def,
		func(t *T, v string) error { *at(t) = v; return nil },
		func(t *T) string { return *at(t) }, nil}
}

func word[T any, W ~string](name, doc string, at func(*T) *W, words ...W) field[T] {
	return field[T]{name, diag.T("%s: %s", diag.T(doc), join(words)), string(words[0]),
		func(t *T, v string) error {
			if !slices.Contains(words, W(v)) {
				return diag.T("%q is not one of %s", v, join(words))
			}
			*at(t) = W(v)
			return nil
		},
		func(t *T) string { return string(*at(t)) }, strings.Split(join(words), ", ")}
}

func join[W ~string](words []W) string {
	s := make([]string, len(words))
	for i, w := range words {
		s[i] = string(w)
	}
	return strings.Join(s, ", ")
}

func number[T any](name, def, doc string, low, high int, at func(*T) *int) field[T] {
	return field[T]{name, diag.T(doc), def,
		func(t *T, v string) error {
			n, err := strconv.Atoi(v)
			if err != nil || n < low || n > high {
				return diag.T("%q is no number from %d to %d", v, low, high)
			}
			*at(t) = n
			return nil
		},
		func(t *T) string { return strconv.Itoa(*at(t)) }, nil}
}

func span[T any](name, def, doc string, at func(*T) *time.Duration) field[T] {
	return field[T]{name, diag.T(doc), def,
		func(t *T, v string) (err error) { *at(t), err = parseDuration(v); return err },
		func(t *T) string { return formatDuration(*at(t)) }, nil}
}

func size[T any, N int | int64](name, def, doc string, at func(*T) *N) field[T] {
	return field[T]{name, diag.T(doc), def,
		func(t *T, v string) error {
			n, err := parseSize(v)
			*at(t) = N(n)
			return err
		},
		func(t *T) string { return formatSize(int64(*at(t))) }, nil}
}

func boolean[T any](name, def, doc string, at func(*T) *bool) field[T] {
	return field[T]{name, diag.T(doc), def,
		func(t *T, v string) (err error) { *at(t), err = parseBool(v); return err },
		func(t *T) string { return strconv.FormatBool(*at(t)) }, []string{"true", "false"}}
}

func list[T any](name, def, doc string, at func(*T) *[]string) field[T] {
	return field[T]{name, diag.T(doc), def,
		func(t *T, v string) error { *at(t) = fields(v); return nil },
		func(t *T) string { return strings.Join(*at(t), " ") }, nil}
}

// Targets are what a description can be rendered for: values of [target] render.
var Targets = []string{"native", "systemd", "compose", "kubernetes", "apache", "gunicorn"}

// Container tells whether a target runs the pair in containers.
func Container(target string) bool { return target == "compose" || target == "kubernetes" }

// section is a section that stands once.
type section struct {
	name   string
	doc    string
	fields []field[Project]
}

var sections = []section{
	{"project", "The application", []field[Project]{
		text("name", "", "Name of the project: letters, digits, - and _; names the unit, the socket's folder and the upstream", func(p *Project) *string { return &p.Name }),
		word("framework", "What it is built with", func(p *Project) *Framework { return &p.Framework }, WSGI, Django, Flask),
		text("root", "", "The project's folder on the server, absolute", func(p *Project) *string { return &p.Root }),
		text("chdir", "", "Where the application starts, absolute or below root; empty for root", func(p *Project) *string { return &p.Chdir }),
		text("module", "", "The WSGI callable as package.module:name", func(p *Project) *string { return &p.Module }),
		text("virtualenv", "", "The virtualenv, absolute or below root; empty for the system's Python", func(p *Project) *string { return &p.Virtualenv }),
		text("python", "", "Python's version, such as 3.11", func(p *Project) *string { return &p.Python }),
		text("requirements", "requirements.txt", "The list of Python packages for an image, below the project's folder, or pyproject.toml", func(p *Project) *string { return &p.Requirements }),
		text("openapi", "", "The OpenAPI file, below the project's folder", func(p *Project) *string { return &p.OpenAPI }),
	}},
	{"app", "The application server", []field[Project]{
		text("endpoint", "", "Where uWSGI listens and nginx connects: unix:/path or host:port; empty for unix:/run/NAME/uwsgi.sock", func(p *Project) *string { return &p.App.Endpoint }),
		word("protocol", "What is spoken there", func(p *Project) *string { return &p.App.Protocol }, "uwsgi", "http"),
		number("processes", "4", "Worker processes", 1, 4096, func(p *Project) *int { return &p.App.Processes }),
		number("threads", "1", "Threads of each worker", 1, 1024, func(p *Project) *int { return &p.App.Threads }),
		span("harakiri", "55s", "A worker that takes longer for a request is killed; shorter than read-timeout", func(p *Project) *time.Duration { return &p.App.Harakiri }),
		number("max-requests", "0", "Requests after which a worker starts anew; 0 for never", 0, 1<<30, func(p *Project) *int { return &p.App.MaxRequests }),
		span("max-worker-lifetime", "1h", "Time after which a worker starts anew; 0 for never", func(p *Project) *time.Duration { return &p.App.MaxWorkerLifetime }),
		size("buffer-size", "0", "Largest request head in bytes, up to 65535; 0 computes it from nginx's header buffers", func(p *Project) *int { return &p.App.BufferSize }),
		number("listen", "100", "Connections that may wait for a worker", 1, 65535, func(p *Project) *int { return &p.App.Listen }),
		number("reload-on-rss", "0", "MiB of memory above which a worker starts anew; 0 for never", 0, 1<<20, func(p *Project) *int { return &p.App.ReloadOnRSS }),
		text("stats", "", "Where the statistics are served: a unix socket's path or 127.0.0.1:port; empty for nowhere", func(p *Project) *string { return &p.App.Stats }),
		text("user", "", "The application's account; empty for the web server's", func(p *Project) *string { return &p.App.User }),
		text("group", "", "The application's group; empty for the web server's, which has to open the socket", func(p *Project) *string { return &p.App.Group }),
		boolean("lazy-apps", "false", "Load the application in each worker: for one that starts threads when it is imported", func(p *Project) *bool { return &p.App.LazyApps }),
		text("mount", "", "URL prefix at which the application lives, such as /shop; empty for /", func(p *Project) *string { return &p.App.Mount }),
		text("log", "", "uWSGI's log file; empty for the journal, or standard error in a container", func(p *Project) *string { return &p.App.Log }),
		text("health", "", "Path that answers with a status below 400 when all is well, for health checks; empty for the application's /", func(p *Project) *string { return &p.App.Health }),
		list("writable", "", "Folders that the application writes to, absolute or below root; uploads of routes count without being named", func(p *Project) *[]string { return &p.App.Writable }),
	}},
	{"limits", "Limits, on both sides", []field[Project]{
		size("body", "10m", "Largest request body", func(p *Project) *int64 { return &p.Limits.Body }),
		span("read-timeout", "60s", "How long nginx waits for the application", func(p *Project) *time.Duration { return &p.Limits.ReadTimeout }),
		span("connect-timeout", "5s", "How long nginx waits for a connection to the application", func(p *Project) *time.Duration { return &p.Limits.ConnectTimeout }),
		span("send-timeout", "60s", "How long nginx waits for the application to take the request", func(p *Project) *time.Duration { return &p.Limits.SendTimeout }),
		number("headers", "4", "Number of buffers for a large request head", 1, 64, func(p *Project) *int { return &p.Limits.Headers }),
		size("header-size", "8k", "Size of each, and so of the longest header", func(p *Project) *int { return &p.Limits.HeaderSize }),
		size("response-header", "16k", "Largest head of a response", func(p *Project) *int { return &p.Limits.ResponseHeader }),
		word("balance", "How requests are spread over the backends", func(p *Project) *string { return &p.Limits.Balance }, "round-robin", "least_conn", "ip_hash", "random", "hash"),
		number("tries", "0", "Backends that a request is sent to before nginx gives up; 0 for all", 0, 1000, func(p *Project) *int { return &p.Limits.Tries }),
	}},
	{"target", "Where it will run", []field[Project]{
		word("os", "Distribution", func(p *Project) *string { return &p.Target.OS }, "debian", "ubuntu", "rhel"),
		word("init", "What starts it", func(p *Project) *string { return &p.Target.Init }, "systemd", "supervisor", "container"),
		text("nginx", "", "nginx's release, such as 1.22.1; empty for the newest stable one", func(p *Project) *string { return &p.Target.Nginx }),
		text("uwsgi", "", "uWSGI's release, such as 2.0.21; empty for the newest", func(p *Project) *string { return &p.Target.Uwsgi }),
		text("nginx-user", "", "nginx's account; empty for the distribution's", func(p *Project) *string { return &p.Target.NginxUser }),
		text("nginx-group", "", "nginx's group; empty for the distribution's", func(p *Project) *string { return &p.Target.NginxGroup }),
		text("plugin", "", "uWSGI's Python plugin; empty for the distribution's, none for a build that needs none", func(p *Project) *string { return &p.Target.Plugin }),
		word("lang", "Language of the comments in the generated files", func(p *Project) *string { return &p.Target.Lang }, "en", "zh"),
		word("render", "What gen renders (see targets.md)", func(p *Project) *string { return &p.Target.Render }, Targets...),
		boolean("emperor", "false", "Under systemd one uWSGI emperor runs the applications of the machine, and this one is a vassal", func(p *Project) *bool { return &p.Target.Emperor }),
	}},
	{"nginx", "Text for nginx.conf that the description has no words for", []field[Project]{
		text("main", "", "Directives for the top of the file", func(p *Project) *string { return &p.RawNginx.Main }),
		text("http", "", "Directives for the http block", func(p *Project) *string { return &p.RawNginx.HTTP }),
	}},
}

var serverFields = []field[Server]{
	list("listen", "", "Addresses as nginx writes them; empty for 80, or 443 with TLS", func(s *Server) *[]string { return &s.Listen }),
	list("names", "_", "Host names", func(s *Server) *[]string { return &s.Names }),
	boolean("default", "false", "Answer hosts that no server names", func(s *Server) *bool { return &s.Default }),
	word("tls", "Where the certificate comes from", func(s *Server) *TLS { return &s.TLS }, NoTLS, OwnTLS, LetsEncrypt),
	text("certificate", "", "The certificate's path on the server", func(s *Server) *string { return &s.Certificate }),
	text("key", "", "The key's path on the server", func(s *Server) *string { return &s.Key }),
	word("profile", "Mozilla's TLS profile", func(s *Server) *string { return &s.Profile }, "intermediate", "modern"),
	span("hsts", "365d", "How long browsers insist on TLS; 0 for not at all", func(s *Server) *time.Duration { return &s.HSTS }),
	boolean("redirect-http", "true", "Redirect port 80 to TLS", func(s *Server) *bool { return &s.RedirectHTTP }),
	text("raw", "", "nginx directives for the server block", func(s *Server) *string { return &s.Raw }),
}

var routeFields = []field[Route]{
	list("server", "", "Names of the servers it belongs to; empty for all", func(r *Route) *[]string { return &r.Servers }),
	text("path", "/", "/prefix/, = /exact, ^~ /prefix/ or ~ regex", func(r *Route) *string { return &r.Path }),
	word("kind", "What answers", func(r *Route) *RouteKind { return &r.Kind }, ToApp, ToFiles, ToSPA, ToRedirect, ToUpstream, ToNothing),
	text("dir", "", "The folder of files or spa, absolute or below root", func(r *Route) *string { return &r.Dir }),
	text("to", "", "Where a redirect or upstream leads", func(r *Route) *string { return &r.To }),
	number("code", "302", "Status of a redirect", 301, 308, func(r *Route) *int { return &r.Code }),
	span("expires", "0s", "How long browsers keep the files", func(r *Route) *time.Duration { return &r.Expires }),
	boolean("media", "false", "Files that users uploaded: sent as they are and never interpreted", func(r *Route) *bool { return &r.Media }),
	text("rate", "", "Requests of one client, such as 10r/s or 60r/m; empty for no limit", func(r *Route) *string { return &r.Rate }),
	number("burst", "20", "Requests above the rate that are still served", 0, 100000, func(r *Route) *int { return &r.Burst }),
	size("body", "0", "Largest request body; 0 for that of [limits]", func(r *Route) *int64 { return &r.Body }),
	span("timeout", "0s", "Read timeout; 0 for that of [limits]", func(r *Route) *time.Duration { return &r.Timeout }),
	list("methods", "", "Methods that are let through, such as GET POST; empty for all", func(r *Route) *[]string { return &r.Methods }),
	text("openapi", "", "An OpenAPI file beside the description: its paths, methods and body limits below path are let through, and nothing else", func(r *Route) *string { return &r.OpenAPI }),
	text("raw", "", "nginx directives for the location", func(r *Route) *string { return &r.Raw }),
}

var backendFields = []field[Backend]{
	text("address", "", "host:port or unix:/path", func(b *Backend) *string { return &b.Address }),
	number("weight", "1", "Share of the requests", 1, 1000, func(b *Backend) *int { return &b.Weight }),
	number("max-fails", "1", "Failures after which it is left out", 0, 1000, func(b *Backend) *int { return &b.MaxFails }),
	span("fail-timeout", "10s", "How long it is left out", func(b *Backend) *time.Duration { return &b.FailTimeout }),
	number("max-conns", "0", "Requests that it is given at a time; 0 for no limit", 0, 100000, func(b *Backend) *int { return &b.MaxConns }),
	boolean("backup", "false", "Only used when the others fail", func(b *Backend) *bool { return &b.Backup }),
}

// defaults sets every field to its default.
func defaults[T any](t *T, fs []field[T]) {
	for _, f := range fs {
		if f.def != "" {
			// A default that its own field refuses is caught by the tests.
			_ = f.set(t, f.def)
		}
	}
}

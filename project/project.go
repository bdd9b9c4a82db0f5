package project

import (
	"time"

	"github.com/deployctl/deployctl/diag"
)

// Project is one deployctl.ini: all that the generated files come from.
// Load fills in every default, so that a reader needs to know none.
type Project struct {
	// Path is the file it was read from, or "".
	Path string

	Name       string    // [project] name: letters, digits, - and _; names the unit, the socket folder, the upstream
	Framework  Framework // [project] framework
	Root       string    // [project] root: the project's folder on the server, absolute
	Chdir      string    // [project] chdir: where the application starts, default Root; may be relative to Root
	Module     string    // [project] module: package.module:callable
	Virtualenv string    // [project] virtualenv: absolute or relative to Root; "" for the system's Python
	Python     string    // [project] python: 3.11; "" when unknown
	// Requirements is [project] requirements: the list of packages for an image,
	// relative to the project, or pyproject.toml.
	Requirements string
	OpenAPI      string // [project] openapi: a specification's path relative to the project; ""

	App      App
	Env      []Var    // [env], in order
	RawUwsgi []Var    // [uwsgi]: options copied to uwsgi.ini as they are, in order, repeated keys kept
	Servers  []Server // [server.NAME], in order; at least one after Load
	Routes   []Route  // [route.NAME], in order; at least one after Load
	Backends []Backend
	Limits   Limits
	Target   Target
	RawNginx RawNginx
	// Lint holds the keys of [lint], which package lint reads.
	Lint []Setting
}

// Setting is a key with its value and places.
type Setting struct {
	Name, Value     string
	NameAt, ValueAt diag.Location
}

// Framework is what the application is built with.
type Framework string

// The frameworks.
const (
	Django Framework = "django"
	Flask  Framework = "flask"
	WSGI   Framework = "wsgi"
)

// App is [app]: the application server.
type App struct {
	Endpoint  string // endpoint: unix:/run/NAME/uwsgi.sock, or HOST:PORT
	Protocol  string // protocol: uwsgi (default) or http
	Processes int    // processes
	Threads   int    // threads; 1 means none
	Harakiri  time.Duration
	// MaxRequests recycles a worker after so many requests; 0 for never.
	MaxRequests int
	// MaxWorkerLifetime recycles a worker after this time; 0 for never.
	MaxWorkerLifetime time.Duration
	BufferSize        int    // bytes; 0 in the file means: computed from nginx's header buffers
	Listen            int    // backlog
	ReloadOnRSS       int    // MiB; 0 for never
	Stats             string // stats: endpoint of the stats server, or ""
	User, Group       string // user, group: the application's own account
	LazyApps          bool
	Mount             string // mount: URL prefix such as /shop at which the application lives; "" for /
	Log               string // log: uWSGI's log file; "" for the journal, or standard error in a container
	Health            string // health: path for health checks; "" for the application's /
	// Writable are the folders that the application writes to, absolute or
	// relative to Root; those of routes with uploads count without being named.
	Writable []string
}

// Var is a name with a value.
type Var struct{ Name, Value string }

// Server is [server.NAME]: one server block of nginx (two, when plain HTTP is
// redirected to HTTPS).
type Server struct {
	Name        string   // from the section's name
	Listen      []string // listen: addresses as nginx writes them, without ssl; default 80, or 443 with TLS
	Names       []string // names: server names; default _
	Default     bool     // default: mark default_server
	TLS         TLS
	Certificate string // certificate: path on the server
	Key         string // key
	Profile     string // profile: intermediate (default) or modern
	HSTS        time.Duration
	// RedirectHTTP answers port 80 of the same names with a redirect to HTTPS.
	RedirectHTTP bool
	Raw          string // raw: nginx directives copied into the server block
}

// TLS says where a server's certificate comes from.
type TLS string

// The sources of certificates.
const (
	NoTLS       TLS = "none"
	OwnTLS      TLS = "own"
	LetsEncrypt TLS = "letsencrypt"
)

// RouteKind says what answers a route.
type RouteKind string

// The kinds of routes.
const (
	ToApp      RouteKind = "app"      // the application
	ToFiles    RouteKind = "files"    // static files or media: Path is replaced by Dir
	ToSPA      RouteKind = "spa"      // a built front end: Dir, with index.html for unknown paths
	ToRedirect RouteKind = "redirect" // To is the URL, Code the status
	ToUpstream RouteKind = "upstream" // To is HOST:PORT, http://..., unix:...
	ToNothing  RouteKind = "nothing"  // 404 for every path
)

// Route is [route.NAME]: one location.
type Route struct {
	Name    string   // from the section's name
	Servers []string // server: names of the servers it belongs to; default all
	Path    string   // path: /prefix/, or "= /exact", or "~ regex"
	Kind    RouteKind
	Dir     string        // dir: folder on the server; absolute or relative to Root
	To      string        // to
	Code    int           // code: of a redirect; default 302
	Expires time.Duration // expires: of files; 0 for none
	Media   bool          // media: files that users uploaded: never executed, nosniff
	Rate    string        // rate: requests a second or minute for one client, such as 10r/s; ""
	Burst   int           // burst: requests above the rate that wait
	Body    int64         // body: largest request body in bytes; 0 for the server's
	Timeout time.Duration // timeout: read timeout; 0 for the server's
	Methods []string      // methods: those that are let through; empty for all
	OpenAPI string        // openapi: a contract, whose paths are let through and no others; relative to the description
	Raw     string        // raw: nginx directives copied into the location
}

// Backend is [backend.NAME]: one application server among several. With none,
// requests go to App.Endpoint.
type Backend struct {
	Name        string
	Address     string // HOST:PORT or unix:/path
	Weight      int
	MaxFails    int
	FailTimeout time.Duration
	MaxConns    int // max-conns: requests at a time; 0 for no limit
	Backup      bool
}

// Limits is [limits].
type Limits struct {
	Body           int64         // body: bytes; default 10 MiB
	ReadTimeout    time.Duration // read-timeout: nginx waits so long for the application; default 60 s
	ConnectTimeout time.Duration // connect-timeout
	SendTimeout    time.Duration // send-timeout
	Headers        int           // headers: number of large_client_header_buffers; default 4
	HeaderSize     int           // header-size: bytes of each; default 8 KiB
	ResponseHeader int           // response-header: uwsgi_buffer_size, bytes
	Balance        string        // balance: round-robin (default), least_conn, ip_hash, random, hash
	Tries          int           // tries: backends that a request is sent to at most; 0 for all
}

// Target is [target]: where it will run.
type Target struct {
	OS         string // os: debian (default), ubuntu, rhel
	Init       string // init: systemd (default), supervisor, container
	Nginx      string // nginx: release; default the newest stable
	Uwsgi      string // uwsgi: release; default the newest
	NginxUser  string // nginx-user; default of the OS
	NginxGroup string // nginx-group
	Plugin     string // plugin: uWSGI's Python plugin; python3 on Debian and Ubuntu; "" for a build that embeds it
	Lang       string // lang: en (default) or zh: the language of generated comments
	Render     string // render: what gen renders
	Emperor    bool   // emperor: one uWSGI emperor runs the machine's applications
}

// RawNginx is [nginx]: text copied into the generated nginx.conf.
type RawNginx struct {
	Main string // main
	HTTP string // http
}

package pair

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/uwsgi"
)

// Pair is the uWSGI files and the nginx files of one deployment.
type Pair struct {
	Nginx []*site.Config
	Uwsgi []*uwsgi.Config
	// Binds are the addresses that the uWSGI files listen on, in reading order.
	Binds []*Bind
	// Passes are the places where nginx hands requests on: by directive, and in
	// reading order for each.
	Passes []*Pass
	// Units are the systemd units among the files.
	Units []*Unit
	// Tmpfiles are the files of tmpfiles.d among them.
	Tmpfiles []*Tmpfiles
	// Compose are the compose files among them.
	Compose []*Compose

	nginxIn   map[*site.Config]*Service
	uwsgiIn   map[*uwsgi.Config]*Service
	inside    map[*diag.File]bool
	gunicorn  []Endpoint
	inPod     bool                     // some file among them is a ConfigMap's
	inService map[string]*uwsgi.Config // by the names that other containers reach it by; nil for one that listens on more
	index     index
	byConfig  map[*uwsgi.Config][]*Bind
	openEnded bool // some uWSGI file may listen on more than is known
}

// Network is the kind of an endpoint's address.
type Network uint8

// The kinds of addresses.
const (
	TCP Network = iota
	Unix
	Abstract // a Linux abstract socket, written @name
)

// Endpoint is where one side listens and the other connects.
type Endpoint struct {
	Network Network
	Host    string // TCP: as written, lower case; "*" for all addresses
	Port    int    // TCP
	Path    string // Unix: absolute and cleaned where it can be known, /var/run as /run; Abstract: the name
	// Unknown tells that part of the address is a variable, a placeholder or a
	// template that cannot be resolved; such an endpoint equals nothing and
	// differs from nothing.
	Unknown bool
}

// Protocol is what is spoken over an endpoint.
type Protocol string

// The protocols.
const (
	UWSGI   Protocol = "uwsgi"
	SUWSGI  Protocol = "suwsgi"
	HTTP    Protocol = "http"
	HTTPS   Protocol = "https"
	FastCGI Protocol = "fastcgi"
	SCGI    Protocol = "scgi"
	GRPC    Protocol = "grpc"
	// PersistentUWSGI is uWSGI's own protocol with several requests on one
	// connection, which nginx does not speak.
	PersistentUWSGI Protocol = "puwsgi"
	// Stats is the JSON that uWSGI's stats server sends.
	Stats Protocol = "stats"
	// Raw is whatever a plugin makes of the bytes.
	Raw Protocol = "raw"
)

// Bind is one address that uWSGI listens on.
type Bind struct {
	Endpoint
	Protocol Protocol
	Option   *uwsgi.Option
	Config   *uwsgi.Config
	// Passes are the places of nginx that reach it.
	Passes []*Target
	// ForNginx is false for listeners that are not meant for nginx: stats,
	// subscription servers, the http router.
	ForNginx bool

	guessed  bool // the address depends on where the file lies
	relative bool // the socket's path is relative to a folder that is not known
}

// Pass is one uwsgi_pass, proxy_pass, fastcgi_pass, scgi_pass or grpc_pass.
type Pass struct {
	Node     *site.Node // the directive; Node.Scope is the location (or if) it stands in
	Config   *site.Config
	Protocol Protocol // what nginx speaks there; "" for a stream, which hands on any bytes
	// URI is the part of a proxy_pass after host and port ("" when absent).
	URI     string
	Targets []*Target
}

// Target is one address that a pass can lead to: its own, or a member of the
// upstream, or a value of the variable it names.
type Target struct {
	Endpoint
	Pass *Pass
	At   diag.Location // where the address is written
	// Upstream is the upstream the address is a member of, or nil.
	Upstream *site.Upstream
	// Binds are the listeners that it reaches, whatever they speak.
	Binds []*Bind
}

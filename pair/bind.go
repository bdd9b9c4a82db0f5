package pair

import (
	"path"
	"strings"

	"github.com/deployctl/deployctl/uwsgi"
)

// listener is what an option that makes uWSGI listen speaks.
type listener struct {
	protocol Protocol // "": what the option protocol says
	forNginx bool
	// parted marks values of the form address,certificate,key.
	parted bool
}

// listeners are the options that make uWSGI listen for requests (the tables of
// options in core/uwsgi.c and the router plugins). Listeners for datagrams,
// which share no address with the others, are left out.
var listeners = map[string]listener{
	"socket":             {"", true, false},
	"uwsgi-socket":       {UWSGI, true, false},
	"puwsgi-socket":      {PersistentUWSGI, true, false},
	"suwsgi-socket":      {SUWSGI, true, true},
	"ssl-socket":         {SUWSGI, true, true},
	"http-socket":        {HTTP, true, false},
	"http11-socket":      {HTTP, true, false},
	"https-socket":       {HTTPS, true, true},
	"fastcgi-socket":     {FastCGI, true, false},
	"fastcgi-nph-socket": {FastCGI, true, false},
	"scgi-socket":        {SCGI, true, false},
	"scgi-nph-socket":    {SCGI, true, false},
	"raw-socket":         {Raw, false, false},

	"http":          {HTTP, false, false},
	"httprouter":    {HTTP, false, false},
	"https":         {HTTPS, false, true},
	"https2":        {HTTPS, false, true},
	"http-to-https": {HTTP, false, false},
	"fastrouter":    {UWSGI, false, false},
	"rawrouter":     {Raw, false, false},
	"sslrouter":     {Raw, false, true},

	"stats":            {Stats, false, false},
	"stats-server":     {Stats, false, false},
	"emperor-stats":    {Stats, false, false},
	"http-stats":       {Stats, false, false},
	"fastrouter-stats": {Stats, false, false},
	"zerg-server":      {Raw, false, false},
}

// binds returns the addresses that a uWSGI file listens on, in reading order.
// start is the folder that uWSGI is started in, "" when it is not known.
func binds(c *uwsgi.Config, start string) []*Bind {
	var found []*Bind
	var shared []string
	protocol, dir, abstract := UWSGI, start, false
	known, guessed := true, false
	for _, o := range c.Options {
		switch o.Key {
		case "protocol", "socket-protocol":
			protocol = spoken(o.Value)
		case "chdir":
			dir, guessed = "", o.Unresolved
			switch {
			case template(o.Value):
			case path.IsAbs(o.Value):
				dir = o.Value
			case start != "":
				dir = path.Join(start, o.Value)
			}
		case "chroot", "pivot-root", "pivot_root":
			known = false // files of sockets lie elsewhere for nginx
		case "abstract-socket":
			abstract = uwsgi.IsTrue(o.Value)
		case "shared-socket", "undeferred-shared-socket":
			shared = append(shared, o.Value)
		}
	}
	names := map[string]bool{}
	for _, o := range c.Options {
		l, ok := listeners[o.Key]
		if !ok || o.Value == "" {
			continue
		}
		value := address(o.Value, l, shared)
		b := &Bind{Protocol: l.protocol, ForNginx: l.forNginx, Option: o, Config: c}
		if b.Protocol == "" {
			b.Protocol = protocol
		}
		b.Endpoint = ParseBind(value, dir)
		if abstract && b.Network == Unix && l.forNginx {
			b.Endpoint = Endpoint{Network: Abstract, Path: value}
		}
		b.guessed = !b.Unknown && (o.Unresolved || guessed && b.Network == Unix && !path.IsAbs(value))
		b.relative = b.Unknown && b.Network == Unix && known && !template(b.Path)
		b.Unknown = b.Unknown || b.guessed || b.Network == Unix && !known
		// uWSGI binds a name once, whatever the second option wants to speak
		// there (core/socket.c, uwsgi_socket_is_already_bound).
		if l.forNginx && !b.Unknown {
			if names[value] {
				continue
			}
			names[value] = true
		}
		found = append(found, b)
	}
	return found
}

// address returns the address in an option's value: without the certificate,
// and of the shared socket that =N refers to. It is "" when there is none such.
func address(value string, l listener, shared []string) string {
	if l.parted {
		if rest, ok := keyValue(value, "addr"); ok {
			value = rest
		}
		value, _, _ = strings.Cut(value, ",")
	}
	if ref, ok := strings.CutPrefix(value, "="); ok {
		n := atoi(ref)
		if n < 0 || n >= len(shared) {
			return ""
		}
		return shared[n]
	}
	return value
}

// keyValue returns the value of a key in the list k=v,k=v.
func keyValue(list, name string) (string, bool) {
	for part := range strings.SplitSeq(list, ",") {
		if k, v, ok := strings.Cut(part, "="); ok && k == name {
			return v, true
		}
	}
	return "", false
}

// spoken returns the protocol that an option protocol asks for; uWSGI takes
// names that it does not know for its own (core/protocol.c).
func spoken(name string) Protocol {
	switch name {
	case "http", "http11":
		return HTTP
	case "https":
		return HTTPS
	case "suwsgi":
		return SUWSGI
	case "puwsgi":
		return PersistentUWSGI
	case "fastcgi", "fastcgi-nph":
		return FastCGI
	case "scgi", "scgi-nph":
		return SCGI
	case "raw":
		return Raw
	}
	return UWSGI
}

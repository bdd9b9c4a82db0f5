package front

import (
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/deployctl/deployctl/nginx/site"
)

// nginxVersion is the release whose behavior is followed.
const nginxVersion = "1.28.0"

// variable returns what yields a variable. Those of the configuration win
// where nginx lets them.
func (c *config) variable(name string) getter {
	name = strings.ToLower(name)
	if get := c.getters[name]; get != nil {
		return get
	}
	// What a variable is made of may ask for the variable itself.
	var get getter
	c.getters[name] = func(r *request) (string, bool) {
		if r.depth == deepest {
			r.log("error", `cycle while evaluating variable "`+name+`"`, "")
			return "", false
		}
		r.depth++
		defer func() { r.depth-- }()
		return get(r)
	}
	get = c.makeGetter(name)
	c.getters[name] = get
	return get
}

// deepest is how many variables of a cycle are evaluated within each other
// (ngx_http_variable_depth).
const deepest = 100

func (c *config) makeGetter(name string) getter {
	if len(name) == 1 && name[0] >= '1' && name[0] <= '9' {
		i := int(name[0] - '0')
		return func(r *request) (string, bool) {
			switch {
			case i >= len(r.captures):
			case r.quote:
				return escapeArgs(r.captures[i]), true
			default:
				return r.captures[i], true
			}
			return "", false
		}
	}
	for _, n := range c.site.Variables[name] {
		if strings.ToLower(n.Arg(len(n.Args)-1)) != "$"+name {
			continue // it names a capture of one of its expressions
		}
		switch n.Name.Value {
		case "map":
			return c.mapGetter(name, n)
		case "geo":
			return c.geoGetter(name, n)
		case "split_clients":
			return c.splitGetter(name, n)
		}
	}
	if get := builtin[name]; get != nil {
		return overridable(name, get)
	}
	if get := upstreamVariables[name]; get != nil {
		return get
	}
	for _, p := range prefixed {
		if rest, ok := strings.CutPrefix(name, p.prefix); ok {
			return p.get(rest)
		}
	}
	if site.Builtin(name) && len(c.site.Variables[name]) == 0 {
		c.unknown[name] = true
	}
	isSet := slices.ContainsFunc(c.site.Variables[name], func(n *site.Node) bool { return n.Name.Value == "set" })
	return func(r *request) (string, bool) {
		v, ok := r.sets[name]
		if !ok && isSet {
			if !r.loc.quietUnset {
				r.log("warn", `using uninitialized "`+name+`" variable`, "")
			}
			return "", true
		}
		return v, ok
	}
}

// overridable lets set change a variable that nginx defines.
func overridable(name string, get getter) getter {
	return func(r *request) (string, bool) {
		if v, ok := r.sets[name]; ok {
			return v, true
		}
		return get(r)
	}
}

// prefixed are families of variables.
var prefixed = []struct {
	prefix string
	get    func(rest string) getter
}{
	{"http_", func(rest string) getter {
		name := strings.ReplaceAll(rest, "_", "-")
		return func(r *request) (string, bool) {
			if v, ok := r.header(name); ok {
				return v, true
			}
			return r.header(rest)
		}
	}},
	{"sent_trailer_", func(rest string) getter {
		name := strings.ReplaceAll(rest, "_", "-")
		return func(r *request) (string, bool) { return lookup(r.sentTrailers, name) }
	}},
	{"sent_http_", func(rest string) getter {
		name := strings.ReplaceAll(rest, "_", "-")
		return func(r *request) (string, bool) { return lookup(r.sentHead, name) }
	}},
	{"upstream_http_", upstreamHeader},
	{"arg_", func(rest string) getter {
		return func(r *request) (string, bool) { return r.argument(rest) }
	}},
	{"cookie_", func(rest string) getter { return func(r *request) (string, bool) { return r.cookie(rest) } }},
	{"upstream_cookie_", upstreamCookie},
}

func lookup(headers []header, name string) (string, bool) {
	for _, h := range headers {
		if strings.EqualFold(h.name, name) {
			return h.value, true
		}
	}
	return "", false
}

// argument returns an argument of the request (ngx_http_arg).
func (r *request) argument(name string) (string, bool) {
	for part := range strings.SplitSeq(r.args, "&") {
		if k, v, ok := strings.Cut(part, "="); ok && strings.EqualFold(k, name) {
			return v, true
		}
	}
	return "", false
}

// cookie returns a cookie of the request.
func (r *request) cookie(name string) (string, bool) {
	all, _ := r.header("cookie")
	for part := range strings.SplitSeq(all, ";") {
		if k, v, ok := strings.Cut(strings.TrimLeft(part, " "), "="); ok && strings.EqualFold(k, name) {
			return v, true
		}
	}
	return "", false
}

func found(s string) (string, bool) { return s, s != "" }

// builtin are the variables of nginx's own modules.
var builtin = map[string]getter{}

func init() {
	document := func(r *request) (string, bool) { return r.path, true }
	arguments := func(r *request) (string, bool) { return r.args, r.args != "" || r.hadArgs }
	maps.Copy(builtin, map[string]getter{
		"args": arguments, "query_string": arguments, "uri": document, "document_uri": document,
		"is_args": func(r *request) (string, bool) {
			if r.args == "" {
				return "", true
			}
			return "?", true
		},
		"request_uri":     func(r *request) (string, bool) { return r.unparsed, true },
		"request_method":  func(r *request) (string, bool) { return r.main().method, true },
		"server_protocol": func(r *request) (string, bool) { return r.proto, true },
		"request":         func(r *request) (string, bool) { return found(r.line) },
		"host": func(r *request) (string, bool) {
			if r.host != "" {
				return r.host, true
			}
			return found(r.server.name)
		},
		"hostname":    func(*request) (string, bool) { h, err := os.Hostname(); return h, err == nil },
		"server_name": func(r *request) (string, bool) { return r.server.name, true },
		"server_port": func(r *request) (string, bool) { return r.conn.localPort() },
		"server_addr": func(r *request) (string, bool) { return r.conn.localAddress(), true },
		"remote_addr": func(r *request) (string, bool) {
			if !r.remote().IsValid() {
				return "unix:", true
			}
			return r.remote().Addr().String(), true
		},
		"realip_remote_addr": func(r *request) (string, bool) {
			if !r.conn.remote.IsValid() {
				return "unix:", true
			}
			return r.conn.remote.Addr().String(), true
		},
		"realip_remote_port": func(r *request) (string, bool) {
			if !r.conn.remote.IsValid() {
				return "", true
			}
			return strconv.Itoa(int(r.conn.remote.Port())), true
		},
		"remote_port": func(r *request) (string, bool) {
			if !r.remote().IsValid() {
				return "", true
			}
			if r.remote().Port() == 0 {
				return "", true // of an address without one, that a proxy named
			}
			return strconv.Itoa(int(r.remote().Port())), true
		},
		"binary_remote_addr": func(r *request) (string, bool) { return string(r.remote().Addr().AsSlice()), true },
		"remote_user":        func(r *request) (string, bool) { user, _, ok := r.credentials(); return user, ok },
		"scheme": func(r *request) (string, bool) {
			if r.conn.tls != nil {
				return "https", true
			}
			return "http", true
		},
		"https": func(r *request) (string, bool) {
			if r.conn.tls != nil {
				return "on", true
			}
			return "", true
		},
		"http2": func(r *request) (string, bool) {
			switch {
			case r.major < 2:
				return "", true
			case r.conn.tls != nil:
				return "h2", true
			}
			return "h2c", true
		},
		"content_type": func(r *request) (string, bool) { return r.header("content-type") },
		"content_length": func(r *request) (string, bool) {
			if r.length < 0 && r.bodyRead != nil {
				return strconv.FormatInt(r.bodyRead.size, 10), true
			}
			return r.header("content-length")
		},
		"fastcgi_script_name": func(r *request) (string, bool) {
			script, _ := r.loc.fastcgi.parts(r.path)
			return script, true
		},
		"fastcgi_path_info": func(r *request) (string, bool) {
			_, info := r.loc.fastcgi.parts(r.path)
			return info, true
		},
		"document_root": func(r *request) (string, bool) { return r.root(), true },
		"realpath_root": func(r *request) (string, bool) {
			real, err := filepath.EvalSymlinks(r.root())
			return real, err == nil
		},
		"request_filename": func(r *request) (string, bool) { return r.filename(), true },
		"request_completion": func(r *request) (string, bool) {
			if r.done {
				return "OK", true
			}
			return "", true
		},
		"request_length": func(r *request) (string, bool) {
			size := r.size
			if b, ok := r.body.(*clientBody); ok {
				size += b.count()
			}
			return strconv.FormatInt(size, 10), true
		},
		"request_id": func(r *request) (string, bool) {
			if id := r.sets["\x00request_id"]; id != "" {
				return id, true
			}
			var b [16]byte
			_, _ = rand.Read(b[:])
			r.setVar("\x00request_id", hex.EncodeToString(b[:]))
			return r.sets["\x00request_id"], true
		},
		"request_time": func(r *request) (string, bool) {
			return fmt.Sprintf("%.3f", time.Since(r.started).Seconds()), true
		},
		"request_body": func(r *request) (string, bool) {
			if r.bodyRead == nil || r.bodyRead.file != nil {
				return "", false
			}
			return found(string(r.bodyRead.memory))
		},
		"status":              func(r *request) (string, bool) { return fmt.Sprintf("%03d", r.status), r.status != 0 },
		"body_bytes_sent":     func(r *request) (string, bool) { return strconv.FormatInt(r.bodySent, 10), true },
		"bytes_sent":          func(r *request) (string, bool) { return strconv.FormatInt(r.allSent, 10), true },
		"connection":          func(r *request) (string, bool) { return strconv.FormatInt(r.conn.number, 10), true },
		"connection_requests": func(r *request) (string, bool) { return strconv.Itoa(r.conn.requests), true },
		"connection_time":     func(r *request) (string, bool) { return fmt.Sprintf("%.3f", time.Since(r.conn.began).Seconds()), true },
		"msec":                func(*request) (string, bool) { return fmt.Sprintf("%.3f", float64(time.Now().UnixMilli())/1000), true },
		"pid":                 func(*request) (string, bool) { return strconv.Itoa(os.Getpid()), true },
		"pipe":                func(*request) (string, bool) { return ".", true },
		"nginx_version":       func(*request) (string, bool) { return nginxVersion, true },
		"time_local":          func(*request) (string, bool) { return time.Now().Format("02/Jan/2006:15:04:05 -0700"), true },
		"time_iso8601":        func(*request) (string, bool) { return time.Now().Format("2006-01-02T15:04:05-07:00"), true },
		"date_local":          func(*request) (string, bool) { return time.Now().Format("Monday, 02-Jan-2006 15:04:05 MST"), true },
		"date_gmt": func(*request) (string, bool) {
			return time.Now().UTC().Format("Monday, 02-Jan-2006 15:04:05 GMT"), true
		},
		"limit_rate":      func(r *request) (string, bool) { return r.loc.limitRateText(r), true },
		"gzip_ratio":      func(r *request) (string, bool) { return found(r.sets["\x00gzip_ratio"]) },
		"invalid_referer": invalidReferer,
		// Set where the limits are asked.
		"limit_conn_status": func(*request) (string, bool) { return "", false },
		"limit_req_status":  func(*request) (string, bool) { return "", false },
		"ssl_protocol": func(r *request) (string, bool) {
			if r.conn.tls == nil {
				return "", false
			}
			return strings.ReplaceAll(strings.Replace(tls.VersionName(r.conn.tls.Version), "TLS 1.", "TLSv1.", 1), " ", ""), true
		},
		"ssl_cipher": func(r *request) (string, bool) {
			if r.conn.tls == nil {
				return "", false
			}
			return cipherName(r.conn.tls.CipherSuite), true
		},
		"ssl_server_name": func(r *request) (string, bool) {
			if r.conn.tls == nil {
				return "", false
			}
			return found(r.conn.tls.ServerName)
		},
		"ssl_session_reused": func(r *request) (string, bool) {
			switch {
			case r.conn.tls == nil:
				return "", false
			case r.conn.tls.DidResume:
				return "r", true
			}
			return ".", true
		},
		"connections_active":  func(r *request) (string, bool) { return strconv.FormatInt(r.front.counters.active.Load(), 10), true },
		"connections_reading": func(r *request) (string, bool) { return strconv.FormatInt(r.front.counters.reading.Load(), 10), true },
		"connections_writing": func(r *request) (string, bool) { return strconv.FormatInt(r.front.counters.writing.Load(), 10), true },
		"connections_waiting": func(r *request) (string, bool) { return strconv.FormatInt(r.front.counters.waiting(), 10), true },
	})
}

// cipherName names a suite as OpenSSL does.
func cipherName(id uint16) string {
	name := tls.CipherSuiteName(id)
	exchange, cipher, ok := strings.Cut(strings.TrimPrefix(name, "TLS_"), "_WITH_")
	if !ok {
		return name // of TLS 1.3
	}
	cipher = strings.NewReplacer("AES_128", "AES128", "AES_256", "AES256", "_CBC", "", "POLY1305_SHA256", "POLY1305", "3DES_EDE", "DES-CBC3").Replace(cipher)
	if exchange == "RSA" {
		return strings.ReplaceAll(cipher, "_", "-")
	}
	return strings.ReplaceAll(exchange+"-"+cipher, "_", "-")
}

// unescape undoes the escapes of a URI; what is no escape stays.
func unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	return s
}

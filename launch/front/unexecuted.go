package front

import (
	"strings"

	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// Unexecuted is a part of the configuration that is not executed here.
type Unexecuted struct {
	Node *site.Node
	What string // the name of the directive, or of a variable in it, with its $
}

// unexecuted returns what stands in http and is not executed, in reading order.
func (c *config) unexecuted() []Unexecuted {
	var left []Unexecuted
	for n := range c.site.All() {
		if n.Scope.Enclosing(directive.HTTP) == nil || n.Scope.Context == directive.Entries {
			continue
		}
		if !c.executed(n) {
			left = append(left, Unexecuted{n, n.Name.Value})
		}
		if len(c.unknown) == 0 {
			continue
		}
		for _, a := range n.Args {
			for _, name := range site.Variables(a.Value) {
				if c.unknown[name] {
					left = append(left, Unexecuted{n, "$" + name})
				}
			}
		}
	}
	return left
}

// executed tells whether a directive is: it was used, or is one of a name that
// was asked for where another one took its place, or needs no execution.
func (c *config) executed(n *site.Node) bool {
	name := n.Name.Value
	if c.used[n] || structure[name] || withoutEffect[name] != "" {
		return true
	}
	if n.Scope.Context == directive.Upstream {
		return false
	}
	if c.read[name] {
		return true
	}
	for _, prefix := range []string{"proxy", "uwsgi", "fastcgi", "scgi", "grpc", "memcached"} {
		if strings.HasPrefix(name, prefix+"_") && name != prefix+"_pass" {
			return len(c.site.Find(prefix+"_pass")) == 0 // nobody would ask for it
		}
	}
	return false
}

// structure are the directives that are read without a question for one of
// them: with the tree, or while a scope is walked through.
var structure = setOf(`http server location upstream map geo split_clients types if limit_except listen server_name include
	set return rewrite break log_format zone map_hash_bucket_size`)

// withoutEffect are the directives that a run on one machine, for one person,
// can show no effect of, each with the reason. docs/conformance.md lists them.
var withoutEffect = map[string]string{}

func init() {
	for reason, names := range map[string]string{
		"how bytes are moved: the same bytes arrive": `sendfile sendfile_max_chunk tcp_nopush tcp_nodelay aio aio_write directio directio_alignment
			output_buffers postpone_output read_ahead send_lowat reset_timedout_connection ssl_buffer_size http2_chunk_size preread_timeout
			proxy_socket_keepalive uwsgi_socket_keepalive`,
		"the memory that nginx takes": `connection_pool_size request_pool_size subrequest_output_buffer_size client_body_in_single_buffer
			gzip_buffers gzip_hash gzip_window gzip_no_buffer proxy_busy_buffers_size uwsgi_busy_buffers_size
			server_names_hash_max_size server_names_hash_bucket_size types_hash_max_size types_hash_bucket_size variables_hash_max_size
			variables_hash_bucket_size map_hash_max_size proxy_headers_hash_max_size proxy_headers_hash_bucket_size`,
		"temporary files: the run has its own folder": `uwsgi_temp_path proxy_temp_path client_body_temp_path fastcgi_temp_path scgi_temp_path
			uwsgi_max_temp_file_size proxy_max_temp_file_size uwsgi_temp_file_write_size proxy_temp_file_write_size`,
		"files are opened each time: a change is seen at once": `open_file_cache open_file_cache_valid open_file_cache_min_uses open_file_cache_errors
			open_log_file_cache`,
		"Go's TLS chooses ciphers and curves, and keeps sessions by tickets": `ssl_session_cache ssl_session_tickets ssl_session_timeout ssl_dhparam
			ssl_prefer_server_ciphers ssl_ciphers ssl_ecdh_curve proxy_ssl_ciphers uwsgi_ssl_ciphers proxy_ssl_session_reuse uwsgi_ssl_session_reuse`,
		"the certificate of a local run has nobody who would vouch for it": `ssl_stapling ssl_stapling_verify`,
		"only this machine is asked for names":                             `resolver_timeout`,
		"one person does not open so many streams":                         `http2_max_concurrent_streams`,
	} {
		for _, name := range strings.Fields(names) {
			withoutEffect[name] = reason
		}
	}
}

func setOf(list string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(list) {
		all[w] = true
	}
	return all
}

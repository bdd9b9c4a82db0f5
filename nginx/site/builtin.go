package site

import "strings"

// builtinNames are the variables that nginx's own modules define (the "Embedded
// Variables" sections of nginx.org/en/docs/http/), separated by white space.
const builtinNames = `
args arg_ binary_remote_addr body_bytes_sent bytes_sent connection connection_requests connection_time content_length
content_type document_root document_uri host hostname http2 http3 https is_args limit_rate msec nginx_version pid pipe
proxy_protocol_addr proxy_protocol_port proxy_protocol_server_addr proxy_protocol_server_port query_string
realpath_root remote_addr remote_port remote_user request request_body request_body_file request_completion
request_filename request_id request_length request_method request_port request_time request_uri scheme server_addr server_name
server_port server_protocol status tcpinfo_rtt tcpinfo_rttvar tcpinfo_snd_cwnd tcpinfo_rcv_space time_iso8601
time_local uri invalid_referer gzip_ratio modern_browser ancient_browser msie connections_active connections_reading
connections_writing connections_waiting date_local date_gmt geoip_area_code geoip_city geoip_city_continent_code
geoip_city_country_code geoip_city_country_code3 geoip_city_country_name geoip_country_code geoip_country_code3
geoip_country_name geoip_dma_code geoip_latitude geoip_longitude geoip_org geoip_postal_code geoip_region
geoip_region_name limit_conn_status limit_req_status mirror_request proxy_host proxy_port
proxy_add_x_forwarded_for proxy_internal_body_length proxy_internal_chunked proxy_internal_connection realip_remote_addr
realip_remote_port secure_link secure_link_expires session_time slice_range
spdy spdy_request_priority ssl_alpn_protocol ssl_cipher ssl_ciphers ssl_client_cert ssl_client_escaped_cert ssl_client_fingerprint
ssl_client_i_dn ssl_client_i_dn_legacy ssl_client_raw_cert ssl_client_s_dn ssl_client_s_dn_legacy ssl_client_serial
ssl_client_sigalg ssl_client_v_end ssl_client_v_remain ssl_client_v_start ssl_client_verify ssl_curve ssl_curves ssl_early_data
ssl_protocol ssl_server_name ssl_session_id ssl_session_reused ssl_sigalg quic uid_got uid_reset uid_set fastcgi_path_info
fastcgi_script_name upstream_addr upstream_bytes_received upstream_bytes_sent upstream_cache_age upstream_cache_key upstream_cache_last_modified
upstream_cache_status upstream_connect_time upstream_header_time upstream_last_addr upstream_last_server_name upstream_queue_time upstream_response_length
upstream_response_time upstream_status grpc_internal_trailers ssl_preread_server_name ssl_preread_protocol
ssl_preread_alpn_protocols protocol ssl_ech_status ssl_ech_outer_server_name
`

// builtinPrefixes start the names of variables that stand for whatever follows.
var builtinPrefixes = []string{
	"arg_", "http_", "cookie_", "sent_http_", "sent_trailer_", "upstream_http_", "upstream_trailer_", "upstream_cookie_",
	"jwt_claim_", "jwt_header_", "proxy_protocol_tlv_", "otel_",
}

// Builtin tells whether nginx itself defines a variable; name has no $.
func Builtin(name string) bool {
	name = strings.ToLower(name)
	for _, p := range builtinPrefixes {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	// A word search in a constant costs no table at start.
	for at := 0; ; {
		i := strings.Index(builtinNames[at:], name)
		if i < 0 || name == "" {
			return false
		}
		i += at
		end := i + len(name)
		if isBlank(builtinNames[i-1]) && isBlank(builtinNames[end]) {
			return true
		}
		at = end
	}
}

func isBlank(c byte) bool { return c == ' ' || c == '\n' }

// Variables yields the names of the variables in a value, without $ and
// braces, in lower case; digits (captures) are left out.
func Variables(value string) []string {
	var names []string
	for {
		i := strings.IndexByte(value, '$')
		if i < 0 {
			return names
		}
		value = value[i+1:]
		name := value
		if strings.HasPrefix(value, "{") {
			end := strings.IndexByte(value, '}')
			if end < 0 {
				return names
			}
			name, value = value[1:end], value[end+1:]
		} else {
			end := 0
			for end < len(value) && isWord(value[end]) {
				end++
			}
			name, value = value[:end], value[end:]
		}
		if name != "" && (name[0] < '0' || name[0] > '9') {
			names = append(names, strings.ToLower(name))
		}
	}
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// Builtins returns the names of nginx's own variables, without the families
// whose names end in whatever a request holds.
func Builtins() []string { return strings.Fields(builtinNames) }

package value

import "strings"

// Variables returns the names of the variables in a value, in lower case and
// without captures ($1), as ngx_http_script_compile finds them. The second
// result is what nginx says of a value that it refuses; then the names are those
// before the fault.
func Variables(s string) (names []string, refused string) {
	for {
		i := strings.IndexByte(s, '$')
		if i < 0 {
			return names, ""
		}
		s = s[i+1:]
		if s != "" && s[0] >= '1' && s[0] <= '9' {
			s = s[1:]
			continue
		}
		inner, bracket := strings.CutPrefix(s, "{")
		end := 0
		for end < len(inner) && isWord(inner[end]) {
			end++
		}
		name := inner[:end]
		s = inner[end:]
		if bracket {
			if inner == "" {
				return names, "invalid variable name"
			}
			if !strings.HasPrefix(s, "}") {
				return names, `the closing bracket in "` + name + `" variable is missing`
			}
			s = s[1:]
		}
		if name == "" {
			return names, "invalid variable name"
		}
		names = append(names, strings.ToLower(name))
	}
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// fixed tells whether nginx defines a variable that no directive may define
// again (ngx_http_add_variable: those without NGX_HTTP_VAR_CHANGEABLE).
func fixed(name string) bool {
	return fixedVariables[strings.ToLower(name)]
}

var fixedVariables = set(`host remote_addr remote_port uri document_uri request_uri request document_root realpath_root
query_string is_args request_filename server_name server_addr server_port server_protocol request_method remote_user
bytes_sent body_bytes_sent pipe request_completion request_body request_body_file request_length request_time request_id
status scheme https connection connection_requests connection_time nginx_version hostname pid msec time_iso8601 time_local
binary_remote_addr content_length content_type proxy_protocol_addr proxy_protocol_port realip_remote_addr realip_remote_port
limit_req_status limit_conn_status upstream_addr upstream_status upstream_response_time upstream_cache_status
proxy_add_x_forwarded_for http2`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

package directive

import "strings"

// ThirdParty tells whether a name that is not in the table belongs to a common
// module that nginx's own distribution does not hold, and to which.
func ThirdParty(name string) (module string, ok bool) {
	if Find(name) != None {
		return "", false
	}
	for _, m := range thirdParty {
		for _, known := range m.names {
			if prefix, isPrefix := strings.CutSuffix(known, "*"); isPrefix && strings.HasPrefix(name, prefix) || known == name {
				return m.module, true
			}
		}
	}
	if strings.HasSuffix(name, "_by_lua") || strings.HasSuffix(name, "_by_lua_block") || strings.HasSuffix(name, "_by_lua_file") {
		return "lua-nginx-module", true
	}
	return "", false
}

// thirdParty names the directives of modules by their authors' manuals; a name
// that ends with * stands for all that begin so.
var thirdParty = [...]struct {
	module string
	names  []string
}{
	{"lua-nginx-module", []string{"lua_*", "balancer_keepalive"}},
	{"njs", []string{"js_*"}},
	{"NGINX Plus", []string{
		"api", "auth_jwt*", "auth_oidc", "auth_require", "health_check*", "internal_redirect", "keyval", "keyval_zone",
		"match", "mgmt", "ntlm", "num_map", "oidc_provider", "otel_*", "proxy_cache_purge", "fastcgi_cache_purge", "scgi_cache_purge",
		"uwsgi_cache_purge", "f4f*", "hls*", "mqtt*", "queue", "session_log*", "state", "status", "status_format", "status_zone",
		"upstream_conf", "usage_report", "license_token", "zone_sync*", "proxy_session_drop", "app_protect_*",
	}},
	{"headers-more-nginx-module", []string{"more_set_headers", "more_clear_headers", "more_set_input_headers", "more_clear_input_headers"}},
	{"ngx_brotli", []string{"brotli", "brotli_*"}},
	{"zstd-nginx-module", []string{"zstd", "zstd_*"}},
	{"ngx_http_geoip2_module", []string{"geoip2", "geoip2_*"}},
	{"echo-nginx-module", []string{"echo", "echo_*"}},
	{"nginx-rtmp-module", []string{"rtmp", "rtmp_*"}},
	{"nginx-module-vts", []string{"vhost_traffic_status", "vhost_traffic_status_*"}},
	{"nginx-module-sts", []string{"server_traffic_status", "server_traffic_status_*", "stream_server_traffic_status*"}},
	{"ngx_http_upstream_fair_module", []string{"fair", "upstream_fair_shm_size"}},
	{"nginx_upstream_check_module", []string{"check", "check_*"}},
	{"nginx-sticky-module-ng", []string{"sticky", "sticky_no_fallback"}},
	{"nginx_upstream_jdomain", []string{"jdomain"}},
	{"ngx_http_upsync_module", []string{"upsync", "upsync_*", "upstream_show"}},
	{"ngx_dynamic_upstream", []string{"dynamic_upstream"}},
	{"nginx-dav-ext-module", []string{"dav_ext_methods", "dav_ext_lock", "dav_ext_lock_zone"}},
	{"ngx-fancyindex", []string{"fancyindex", "fancyindex_*"}},
	{"ngx_http_substitutions_filter_module", []string{"subs_filter", "subs_filter_*", "subs_buffers", "subs_line_buffer_size"}},
	{"replace-filter-nginx-module", []string{"replace_filter", "replace_filter_*"}},
	{"set-misc-nginx-module", []string{
		"set_if_empty", "set_quote_*", "set_unescape_uri", "set_escape_uri", "set_hashed_upstream", "set_encode_*", "set_decode_*",
		"set_md5", "set_sha1", "set_hmac_*", "set_random", "set_secure_random_*", "set_rotate", "set_local_today", "set_formatted_*", "set_base32_*",
	}},
	{"array-var-nginx-module", []string{"array_split", "array_join", "array_map", "array_map_op"}},
	{"form-input-nginx-module", []string{"set_form_input", "set_form_input_multi"}},
	{"encrypted-session-nginx-module", []string{"set_encrypt_session", "set_decrypt_session", "encrypted_session_*"}},
	{"iconv-nginx-module", []string{"set_iconv", "iconv_*"}},
	{"memc-nginx-module", []string{"memc_*"}},
	{"srcache-nginx-module", []string{"srcache_*"}},
	{"redis2-nginx-module", []string{"redis2_*"}},
	{"ngx_http_redis_module", []string{"redis_*"}},
	{"drizzle-nginx-module", []string{"drizzle_*"}},
	{"ngx_postgres", []string{"postgres_*"}},
	{"rds-json-nginx-module", []string{"rds_json*", "rds_csv*"}},
	{"xss-nginx-module", []string{"xss_*"}},
	{"nginx-eval-module", []string{"eval", "eval_*"}},
	{"ModSecurity-nginx", []string{"modsecurity", "modsecurity_*"}},
	{"naxsi", []string{
		"SecRulesEnabled", "SecRulesDisabled", "LearningMode", "DeniedUrl", "CheckRule", "MainRule", "BasicRule", "LibInjectionSql", "LibInjectionXss",
		"rules_enabled", "rules_disabled", "learning_mode", "denied_url", "check_rule", "main_rule", "basic_rule", "naxsi_*",
	}},
	{"ngx_pagespeed", []string{"pagespeed", "pagespeed_*"}},
	{"Phusion Passenger", []string{"passenger_*", "union_station_*", "rails_*", "rack_env"}},
	{"nginx-auth-ldap", []string{"auth_ldap", "auth_ldap_*", "ldap_server", "ldap_*"}},
	{"spnego-http-auth-nginx-module", []string{"auth_gss", "auth_gss_*", "auth_spnego*"}},
	{"ngx_http_auth_pam_module", []string{"auth_pam", "auth_pam_*"}},
	{"ngx_http_auth_digest_module", []string{"auth_digest", "auth_digest_*"}},
	{"ngx-http-auth-jwt-module", []string{"jwt_*"}},
	{"nchan", []string{"nchan_*"}},
	{"nginx-push-stream-module", []string{"push_stream_*"}},
	{"nginx-upload-module", []string{"upload_*"}},
	{"nginx-upload-progress-module", []string{"upload_progress*", "track_uploads", "report_uploads"}},
	{"ngx_cache_purge", []string{"cache_purge*"}},
	{"nginx_ajp_module", []string{"ajp_*"}},
	{"nginx-vod-module", []string{"vod", "vod_*"}},
	{"ngx_http_proxy_connect_module", []string{"proxy_connect", "proxy_connect_*"}},
	{"nginx-opentracing", []string{"opentracing", "opentracing_*"}},
	{"nginx-opentelemetry", []string{"opentelemetry", "opentelemetry_*"}},
	{"testcookie-nginx-module", []string{"testcookie", "testcookie_*"}},
	{"ngx_http_cookie_flag_module", []string{"set_cookie_flag"}},
	{"ngx_http_accept_language_module", []string{"set_from_accept_language"}},
	{"ngx_http_concat", []string{"concat", "concat_*"}},
	{"ngx_http_trim_filter_module", []string{"trim", "trim_js", "trim_css", "trim_types"}},
	{"nginx-http-shibboleth", []string{"shib_request", "shib_request_*"}},
	{"ngx_security_headers", []string{"security_headers", "security_headers_*", "hide_server_tokens"}},
	{"ngx_mruby", []string{"mruby_*"}},
	{"nginx-statsd", []string{"statsd_*"}},
	{"nginx-length-hiding-filter-module", []string{"length_hiding", "length_hiding_max"}},
	{"ngx_slowfs_cache", []string{"slowfs_*"}},
	{"ngx_aws_auth", []string{"aws_*"}},
	{"nginx-sorted-querystring-module", []string{"sorted_querystring*"}},
	{"ngx_http_tls_dyn_size", []string{"ssl_dyn_rec_*"}},
	{"Tengine", []string{"dyups_*", "req_status*", "sysguard*", "user_agent", "consistent_hash", "keepalive_queue", "tengine_*"}},
}

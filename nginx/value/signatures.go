package value

// Parameters that several directives take.
var (
	logCache = map[string]kind{"max=": number, "inactive=": seconds, "min_uses=": number, "valid=": seconds, "off": none}
	listen   = map[string]kind{
		"default_server": none, "default": none, "bind": none, "setfib=": number, "fastopen=": number, "backlog=": positive,
		"rcvbuf=": size, "sndbuf=": size, "accept_filter=": anything, "deferred": none, "ipv6only=": onOff, "reuseport": none,
		"ssl": none, "http2": none, "quic": none, "spdy": none, "so_keepalive=": keepaliveTime, "proxy_protocol": none, "multipath": none,
	}
	streamListen = map[string]kind{
		"udp": none, "bind": none, "fastopen=": number, "backlog=": positive, "rcvbuf=": size, "sndbuf=": size, "accept_filter=": anything,
		"deferred": none, "ipv6only=": onOff, "reuseport": none, "ssl": none, "so_keepalive=": keepaliveTime, "proxy_protocol": none,
		"default_server": none, "default": none, "setfib=": number, "multipath": none,
	}
	member = map[string]kind{
		"weight=": positive, "max_conns=": number, "max_fails=": number, "fail_timeout=": seconds, "backup": none, "down": none,
		"resolve": none, "service=": anything, "route=": anything, "drain": none, "slow_start=": seconds,
	}
	servers   = map[string]kind{"valid=": seconds, "ipv4=": onOff, "ipv6=": onOff, "status_zone=": anything}
	fileCache = map[string]kind{
		"levels=": levels, "use_temp_path=": onOff, "keys_zone=": zone8k, "inactive=": seconds, "max_size=": offset, "min_free=": offset,
		"loader_files=": number, "loader_sleep=": milliseconds, "loader_threshold=": milliseconds,
		"manager_files=": number, "manager_sleep=": milliseconds, "manager_threshold=": milliseconds, "purger=": onOff,
		"purger_files=": number, "purger_sleep=": milliseconds, "purger_threshold=": milliseconds,
	}
	certificateCache = map[string]kind{"off": none, "max=": positive, "inactive=": seconds, "valid=": seconds}
	nothing          = map[string]kind{}
)

// signatures holds the directives that have a setter of their own, by name;
// "stream ", "mail " and "upstream " before it mean those contexts alone, and
// "*_" stands for the modules that pass requests on.
var signatures = map[string]*signature{
	"access_log":                {whole: accessLog},
	"stream access_log":         {whole: accessLog},
	"add_header":                {lead: []kind{anything, complexValue}, params: map[string]kind{"always": none}},
	"add_trailer":               {lead: []kind{anything, complexValue}, params: map[string]kind{"always": none}},
	"aio":                       {whole: aio},
	"alias":                     {whole: root},
	"allow":                     {lead: []kind{network}},
	"deny":                      {lead: []kind{network}},
	"auth_basic_user_file":      {lead: []kind{complexValue}},
	"auth_request_set":          {lead: []kind{variable, complexValue}},
	"auth_http":                 {whole: authHTTP},
	"charset":                   {lead: []kind{complexValue}},
	"source_charset":            {lead: []kind{complexValue}},
	"directio":                  {whole: orWord(offset, "off")},
	"disable_symlinks":          {whole: disableSymlinks},
	"debug_connection":          {lead: []kind{realNetwork}},
	"error_log":                 {whole: errorLog},
	"error_page":                {whole: errorPage},
	"expires":                   {whole: expires},
	"geo":                       {whole: geo},
	"gzip_disable":              {rest: regexNoCase},
	"http2_idle_timeout":        {lead: []kind{milliseconds}},
	"http2_recv_timeout":        {lead: []kind{milliseconds}},
	"if":                        {whole: condition},
	"image_filter":              {whole: imageFilter},
	"index":                     {whole: index},
	"keepalive_timeout":         {lead: []kind{milliseconds, seconds}},
	"limit_conn":                {lead: []kind{anything, positive}, rest: anything},
	"limit_conn_zone":           {lead: []kind{complexValue}, params: map[string]kind{"zone=": zone32k}, need: "zone="},
	"limit_except":              {whole: methods},
	"limit_rate":                {lead: []kind{complexSize}},
	"limit_rate_after":          {lead: []kind{complexSize}},
	"limit_req":                 {params: map[string]kind{"zone=": anything, "burst=": positive, "delay=": positive, "nodelay": none}, need: "zone="},
	"limit_req_zone":            {lead: []kind{complexValue}, params: map[string]kind{"zone=": zone32k, "rate=": rate, "sync": none}, need: "zone="},
	"listen":                    {lead: []kind{listenAddress}, params: listen},
	"stream listen":             {lead: []kind{listenAddress}, params: streamListen},
	"location":                  {whole: location},
	"log_format":                {whole: logFormat},
	"map":                       {lead: []kind{complexValue, variable}},
	"memcached_pass":            {whole: pass("")},
	"modern_browser":            {whole: modernBrowser},
	"open_file_cache":           {params: map[string]kind{"max=": positive, "inactive=": seconds, "off": none}, need: "max= off"},
	"open_log_file_cache":       {params: logCache, need: "max= off"},
	"perl_set":                  {lead: []kind{variable}},
	"real_ip_header":            {lead: []kind{anything}},
	"resolver":                  {rest: address, params: servers, spare: true},
	"return":                    {whole: returns},
	"stream return":             {lead: []kind{complexValue}},
	"rewrite":                   {whole: rewrite},
	"root":                      {whole: root},
	"connection_pool_size":      {lead: []kind{poolSize}},
	"request_pool_size":         {lead: []kind{poolSize}},
	"stream set":                {lead: []kind{variableName, complexValue}},
	"stream map":                {lead: []kind{complexValue, variableName}},
	"stream split_clients":      {lead: []kind{complexValue, variableName}},
	"stream geo":                {whole: streamGeo},
	"server_name":               {whole: serverName},
	"set":                       {lead: []kind{variable, complexValue}},
	"set_real_ip_from":          {lead: []kind{realNetwork}},
	"split_clients":             {lead: []kind{complexValue, variable}},
	"ssl_session_cache":         {whole: sessionCache},
	"ssl_ocsp_cache":            {whole: sessionCache},
	"ssl_certificate":           {lead: []kind{complexValue}},
	"ssl_certificate_key":       {lead: []kind{complexValue}},
	"ssl_certificate_cache":     {params: certificateCache, need: "max= off"},
	"starttls":                  nil,
	"sub_filter":                {whole: subFilter},
	"thread_pool":               {lead: []kind{anything}, params: map[string]kind{"threads=": positive, "max_queue=": number}, spare: true, need: "threads="},
	"try_files":                 {whole: tryFiles},
	"use":                       {whole: eventMethod},
	"user":                      {},
	"userid_expires":            {whole: orWord(seconds, "max", "off")},
	"userid_mark":               {whole: useridMark},
	"valid_referers":            {whole: validReferers},
	"worker_connections":        {lead: []kind{number}},
	"worker_cpu_affinity":       {whole: cpuAffinity},
	"worker_priority":           {whole: priority},
	"worker_processes":          {whole: orWord(number, "auto")},
	"upstream hash":             {lead: []kind{complexValue}, params: map[string]kind{"consistent": none}},
	"hash":                      {lead: []kind{complexValue}, params: map[string]kind{"consistent": none}},
	"keepalive":                 {lead: []kind{positive}, params: map[string]kind{"local": none}},
	"random":                    {params: map[string]kind{"two": none, "least_conn": none, "least_time=": anything}},
	"upstream server":           {lead: []kind{address}, params: member},
	"stream server":             {lead: []kind{address}, params: member},
	"sticky":                    {rest: anything},
	"zone":                      {whole: sharedZone},
	"proxy_pass":                {whole: proxyPass},
	"grpc_pass":                 {whole: grpcPass},
	"stream proxy_pass":         {whole: pass("")},
	"stream pass":               {whole: pass("")},
	"uwsgi_pass":                {whole: pass("uwsgi://", "suwsgi://")},
	"fastcgi_pass":              {whole: pass("")},
	"scgi_pass":                 {whole: pass("scgi://")},
	"proxy_redirect":            {whole: mapped("off", "default")},
	"proxy_cookie_domain":       {whole: mapped("off")},
	"proxy_cookie_path":         {whole: mapped("off")},
	"proxy_cookie_flags":        {whole: cookieFlags},
	"fastcgi_split_path_info":   {whole: splitPath},
	"proxy_method":              {lead: []kind{complexValue}},
	"proxy_download_rate":       {lead: []kind{complexSize}},
	"proxy_upload_rate":         {lead: []kind{complexSize}},
	"*_bind":                    {lead: []kind{bindAddress}, params: map[string]kind{"transparent": none, "off": none}},
	"*_cache":                   {lead: []kind{complexValue}},
	"*_cache_key":               {lead: []kind{complexValue}},
	"*_cache_path":              {lead: []kind{anything}, params: fileCache, need: "keys_zone="},
	"*_cache_valid":             {whole: cacheValid},
	"*_limit_rate":              {lead: []kind{complexSize}},
	"*_param":                   {lead: []kind{anything, complexValue}, params: map[string]kind{"if_not_empty": none}},
	"*_store":                   {lead: []kind{complexValue}},
	"*_ssl_certificate":         {lead: []kind{complexValue}},
	"*_ssl_certificate_key":     {lead: []kind{complexValue}},
	"*_ssl_certificate_cache":   {params: certificateCache, need: "max= off"},
	"*_next_upstream_timeout":   nil,
	"xslt_param":                {lead: []kind{anything, complexValue}},
	"xslt_string_param":         {lead: []kind{anything, complexValue}},
	"stream proxy_ssl_name":     {lead: []kind{complexValue}},
	"image_filter_jpeg_quality": {lead: []kind{complexNumber}},
	"image_filter_sharpen":      {lead: []kind{complexNumber}},
	"image_filter_webp_quality": {lead: []kind{complexNumber}},
}

// evaluatedWhole tells whether an argument, counted from 0, of a directive that
// checks all its arguments together is searched for variables.
func evaluatedWhole(name string, i int) bool {
	switch name {
	case "access_log", "root", "alias", "index", "try_files", "error_page", "expires", "proxy_pass", "grpc_pass", "uwsgi_pass",
		"fastcgi_pass", "scgi_pass", "sub_filter", "return", "disable_symlinks", "image_filter":
		return true
	case "if", "log_format", "rewrite", "proxy_redirect", "proxy_cookie_domain", "proxy_cookie_path":
		return i >= 1 || name == "if"
	case "proxy_cookie_flags":
		return i >= 1
	}
	return false
}

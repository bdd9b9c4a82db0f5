package directive

// onceCustom names directives with a handler of their own that nginx answers
// "is duplicate" to when they stand twice in a block; the test asks it.
var onceCustom = map[string]bool{
	"root": true, "alias": true, "user": true, "worker_processes": true, "events": true, "http": true, "stream": true, "mail": true,
	"pid": true, "uwsgi_pass": true, "proxy_pass": true, "fastcgi_pass": true, "scgi_pass": true, "grpc_pass": true,
	"try_files": true, "expires": true, "keepalive_timeout": true, "worker_cpu_affinity": true, "resolver": true,
	"open_file_cache": true, "types_hash_max_size": true, "uwsgi_cache": true, "proxy_cache": true, "keepalive": true,
	"worker_priority": true, "debug_points": true, "use": true, "limit_rate": true, "limit_rate_after": true,
}

// Once tells whether nginx refuses a second directive of the row's name in one
// block. Where that is not certain it says no.
func (r *Row) Once() bool {
	switch r.Value {
	case "flag", "size", "offset", "number", "msec", "sec", "enum", "string", "buffers", "access", "path", "complex":
		return !severalTimes[r.Name]
	case "custom":
		return onceCustom[r.Name]
	}
	return false
}

// severalTimes names the exceptions: their handlers take the later value.
var severalTimes = map[string]bool{}

package directive

import "strings"

// Package is a module that Debian and Ubuntu build as a package of its own.
type Package struct {
	// Name is that of the package, File that of the module in load_module.
	Name, File string
}

// packages are the modules that Debian's nginx does not have built in, by the
// beginning of the table's module (debian/rules of the package nginx).
var packages = []struct {
	module string
	Package
}{
	{"ngx_stream_geoip", Package{"libnginx-mod-stream-geoip", "ngx_stream_geoip_module.so"}},
	{"ngx_stream", Package{"libnginx-mod-stream", "ngx_stream_module.so"}},
	{"ngx_mail", Package{"libnginx-mod-mail", "ngx_mail_module.so"}},
	{"ngx_http_image_filter", Package{"libnginx-mod-http-image-filter", "ngx_http_image_filter_module.so"}},
	{"ngx_http_xslt_filter", Package{"libnginx-mod-http-xslt-filter", "ngx_http_xslt_filter_module.so"}},
	{"ngx_http_geoip", Package{"libnginx-mod-http-geoip", "ngx_http_geoip_module.so"}},
	{"ngx_http_perl", Package{"libnginx-mod-http-perl", "ngx_http_perl_module.so"}},
}

// DebianPackage returns the package that a row's module comes in on Debian and
// Ubuntu; ok is false for a module that is built in.
func (r *Row) DebianPackage() (p Package, ok bool) {
	for _, p := range packages {
		if strings.HasPrefix(r.Module, p.module) {
			return p.Package, true
		}
	}
	return Package{}, false
}

package directive

import (
	"fmt"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/internal/nearest"
)

// Modules says which modules an nginx has beyond those that it is built with
// unless told otherwise. The zero value means that nobody said.
type Modules struct {
	said, all bool
	names     map[string]bool
}

// optional are the modules of nginx's own source that are built only when
// configure is told to, with the option that does (auto/options). A name that
// ends with * stands for all that begin so.
var optional = [...]struct{ module, option string }{
	{"ngx_http_ssl_module", "--with-http_ssl_module"},
	{"ngx_http_v2_module", "--with-http_v2_module"},
	{"ngx_http_v3_module", "--with-http_v3_module"},
	{"ngx_http_spdy_module", "--with-http_spdy_module"},
	{"ngx_http_realip_module", "--with-http_realip_module"},
	{"ngx_http_addition_filter_module", "--with-http_addition_module"},
	{"ngx_http_xslt_filter_module", "--with-http_xslt_module"},
	{"ngx_http_image_filter_module", "--with-http_image_filter_module"},
	{"ngx_http_geoip_module", "--with-http_geoip_module"},
	{"ngx_http_sub_filter_module", "--with-http_sub_module"},
	{"ngx_http_dav_module", "--with-http_dav_module"},
	{"ngx_http_flv_module", "--with-http_flv_module"},
	{"ngx_http_mp4_module", "--with-http_mp4_module"},
	{"ngx_http_gunzip_filter_module", "--with-http_gunzip_module"},
	{"ngx_http_gzip_static_module", "--with-http_gzip_static_module"},
	{"ngx_http_auth_request_module", "--with-http_auth_request_module"},
	{"ngx_http_random_index_module", "--with-http_random_index_module"},
	{"ngx_http_secure_link_module", "--with-http_secure_link_module"},
	{"ngx_http_degradation_module", "--with-http_degradation_module"},
	{"ngx_http_slice_filter_module", "--with-http_slice_module"},
	{"ngx_http_stub_status_module", "--with-http_stub_status_module"},
	{"ngx_http_perl_module", "--with-http_perl_module"},
	{"ngx_google_perftools_module", "--with-google_perftools_module"},
	{"ngx_thread_pool", "--with-threads"},
	{"ngx_mail_ssl_module", "--with-mail_ssl_module"},
	{"ngx_mail*", "--with-mail"},
	{"ngx_stream_ssl_preread_module", "--with-stream_ssl_preread_module"},
	{"ngx_stream_ssl_module", "--with-stream_ssl_module"},
	{"ngx_stream_realip_module", "--with-stream_realip_module"},
	{"ngx_stream_geoip_module", "--with-stream_geoip_module"},
	{"ngx_stream*", "--with-stream"},
}

// debianPackages are Debian's packages of modules that nginx's own source does
// not hold, with the files that they load (apt-cache search libnginx-mod,
// Debian 12).
var debianPackages = map[string]Package{
	"ngx_http_auth_pam_module":             {"libnginx-mod-http-auth-pam", "ngx_http_auth_pam_module.so"},
	"ngx_brotli":                           {"libnginx-mod-http-brotli-filter", "ngx_http_brotli_filter_module.so"},
	"ngx_cache_purge":                      {"libnginx-mod-http-cache-purge", "ngx_http_cache_purge_module.so"},
	"nginx-dav-ext-module":                 {"libnginx-mod-http-dav-ext", "ngx_http_dav_ext_module.so"},
	"echo-nginx-module":                    {"libnginx-mod-http-echo", "ngx_http_echo_module.so"},
	"ngx-fancyindex":                       {"libnginx-mod-http-fancyindex", "ngx_http_fancyindex_module.so"},
	"ngx_http_geoip2_module":               {"libnginx-mod-http-geoip2", "ngx_http_geoip2_module.so"},
	"headers-more-nginx-module":            {"libnginx-mod-http-headers-more-filter", "ngx_http_headers_more_filter_module.so"},
	"lua-nginx-module":                     {"libnginx-mod-http-lua", "ngx_http_lua_module.so"},
	"memc-nginx-module":                    {"libnginx-mod-http-memc", "ngx_http_memc_module.so"},
	"ModSecurity-nginx":                    {"libnginx-mod-http-modsecurity", "ngx_http_modsecurity_module.so"},
	"set-misc-nginx-module":                {"libnginx-mod-http-set-misc", "ngx_http_set_misc_module.so"},
	"srcache-nginx-module":                 {"libnginx-mod-http-srcache-filter", "ngx_http_srcache_filter_module.so"},
	"ngx_http_substitutions_filter_module": {"libnginx-mod-http-subs-filter", "ngx_http_subs_filter_module.so"},
	"nginx-upload-progress-module":         {"libnginx-mod-http-uploadprogress", "ngx_http_uploadprogress_module.so"},
	"ngx_http_upstream_fair_module":        {"libnginx-mod-http-upstream-fair", "ngx_http_upstream_fair_module.so"},
	"njs":                                  {"libnginx-mod-http-js", "ngx_http_js_module.so"},
	"nchan":                                {"libnginx-mod-nchan", "ngx_nchan_module.so"},
	"nginx-rtmp-module":                    {"libnginx-mod-rtmp", "ngx_rtmp_module.so"},
}

// sets are words for the modules of a package. Debian's are what nginx -V of
// Debian 12 says and what its packages depend on; nginx.org's what the manual
// of its packages lists (nginx.org/en/linux_packages.html).
var sets = map[string]string{
	"default":  "",
	"debian":   "http_ssl http_v2 http_realip http_addition http_sub http_dav http_flv http_mp4 http_gunzip http_gzip_static http_auth_request http_random_index http_secure_link http_slice http_stub_status threads",
	"official": "debian http_v3 mail mail_ssl stream stream_ssl stream_ssl_preread stream_realip",

	"debian-light":  "debian echo",
	"debian-core":   "debian http_geoip http_image_filter http_xslt mail mail_ssl stream stream_ssl stream_ssl_preread stream_realip stream_geoip",
	"debian-full":   "debian-core auth-pam dav-ext echo geoip2 substitutions-filter upstream-fair",
	"debian-extras": "debian-full http_perl cache-purge fancyindex headers-more lua upload-progress nchan",
}

// aliases are names under which some modules are known better.
var aliases = map[string]string{
	"subs-filter": "substitutions-filter", "uploadprogress": "upload-progress", "js": "njs", "http-js": "njs", "plus": "nginx-plus",
	"http-subs-filter": "substitutions-filter", "http-uploadprogress": "upload-progress", "passenger": "phusion-passenger",
	"vhost-traffic-status": "vts", "stream-server-traffic-status": "sts",
}

// short returns a module's name without what its authors put around it, in the
// spelling that people compare: headers-more-nginx-module, headers_more and
// ngx_http_headers_more_filter_module.so all differ in that alone.
func short(name string) string {
	s := strings.ReplaceAll(strings.ToLower(strings.TrimSuffix(name, ".so")), "_", "-")
	s = strings.TrimPrefix(s, "--with-")
	for _, prefix := range []string{"libnginx-mod-", "nginx-module-", "ngx-", "nginx-"} {
		s = strings.TrimPrefix(s, prefix)
	}
	s = strings.TrimSuffix(s, "*")
	for _, suffix := range []string{"-module-ng", "-module", "-nginx"} {
		s = strings.TrimSuffix(s, suffix)
	}
	if full, ok := aliases[s]; ok {
		return full
	}
	return s
}

// known holds every module's canonical name by its short names.
var known = knownModules()

// canonical holds the names of all modules that an nginx may lack.
var canonical = canonicalModules()

func canonicalModules() map[string]bool {
	names := map[string]bool{}
	for _, module := range known {
		names[module] = true
	}
	return names
}

func knownModules() map[string]string {
	names := map[string]string{}
	add := func(short, module string) {
		if _, ok := names[short]; !ok {
			names[short] = module
		}
	}
	for _, o := range optional {
		add(short(o.option), o.module)
		add(short(o.module), o.module)
	}
	for module, p := range debianPackages {
		add(short(p.Name), module)
		add(short(p.File), module)
	}
	for _, m := range thirdParty {
		s := strings.ReplaceAll(short(m.module), " ", "-")
		add(s, m.module)
		add(strings.TrimPrefix(s, "http-"), m.module)
	}
	return names
}

// ParseModules reads a list of modules, with commas or blanks between them:
// names as nginx -V, the packages or the authors write them, with or without
// what stands around them (http_v2, --with-http_v2_module, headers-more), all,
// or the word for a package's modules (default, debian, debian-light,
// debian-core, debian-full, debian-extras, official).
func ParseModules(text string) (Modules, error) {
	m := Modules{said: strings.TrimSpace(text) != "", names: map[string]bool{}}
	return m, m.add(text)
}

func (m *Modules) add(text string) error {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		if set, ok := sets[word]; ok {
			if err := m.add(set); err != nil {
				return err
			}
			continue
		}
		word, _, _ = strings.Cut(word, "=") // --with-stream=dynamic
		if word == "all" {
			m.all = true
			continue
		}
		module, ok := known[short(word)]
		if !ok {
			if near := nearest.Name(short(word), ModuleWords()); near != "" {
				return fmt.Errorf("no module is called %q; the nearest name is %s", word, near)
			}
			return fmt.Errorf("no module is called %q; name modules as http_v2 or headers-more, or one of %s", word, strings.Join(setNames(), ", "))
		}
		m.names[module] = true
	}
	return nil
}

func setNames() []string {
	names := []string{"all"}
	for name := range sets {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// ModuleWords returns the words that ParseModules reads, sorted.
func ModuleWords() []string {
	words := setNames()
	for name := range known {
		words = append(words, name)
	}
	slices.Sort(words)
	return words
}

// Said tells whether somebody said which modules there are.
func (m Modules) Said() bool { return m.said }

// Load adds the module of a file that load_module names; ok is false for a
// file of a module that is not known.
func (m *Modules) Load(file string) (ok bool) {
	module, ok := known[short(file[strings.LastIndexByte(file, '/')+1:])]
	if ok {
		names := map[string]bool{module: true}
		for name := range m.names {
			names[name] = true
		}
		m.names = names // the map is shared by copies
	}
	return ok
}

// Lacks tells whether the module is one that the nginx does not have: false
// where nobody said, and for modules that are always built in.
func (m Modules) Lacks(module string) bool {
	if !m.said || m.all {
		return false
	}
	if o, ok := optionOf(module); ok {
		return !m.names[o]
	}
	return canonical[module] && !m.names[module]
}

// optionOf returns the optional module that a row's module belongs to.
func optionOf(module string) (string, bool) {
	for _, o := range optional {
		if prefix, ok := strings.CutSuffix(o.module, "*"); ok && strings.HasPrefix(module, prefix) || o.module == module {
			return o.module, true
		}
	}
	return "", false
}

// BuildOption returns the option of configure that builds a module of nginx's
// own source, "" for one that is always there or comes from elsewhere.
func BuildOption(module string) string {
	name, _ := optionOf(module)
	for _, o := range optional {
		if o.module == name {
			return o.option
		}
	}
	return ""
}

// PackageOf returns Debian's package of a module, of nginx's own source or
// not; ok is false where there is none, or the module is built in.
func PackageOf(module string) (p Package, ok bool) {
	if p, ok = debianPackages[module]; ok {
		return p, true
	}
	return (&Row{Module: module}).DebianPackage()
}

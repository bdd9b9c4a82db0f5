package manual

import (
	"regexp"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/uwsgi/option"
)

// maxLinks is how many links a page has at most.
const maxLinks = 6

type link struct{ name, address string }

var span = regexp.MustCompile("`([^`\n]+)`")

// links returns where the directives and options that a page's text names are
// documented by nginx and uWSGI themselves. On a page about both sides a name
// that both know is left out.
func links(rule, text string) []link {
	var found []link
	for _, m := range span.FindAllStringSubmatch(text, -1) {
		name, rest, _ := strings.Cut(m[1], " ")
		if rest != "" && rest[0] != '=' && rest[len(rest)-1] != ';' {
			continue // a log line
		}
		name = strings.TrimSuffix(name, ";")
		ofNginx, ofUwsgi := nginxDocs(name), uwsgiDocs(name)
		switch {
		case strings.HasPrefix(rule, "nginx-"):
			ofUwsgi = ""
		case strings.HasPrefix(rule, "uwsgi-"):
			ofNginx = ""
		case ofNginx != "" && ofUwsgi != "":
			continue
		}
		address := ofNginx + ofUwsgi
		if address == "" || slices.ContainsFunc(found, func(l link) bool { return l.address == address }) {
			continue
		}
		if found = append(found, link{name, address}); len(found) == maxLinks {
			break
		}
	}
	return found
}

// documented are the modules whose page on nginx.org is called otherwise than
// they are in the sources; "" for those without a page.
var documented = map[string]string{
	"nginx": "ngx_core_module", "ngx_conf_file": "ngx_core_module", "ngx_event": "ngx_core_module", "ngx_event_openssl": "ngx_core_module",
	"ngx_log": "ngx_core_module", "ngx_regex": "ngx_core_module", "ngx_thread_pool": "ngx_core_module",
	"ngx_http": "ngx_http_core_module", "ngx_http_copy_filter_module": "ngx_http_core_module", "ngx_http_try_files_module": "ngx_http_core_module",
	"ngx_http_image_filter_module": "ngx_http_image_filter_module", // the others drop _filter
	"ngx_http_spdy_module":         "", "ngx_http_degradation_module": "", "ngx_http_tunnel_module": "", "ngx_http_mysql_test": "",
	"ngx_stream": "ngx_stream_core_module", "ngx_mail": "ngx_mail_core_module",
}

// nginxDocs returns where nginx.org documents a directive, or "".
func nginxDocs(name string) string {
	address := ""
	for _, row := range directive.Lookup(name) {
		module := nginxPage(row.Module)
		if module == "ngx_core_module" {
			return "https://nginx.org/en/docs/" + module + ".html#" + name
		}
		for _, protocol := range []string{"http", "stream", "mail"} {
			if address == "" && strings.HasPrefix(module, "ngx_"+protocol+"_") {
				address = "https://nginx.org/en/docs/" + protocol + "/" + module + ".html#" + name
			}
		}
	}
	return address
}

// nginxPage returns the name of a module's page.
func nginxPage(module string) string {
	if page, ok := documented[module]; ok {
		return page
	}
	for _, upstream := range []string{"ngx_http_upstream", "ngx_stream_upstream"} {
		if strings.HasPrefix(module, upstream) {
			return upstream + "_module"
		}
	}
	return strings.Replace(module, "_filter_module", "_module", 1)
}

// uwsgiDocs returns where uWSGI's reference documents an option, or "".
func uwsgiDocs(name string) string {
	if len(option.Lookup(name)) == 0 {
		return ""
	}
	return "https://uwsgi-docs.readthedocs.io/en/latest/Options.html#" + name
}

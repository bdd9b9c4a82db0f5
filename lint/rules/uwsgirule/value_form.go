package uwsgirule

import (
	"errors"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/pcre"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
)

// form reports values that are not of the form that an option's handler asks
// for: uWSGI ends while it reads them (core/uwsgi.c, core/cron.c,
// core/routing.c). It returns false where it found nothing.
func form(p *lint.Pass, o *uwsgi.Option) bool {
	wanted, log := "", diag.Text{}
	switch o.Info.Handler {
	case "uwsgi_opt_set_placeholder":
		if !strings.Contains(o.Value, "=") {
			wanted, log = "NAME=VALUE", diag.T("uWSGI ends with exit code 1: invalid placeholder/--set value")
		}
	case "uwsgi_opt_signal":
		if !strings.Contains(o.Value, ",") {
			wanted, log = "ADDRESS,SIGNAL", diag.T("uWSGI ends with exit code 1: invalid syntax for signal, must be addr,signal")
		}
	case "uwsgi_opt_add_spooler":
		if o.Value == "" {
			wanted, log = "/FOLDER", diag.T("uWSGI ends with exit code 1: [spooler directory] access(): No such file or directory")
		}
	case "uwsgi_opt_resolve":
		if !strings.Contains(o.Value, "=") {
			wanted, log = "NAME=HOST", diag.T("uWSGI ends with exit code 1: invalid resolve syntax, must be placeholder=domain")
		}
	case "uwsgi_opt_add_custom_option":
		if !strings.Contains(o.Value, "=") {
			wanted, log = "NAME=TEMPLATE", diag.T("uWSGI ends with exit code 1: invalid %s syntax, must be newoption=template", o.Value)
		}
	case "uwsgi_opt_static_map":
		if !strings.Contains(o.Value, "=") {
			wanted, log = "/PREFIX=/FOLDER", diag.T("uWSGI ends with exit code 1: invalid document root in static map, syntax mountpoint=docroot")
		}
	case "uwsgi_opt_add_dyn_dict":
		if !strings.Contains(o.Value, "=") {
			wanted, log = "KEY=VALUE", diag.T("uWSGI ends with exit code 1: invalid dictionary syntax for %s", o.Key)
		}
	case "uwsgi_opt_add_ssl_socket":
		if strings.Count(o.Value, ",") < 2 {
			wanted, log = "ADDRESS,CERTIFICATE,KEY", diag.T("uWSGI ends with exit code 1: invalid https-socket syntax must be socket,crt,key")
		}
	case "uwsgi_opt_add_cron":
		if !isCron(o.Value) {
			wanted, log = "MINUTE HOUR DAY MONTH WEEKDAY COMMAND", diag.T("uWSGI ends with exit code 1: invalid cron syntax")
		}
	case "uwsgi_opt_add_regexp_dyn_dict":
		pattern, _, ok := strings.Cut(o.Value, " ")
		if ok {
			return expression(p, o, pattern)
		}
		wanted, log = "EXPRESSION VALUE", diag.T("uWSGI ends with exit code 1: invalid dictionary syntax for %s", o.Key)
	case "uwsgi_opt_add_regexp_list":
		return expression(p, o, o.Value)
	case "uwsgi_opt_add_regexp_custom_list":
		_, pattern, ok := strings.Cut(o.Value, " ")
		if ok {
			return expression(p, o, pattern)
		}
		wanted, log = "NAME EXPRESSION", diag.T("uWSGI ends with exit code 1: invalid custom regexp syntax: must be <custom> <regexp>")
	case "uwsgi_opt_add_route":
		return route(p, o)
	}
	switch {
	case o.Info.Name == "mount" && !strings.Contains(o.Value, "="):
		wanted, log = "/PREFIX=APPLICATION", diag.T("uWSGI ends with exit code 1: invalid mountpoint: %s", o.Value)
	case o.Info.Name == "chdir" && o.Value == "":
		wanted, log = "/FOLDER", diag.T("uWSGI ends with exit code 1: chdir(): No such file or directory")
	case wanted == "":
		return false
	}
	p.Report(diag.Diagnostic{Location: o.ValueLocation(), Message: diag.T("%s takes %s, not %q", o.Key, wanted, o.Value), Why: log})
	return true
}

// isCron tells whether a value starts with five numbers, as sscanf reads them.
// The command after them may be missing.
func isCron(value string) bool {
	for range 5 {
		value = strings.TrimLeft(value, " \t\r\n\v\f")
		digits := strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(value, "-"), "+"), "0123456789")
		if end := len(value) - len(digits); end == 0 || value[end-1] < '0' || value[end-1] > '9' {
			return false
		}
		value = digits
	}
	return true
}

// expression reports a regular expression that PCRE does not compile.
func expression(p *lint.Pass, o *uwsgi.Option, pattern string) bool {
	return broken(p, o, pattern, diag.T("uWSGI ends with exit code 1: pcre error"))
}

func broken(p *lint.Pass, o *uwsgi.Option, pattern string, why diag.Text) bool {
	_, err := pcre.Compile(pattern, false)
	if err == nil || errors.Is(err, pcre.ErrUnsupported) {
		return false
	}
	p.Report(diag.Diagnostic{
		Location: o.ValueLocation(),
		Message:  diag.T("the regular expression %q is broken: %s", pattern, err.Error()),
		Why:      why,
	})
	return true
}

// labels are the options of routes that take a name alone.
func isLabel(name string) bool { return strings.HasSuffix(name, "-label") }

// isExpression tells whether a route's condition is a regular expression.
func isExpression(name string) bool {
	for _, end := range [...]string{"-run", "-if", "-if-not", "-status"} {
		if strings.HasSuffix(name, end) {
			return false
		}
	}
	return true
}

// route reports routes that are not made of a condition, a space, and an
// action with a colon.
func route(p *lint.Pass, o *uwsgi.Option) bool {
	if isLabel(o.Key) {
		return false
	}
	command := o.Value
	if !strings.HasSuffix(o.Key, "-run") {
		condition, rest, ok := strings.Cut(o.Value, " ")
		test := strings.HasSuffix(o.Key, "-if") || strings.HasSuffix(o.Key, "-if-not")
		switch {
		case !ok:
			return badRoute(p, o, diag.T("uWSGI ends with exit code 1: invalid route syntax"))
		case test && !strings.Contains(condition, ":"):
			return badRoute(p, o, diag.T("uWSGI ends with exit code 1: invalid route condition syntax"))
		}
		command = rest
	}
	if isExpression(o.Key) {
		if pattern, _, _ := strings.Cut(o.Value, " "); broken(p, o, pattern, diag.T("uWSGI ends with exit code 1 when it compiles its routes: pcre error")) {
			return true
		}
	}
	action, _, ok := strings.Cut(command, ":")
	switch {
	case !ok:
		return badRoute(p, o, diag.T("uWSGI ends with exit code 1: invalid route syntax"))
	case !actions[action] && plugged[action] == "":
		p.Report(diag.Diagnostic{
			Location: o.ValueLocation(),
			Message:  diag.T("a route has no action called %q", action),
			Why:      diag.T("uWSGI ends with exit code 1: unable to register route %q", o.Value),
		})
		return true
	}
	return false
}

func badRoute(p *lint.Pass, o *uwsgi.Option, why diag.Text) bool {
	form := "EXPRESSION ACTION:ARGUMENTS"
	switch {
	case strings.HasSuffix(o.Key, "-run"):
		form = "ACTION:ARGUMENTS"
	case strings.HasSuffix(o.Key, "-if"), strings.HasSuffix(o.Key, "-if-not"):
		form = "CONDITION:ARGUMENTS ACTION:ARGUMENTS"
	}
	p.Report(diag.Diagnostic{Location: o.ValueLocation(), Message: diag.T("%s takes %s, not %q", o.Key, form, o.Value), Why: why})
	return true
}

// actions are the actions of routes that uWSGI 2.0.21 has built in
// (core/routing.c).
var actions = set("continue last break return break-with-status log donotlog donotoffload logvar goto addvar addheader delheader remheader " +
	"clearheaders resetheaders disableheaders signal send send-crnl chdir setapp setuser sethome setfile setscriptname setmethod seturi " +
	"setremoteaddr setpathinfo fixpathinfo setdocroot setscheme setprocname alarm setmodifier1 setmodifier2 + - * / flush fixcl forcecl harakiri")

// plugged are the actions that plugins bring, and the plugins.
var plugged = func() map[string]string {
	all := map[string]string{}
	for plugin, names := range map[string]string{
		"router_access": "access", "router_basicauth": "basicauth basicauth-next", "router_expires": "expires", "router_hash": "hash",
		"router_cache": "cache cache-continue cache-store cachedec cachediv cacheinc cachemul cacheset cachestore cachevar",
		"cgi":          "cgi cgihelper", "gridfs": "gridfs", "ldap": "ldapauth ldapauth-next", "ssi": "ssi", "router_spnego": "spnego spnego-next",
		"router_http": "http httpconnect httpdumb proxyhttp proxyhttpconnect", "router_uwsgi": "uwsgi proxyuwsgi",
		"router_memcached": "memcached memcached-continue memcached-store memcachedstore", "router_redis": "redis redis-continue redis-store redisstore",
		"router_metrics": "metricdec metricdiv metricinc metricmul metricset", "router_radius": "radius radius-next", "router_rewrite": "rewrite rewrite-last",
		"router_redirect": "redirect redirect-301 redirect-302 redirect-permanent", "rpc": "call rpc rpcblob rpcnext rpcraw rpcret rpcvar",
		"router_static": "fastfile fastfile-next file file-next sendfile sendfile-next static static-next", "symcall": "symcall symcall-next",
		"transformation_chunked": "chunked", "transformation_gzip": "gzip", "transformation_offload": "offload", "transformation_template": "template",
		"transformation_tofile": "to-file tofile", "transformation_toupper": "toupper", "xslt": "toxslt xslt", "router_xmldir": "xmldir",
	} {
		for name := range set(names) {
			all[name] = plugin
		}
	}
	return all
}()

// set returns the words of a text.
func set(words string) map[string]bool {
	all := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		all[w] = true
	}
	return all
}

package launch

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// rewriters change the directives that cannot stay as they are here.
var rewriters = map[string]func(*nginxPlanner, *site.Node){
	"user":              ownAccount,
	"pid":               unsupervised,
	"daemon":            unsupervised,
	"lock_file":         unsupervised,
	"working_directory": unsupervised,
	"error_log":         errorLog,
	"access_log":        accessLog,
	"load_module":       loadModule,
	"stream":            notServed,
	"mail":              notServed,

	"root": pathAt(0), "alias": pathAt(0), "auth_basic_user_file": pathAt(0), "geoip_country": pathAt(0), "geoip_city": pathAt(0),
	"xslt_stylesheet": pathAt(0), "perl_modules": pathAt(0), "proxy_ssl_trusted_certificate": pathAt(0), "uwsgi_ssl_trusted_certificate": pathAt(0),
	"proxy_ssl_certificate": pathAt(0), "proxy_ssl_certificate_key": pathAt(0), "js_import": keepNode, "proxy_store": storeAt, "uwsgi_store": storeAt,
	"set": textAt, "uwsgi_param": hostParam, "proxy_set_header": hostParam, "fastcgi_param": textAt, "scgi_param": textAt,

	"client_body_temp_path": temporary, "proxy_temp_path": temporary, "fastcgi_temp_path": temporary, "uwsgi_temp_path": temporary, "scgi_temp_path": temporary,
	"proxy_cache_path": cache, "uwsgi_cache_path": cache, "fastcgi_cache_path": cache, "scgi_cache_path": cache,

	"ssl_certificate": certificate, "ssl_certificate_key": certificate,
	"ssl_dhparam": optionalFile, "ssl_trusted_certificate": optionalFile, "ssl_client_certificate": optionalFile, "ssl_crl": optionalFile,
	"ssl_session_ticket_key": optionalFile, "ssl_password_file": optionalFile, "ssl_stapling_file": optionalFile, "ssl_verify_client": verifyClient,

	"uwsgi_hide_header": hideWorker, "proxy_hide_header": hideWorker,

	"resolver": resolver,

	"return": redirects, "rewrite": redirects, "error_page": redirects,
}

func keepNode(*nginxPlanner, *site.Node) {}

func ownAccount(n *nginxPlanner, node *site.Node) {
	n.remove(node, diag.T("everything runs under your own account"), false)
}

func unsupervised(n *nginxPlanner, node *site.Node) {
	n.remove(node, diag.T("deployctl supervises the processes"), false)
}

func notServed(n *nginxPlanner, node *site.Node) {
	if node.Scope.Context == directive.Main {
		n.remove(node, diag.T("only http is served here"), true)
	}
}

func errorLog(n *nginxPlanner, node *site.Node) {
	if node.Scope.Context == directive.Main || n.logged[node.Scope] {
		n.remove(node, diag.T("the log goes to deployctl's"), false)
		return
	}
	n.logged[node.Scope] = true
	n.replace(node, 0, "stderr", diag.T("the log goes to deployctl's"))
}

func accessLog(n *nginxPlanner, node *site.Node) {
	if !n.Options.NativeNginx || node.Arg(0) == "off" {
		return // the embedded nginx opens no log file
	}
	if slices.Index(node.Scope.Here("access_log"), node) > 0 {
		n.remove(node, diag.Text{}, false)
		return
	}
	text := "access_log /dev/stdout deployctl"
	for _, a := range node.Args {
		if strings.HasPrefix(a.Value, "if=") {
			text += " " + quoted(a.Value)
		}
	}
	n.edits[node.File.File] = append(n.edits[node.File.File], diag.Edit{File: node.File.File, Span: node.Range(), New: text + ";"})
	n.change(node.HeadLocation(), text, diag.T("the log goes to deployctl's"), false)
}

// resolver leaves no name server but those of this machine.
func resolver(n *nginxPlanner, node *site.Node) {
	why := diag.T("a local run asks no name server of others")
	for i, a := range node.Args {
		host, _, ok := strings.Cut(a.Value, "=")
		if ok && (host == "valid" || host == "ipv6" || host == "ipv4" || host == "status_zone") {
			continue
		}
		ip, err := netip.ParseAddr(strings.Trim(a.Value, "[]"))
		if at, portErr := netip.ParseAddrPort(a.Value); portErr == nil {
			ip, err = at.Addr(), nil
		}
		if err != nil || !ip.IsLoopback() {
			n.replace(node, i, "127.0.0.1", why)
			why = diag.Text{} // once is enough
		}
	}
}

// moduleFolders are where packages put nginx's modules.
var moduleFolders = []string{"/usr/lib/nginx/modules", "/usr/lib64/nginx/modules", "/usr/share/nginx/modules", "/etc/nginx/modules", "/usr/local/nginx/modules", "/opt/homebrew/lib/nginx/modules"}

func loadModule(n *nginxPlanner, node *site.Node) {
	if !n.Options.NativeNginx {
		n.remove(node, diag.Text{}, false)
		return
	}
	for _, dir := range moduleFolders {
		if path := filepath.Join(dir, filepath.Base(node.Arg(0))); exists(path) {
			n.replace(node, 0, path, diag.T("the module on this machine"))
			return
		}
	}
	n.remove(node, diag.T("the module is not on this machine"), true)
}

// pathAt rewrites a path of the server.
func pathAt(arg int) func(*nginxPlanner, *site.Node) {
	return func(n *nginxPlanner, node *site.Node) {
		path := node.Arg(arg)
		if path == "" || path[0] == '$' || path == "off" {
			return
		}
		if !filepath.IsAbs(path) {
			dir, _ := filepath.Abs(filepath.Dir(node.File.Path))
			for _, d := range []string{n.paths.dir, dir} {
				if local := filepath.Join(d, path); exists(local) {
					n.replace(node, arg, local, diag.T("the project's folder on this machine"))
					return
				}
			}
			return
		}
		local, found := n.paths.here(path)
		n.replace(node, arg, local, diag.T("the project's folder on this machine"))
		if !found {
			n.change(node.Location(arg+1), local, diag.T("%s does not exist on this machine", path), true)
		}
	}
}

func storeAt(n *nginxPlanner, node *site.Node) {
	if v := node.Arg(0); v != "on" && v != "off" {
		pathAt(0)(n, node)
	}
}

// textAt rewrites the server's folders in the last argument.
func textAt(n *nginxPlanner, node *site.Node) {
	if last := len(node.Args) - 1; last >= 0 {
		n.replace(node, last, n.paths.text(node.Arg(last)), diag.T("the project's folder on this machine"))
	}
}

// hostParam keeps the port in the host that the application is told: $host has
// none, and on a port of its own an application would find that a form comes
// from elsewhere.
func hostParam(n *nginxPlanner, node *site.Node) {
	name, value := strings.ToUpper(node.Arg(0)), node.Arg(1)
	if (name == "HTTP_HOST" || name == "HOST") && (value == "$host" || value == "${host}") && n.mapsPorts() {
		n.replace(node, 1, "$http_host", diag.T("$host has no port, and the port differs here: the application would take its own forms for another site's"))
		return
	}
	if node.Name.Value == "uwsgi_param" {
		textAt(n, node)
	}
}

// mapsPorts tells whether a port differs from the configuration's.
func (n *nginxPlanner) mapsPorts() bool {
	for _, l := range n.Nginx.listens {
		if portOf(l.From) != portOf(l.To) {
			return true
		}
	}
	return false
}

func portOf(address string) string { return address[strings.LastIndexByte(address, ':')+1:] }

func temporary(n *nginxPlanner, node *site.Node) {
	n.remove(node, diag.T("temporary files lie in the folder of the run"), false)
}

func cache(n *nginxPlanner, node *site.Node) {
	n.caches++
	dir := n.scratch("tmp", node.Name.Value+strings.Repeat("x", n.caches))
	n.replace(node, 0, dir, diag.T("temporary files lie in the folder of the run"))
}

// certificate lets a self-signed certificate stand for one that is not here, or
// whose key is not.
func certificate(n *nginxPlanner, node *site.Node) {
	all := slices.Concat(node.Scope.Effective("ssl_certificate"), node.Scope.Effective("ssl_certificate_key"))
	own := false
	for _, other := range all {
		local, _ := n.paths.here(other.Arg(0))
		if strings.Contains(local, "$") || strings.HasPrefix(local, "data:") || strings.HasPrefix(local, "engine:") {
			continue
		}
		if !filepath.IsAbs(local) {
			local = n.beside(other, local)
		}
		own = own || !readable(local)
	}
	if !own {
		local, _ := n.paths.here(node.Arg(0))
		if !filepath.IsAbs(local) {
			local = n.beside(node, local)
		}
		n.replace(node, 0, local, diag.T("the project's folder on this machine"))
		return
	}
	n.certificate = true
	file := n.scratch("cert.pem")
	if node.Name.Value == "ssl_certificate_key" {
		file = n.scratch("key.pem")
	}
	n.replace(node, 0, file, diag.T("the certificate or its key cannot be read here: a self-signed one stands for it"))
}

// beside returns a relative path as nginx reads it: from the folder of its
// configuration.
func (n *nginxPlanner) beside(node *site.Node, path string) string {
	dir, _ := filepath.Abs(filepath.Dir(n.config.Tree.Main.Path))
	for _, d := range []string{dir, filepath.Dir(node.File.Path), n.paths.dir} {
		if local := filepath.Join(d, path); filepath.IsAbs(local) && exists(local) {
			return local
		}
	}
	return filepath.Join(dir, path)
}

func readable(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	f.Close()
	return true
}

// optionalFile leaves a directive out whose file is not here.
func optionalFile(n *nginxPlanner, node *site.Node) {
	local, _ := n.paths.here(node.Arg(0))
	if !filepath.IsAbs(local) {
		local = n.beside(node, local)
	}
	if readable(local) {
		n.replace(node, 0, local, diag.T("the project's folder on this machine"))
		return
	}
	n.remove(node, diag.T("the file is not on this machine"), true)
}

func verifyClient(n *nginxPlanner, node *site.Node) {
	for _, name := range []string{"ssl_client_certificate", "ssl_trusted_certificate"} {
		for _, other := range node.Scope.Effective(name) {
			if local, _ := n.paths.here(other.Arg(0)); readable(local) {
				return
			}
		}
	}
	if node.Arg(0) == "on" || node.Arg(0) == "optional" {
		n.remove(node, diag.T("the certificates that it trusts are not on this machine"), true)
	}
}

// redirects adds the ports of this machine to URLs that lead back to the site.
func redirects(n *nginxPlanner, node *site.Node) {
	var server *site.Server
	if scope := node.Scope.Enclosing(directive.Server); scope != nil {
		for _, s := range n.config.Servers {
			if s.Scope == scope {
				server = s
			}
		}
	}
	for i, a := range node.Args {
		n.replace(node, i, n.absolute(a.Value, server), diag.T("the site's port on this machine"))
	}
}

package nginxrule

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/machine"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/nginx/value"
)

// MissingFile reports files that nginx opens when it starts and that are not
// there. It runs on the machine itself alone.
var MissingFile = &lint.Rule{
	ID:       "nginx-missing-file",
	Severity: diag.Error,
	Summary:  "a certificate, key, log folder or module is not on this machine",
	Page:     page("nginx-missing-file"),
	Check:    checkMissingFile,
}

// opened are the directives of http that name a file which is read at start.
var opened = []string{
	"ssl_certificate", "ssl_certificate_key", "ssl_client_certificate", "ssl_trusted_certificate", "ssl_dhparam", "ssl_crl", "ssl_password_file",
	"ssl_session_ticket_key", "ssl_stapling_file", "load_module", "geoip_country", "geoip_city", "geoip_org",
	"proxy_ssl_certificate", "proxy_ssl_certificate_key", "proxy_ssl_trusted_certificate", "proxy_ssl_crl", "proxy_ssl_password_file",
	"uwsgi_ssl_certificate", "uwsgi_ssl_certificate_key", "uwsgi_ssl_trusted_certificate", "uwsgi_ssl_crl", "uwsgi_ssl_password_file",
	"grpc_ssl_certificate", "grpc_ssl_certificate_key", "grpc_ssl_trusted_certificate", "grpc_ssl_crl", "grpc_ssl_password_file",
}

// created are those whose file is made, in a folder that has to be there; the
// first argument names it.
var created = []string{"error_log", "access_log", "pid", "proxy_cache_path", "uwsgi_cache_path", "fastcgi_cache_path", "scgi_cache_path",
	"client_body_temp_path", "proxy_temp_path", "uwsgi_temp_path", "fastcgi_temp_path", "scgi_temp_path"}

func checkMissingFile(p *lint.Pass) {
	if p.Machine == nil {
		return
	}
	for _, c := range p.Nginx {
		dir := filepath.Dir(c.Tree.Main.Path)
		for _, name := range opened {
			for _, n := range c.Find(name) {
				if n.Row == nil || n.Arg(0) == "" || strings.Contains(n.Arg(0), "$") && value.Evaluated(n.Row, n.Args, 0) || template(n.Arg(0)) || strings.HasPrefix(n.Arg(0), "data:") || strings.HasPrefix(n.Arg(0), "engine:") || strings.HasPrefix(n.Arg(0), "store:") {
					continue
				}
				path := n.Arg(0)
				if !filepath.IsAbs(path) {
					if name == "load_module" {
						continue // below the prefix that nginx was built with
					}
					path = filepath.Join(dir, path)
				}
				if f, err := p.Machine.File(path); errors.Is(err, fs.ErrNotExist) || err == nil && f.Mode.IsDir() {
					reportMissing(p, n, diag.T("the file %s is not there", path), path)
				}
			}
		}
		for _, name := range created {
			for _, n := range c.Find(name) {
				checkFolder(p, n)
			}
		}
		for _, n := range c.Find("listen") {
			path, ok := strings.CutPrefix(n.Arg(0), "unix:")
			if n.Row == nil || !ok || !filepath.IsAbs(path) {
				continue
			}
			if !machine.Exists(p.Machine, filepath.Dir(path)) {
				p.Report(diag.Diagnostic{
					Location: n.Location(1),
					Message:  diag.T("the folder %s is not there", filepath.Dir(path)),
					Why:      diag.T("nginx does not start: bind() to %s failed (2: No such file or directory)", n.Arg(0)),
				})
			}
		}
		checkPasswords(p, c, dir)
	}
}

func reportMissing(p *lint.Pass, n *site.Node, message diag.Text, path string) {
	p.Report(diag.Diagnostic{
		Location: n.Location(1), Message: message,
		Why: diag.T("nginx does not start: open() %q failed (%s)", path, "2: No such file or directory"),
	})
}

func checkFolder(p *lint.Pass, n *site.Node) {
	path := n.Arg(0)
	if n.Row == nil || !filepath.IsAbs(path) || n.Name.Value == "access_log" && strings.Contains(path, "$") || template(path) {
		return
	}
	folder := filepath.Dir(filepath.Clean(path))
	if !machine.Exists(p.Machine, folder) {
		reportMissing(p, n, diag.T("the folder %s is not there", folder), path)
	} else if f, err := p.Machine.File(path); err == nil && f.Mode.IsDir() != strings.HasSuffix(n.Name.Value, "_path") {
		p.Report(diag.Diagnostic{
			Location: n.Location(1),
			Message:  diag.T("%s is there, and is of the wrong kind", path),
			Why:      diag.T("nginx does not start: open() %q failed (%s)", path, "21: Is a directory"),
		})
	}
}

// checkPasswords looks for the files of auth_basic, which nginx opens for each
// request.
func checkPasswords(p *lint.Pass, c *site.Config, dir string) {
	for _, n := range c.Find("auth_basic_user_file") {
		path := n.Arg(0)
		if n.Row == nil || path == "" || path == "off" || strings.Contains(path, "$") || template(path) || n.Scope.Enclosing(directive.HTTP|directive.Server|directive.Location) == nil {
			continue
		}
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		if !machine.Exists(p.Machine, path) {
			p.Report(diag.Diagnostic{
				Location: n.Location(1), Severity: diag.Warning,
				Message: diag.T("the file %s is not there", path),
				Why:     diag.T("nginx answers 403 to everyone and logs: open() %q failed (2: No such file or directory)", path),
			})
		}
	}
}

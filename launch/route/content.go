package route

import (
	"net/http"
	"os"
	"path"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx/site"
)

// root returns the folder of files in force.
func (w *walker) root() (string, bool) {
	nodes := w.scope.Effective("root")
	if len(nodes) == 0 {
		return "", false
	}
	return w.expand(nodes[0].Arg(0))
}

// file returns the path of the file for a URI, by alias or root.
func (w *walker) file(uri string) (string, bool) {
	l := w.result.Location
	if alias := w.alias(); alias != nil && l != nil {
		folder, ok := w.expand(alias.Arg(0))
		if !ok || l.Kind == site.Regex || l.Kind == site.RegexNoCase {
			return folder, ok
		}
		return folder + strings.TrimPrefix(uri, l.Pattern), true
	}
	root, ok := w.root()
	return strings.TrimSuffix(root, "/") + uri, ok
}

func (w *walker) alias() *site.Node {
	for s := w.scope; s != nil; s = s.Parent {
		if nodes := s.Here("alias"); len(nodes) > 0 {
			return nodes[0]
		}
		if len(s.Here("root")) > 0 {
			return nil
		}
	}
	return nil
}

// tryFiles executes try_files; it tells whether that decided.
func (w *walker) tryFiles() bool {
	nodes := w.scope.Effective("try_files")
	if len(nodes) == 0 || len(nodes[0].Args) == 0 || nodes[0].Scope != w.scope && w.result.Location != nil && nodes[0].Scope != w.result.Location.Scope {
		return false
	}
	n := nodes[0]
	last := len(n.Args) - 1
	for _, a := range n.Args[:last] {
		uri, ok := w.expand(a.Value)
		if !ok {
			w.unknown(n.HeadLocation(), diag.T("%s holds variables that only a request has", a.Value))
			return true
		}
		folder := strings.HasSuffix(a.Value, "/") // the slash only asks for a folder
		if folder {
			uri = strings.TrimSuffix(uri, "/")
		}
		file, ok := w.file(uri)
		if !ok {
			continue
		}
		local, _ := w.local(file)
		info, err := os.Stat(local)
		if err != nil || info.IsDir() != folder {
			w.step(n, false, diag.T("%s is not there", file))
			continue
		}
		w.step(n, true, diag.T("%s is there", file))
		w.path = uri
		return false
	}
	final := n.Arg(last)
	if code, ok := strings.CutPrefix(final, "="); ok {
		status, _ := strconv.Atoi(code)
		w.step(n, true, diag.T("none is there: %s", final))
		w.end(Status, status, "", n.HeadLocation())
		return true
	}
	w.step(n, true, diag.T("none is there: %s", final))
	w.internal = true
	if strings.HasPrefix(final, "@") {
		for _, l := range w.result.Server.Locations {
			if l.Kind == site.Named && l.Pattern == final {
				w.enter(l)
				return true
			}
		}
		w.end(Status, http.StatusInternalServerError, "", n.HeadLocation())
		return true
	}
	uri, ok := w.expand(final)
	if !ok {
		w.unknown(n.HeadLocation(), diag.T("%s holds variables that only a request has", final))
		return true
	}
	w.path, w.args = cutArgs(uri, w.args)
	return true
}

func cutArgs(uri, args string) (string, string) {
	if p, a, ok := strings.Cut(uri, "?"); ok {
		return p, a
	}
	return uri, args
}

// passDirectives hand a request on.
var passDirectives = map[string]bool{"uwsgi_pass": true, "proxy_pass": true, "fastcgi_pass": true, "scgi_pass": true, "grpc_pass": true, "memcached_pass": true}

// content says what makes the response.
func (w *walker) content() {
	for s := w.scope; s != nil; s = s.Parent {
		for _, n := range s.Nodes {
			if passDirectives[n.Name.Value] {
				w.pass(n)
				return
			}
			if n.Name.Value == "stub_status" || n.Name.Value == "empty_gif" {
				w.end(Status, http.StatusOK, "", n.HeadLocation())
				return
			}
		}
		// An if takes over what its location hands on; locations inherit nothing.
		if s.Opener == nil || s.Opener.Name.Value != "if" && s.Opener.Name.Value != "limit_except" {
			break
		}
	}
	if m := w.q.Method; m != http.MethodGet && m != http.MethodHead && m != http.MethodPost {
		w.end(Status, http.StatusMethodNotAllowed, "", place(w.result.Location)) // ngx_http_static_handler
		return
	}
	file, ok := w.file(w.path)
	if !ok {
		w.unknown(place(w.result.Location), diag.T("no root or alias says where the files lie"))
		return
	}
	at := place(w.result.Location)
	if alias := w.alias(); alias != nil {
		at = alias.HeadLocation()
	} else if nodes := w.scope.Effective("root"); len(nodes) > 0 {
		at = nodes[0].HeadLocation()
	}
	local, there := w.local(file)
	if strings.HasSuffix(w.path, "/") {
		w.index(file, local, at)
		return
	}
	info, err := os.Stat(local)
	switch {
	case !there || err != nil:
		w.end(File, http.StatusNotFound, file, at)
	case info.IsDir():
		to := w.path + "/"
		if w.args != "" {
			to += "?" + w.args
		}
		w.end(Redirect, http.StatusMovedPermanently, w.absolute(to), at)
	case w.q.Method == http.MethodPost:
		w.end(Status, http.StatusMethodNotAllowed, "", at)
	default:
		w.end(File, http.StatusOK, file, at)
	}
}

// index chooses the index file of a folder.
func (w *walker) index(folder, local string, at diag.Location) {
	names := []string{"index.html"}
	if nodes := w.scope.Effective("index"); len(nodes) > 0 {
		names = nil
		for _, a := range nodes[0].Args {
			names = append(names, a.Value)
		}
	}
	for _, name := range names {
		if info, err := os.Stat(path.Join(local, name)); err == nil && !info.IsDir() {
			before := w.path
			w.path = path.Join(w.path, name)
			if w.internal && w.path == before {
				break
			}
			w.internal = true
			return // the location of the index file answers
		}
	}
	if nodes := w.scope.Effective("autoindex"); len(nodes) > 0 && nodes[0].Arg(0) == "on" {
		w.end(File, http.StatusOK, folder, nodes[0].HeadLocation())
		return
	}
	if _, err := os.Stat(local); err != nil {
		w.end(File, http.StatusNotFound, folder, at)
		return
	}
	w.end(File, http.StatusForbidden, folder, at)
}

// pass ends at an endpoint.
func (w *walker) pass(n *site.Node) {
	target := n.Arg(0)
	for _, via := range w.pair.Passes {
		if via.Node.Directive != n.Directive || via.Node.Scope != n.Scope {
			continue
		}
		for _, t := range via.Targets {
			if len(t.Binds) > 0 {
				w.result.Bind = t.Binds[0]
				break
			}
		}
		if len(via.Targets) == 1 && !via.Targets[0].Unknown {
			target = via.Targets[0].Nginx() + via.URI
		}
	}
	w.end(Endpoint, 0, target, n.HeadLocation())
}

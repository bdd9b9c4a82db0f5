package pair

import (
	"path/filepath"
	"strings"

	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/uwsgi"
)

// kind is what a file is.
type kind uint8

const (
	other kind = iota
	nginxKind
	uwsgiKind
	unitKind
	tmpfilesKind
	composeKind
	dockerKind
	kustomizeKind
	configMapKind
	gunicornKind
)

// maxHead is how many bytes tell what a file is.
const maxHead = 64 << 10

// kindOf tells by a file's name and content what it is; other when the content
// is none of ours.
func kindOf(path, src string) kind {
	head := src[:min(len(src), maxHead)]
	switch filepath.Ext(path) {
	case ".service":
		if strings.Contains(head, "[Service]") {
			return unitKind
		}
		return other
	case ".ini", ".yaml", ".yml", ".xml", ".json":
		switch {
		case holdsUwsgi(path, head):
			return uwsgiKind
		case isCompose(path, head):
			return composeKind
		case isKustomization(path):
			return kustomizeKind
		case isConfigMap(head):
			return configMapKind
		}
		return other
	}
	switch {
	case isGunicorn(path, head):
		return gunicornKind
	case isDockerfile(path, head):
		return dockerKind
	case isTmpfiles(path, head):
		return tmpfilesKind
	case hasSection(head):
		return uwsgiKind
	case readsAsNginx(path, head):
		return nginxKind
	}
	return other
}

// named tells what a file is that was named on purpose: what its content does
// not tell, its name does, and what is wrong with it can be reported.
func named(path, src string) kind {
	if k := kindOf(path, src); k != other {
		return k
	}
	switch filepath.Ext(path) {
	case ".service":
		return unitKind
	case ".ini", ".yaml", ".yml", ".xml", ".json":
		return uwsgiKind
	}
	return nginxKind
}

// holdsUwsgi tells whether a file in one of uWSGI's formats is meant for it.
func holdsUwsgi(path, head string) bool {
	switch uwsgi.FormatOf(path) {
	case uwsgi.YAML:
		if !strings.HasPrefix(head, "uwsgi:") && !strings.Contains(head, "\nuwsgi:") {
			return false
		}
	case uwsgi.XML:
		if !strings.Contains(head, "<uwsgi") {
			return false
		}
	case uwsgi.JSON:
		if !strings.Contains(head, `"uwsgi"`) {
			return false
		}
	default:
		return hasSection(head)
	}
	// Other programs' files may have a key of that name.
	for _, s := range uwsgi.Parse(path, head).Sections {
		for _, e := range s.Entries {
			if s.Name == "uwsgi" && knownOption(e.Key) {
				return true
			}
		}
	}
	return false
}

// hasSection tells whether a text has a header that is, or is meant to be, [uwsgi].
func hasSection(head string) bool {
	for rest := head; ; {
		at := strings.IndexByte(rest, '[')
		if at < 0 {
			return false
		}
		begins := strings.TrimLeft(rest[:at], " \t\ufeff")
		rest = rest[at+1:]
		if begins != "" && begins[len(begins)-1] != '\n' {
			continue
		}
		name := strings.TrimLeft(rest, " \t")
		if len(name) < 5 || !strings.EqualFold(name[:5], "uwsgi") {
			continue
		}
		if name = strings.TrimLeft(name[5:], " \t"); name == "" || strings.ContainsAny(name[:1], "]\r\n;#") {
			return true
		}
	}
}

// readsAsNginx tells whether a text is an nginx configuration: at least half of
// its outermost directives are nginx's, each ended as nginx ends it.
func readsAsNginx(path, head string) bool {
	if len(head) == maxHead {
		if end := strings.LastIndexByte(head, '\n'); end > 0 {
			head = head[:end]
		}
	}
	f := nginx.Parse(path, head)
	known, includes, all := 0, 0, 0
	for d := range nginx.Directives(f.Nodes) {
		all++
		switch {
		case d.Name.Value == "include" && d.Terminated:
			includes++
		case plausible(d):
			known++
		}
	}
	if known == 0 {
		// A file of includes alone is nginx's where only nginx's files lie.
		return includes > 0 && includes == all && (inSites(path) || strings.Contains(filepath.Base(path), "nginx"))
	}
	return known+includes >= (all+1)/2
}

// plausible tells whether a directive is one of nginx's, with or without a
// block as nginx wants it.
func plausible(d *nginx.Directive) bool {
	if d.Block == nil && !d.Terminated {
		return false
	}
	for _, row := range directive.Lookup(d.Name.Value) {
		if row.Block == (d.Block != nil) && (row.Args.Accepts(len(d.Args)) || row.Contexts&(directive.Main|directive.HTTP) != 0) {
			return true
		}
	}
	_, ok := directive.ThirdParty(d.Name.Value)
	return ok
}

// whole tells whether a file is a configuration that nginx could start with.
func whole(f *nginx.File) bool {
	for d := range nginx.Directives(f.Nodes) {
		switch d.Name.Value {
		case "http", "events", "stream", "mail":
			if d.Block != nil {
				return true
			}
		}
	}
	return false
}

// onlyParams tells whether a file holds nothing but parameters and headers, as
// files do that are written to be included in a location.
func onlyParams(f *nginx.File) bool {
	n := 0
	for d := range nginx.Directives(f.Nodes) {
		switch d.Name.Value {
		case "uwsgi_param", "fastcgi_param", "scgi_param", "proxy_set_header", "grpc_set_header", "types":
			n++
		default:
			return false
		}
	}
	return n > 0
}

package front

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/nginx/site"
)

// tryFiles is one try_files: files to look for, and what to do without them.
type tryFiles struct {
	files []tryFile
	code  int
	last  *text
}

type tryFile struct {
	name   *text
	folder bool
}

func (c *config) newTryFiles(n *site.Node) *tryFiles {
	if len(n.Args) < 2 {
		return nil
	}
	t := &tryFiles{}
	for _, a := range n.Args[:len(n.Args)-1] {
		name, folder := strings.CutSuffix(a.Value, "/")
		t.files = append(t.files, tryFile{c.text(name), folder})
	}
	last := n.Args[len(n.Args)-1].Value
	if code, ok := strings.CutPrefix(last, "="); ok {
		t.code, _ = strconv.Atoi(code)
		return t
	}
	t.last = c.text(last)
	return t
}

// run looks for the files (ngx_http_try_files_module.c). Where it finds one the
// path is that of the file; otherwise it answers.
func (t *tryFiles) run(r *request) (found bool, _ *response, status int) {
	if r.unmappable() {
		return false, nil, http.StatusInternalServerError
	}
	cut := 0
	if r.loc.aliased != nil {
		cut = r.loc.aliasCut
	}
	// What the location stands for is cut off a name with variables, even where it
	// is the last one, and no file's.
	eval := func(name *text) string {
		v := name.eval(r)
		if cut > 0 && !name.constant() && strings.HasPrefix(v, r.path[:min(cut, len(r.path))]) {
			v = v[min(cut, len(v)):]
		}
		return v
	}
	for _, f := range t.files {
		name := eval(f.name)
		info, err := r.stat(r.root() + name)
		if err != nil || info.IsDir() != f.folder {
			continue
		}
		switch {
		case cut >= 0:
			r.path = r.path[:min(cut, len(r.path))] + name
		case !f.folder:
			r.path, r.addURIToAlias = name, true
		}
		return true, nil, 0
	}
	if t.code != 0 {
		return false, nil, t.code
	}
	last := eval(t.last)
	if strings.HasPrefix(last, "@") {
		return false, r.redirectNamed(last), 0
	}
	return false, r.redirectTo(last), 0
}

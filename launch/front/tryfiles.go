package front

import (
	"os"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/nginx/site"
)

// tryFiles is one try_files: files to look for, and what to do without them.
type tryFiles struct {
	files []tryFile
	named string
	code  int
	last  *text
}

type tryFile struct {
	name   *text
	folder bool
}

// tryOutcome is what try_files came to.
type tryOutcome uint8

const (
	tryFound    tryOutcome = iota // the path is that of the file
	tryRedirect                   // the path is another one: look for its location
	tryAnswered
)

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
	switch {
	case strings.HasPrefix(last, "@"):
		t.named = last
	case strings.HasPrefix(last, "="):
		t.code, _ = strconv.Atoi(last[1:])
	default:
		t.last = c.text(last)
	}
	return t
}

// run looks for the files (ngx_http_try_files_module.c).
func (t *tryFiles) run(r *request) (tryOutcome, *response, int) {
	for _, f := range t.files {
		path := f.name.eval(r)
		info, err := os.Stat(r.fileOf(path))
		if err != nil || info.IsDir() != f.folder {
			continue
		}
		if r.loc.aliased != nil && r.loc.of != nil && !strings.HasPrefix(path, r.loc.of.Pattern) {
			path = r.loc.of.Pattern + path
		}
		r.path = path
		return tryFound, nil, 0
	}
	switch {
	case t.named != "":
		return tryAnswered, r.redirectNamed(t.named), 0
	case t.code != 0:
		return tryAnswered, nil, t.code
	}
	r.setURI(t.last.eval(r))
	r.internal = true
	return tryRedirect, nil, 0
}

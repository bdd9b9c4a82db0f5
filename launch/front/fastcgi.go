package front

import (
	"strings"

	"github.com/deployctl/deployctl/internal/pcre"
	"github.com/deployctl/deployctl/nginx/site"
)

// fastcgi is what $fastcgi_script_name and $fastcgi_path_info are told from,
// which are used beside uwsgi_pass too (ngx_http_fastcgi_split).
type fastcgi struct {
	index string
	split *pcre.Regexp // nil where the path is the script's alone
}

func (c *config) fastcgi(s *site.Scope) fastcgi {
	f := fastcgi{}
	if n := c.one(s, "fastcgi_index"); n != nil {
		f.index = n.Arg(0)
	}
	if n := c.one(s, "fastcgi_split_path_info"); n != nil {
		f.split = c.regex(n, n.Arg(0), false)
	}
	return f
}

// parts returns a path's script and what follows it.
func (f fastcgi) parts(path string) (script, info string) {
	script = path
	if f.split != nil {
		if groups, err := f.split.Find(path); err == nil && len(groups) > 2 {
			script, info = groups[1], groups[2]
		}
	}
	if strings.HasSuffix(path, "/") {
		script += f.index
	}
	return script, info
}

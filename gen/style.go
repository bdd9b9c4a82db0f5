package gen

import (
	"github.com/deployctl/deployctl/nginx"
	nginxformat "github.com/deployctl/deployctl/nginx/format"
	"github.com/deployctl/deployctl/uwsgi"
	uwsgiformat "github.com/deployctl/deployctl/uwsgi/format"
)

// styled returns what a template made in the style that fmt gives files: raw
// text of a description may have another one, and a file that fmt changes would
// look like one that a person edited. A text that does not read stays as it is.
func styled(template, text string) string {
	switch template {
	case "uwsgi.ini":
		text, _ = uwsgiformat.Source(uwsgi.Parse(template, text))
	case "nginx.conf", "uwsgi_params":
		text, _ = nginxformat.Source(nginx.Parse(template, text))
	}
	return text
}

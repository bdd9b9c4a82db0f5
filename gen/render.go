package gen

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"text/template"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/nearest"
	"github.com/deployctl/deployctl/project"
	"github.com/deployctl/deployctl/templates"
)

// File is a rendered file. Path is relative to the folder it goes to.
type File struct {
	Path    string
	Content []byte
	Mode    fs.FileMode
}

// Options say what is rendered.
type Options struct {
	// Target is one of Targets; "" takes the description's.
	Target string
	// Site renders a fragment for sites-available in place of a whole nginx.conf.
	Site bool
	// Lang is the language of the comments, en or zh; "" takes the description's.
	Lang string
}

// Targets lists what can be rendered.
func Targets() []string { return project.Targets }

// targets are what renders the files of each target.
var targets = map[string]func(*renderer){
	"native":     (*renderer).native,
	"systemd":    (*renderer).systemd,
	"compose":    (*renderer).compose,
	"kubernetes": (*renderer).kubernetes,
	"apache":     (*renderer).apache,
	"gunicorn":   (*renderer).gunicorn,
}

// Target returns the error for a name that is no target, with the nearest one
// that is; nil for one that is.
func Target(name string) error {
	if slices.Contains(Targets(), name) {
		return nil
	}
	hint := ""
	if n := nearest.Name(name, Targets()); n != "" {
		hint = "; the nearest name is " + n
	}
	return fmt.Errorf("unknown target %q: write %s%s", name, diag.Or(Targets()), hint)
}

// Render renders the files of a description. The error names the key of a
// value that cannot be written.
func Render(p *project.Project, opts Options) ([]File, error) {
	if opts.Target == "" {
		opts.Target = p.Target.Render
	}
	if err := Target(opts.Target); err != nil {
		return nil, err
	}
	for _, rt := range p.Routes {
		if rt.OpenAPI != "" { // api.Routes puts the contract's routes in its place
			return nil, fmt.Errorf("route.%s.openapi: the contract %s has not been read", rt.Name, rt.OpenAPI)
		}
	}
	if opts.Lang == "" {
		opts.Lang = p.Target.Lang
	}
	r := &renderer{p: p, opts: opts}
	targets[opts.Target](r)
	return r.files, r.err
}

// native renders the pair for whatever starts it, and a plain unit.
func (r *renderer) native() {
	r.pair("uwsgi.ini")
	if r.p.Target.Init == "systemd" {
		r.render("native/service", r.p.Name+".service", r.service())
	}
}

// paramsView is what the template of uwsgi_params shows: nginx's variables.
type paramsView struct{ Host, Scheme, HTTPS string }

// pair renders both sides; ini is the path of uWSGI's.
func (r *renderer) pair(ini string) {
	r.render("native/uwsgi.ini", r.folder+ini, r.uwsgi())
	conf, params := "nginx.conf", "uwsgi_params"
	if r.opts.Site {
		conf, params = r.p.Name+".conf", r.p.Name+".uwsgi_params"
	}
	r.render("native/nginx.conf", r.folder+conf, r.nginx(params))
	if r.p.App.Protocol != "http" {
		r.render("native/uwsgi_params", r.folder+params, r.params())
	}
}

type renderer struct {
	p     *project.Project
	opts  Options
	files []File
	err   error // the first one
	// bind is where uWSGI listens when it is not what nginx connects to: all
	// addresses of a container.
	bind string
	// folder is where the pair goes, with its slash.
	folder string
	// front tells that something in front of nginx ends TLS and speaks to it for
	// the clients.
	front bool
}

// fail notes the key whose value cannot be written.
func (r *renderer) fail(key string, err error) {
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("%s: %w", key, err)
	}
}

// word, phrase and value write a value of the description, or note its key.
func (r *renderer) word(key, s string) string   { return r.write(key, s, word) }
func (r *renderer) phrase(key, s string) string { return r.write(key, s, phrase) }
func (r *renderer) value(key, s string) string  { return r.write(key, s, value) }

func (r *renderer) write(key, s string, as func(string) (string, error)) string {
	out, err := as(s)
	r.fail(key, err)
	return out
}

// render fills in a template, which is named by its folder and the file that it
// is for.
func (r *renderer) render(name, file string, data any) {
	if r.err != nil {
		return
	}
	var t *template.Template
	execute := func(name string, data any) (string, error) {
		var b bytes.Buffer
		err := t.ExecuteTemplate(&b, name, data)
		return strings.Trim(b.String(), "\n"), err
	}
	t, err := template.New(name).Funcs(template.FuncMap{
		"why":    func(key string) string { return comment(r.opts.Lang, r.key(key)) },
		"indent": indent,
		"render": execute,
	}).ParseFS(templates.FS, name+".tmpl")
	if err != nil {
		r.fail(name, err)
		return
	}
	body, err := execute(path.Base(name)+".tmpl", data)
	if err != nil {
		r.fail(name, err)
		return
	}
	// Parts that are left out leave their blank lines.
	for strings.Contains(body, "\n\n\n") {
		body = strings.ReplaceAll(body, "\n\n\n", "\n\n")
	}
	r.files = append(r.files, File{file, stamp(styled(path.Base(name), body+"\n"), r.opts.Lang), 0o644})
}

// key returns the comment that stands for another one where Apache is in nginx's place.
func (r *renderer) key(name string) string {
	if _, ok := why["apache-"+name]; ok && r.opts.Target == "apache" {
		return "apache-" + name
	}
	return name
}

// indent moves every line that is not empty to the right.
func indent(n int, s string) string {
	pad := strings.Repeat(" ", n)
	lines := strings.Split(strings.Trim(s, "\n"), "\n")
	for i, l := range lines {
		if l != "" {
			lines[i] = pad + l
		}
	}
	return strings.Join(lines, "\n")
}

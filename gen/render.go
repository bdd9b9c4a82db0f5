package gen

import (
	"bytes"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"text/template"

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
	// Target is a folder of the templates; "" means native.
	Target string
	// Site renders a fragment for sites-available in place of a whole nginx.conf.
	Site bool
	// Lang is the language of the comments, en or zh; "" takes the description's.
	Lang string
}

// Targets lists what can be rendered.
func Targets() []string { return []string{"native"} }

// Render renders the files of a description. The error names the key of a
// value that cannot be written.
func Render(p *project.Project, opts Options) ([]File, error) {
	if opts.Target == "" {
		opts.Target = "native"
	}
	if !slices.Contains(Targets(), opts.Target) {
		return nil, fmt.Errorf("unknown target %q: write %s", opts.Target, strings.Join(Targets(), ", "))
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
	r.render("uwsgi.ini", "uwsgi.ini", r.uwsgi())
	conf, params := "nginx.conf", "uwsgi_params"
	if opts.Site {
		conf, params = p.Name+".conf", p.Name+".uwsgi_params"
	}
	r.render("nginx.conf", conf, r.nginx(params))
	if p.App.Protocol != "http" {
		r.render("uwsgi_params", params, struct{ Host string }{host(p)})
	}
	if p.Target.Init == "systemd" {
		r.render("service", p.Name+".service", r.service())
	}
	return r.files, r.err
}

type renderer struct {
	p     *project.Project
	opts  Options
	files []File
	err   error // the first one
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

func (r *renderer) render(name, path string, data any) {
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
		"why":    func(key string) string { return comment(r.opts.Lang, key) },
		"indent": indent,
		"render": execute,
	}).ParseFS(templates.FS, r.opts.Target+"/"+name+".tmpl")
	if err != nil {
		r.fail(name, err)
		return
	}
	body, err := execute(name+".tmpl", data)
	if err != nil {
		r.fail(name, err)
		return
	}
	// Parts that are left out leave their blank lines.
	for strings.Contains(body, "\n\n\n") {
		body = strings.ReplaceAll(body, "\n\n\n", "\n\n")
	}
	r.files = append(r.files, File{path, stamp(styled(name, body+"\n"), r.opts.Lang), 0o644})
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

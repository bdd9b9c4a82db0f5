package project

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDetectSamples(t *testing.T) {
	t.Parallel()
	type got struct {
		Framework                 Framework
		Module, Chdir, Virtualenv string
		Names                     []string
		Env                       []Var
		Routes                    []string
	}
	for name, want := range map[string]got{
		"django": {Django, "shop.wsgi:application", "", ".venv", []string{"shop.example"}, []Var{{"DJANGO_SETTINGS_MODULE", "shop.settings"}},
			[]string{"files /static/ staticfiles", "app / "}},
		"flask": {Flask, "notes:app", "", ".venv", []string{"_"}, nil, []string{"files /static/ static", "app / "}},
		"wsgi":  {WSGI, "hello:application", "", "", []string{"_"}, nil, []string{"app / "}},
		"django-spa": {Django, "shop.wsgi:application", "backend", "", []string{"shop.example"}, []Var{{"DJANGO_SETTINGS_MODULE", "shop.settings"}},
			[]string{"files /static/ backend/static_root", "spa / frontend/dist", "app /api/ "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := Detect(filepath.Join("../testdata/projects", name))
			if err != nil {
				t.Fatal(err)
			}
			p := d.Project
			if p.Chdir == p.Root {
				p.Chdir = ""
			}
			g := got{p.Framework, p.Module, p.Chdir, p.Virtualenv, p.Servers[0].Names, p.Env, nil}
			for _, r := range p.Routes {
				g.Routes = append(g.Routes, string(r.Kind)+" "+r.Path+" "+r.Dir)
			}
			if diff := cmp.Diff(want, g); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, e := range d.Found {
				if e.Why.IsZero() || e.Field == "" {
					t.Errorf("evidence without a reason: %+v", e)
				}
			}
			text, err := p.Marshal("")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Parse(FileName, text); err != nil {
				t.Errorf("what was detected is no valid description: %v\n%s", err, text)
			}
		})
	}
}

func TestDetect(t *testing.T) {
	t.Parallel()
	const manage = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'conf.settings.prod')\n"
	for _, c := range []struct {
		name  string
		files map[string]string
		check func(*Detection) bool
	}{
		{"split settings", map[string]string{
			"manage.py": manage, "conf/__init__.py": "", "conf/settings/__init__.py": "", "conf/wsgi.py": "application = 1",
			"conf/settings/base.py": "STATIC_URL = 'static/'\nSTATIC_ROOT = os.path.join(BASE_DIR, 'a', 'b')\nMEDIA_URL = '/m/'\nMEDIA_ROOT = str(BASE_DIR / 'media')\n",
			"conf/settings/prod.py": "from .base import *\nALLOWED_HOSTS = [\n  'A.example',  # ours\n  '*',\n]\n",
		}, func(d *Detection) bool {
			r := d.Project.Routes
			return len(r) == 3 && r[0].Dir == "a/b" && r[1].Path == "/m/" && r[1].Media && d.Project.Servers[0].Names[0] == "a.example" && d.Project.Module == "conf.wsgi:application"
		}},
		{"a root from the environment", map[string]string{
			"manage.py": manage, "conf/settings/prod.py": "STATIC_URL = '/s/'\nSTATIC_ROOT = os.environ['X']\n",
		}, func(d *Detection) bool { return d.Project.Routes[0].Dir == "staticfiles" }},
		{"roots below a folder that __file__ leads to", map[string]string{
			"manage.py": manage, "conf/settings/prod.py": "BASE_DIR = Path(__file__).resolve().parent.parent\nSTATIC_URL = '/s/'\nSTATIC_ROOT = BASE_DIR / 'out'\n" +
				"MEDIA_URL = '/m/'\r\nMEDIA_ROOT = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), 'up', 'loads')\r\n",
		}, func(d *Detection) bool {
			return d.Project.Routes[0].Dir == "conf/out" && d.Project.Routes[1].Dir == "up/loads"
		}},
		{"a root that is computed", map[string]string{"manage.py": manage, "conf/settings/prod.py": "STATIC_URL = '/s/'\nSTATIC_ROOT = env('X')\n"},
			func(d *Detection) bool {
				e := d.Found[len(d.Found)-1]
				return e.Guessed && e.Line == 2 && strings.Contains(e.Why.String(), "STATIC_ROOT is computed") && d.Project.Routes[0].Dir == "staticfiles"
			}},
		{"hosts from the environment", map[string]string{
			"manage.py": manage, "conf/settings/prod.py": "ALLOWED_HOSTS = os.environ.get('HOSTS', 'x').split(',')\n",
		}, func(d *Detection) bool { return d.Project.Servers[0].Names[0] == "_" }},
		{"hosts of several kinds", map[string]string{
			"manage.py": manage, "conf/settings/prod.py": "ALLOWED_HOSTS = ['a.example', os.environ['B'], f'{x}.c', get('D')] + ('e.example', 'f g'.split()[0]) + env.list('H')\n",
		}, func(d *Detection) bool { return strings.Join(d.Project.Servers[0].Names, " ") == "a.example e.example" }},
		{"a manage.py that names nothing", map[string]string{"manage.py": "'DJANGO_SETTINGS_MODULE', \n"},
			func(d *Detection) bool { return d.Project.Module == "wsgi:application" }},
		{"static on another host", map[string]string{
			"manage.py": manage, "conf/settings/prod.py": "STATIC_URL = 'https://cdn.example/s/'\n",
		}, func(d *Detection) bool { return len(d.Project.Routes) == 1 }},
		{"a factory", map[string]string{"web/__init__.py": "from flask import Flask\ndef create_app(config=None):\n    app = Flask(__name__)\n    return app\n"},
			func(d *Detection) bool { return d.Project.Module == "web:create_app()" }},
		{"python's version", map[string]string{"app.py": "def application(environ, start_response):\n  pass\n", "pyproject.toml": "[project]\nrequires-python = \">=3.10,<4\"\n"},
			func(d *Detection) bool { return d.Project.Python == "3.10" && d.Project.Module == "app:application" }},
		{"a pair that is there", map[string]string{"app.py": "def app(environ, start_response):\n  pass\n", "conf/uwsgi.ini": "[uwsgi]\n", "conf/nginx.conf": "events {}"},
			func(d *Detection) bool { return len(d.Pair) == 2 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for name, text := range c.files {
				path := filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			d, err := Detect(dir)
			if err != nil {
				t.Fatal(err)
			}
			if !c.check(d) {
				t.Errorf("project %+v\nfound %+v", d.Project, d.Found)
			}
		})
	}
}

func TestDetectNothing(t *testing.T) {
	t.Parallel()
	var nothing *ErrNothing
	if _, err := Detect(t.TempDir()); !errors.As(err, &nothing) {
		t.Errorf("an empty folder: %v", err)
	}
	if _, err := Detect(filepath.Join(t.TempDir(), "none")); err == nil || errors.As(err, &nothing) {
		t.Errorf("a missing folder: %v", err)
	}
}

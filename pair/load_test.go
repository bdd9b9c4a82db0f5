package pair

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// write creates files below a new folder and returns it; a value that begins
// with "-> " is a link.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if to, ok := strings.CutPrefix(text, "-> "); ok {
			if err := os.Symlink(to, path); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// names returns the main files of a pair, and its units, relative to dir.
func names(dir string, p *Pair) (all []string) {
	add := func(kind, name string) {
		rel, _ := filepath.Rel(dir, name)
		all = append(all, kind+" "+rel)
	}
	for _, c := range p.Nginx {
		add("nginx", c.Tree.Main.Name)
	}
	for _, c := range p.Uwsgi {
		add("uwsgi", c.Main.Name)
	}
	for _, u := range p.Units {
		add("unit", u.Name)
	}
	return all
}

const (
	fullNginx = "events {}\nhttp {\n  include conf.d/*.conf;\n  include sites-enabled/*;\n}\n"
	siteNginx = "server {\n  listen 80;\n  location / { include uwsgi_params; uwsgi_pass 127.0.0.1:8001; }\n}\n"
	anyUwsgi  = "[uwsgi]\nsocket = 127.0.0.1:8001\n"
)

func TestLoadFolder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"a pair", map[string]string{"uwsgi.ini": anyUwsgi, "site.conf": siteNginx}, []string{"nginx site.conf", "uwsgi uwsgi.ini"}},
		{"included files are no configurations of their own", map[string]string{
			"nginx.conf": fullNginx, "conf.d/a.conf": siteNginx, "sites-available/b": siteNginx, "sites-enabled/b": "-> ../sites-available/b",
			"uwsgi.ini": "[uwsgi]\nini = base.ini\n", "base.ini": anyUwsgi,
		}, []string{"nginx nginx.conf", "uwsgi uwsgi.ini"}},
		{"a site that nothing includes", map[string]string{"nginx.conf": fullNginx, "sites-available/b": siteNginx, "snippets/a.conf": "gzip on;\n", "conf.d/x.conf": "include snippets/a.conf;\ngzip_vary on;\n"},
			[]string{"nginx nginx.conf", "nginx sites-available/b"}},
		{"a fragment that another fragment includes, which is found later", map[string]string{"a.conf": "gzip on;\n", "b.conf": "gzip_vary on;\ninclude a.conf;\n"}, []string{"nginx b.conf"}},
		{"fragments that include each other", map[string]string{"a.conf": "gzip on;\ninclude b.conf;\n", "b.conf": "gzip_vary on;\ninclude a.conf;\n"}, []string{"nginx a.conf"}},
		{"params files", map[string]string{"uwsgi_params": "uwsgi_param A $host;\n", "fastcgi.conf": "fastcgi_param A $host;\n", "proxy.conf": "proxy_set_header Host $host;\n", "a.conf": siteNginx},
			[]string{"nginx a.conf"}},
		{"other programs' files", map[string]string{
			"supervisor.conf": "[program:shop]\ncommand = uwsgi --ini uwsgi.ini\n", "my.cnf": "[mysqld]\nport = 3306\n",
			"apache.conf": "<VirtualHost *:80>\nServerName shop.test\n</VirtualHost>\n", "redis.conf": "port 6379\nbind 127.0.0.1\n",
			"named.conf":  "options { directory \"/var/cache/bind\"; };\nzone \"x\" { type master; };\ninclude \"/etc/bind/y\";\n",
			"rotate.conf": "/var/log/x {\n  daily\n  rotate 7\n}\n", "php.ini": "[PHP]\nengine = On\n", "tox.ini": "[tox]\nenvlist = py3\n",
			"compose.yaml": "services:\n  uwsgi:\n    image: x\n", "values.yml": "uwsgi:\n  image: x\n", "package.json": `{"name": "uwsgi"}`,
			"pom.xml": "<project/>", "empty.conf": "", "a.ini": anyUwsgi,
		}, []string{"uwsgi a.ini"}},
		{"a supervisor file that a uWSGI section follows", map[string]string{"development.ini": "[app:main]\nuse = egg:x\n\n[uwsgi]\nmaster = true\n"}, []string{"uwsgi development.ini"}},
		{"headers that only look like it", map[string]string{"a.ini": "\ufeff[uwsgi]\n", "b.ini": "[uWSGI]\n", "c.ini": " [uwsgi ] ; main\n", "d.ini": "[uwsgi", "e.ini": "[uwsgi-top]\n"},
			[]string{"uwsgi a.ini", "uwsgi b.ini", "uwsgi c.ini", "uwsgi d.ini"}},
		{"other formats", map[string]string{"a.yaml": "uwsgi:\n  socket: 127.0.0.1:8001\n", "b.xml": "<uwsgi><socket>127.0.0.1:8001</socket></uwsgi>", "c.json": `{"uwsgi": {"socket": "127.0.0.1:8001"}}`},
			[]string{"uwsgi a.yaml", "uwsgi b.xml", "uwsgi c.json"}},
		{"folders that are skipped", map[string]string{
			"node_modules/x/a.conf": siteNginx, ".git/a.ini": anyUwsgi, "env/pyvenv.cfg": "", "env/a.ini": anyUwsgi, "a/b/c/d.ini": anyUwsgi, ".hidden.ini": anyUwsgi,
		}, []string{"uwsgi a/b/c/d.ini"}},
		{"a link to a folder above", map[string]string{"a.ini": anyUwsgi, "deep/loop": "-> ..", "deep/lost.conf": "-> nowhere"}, []string{"uwsgi a.ini"}},
		{"a broken nginx.conf", map[string]string{"nginx.conf": "user nobody;\nevents {}\n2 http {\n server {\n listen 80;\n"}, []string{"nginx nginx.conf"}},
		{"a unit", map[string]string{"shop.service": "[Service]\nExecStart=/usr/bin/uwsgi\n", "a.ini": anyUwsgi}, []string{"uwsgi a.ini", "unit shop.service"}},
		{"backups of sites", map[string]string{"sites-enabled/shop": siteNginx, "sites-enabled/shop.bak": siteNginx, "sites-enabled/shop.test": siteNginx, "sites-enabled/shop~": siteNginx},
			[]string{"nginx sites-enabled/shop", "nginx sites-enabled/shop.test"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := write(t, c.files)
			p, err := Load([]string{dir}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, names(dir, p)); diff != "" {
				t.Errorf("read (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLoadNamed(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{
		"redis.conf": "port 6379\n", "tox.ini": "[tox]\n", "uwsgi_params": "uwsgi_param A $host;\n", "site.txt": siteNginx, "app.cfg": anyUwsgi,
		"nginx.conf": fullNginx, "conf.d/a.conf": siteNginx,
	})
	for path, want := range map[string]string{
		"redis.conf": "nginx", "tox.ini": "uwsgi", "uwsgi_params": "nginx", "site.txt": "nginx", "app.cfg": "uwsgi",
	} {
		p, err := Load([]string{filepath.Join(dir, path)}, Options{})
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if diff := cmp.Diff([]string{want + " " + path}, names(dir, p)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
	t.Run("twice, and as part of another", func(t *testing.T) {
		t.Parallel()
		p, err := Load([]string{filepath.Join(dir, "conf.d/a.conf"), filepath.Join(dir, "nginx.conf"), filepath.Join(dir, "conf.d"), filepath.Join(dir, "nginx.conf")}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"nginx nginx.conf"}, names(dir, p)); diff != "" {
			t.Errorf("read (-want +got):\n%s", diff)
		}
	})
	t.Run("an overlay", func(t *testing.T) {
		t.Parallel()
		p, err := Load([]string{"stdin.conf"}, Options{Overlay: map[string]string{"./stdin.conf": siteNginx}})
		if err != nil || len(p.Passes) != 1 {
			t.Errorf("got %d passes and %v, want 1", len(p.Passes), err)
		}
	})
	t.Run("below a root", func(t *testing.T) {
		t.Parallel()
		root := write(t, map[string]string{"etc/nginx/nginx.conf": "events {}\nhttp { include /etc/nginx/conf.d/*.conf; }\n", "etc/nginx/conf.d/a.conf": siteNginx})
		for _, path := range []string{root, filepath.Join(root, "etc/nginx/nginx.conf")} {
			p, err := Load([]string{path}, Options{Root: root})
			if err != nil || len(p.Nginx) != 1 || len(p.Passes) != 1 {
				t.Errorf("%s: got %v and %v", path, names(root, p), err)
			}
		}
	})
}

func TestLoadErrors(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{"binary.conf": "server {}\n\x00\x01\x02", "a.ini": anyUwsgi, "README.md": "x"})
	big := filepath.Join(dir, "big.conf")
	if err := os.WriteFile(big, []byte(siteNginx), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(big, 1<<30); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, want string }{
		{"absent.conf", "there is no such file or folder"},
		{"binary.conf", "it is a binary file, and no configuration"},
		{"big.conf", "it has 1024 MiB, and no configuration above 64 MiB is read"},
	} {
		path := filepath.Join(dir, c.path)
		p, err := Load([]string{path, filepath.Join(dir, "a.ini")}, Options{})
		var pathError *PathError
		if !errors.As(err, &pathError) || pathError.Path != path || pathError.Reason != c.want {
			t.Errorf("%s: got error %v, want %q", c.path, err, c.want)
		}
		if len(p.Uwsgi) != 1 {
			t.Errorf("%s: the other path was not read", c.path)
		}
	}
	if _, err := Load([]string{filepath.Join(dir, "absent.conf")}, Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an absent file: got %v, want fs.ErrNotExist", err)
	}
	empty := write(t, map[string]string{"README.md": "x"})
	if _, err := Load([]string{empty}, Options{}); !errors.Is(err, ErrNothing) || !strings.Contains(err.Error(), empty) {
		t.Errorf("an empty folder: got %v, want ErrNothing", err)
	}
}

func TestTutorial(t *testing.T) {
	t.Parallel()
	for _, conf := range []string{"nginx.conf", "nginx-as-pasted.conf"} {
		p, err := Load([]string{"../testdata/pairs/tutorial/uwsgi.ini", "../testdata/pairs/tutorial/" + conf}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Binds) != 1 || len(p.Passes) != 2 {
			t.Fatalf("%s: got %d binds and %d passes, want 1 and 2", conf, len(p.Binds), len(p.Passes))
		}
		for _, via := range p.Passes {
			if len(via.Targets) != 1 || len(via.Targets[0].Binds) != 1 {
				t.Errorf("%s: %s reaches no listener", conf, via.Node.Arg(0))
			}
		}
		if len(p.Binds[0].Passes) != 2 {
			t.Errorf("%s: %d passes reach the socket, want 2", conf, len(p.Binds[0].Passes))
		}
	}
}

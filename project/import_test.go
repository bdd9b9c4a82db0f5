package project_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/gen"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/project"
)

// TestImportGenerated imports every golden pair and renders it again: the same
// bytes come out, and nothing is left over.
func TestImportGenerated(t *testing.T) {
	t.Parallel()
	folders, err := filepath.Glob("../testdata/descriptions/*.golden")
	if err != nil || len(folders) < 12 {
		t.Fatalf("%d golden pairs: %v", len(folders), err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			t.Parallel()
			var paths []string
			for _, pattern := range []string{"uwsgi.ini", "nginx.conf", "*.service"} {
				found, _ := filepath.Glob(filepath.Join(folder, pattern))
				paths = append(paths, found...)
			}
			p, err := pair.Load(paths, pair.Options{})
			if err != nil {
				t.Fatal(err)
			}
			imported, left := project.Import(p)
			for _, l := range left {
				t.Errorf("left over: %s (kept in %q)", l.Text, l.Where)
			}
			text, err := imported.Marshal("")
			if err != nil {
				t.Fatal(err)
			}
			again, err := project.Parse("deployctl.ini", text)
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			files, err := gen.Render(again, gen.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				want, err := os.ReadFile(filepath.Join(folder, f.Path))
				if err != nil {
					t.Error(err)
					continue
				}
				if diff := cmp.Diff(strings.Split(string(want), "\n")[2:], strings.Split(string(f.Content), "\n")[2:]); diff != "" {
					t.Errorf("%s (-generated +imported):\n%s\n%s", f.Path, diff, text)
				}
			}
		})
	}
}

// TestImportGivesTheDescriptionBack imports what every description of the
// test data renders to, and compares the description with the first one.
func TestImportGivesTheDescriptionBack(t *testing.T) {
	t.Parallel()
	descriptions, err := filepath.Glob("../testdata/descriptions/*.ini")
	if err != nil || len(descriptions) < 12 {
		t.Fatalf("%d descriptions: %v", len(descriptions), err)
	}
	for _, file := range descriptions {
		for _, site := range []bool{false, true} {
			t.Run(fmt.Sprint(filepath.Base(file), " site ", site), func(t *testing.T) {
				t.Parallel()
				want, err := project.Load(file)
				if err != nil {
					t.Fatal(err)
				}
				files, err := gen.Render(want, gen.Options{Site: site})
				if err != nil {
					t.Fatal(err)
				}
				dir := t.TempDir()
				for _, f := range files {
					if err := os.WriteFile(filepath.Join(dir, f.Path), f.Content, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				p, err := pair.Load([]string{dir}, pair.Options{})
				if err != nil {
					t.Fatal(err)
				}
				got, _ := project.Import(p)
				// Both are written and read again: only what a file can say counts.
				if diff := cmp.Diff(said(t, want), said(t, got), cmpopts.EquateEmpty(), cmpopts.IgnoreTypes(diag.Location{})); diff != "" {
					t.Errorf("the description (-rendered +imported):\n%s", diff)
				}
			})
		}
	}
}

// said returns a description as its own file says it.
func said(t *testing.T, p *project.Project) *project.Project {
	t.Helper()
	text, err := p.Marshal("")
	if err != nil {
		t.Fatal(err)
	}
	again, err := project.Parse("deployctl.ini", text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return again
}

// TestImportTutorial imports a pair that a person wrote: what has no words is
// kept and listed.
func TestImportTutorial(t *testing.T) {
	t.Parallel()
	p, err := pair.Load([]string{"../testdata/pairs/tutorial/uwsgi.ini", "../testdata/pairs/tutorial/nginx.conf"}, pair.Options{})
	if err != nil {
		t.Fatal(err)
	}
	imported, left := project.Import(p)
	if imported.Module != "config.wsgi" || imported.App.Endpoint != "127.0.0.1:8080" || imported.App.Threads != 2 || len(imported.Servers) != 2 || len(imported.Routes) != 4 {
		t.Errorf("imported %+v", imported)
	}
	text, err := imported.Marshal("")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := project.Parse("deployctl.ini", text); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
	var all strings.Builder
	all.WriteString(text)
	for _, l := range left {
		all.WriteString(l.Text + "\n")
	}
	// Nothing is lost: it is in the description, or listed.
	for _, want := range []string{
		"daemonize", "limit-as", "pidfile", "uwsgi88.pid", "worker_processes 1", "keepalive_timeout 65", "log_format main", "error_page 500",
		"/home/user/maproject/dist", "django_static", "nobody", "use epoll", "/root/.virtualenvs/django", "^~ /admin/", "192.168.2.101", "8000", "harakiri = 60", "logs/error.log notice", "logs/nginx.pid", "logs/access.log main",
	} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("%q is lost:\n%s", want, all.String())
		}
	}
}

// TestImportCompose imports what a compose deployment is made of: the
// description reads, and renders for the same target.
func TestImportCompose(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"shop", "hello", "vassal"} {
		p, err := pair.Load([]string{filepath.Join("../testdata/targets", name+".golden", "compose")}, pair.Options{})
		if err != nil {
			t.Fatal(err)
		}
		imported, _ := project.Import(p)
		again := said(t, imported)
		if _, err := gen.Render(again, gen.Options{Target: "compose"}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if again.Target.Init != "container" {
			t.Errorf("%s: init is %s", name, again.Target.Init)
		}
	}
}

package tui_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/deployctl/deployctl/internal/frames"
	"github.com/deployctl/deployctl/lang"
	"github.com/deployctl/deployctl/project"
	"github.com/deployctl/deployctl/setup"
	"github.com/deployctl/deployctl/tui"
)

func sortStrings(s []string) { slices.Sort(s) }

// askConfig is that of the sample Django project.
func askConfig(t *testing.T, language string) (tui.Config, setup.Folder) {
	t.Helper()
	folder := setup.Folder{Dir: filepath.Join(t.TempDir(), "shop")}
	if err := os.CopyFS(folder.Dir, os.DirFS("../testdata/projects/django")); err != nil {
		t.Fatal(err)
	}
	start, err := folder.Start(false)
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := lang.Catalog(language)
	if err != nil {
		t.Fatal(err)
	}
	return tui.Config{
		Project: start.Project, Evidence: start.Evidence, Host: project.Host{Cores: 4, Memory: 8192}, Catalog: catalog,
		Preview: func(p *project.Project) tui.Preview { return frames.Preview(folder, p) },
		Command: func(p *project.Project, force bool) []string { return setup.Command(".", start.Project, p, force) },
	}, folder
}

// session is a whole conversation: a new name, a wrong module and then another
// one, an own certificate, a redirect and shorter patience.
const session = "web\n2\n?\nnot a module\nweb.wsgi:app\n\n-\n\n\n\n\n\n" + // what was found
	"\n\n\n\n\n\n\n\n" + // where it will run
	"\n\n\n\n8\n<\n8\n\n" + // the application server
	"web.example www.web.example\nown\n\n\n\n\n\n\nd 1\na\nnew.example\n\n8080\nold\n2\n\n\n\n\nd 2\n\n" + // servers and TLS
	"a\n/old/\nredirect\nhttps://new.example/?a\n301\n\nm 1 2\nd 9\n\n" + // routes
	"\n20s\n\n\n\n\n" + // limits
	"n\ny\n"

func TestAsk(t *testing.T) {
	t.Parallel()
	for _, language := range []string{lang.English, lang.Chinese} {
		cfg, _ := askConfig(t, language)
		var out strings.Builder
		outcome, err := tui.Ask(context.Background(), strings.NewReader(session), &out, cfg)
		if err != nil {
			t.Fatalf("%v\n%s", err, out.String())
		}
		for key, want := range map[string]string{
			"project.name": "web", "project.framework": "flask", "project.root": "/srv/web", "project.module": "web.wsgi:app", "project.virtualenv": "",
			"app.processes": "8", "server.main.names": "web.example www.web.example", "server.main.tls": "own", "server.main.certificate": "/etc/ssl/web.pem",
			"routes": "static new app", "route.new.to": "https://new.example/?a", "route.new.code": "301", "limits.read-timeout": "20s", "app.harakiri": "15s",
		} {
			if got, _ := outcome.Project.Get(key); got != want {
				t.Errorf("%s: %s is %q, want %q", language, key, got, want)
			}
		}
		compare(t, filepath.Join("testdata", "frames", language+"-accessible.txt"), out.String())
	}
}

// Where the review finds something wrong, all is asked anew.
func TestAskAnew(t *testing.T) {
	t.Parallel()
	folder := setup.Folder{Dir: t.TempDir()}
	start, err := folder.Start(true)
	if err != nil {
		t.Fatal(err)
	}
	cfg := tui.Config{Project: start.Project, Preview: func(p *project.Project) tui.Preview { return frames.Preview(folder, p) }}
	round := strings.Repeat("\n", 35)
	outcome, err := tui.Ask(context.Background(), strings.NewReader(round+"\n\nweb:app\n"+round), io.Discard, cfg)
	if err != nil || outcome.Project.Module != "web:app" {
		t.Errorf("%+v, %v", outcome, err)
	}
}

// What the linter finds because of an answer is said behind it.
func TestAskSaysFindings(t *testing.T) {
	t.Parallel()
	cfg, _ := askConfig(t, lang.English)
	var out strings.Builder
	_, err := tui.Ask(context.Background(), strings.NewReader(strings.Repeat("\n", 12)+"root\n"), &out, cfg)
	if !errors.Is(err, tui.ErrAborted) || strings.Count(out.String(), "! warning: uid = root: ") != 1 {
		t.Errorf("%v\n%s", err, out.String())
	}
}

func TestAskEnds(t *testing.T) {
	t.Parallel()
	cfg, folder := askConfig(t, lang.English)
	if _, err := tui.Ask(context.Background(), strings.NewReader("web\n"), io.Discard, cfg); !errors.Is(err, tui.ErrAborted) {
		t.Errorf("at the end of the input: %v", err)
	}
	if _, err := tui.Ask(context.Background(), strings.NewReader(strings.Repeat("\n", 36)+"n\nn\n"), io.Discard, cfg); !errors.Is(err, tui.ErrAborted) {
		t.Errorf("after a no: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r, _ := io.Pipe()
	if _, err := tui.Ask(ctx, r, io.Discard, cfg); !errors.Is(err, context.Canceled) {
		t.Errorf("when interrupted: %v", err)
	}
	if _, err := os.Stat(folder.Description()); err == nil {
		t.Error("something was written")
	}
}

package tui

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/deployctl/deployctl/project"
)

func shop(t *testing.T) *project.Project {
	t.Helper()
	p, err := project.Parse("deployctl.ini", "[project]\nname = shop\nroot = /srv/shop\nmodule = shop.wsgi:application\n")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func valid(p *project.Project) error {
	text, err := p.Marshal("")
	if err != nil {
		return err
	}
	_, err = project.Parse("deployctl.ini", text)
	return err
}

func TestAsk(t *testing.T) {
	t.Parallel()
	p := shop(t)
	var out strings.Builder
	// A new name, a wrong module and then the old one, an own certificate.
	answers := "web\nnot a module\n\n\nweb.example www.web.example\nown\n\n0\n8\ny\n"
	if err := Ask(context.Background(), strings.NewReader(answers), &out, p, valid); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	s := p.Servers[0]
	if p.Name != "web" || p.Root != "/srv/web" || p.Chdir != "/srv/web" || p.App.Endpoint != "unix:/run/web/uwsgi.sock" || p.Module != "shop.wsgi:application" ||
		len(s.Names) != 2 || s.TLS != project.OwnTLS || s.Certificate == "" || p.App.Processes != 8 {
		t.Errorf("project %+v\n%s", p, out.String())
	}
	if !strings.Contains(out.String(), `"not a module" is not package.module:callable`) {
		t.Errorf("the wrong module is not refused:\n%s", out.String())
	}
}

func TestAskEnds(t *testing.T) {
	t.Parallel()
	if err := Ask(context.Background(), strings.NewReader("web\n"), io.Discard, shop(t), valid); !errors.Is(err, ErrAborted) {
		t.Errorf("at the end of the input: %v", err)
	}
	if err := Ask(context.Background(), strings.NewReader(strings.Repeat("\n", len(questions))+"n\n"), io.Discard, shop(t), valid); !errors.Is(err, ErrAborted) {
		t.Errorf("after a no: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r, _ := io.Pipe()
	if err := Ask(ctx, r, io.Discard, shop(t), valid); !errors.Is(err, context.Canceled) {
		t.Errorf("when interrupted: %v", err)
	}
}

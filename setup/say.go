package setup

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/mattn/go-runewidth"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/project"
)

// Speaker says to a person what init does.
type Speaker struct {
	Out     io.Writer
	Catalog diag.Catalog
}

func (s Speaker) say(t diag.Text) string { return t.In(s.Catalog).String() }

func (s Speaker) line(t diag.Text) { fmt.Fprintln(s.Out, s.say(t)) }

// Found says what a folder shows, and what is a guess.
func (s Speaker) Found(f Folder, start *Start) {
	if start.Kept {
		s.line(diag.T("%s stands here already and is kept.", f.Description()))
		return
	}
	s.line(diag.T("Found in %s:", f.Dir))
	for _, e := range start.Evidence {
		kind := diag.T("found")
		if e.Guessed {
			kind = diag.T("guessed")
		}
		fmt.Fprintf(s.Out, "  %s  %-28s %s: %s%s\n", runewidth.FillRight(s.say(kind), len("guessed")), e.Field, e.Value, s.say(e.Why), s.say(Where(e)))
	}
	fmt.Fprintln(s.Out)
}

// Kept says that the answers of a wizard that was left are still there.
func (s Speaker) Kept() {
	s.line(diag.T("The answers are kept: the next deployctl init goes on from here."))
}

// Where returns the place of a piece of evidence, in brackets, or nothing.
func Where(e project.Evidence) diag.Text {
	switch {
	case e.File == "":
		return diag.Text{}
	case e.Line == 0:
		return diag.T(" (%s)", e.File)
	}
	return diag.T(" (%s:%d)", e.File, e.Line)
}

// Wrote says what became of each file.
func (s Speaker) Wrote(d *Draft) {
	s.line(diag.T("Written:"))
	fmt.Fprintf(s.Out, "  %s %s\n", runewidth.FillRight(s.say(d.Action().Text(false)), 10), d.Project.Path)
	for _, step := range d.Plan.Steps {
		fmt.Fprintf(s.Out, "  %s %s\n", runewidth.FillRight(s.say(step.Action.Text(step.Copy != "")), 10), filepath.Join(d.Plan.Dir, step.Path))
		if step.Copy != "" {
			s.line(diag.T("             (the edited one is %s now)", step.Copy))
		}
	}
	fmt.Fprintln(s.Out)
}

// Next says what to do with the files, and which command does the same.
func (s Speaker) Next(f Folder, p *project.Project, command string) {
	fmt.Fprintln(s.Out)
	s.line(diag.T("Next:"))
	s.line(diag.T("  1. Look at %s; after a change run: deployctl gen", f.Description()))
	s.line(diag.T("  2. Put the project to %s on the server, with its virtualenv", p.Root))
	if p.Target.Init == "systemd" {
		fmt.Fprintf(s.Out, `  3. sudo cp %[1]s/deploy/nginx.conf %[1]s/deploy/uwsgi_params /etc/nginx/
     sudo cp %[1]s/deploy/%[2]s.service /etc/systemd/system/
  4. sudo systemctl daemon-reload && sudo systemctl enable --now %[2]s && sudo nginx -t && sudo systemctl reload nginx
`, p.Root, p.Name)
	}
	if command != "" {
		fmt.Fprintln(s.Out)
		s.line(diag.T("The same without questions:"))
		fmt.Fprintf(s.Out, "  %s\n", command)
	}
}

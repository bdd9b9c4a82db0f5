package tui

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/deployctl/deployctl/project"
)

// ErrAborted is the error of a person who ended the questions.
var ErrAborted = errors.New("ended; nothing was written")

// question is one line that is asked for.
type question struct {
	text, help string
	get        func(*project.Project) string
	set        func(*project.Project, string)
}

var questions = []question{
	{"Name of the project", "names the unit, the socket's folder and the upstream",
		func(p *project.Project) string { return p.Name }, rename},
	{"WSGI callable", "package.module:name",
		func(p *project.Project) string { return p.Module }, func(p *project.Project, s string) { p.Module = s }},
	{"Folder on the server", "absolute",
		func(p *project.Project) string { return p.Root }, moveTo},
	{"Host names", "separated by spaces; _ for any",
		func(p *project.Project) string { return strings.Join(p.Servers[0].Names, " ") },
		func(p *project.Project, s string) {
			for i := range p.Servers {
				p.Servers[i].Names = strings.Fields(strings.ReplaceAll(s, ",", " "))
			}
		}},
	{"TLS", "none, own (your certificate) or letsencrypt",
		func(p *project.Project) string { return string(p.Servers[0].TLS) }, setTLS},
	{"Where uWSGI listens", "unix:/path or host:port",
		func(p *project.Project) string { return p.App.Endpoint }, func(p *project.Project, s string) { p.App.Endpoint = s }},
	{"Worker processes", "about two for each processor",
		func(p *project.Project) string { return fmt.Sprint(p.App.Processes) }, func(p *project.Project, s string) { _, _ = fmt.Sscan(s, &p.App.Processes) }},
}

// rename changes the name, and with it what is named after it.
func rename(p *project.Project, name string) {
	if p.App.Endpoint == "unix:/run/"+p.Name+"/uwsgi.sock" {
		p.App.Endpoint = "unix:/run/" + name + "/uwsgi.sock"
	}
	if p.Root == "/srv/"+p.Name {
		moveTo(p, "/srv/"+name)
	}
	p.Name = name
}

func moveTo(p *project.Project, root string) {
	if p.Chdir == p.Root {
		p.Chdir = root
	}
	p.Root = root
}

func setTLS(p *project.Project, s string) {
	s = strings.ToLower(s)
	for i := range p.Servers {
		server := &p.Servers[i]
		if string(server.TLS) == s {
			continue
		}
		server.TLS = project.TLS(s)
		server.Listen = nil // 80 or 443, by what was chosen
		server.Certificate, server.Key = "", ""
		if server.TLS == project.OwnTLS {
			server.Certificate, server.Key = "/etc/ssl/"+p.Name+".pem", "/etc/ssl/"+p.Name+".key"
		}
	}
}

// Ask asks for what a deployment cannot be without, one line each, with what
// was found as the answer to an empty line. valid says what is wrong with a
// description, in the words of its reader; the question is asked again then.
// It returns ErrAborted at the end of the input and when the context ends.
func Ask(ctx context.Context, in io.Reader, out io.Writer, p *project.Project, valid func(*project.Project) error) error {
	lines := read(in)
	fmt.Fprintln(out, "An empty line takes the answer in brackets.")
	for _, q := range questions {
		for {
			fmt.Fprintf(out, "%s (%s) [%s]: ", q.text, q.help, q.get(p))
			answer, err := next(ctx, lines)
			if err != nil {
				fmt.Fprintln(out)
				return err
			}
			before := *p
			before.Servers = append([]project.Server(nil), p.Servers...)
			if answer != "" {
				q.set(p, answer)
			}
			err = valid(p)
			if err == nil {
				break
			}
			fmt.Fprintf(out, "  %s\n", err)
			*p = before
			if answer == "" {
				break // what was found is at fault: the review of the file says so
			}
		}
	}
	fmt.Fprint(out, "Write the files? [Y/n]: ")
	answer, err := next(ctx, lines)
	if err != nil {
		fmt.Fprintln(out)
		return err
	}
	if a := strings.ToLower(answer); a != "" && a != "y" && a != "yes" {
		return ErrAborted
	}
	return nil
}

// read hands on the lines of in: the reading itself cannot be interrupted.
func read(in io.Reader) <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		s := bufio.NewScanner(in)
		for s.Scan() {
			lines <- s.Text()
		}
	}()
	return lines
}

func next(ctx context.Context, lines <-chan string) (string, error) {
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case line, ok := <-lines:
		if !ok {
			return "", ErrAborted
		}
		return strings.TrimSpace(line), nil
	}
}

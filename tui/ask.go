package tui

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/deployctl/deployctl/diag"
)

// asker asks line by line, for a screen reader or a terminal that can do no
// more.
type asker struct {
	ctx     context.Context
	cfg     Config
	lines   <-chan string
	out     io.Writer
	answers answers
	force   bool
	kept    int
}

// errBack is the answer that goes to the question before; errBegin asks all
// anew, where the review finds something wrong.
var errBack, errBegin = errors.New("back"), errors.New("begin")

// Ask asks all that the wizard asks, one line each. It returns ErrAborted at
// the end of the input, and the context's error when that ends. It writes no
// file.
func Ask(ctx context.Context, in io.Reader, out io.Writer, cfg Config) (*Outcome, error) {
	a := &asker{ctx: ctx, cfg: cfg, lines: read(in), out: out, answers: answers{cfg.Project.Clone(), cfg.Host}, force: cfg.Force}
	if cfg.Earlier != nil {
		at := cfg.Earlier.At.Format("2006-01-02 15:04")
		yes, err := a.yes(diag.T("The answers of a wizard that was left on %s are still here. Go on with them? [Y/n]: ", at), true)
		if err != nil {
			return nil, err
		}
		if yes {
			a.answers.Project = cfg.Earlier.Project.Clone()
		}
	}
	a.line(diag.T("An empty line takes the answer in brackets. - empties it, < goes back, ? says more."))
	for _, e := range cfg.unasked() {
		fmt.Fprintln(out, clean(a.say(found(e))))
	}
	for step := 0; step <= len(steps); {
		err := a.step(step)
		switch {
		case errors.Is(err, errBegin):
			step = 0
		case errors.Is(err, errBack):
			step = max(0, step-1)
		case err != nil:
			return nil, err
		default:
			step++
		}
		a.keep(step)
	}
	return &Outcome{a.answers.Project, a.force}, nil
}

// step asks the questions of a step, or what the review does.
func (a *asker) step(at int) error {
	if at == len(steps) {
		return a.review()
	}
	fmt.Fprintln(a.out)
	a.line(diag.T("%d of %d: %s", at+1, len(steps)+1, steps[at].title))
	if l := steps[at].list; l != nil {
		return a.list(l)
	}
	return a.questions(steps[at].fields)
}

// questions asks fields, which may change with the answers.
func (a *asker) questions(fields func(answers) []field) error {
	for i := 0; i < len(fields(a.answers)); {
		err := a.question(fields(a.answers)[i])
		switch {
		case errors.Is(err, errBack) && i > 0:
			i--
		case err != nil:
			return err
		default:
			i++
		}
	}
	return nil
}

// question asks one field until its answer is right.
func (a *asker) question(f field) error {
	a.background(f)
	for {
		hint := a.say(f.help)
		if len(f.choices) > 0 {
			var words []string
			for n, c := range f.choices {
				words = append(words, fmt.Sprintf("%d %s", n+1, a.say(c.text)))
			}
			hint = strings.Join(words, ", ")
		}
		answer, err := a.prompt(a.say(diag.T("%s (%s) [%s]: ", f.label, hint, clean(a.say(f.word(f.get(a.answers)))))))
		if err != nil {
			return err
		}
		switch answer {
		case "":
			return nil
		case "<":
			return errBack
		case "-":
			answer = ""
		case "?":
			if !f.anyText {
				a.explain(f)
				continue
			}
		}
		next, fault := try(a.answers, f, f.chosen(answer, a.say))
		if fault == nil {
			a.findings(next)
			a.answers = next
			return nil
		}
		fmt.Fprintf(a.out, "  ! %s\n", failsIn(fault, a.cfg.Catalog))
	}
}

// findings says what the linter finds because of an answer.
func (a *asker) findings(next answers) {
	if next.Project == a.answers.Project {
		return // nothing changed
	}
	for _, d := range newFindings(a.cfg.Preview(a.answers.Project).Result, a.cfg.Preview(next.Project).Result) {
		fmt.Fprintf(a.out, "  %s\n", clean(a.say(diag.T("! %s: %s", d.Severity.Text(), d.Message))))
	}
}

// chosen returns the word of a choice that was answered by its number or name.
func (f field) chosen(answer string, say func(diag.Text) string) string {
	for n, c := range f.choices {
		if answer == fmt.Sprint(n+1) || strings.EqualFold(answer, c.word) || strings.EqualFold(answer, say(c.text)) {
			return c.word
		}
	}
	return answer
}

// explain says all that is known of a question.
func (a *asker) explain(f field) {
	fmt.Fprintf(a.out, "  %s\n", a.say(f.help))
	a.background(f)
}

// background says why an answer is proposed, and how it was found.
func (a *asker) background(f field) {
	if f.reason != nil {
		fmt.Fprintf(a.out, "  %s\n", a.say(f.reason(a.answers)))
	}
	for _, e := range a.cfg.evidence(f, a.answers) {
		fmt.Fprintf(a.out, "  %s\n", clean(a.say(found(e))))
	}
}

func (a *asker) say(t diag.Text) string { return t.In(a.cfg.Catalog).String() }

func (a *asker) line(t diag.Text) { fmt.Fprintln(a.out, a.say(t)) }

// yes asks a question that is answered with yes or no.
func (a *asker) yes(question diag.Text, byDefault bool) (bool, error) {
	answer, err := a.prompt(a.say(question))
	switch strings.ToLower(answer) {
	case "":
		return byDefault, err
	case "y", "yes", "是":
		return true, err
	case "<":
		return false, errBack
	}
	return false, err
}

// prompt asks for a line.
func (a *asker) prompt(question string) (string, error) {
	fmt.Fprint(a.out, question)
	answer, err := next(a.ctx, a.lines)
	if err != nil {
		fmt.Fprintln(a.out)
	}
	return answer, err
}

func (a *asker) keep(step int) {
	if a.cfg.Keep != nil {
		a.kept++
		a.cfg.Keep(a.kept, a.answers.Project, fmt.Sprintf("%d.0", min(step, len(steps))))
	}
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

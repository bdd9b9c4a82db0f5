package tui

import (
	"fmt"
	"strconv"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/project"
)

// answers are what the questions are about: the description, and the server
// that the number of workers is worked out for.
type answers struct {
	*project.Project
	host project.Host
}

func (a answers) clone() answers { return answers{a.Project.Clone(), a.host} }

// step is one screen of the wizard.
type step struct {
	short, title diag.Text
	// fields are the questions, which may depend on earlier answers; nil where
	// there is a list of things that have questions each.
	fields func(answers) []field
	list   *list
}

// The steps, and behind the last the review.
var steps = []step{projectStep, placeStep, appStep, serverStep, routeStep, limitStep}

// field is one answer.
type field struct {
	label, help diag.Text
	get         func(answers) string
	set         func(*answers, string) error
	choices     []choice // what is chosen among; nil for text
	evidence    string   // the field of the evidence about it
	// reason says why the answer is proposed; nil for no reason.
	reason func(answers) diag.Text
	// anyText tells that the answer may hold a question mark.
	anyText bool
}

// choice is one answer among several, as the description writes it and as a
// person reads it.
type choice struct {
	word string
	text diag.Text
}

// keyed makes a field of a key of the description.
func keyed(key string, label, help diag.Text) field {
	return field{
		label: label, help: help, evidence: key,
		get: func(a answers) string { value, _ := a.Get(key); return value },
		set: func(a *answers, value string) error { return a.Set(key, value) },
	}
}

// among makes a field that chooses.
func (f field) among(choices ...choice) field {
	f.choices = choices
	return f
}

func yesNo(f field) field {
	return f.among(choice{"true", diag.T("yes")}, choice{"false", diag.T("no")})
}

// number makes a field of a whole number that is not of the description.
func number(label, help diag.Text, get func(answers) int64, set func(*answers, int64)) field {
	return field{
		label: label, help: help,
		get: func(a answers) string { return fmt.Sprint(get(a)) },
		set: func(a *answers, s string) error {
			n, err := strconv.ParseInt(s, 10, 32)
			if err != nil || n < 0 {
				return diag.T("%q is no whole number", s)
			}
			set(a, n)
			return nil
		},
	}
}

// word returns a choice as a person reads it.
func (f field) word(value string) diag.Text {
	for _, c := range f.choices {
		if c.word == value {
			return c.text
		}
	}
	return diag.T("%s", value)
}

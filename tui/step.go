package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/project"
)

// step is one screen of the wizard.
type step struct {
	title  diag.Text
	fields []field
}

// field is one answer. set leaves the judgment to the description's reader,
// except of what is no number.
type field struct {
	label, help diag.Text
	get         func(*project.Project) string
	set         func(*project.Project, string) error
}

var steps = []step{projectStep, placeStep, appStep, serverStep, limitStep}

// text makes a field of a string.
func text(label, help diag.Text, at func(*project.Project) *string) field {
	return field{label, help,
		func(p *project.Project) string { return *at(p) },
		func(p *project.Project, s string) error { *at(p) = s; return nil }}
}

// number makes a field of an integer.
func number(label, help diag.Text, get func(*project.Project) int64, set func(*project.Project, int64)) field {
	return field{label, help,
		func(p *project.Project) string { return fmt.Sprint(get(p)) },
		func(p *project.Project, s string) error {
			var n int64
			if _, err := fmt.Sscanf(s+"\n", "%d\n", &n); err != nil || n < 0 || n > 1<<30 {
				return diag.T("%q is no whole number", s)
			}
			set(p, n)
			return nil
		}}
}

// seconds reads and writes a time as a number.
func seconds(n int64) time.Duration { return time.Duration(n) * time.Second }

// clone returns a project that shares nothing that a step changes.
func clone(p *project.Project) *project.Project {
	c := *p
	c.Servers = slices.Clone(p.Servers)
	for i := range c.Servers {
		c.Servers[i].Names = slices.Clone(c.Servers[i].Names)
	}
	return &c
}

// setNames gives every server the host names of an answer.
func setNames(p *project.Project, s string) error {
	for i := range p.Servers {
		p.Servers[i].Names = strings.Fields(strings.ReplaceAll(s, ",", " "))
	}
	return nil
}

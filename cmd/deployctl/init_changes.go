package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/deployctl/deployctl/project"
	"github.com/deployctl/deployctl/setup"
)

// changes returns what the command line says, in the order of its words'
// weight: the file of answers, the options of single keys, then --set.
func (o *initOptions) changes() ([]project.Change, error) {
	var changes []project.Change
	if o.answers != "" {
		src, err := os.ReadFile(o.answers)
		if err != nil {
			return nil, fmt.Errorf("read the answers: %w", err)
		}
		if changes, err = setup.ParseAnswers(o.answers, string(src)); err != nil {
			return nil, err
		}
	}
	for _, f := range setup.Flags {
		if value, ok := o.flags[f.Name]; ok {
			changes = append(changes, project.Change{Key: f.Key, Value: value})
		}
	}
	for _, s := range o.set {
		key, value, ok := strings.Cut(s, "=")
		if !ok {
			return nil, &usageError{fmt.Sprintf("--set: %q is not KEY=VALUE", s), "init"}
		}
		changes = append(changes, project.Change{Key: key, Value: value})
	}
	return changes, nil
}

func setsModule(changes []project.Change) bool {
	for _, c := range changes {
		if c.Key == "project.module" {
			return true
		}
	}
	return false
}

// overridden applies what the command line says.
func (o *initOptions) overridden(p *project.Project, changes []project.Change) error {
	if err := setup.Apply(p, changes); err != nil {
		return &usageError{err.Error(), "init"}
	}
	if o.domain != "" {
		for _, s := range p.Servers {
			if err := p.Set("server."+s.Name+".names", o.domain); err != nil {
				return &usageError{err.Error(), "init"}
			}
		}
	}
	if o.lang != "" {
		return p.Set("target.lang", o.lang)
	}
	return nil
}

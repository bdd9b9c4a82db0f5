package tui

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/project"
)

// evidence returns what an answer was found by, while it is as it was found.
func (c *Config) evidence(f field, now answers) []project.Evidence {
	if f.evidence == "" || f.get(answers{c.Project, c.Host}) != f.get(now) {
		return nil
	}
	var all []project.Evidence
	for _, e := range c.Evidence {
		if e.Field == f.evidence {
			all = append(all, e)
		}
	}
	return all
}

// unasked returns what was found and is no answer to any question.
func (c *Config) unasked() []project.Evidence {
	start := answers{c.Project, c.Host}
	asked := map[string]bool{}
	note := func(fields []field) {
		for _, f := range fields {
			asked[f.evidence] = true
		}
	}
	for _, s := range steps {
		if s.list == nil {
			note(s.fields(start))
			continue
		}
		for i := range s.list.count(start) {
			note(s.list.fields(start, i))
		}
	}
	var all []project.Evidence
	for _, e := range c.Evidence {
		if !asked[e.Field] {
			all = append(all, e)
		}
	}
	return all
}

// found says what an answer was found by.
func found(e project.Evidence) diag.Text {
	kind := diag.T("found: %s", e.Why)
	if e.Guessed {
		kind = diag.T("guessed: %s", e.Why)
	}
	switch {
	case e.File == "":
		return kind
	case e.Line == 0:
		return diag.T("%s (%s)", kind, e.File)
	}
	return diag.T("%s (%s:%d)", kind, e.File, e.Line)
}

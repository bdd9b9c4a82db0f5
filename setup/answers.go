package setup

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/internal/atomicfile"
	"github.com/deployctl/deployctl/project"
)

// answersHead stands at the top of a file of answers.
const answersHead = "# Answers for: deployctl init --answers THIS_FILE\n# Each line is what --set takes; docs/description.md lists the keys.\n"

// MarshalAnswers writes answers, a line each, as ParseAnswers reads them.
func MarshalAnswers(changes []project.Change) string {
	var b strings.Builder
	b.WriteString(answersHead)
	for _, c := range changes {
		value := c.Value
		if strings.TrimSpace(value) != value || strings.HasPrefix(value, `"`) || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			value = strconv.Quote(value)
		}
		b.WriteString(strings.TrimRight(c.Key+" = "+value, " ") + "\n")
	}
	return b.String()
}

// ParseAnswers reads a file of answers: KEY = VALUE a line, # before a comment.
// A value in double quotes is read as Go reads a string.
func ParseAnswers(name, src string) ([]project.Change, error) {
	var changes []project.Change
	n := 0
	for line := range strings.Lines(src) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok {
			return nil, fmt.Errorf("%s:%d: %q is no answer: write KEY = VALUE", name, n, line)
		}
		value = strings.TrimSpace(value)
		if strings.HasPrefix(value, `"`) {
			unquoted, err := strconv.Unquote(value)
			if err != nil {
				return nil, fmt.Errorf("%s:%d: %s has no closing quote", name, n, value)
			}
			value = unquoted
		}
		changes = append(changes, project.Change{Key: strings.TrimSpace(key), Value: value})
	}
	return changes, nil
}

// Apply gives a description the answers, in their order.
func Apply(p *project.Project, changes []project.Change) error {
	for _, c := range changes {
		if c.Key == placeKey { // of a state that is replayed
			continue
		}
		if err := p.Set(c.Key, c.Value); err != nil {
			return fmt.Errorf("%s: %w", c, err)
		}
	}
	return nil
}

// SaveAnswers writes answers to a file.
func SaveAnswers(path string, changes []project.Change) error {
	return atomicfile.Write(path, []byte(MarshalAnswers(changes)), 0o644)
}

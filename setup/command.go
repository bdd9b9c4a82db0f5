package setup

import (
	"regexp"
	"strings"

	"github.com/deployctl/deployctl/project"
)

// Flags are the options of init that stand for a key of the description.
var Flags = []struct{ Name, Key string }{
	{"name", "project.name"}, {"module", "project.module"}, {"root", "project.root"}, {"endpoint", "app.endpoint"},
}

// Command returns the words of the command line that does without questions
// what the answers came to, quoted for a shell. from is what init begins with in
// that folder.
func Command(dir string, from, to *project.Project, force bool) []string {
	words := []string{"deployctl", "init", "--yes"}
	if force {
		words = append(words, "--force")
	}
	for _, c := range project.Changes(from, to) {
		flag := ""
		for _, f := range Flags {
			if f.Key == c.Key {
				flag = f.Name
			}
		}
		if flag != "" && c.Value != "" {
			words = append(words, "--"+flag, quote(c.Value))
		} else {
			words = append(words, "--set", quote(c.String()))
		}
	}
	if dir != "" && dir != "." {
		words = append(words, quote(dir))
	}
	return words
}

var safe = regexp.MustCompile(`^[A-Za-z0-9_./:,=@%+-]+$`)

// quote writes a word so that a POSIX shell reads it as it is.
func quote(s string) string {
	if safe.MatchString(s) && !strings.HasPrefix(s, "-") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

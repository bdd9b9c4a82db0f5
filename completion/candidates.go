package completion

import (
	"regexp"
	"strings"

	"github.com/urfave/cli/v2"
)

// Candidate is a word that may stand where the cursor is.
type Candidate struct{ Word, Usage string }

// Candidates returns what may stand in place of the last of the words that
// follow the program's name, in the order of the help texts. Nothing means
// that a file's name is as good a guess as any. Arguments returns the arguments
// that a command takes, by its full name.
func Candidates(app *cli.App, words []string, arguments func(command string) []Candidate) []Candidate {
	if len(words) == 0 {
		return nil
	}
	before, word := words[:len(words)-1], words[len(words)-1]
	at := &cli.Command{Subcommands: app.Commands}
	var name []string
	for len(before) > 0 {
		next := at.Command(before[0])
		if next == nil {
			break
		}
		at, name, before = next, append(name, next.Name), before[1:]
	}
	return starting(word, offered(at, strings.Join(name, " "), before, word, arguments))
}

// offered returns all candidates at a command, behind some of its words.
func offered(at *cli.Command, name string, before []string, word string, arguments func(string) []Candidate) []Candidate {
	if n := len(before); n > 0 {
		if f := flagNamed(at, before[n-1]); f != nil && takesValue(f) {
			return values(f)
		}
	}
	switch {
	case strings.HasPrefix(word, "-"):
		return flags(at)
	case len(at.Subcommands) > 0 && len(before) == 0:
		var found []Candidate
		for _, c := range at.Subcommands {
			if !c.Hidden {
				found = append(found, Candidate{c.Name, c.Usage})
			}
		}
		return found
	case name == "":
		return nil
	}
	return arguments(name)
}

func flagNamed(c *cli.Command, word string) cli.Flag {
	for _, f := range c.Flags {
		for _, n := range f.Names() {
			if word == "--"+n || word == "-"+n {
				return f
			}
		}
	}
	return nil
}

func takesValue(f cli.Flag) bool {
	d, ok := f.(cli.DocGenerationFlag)
	return ok && d.TakesValue()
}

func flags(c *cli.Command) []Candidate {
	found := []Candidate(nil)
	for _, f := range c.VisibleFlags() {
		if d, ok := f.(cli.DocGenerationFlag); ok {
			found = append(found, Candidate{"--" + f.Names()[0], d.GetUsage()})
		}
	}
	return append(found, Candidate{"--help", "show help"})
}

// listed finds the values in a flag's help: "text or json", "what: a, b or c".
var listed = regexp.MustCompile(`(?:^|: )([\w-]+(?:, [\w-]+)* or [\w-]+)\b`)

// values returns the values that a flag's help lists.
func values(f cli.Flag) []Candidate {
	m := listed.FindStringSubmatch(f.(cli.DocGenerationFlag).GetUsage())
	if m == nil {
		return nil
	}
	var found []Candidate
	for _, v := range strings.Split(strings.Replace(m[1], " or ", ", ", 1), ", ") {
		found = append(found, Candidate{Word: v})
	}
	return found
}

func starting(prefix string, all []Candidate) []Candidate {
	var found []Candidate
	for _, c := range all {
		if strings.HasPrefix(c.Word, prefix) {
			found = append(found, c)
		}
	}
	return found
}

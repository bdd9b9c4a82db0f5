package lint

import (
	"fmt"
	"strings"
)

// Page is a rule's manual page, taken apart. The page is Markdown:
//
//	# rule-id
//	One paragraph or more: what is wrong, the symptom, how to mend it.
//	## Bad
//	```nginx nginx.conf
//	...
//	```
//	```ini uwsgi.ini
//	...
//	```
//	## Output
//	```text
//	nginx.conf:1:1: error: ... [rule-id]
//	```
//	## Fixed
//	the files of Bad that --fix changes; stands where the rule is fixable
//	## Good
//	files in which the rule finds nothing
//
// A page in another language is called rule-id.LANGUAGE.md: the title, the
// rule's summary as the first paragraph, then the text; the examples are those
// of the English page.
//
// A file is named after the language of its block. Several examples may follow
// one another: each Bad starts a new one.
type Page struct {
	Title string
	// Summary is the rule's one line. The English page leaves it to the rule.
	Summary string
	// Intro is the text before the first example.
	Intro    string
	Examples []Example
}

// Example is one Bad with what belongs to it, or a Good alone.
type Example struct {
	Bad    []PageFile
	Output string
	Fixed  []PageFile
	Good   []PageFile
}

// PageFile is a file of an example.
type PageFile struct{ Name, Text string }

// ParsePage reads a manual page.
func ParsePage(text string) (*Page, error) {
	page := &Page{}
	var intro strings.Builder
	section := ""
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		switch {
		case strings.HasPrefix(line, "# ") && page.Title == "":
			page.Title = line[2:]
		case strings.HasPrefix(line, "## "):
			section = line[3:]
			if section == "Bad" || section == "Good" && len(page.Examples) == 0 {
				page.Examples = append(page.Examples, Example{})
			}
		case section == "":
			intro.WriteString(line)
			intro.WriteByte('\n')
		case strings.HasPrefix(line, "```"):
			name := line[3:]
			if _, after, ok := strings.Cut(name, " "); ok {
				name = after
			}
			var body strings.Builder
			for i++; i < len(lines) && lines[i] != "```"; i++ {
				body.WriteString(lines[i])
				body.WriteByte('\n')
			}
			if i == len(lines) {
				return nil, fmt.Errorf("%s: the block %q is not closed", page.Title, name)
			}
			if len(page.Examples) == 0 {
				return nil, fmt.Errorf("%s: %q stands before any Bad or Good", page.Title, section)
			}
			e := &page.Examples[len(page.Examples)-1]
			file := PageFile{name, body.String()}
			switch section {
			case "Bad":
				e.Bad = append(e.Bad, file)
			case "Output":
				e.Output = body.String()
			case "Fixed":
				e.Fixed = append(e.Fixed, file)
			case "Good":
				e.Good = append(e.Good, file)
			default:
				return nil, fmt.Errorf("%s: a block in the section %q", page.Title, section)
			}
		}
	}
	page.Intro = strings.TrimSpace(intro.String())
	return page, nil
}

// Examples returns the part of the rule's page that holds the examples, as it
// stands there.
func (r *Rule) Examples() string {
	if i := strings.Index(r.Page, "\n## "); i >= 0 {
		return r.Page[i+1:]
	}
	return ""
}

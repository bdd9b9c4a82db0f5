package launch

import (
	"regexp"
	"strconv"
	"strings"
)

// Translate names the user's files and lines in a text that names those of the
// scratch folder, as messages of nginx and of the embedded engines do.
func (p *Plan) Translate(text string) string {
	if p == nil || !strings.Contains(text, p.Options.Scratch) {
		return text
	}
	replace := func(path string, lines []Place, text string) string {
		if !strings.Contains(text, path) {
			return text
		}
		numbered := regexp.MustCompile(regexp.QuoteMeta(path) + `:(\d+)(:\d+)?`)
		text = numbered.ReplaceAllStringFunc(text, func(found string) string {
			n, _ := strconv.Atoi(numbered.FindStringSubmatch(found)[1])
			if at := lineOf(lines, n); at.File != "" {
				return at.String()
			}
			return found
		})
		return text
	}
	if p.Nginx != nil {
		text = replace(p.Nginx.Path, p.Nginx.lines, text)
	}
	for _, u := range p.Uwsgi {
		text = replace(u.Path, u.lines, text)
		text = strings.ReplaceAll(text, u.Path, u.Source.Main.Name)
	}
	return text
}

// lineOf returns where line n, counted from 1, comes from.
func lineOf(lines []Place, n int) Place {
	if n < 1 || n > len(lines) {
		return Place{}
	}
	return lines[n-1]
}

// Place returns where a line of the file that runs stands in the user's.
func (n *NginxPlan) Place(line int) Place { return lineOf(n.lines, line) }

// Place returns where a line of the file that runs stands in the user's.
func (u *UwsgiPlan) Place(line int) Place { return lineOf(u.lines, line) }

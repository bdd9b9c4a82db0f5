package uwsgirule

import (
	"sort"
	"strings"

	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
	"github.com/deployctl/deployctl/uwsgi/option"
)

// written calls visit for every option that stands in a file as a line of its
// own: once for a line that a loop repeats, and not for what set makes.
func written(p *lint.Pass, visit func(*uwsgi.Config, *uwsgi.Option)) {
	for _, c := range p.Uwsgi {
		var last *uwsgi.Entry
		for _, o := range c.Options {
			if o.Entry != last && o.Key == o.Entry.Key {
				visit(c, o)
			}
			last = o.Entry
		}
	}
}

// problems calls visit for every fault of the given kinds that was found while
// the configurations were resolved.
func problems(p *lint.Pass, visit func(*uwsgi.Config, *uwsgi.Problem), kinds ...uwsgi.ProblemKind) {
	for _, c := range p.Uwsgi {
		for i := range c.Problems {
			for _, k := range kinds {
				if c.Problems[i].Kind == k {
					visit(c, &c.Problems[i])
				}
			}
		}
	}
}

// isKnown tells whether a value is a plain one: nothing in it waits for a
// placeholder, or for a template to be filled in.
func isKnown(o *uwsgi.Option) bool {
	return !o.Unresolved && !isTemplate(o.Value)
}

// isTemplate tells whether a text is still to be rendered by another program.
func isTemplate(text string) bool {
	return strings.Contains(text, "${") || strings.Contains(text, "{{") || strings.HasPrefix(text, "{") || strings.Contains(text, "{%") || strings.Contains(text, "<%")
}

// known returns the row of an option that uWSGI 2.0 has, or nil: what only the
// development branch knows is silently ignored.
func known(o *uwsgi.Option) *option.Option {
	if o.Info == nil || o.Info.Since == development {
		return nil
	}
	return o.Info
}

// development is the release of options that only uWSGI's development branch has.
const development = "2.1-dev"

// isNumeric tells whether an option's value is read as a number.
func isNumeric(k option.Kind) bool {
	switch k {
	case option.Int, option.RawInt, option.Uint64, option.Uint16, option.Megabytes:
		return true
	}
	return false
}

// sectionOf returns the section that an option stands in.
func sectionOf(o *uwsgi.Option) *uwsgi.Section {
	sections := o.File.Sections
	n := sort.Search(len(sections), func(i int) bool { return sections[i].Header.Start > o.Entry.KeySpan().Start })
	if n == 0 {
		return nil
	}
	return sections[n-1]
}

// serves tells whether a configuration runs an application, and is no piece
// that others include, and no emperor or router.
func serves(c *uwsgi.Config) bool {
	for _, name := range [...]string{"socket", "http-socket", "http11-socket", "https-socket", "fastcgi-socket", "scgi-socket", "suwsgi-socket", "puwsgi-socket", "http", "https", "module", "wsgi-file", "mount", "paste", "processes"} {
		if c.Get(name) != nil {
			return true
		}
	}
	return false
}

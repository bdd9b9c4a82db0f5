package uwsgi

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/uwsgi/option"
)

// skipped reports options that stand in a section that nothing reads, and
// sections that are split.
func (l *loader) skipped(f *File) {
	seen := make(map[string]*Section, 1)
	for _, s := range f.Sections {
		if s.Header.Len() == 0 || strings.EqualFold(strings.Trim(s.Name, "[] \t"), mainSection) && s.Name != mainSection {
			continue
		}
		if l.read[f][s.Name] {
			if first := seen[s.Name]; first != nil && len(s.Entries) > 0 {
				l.problem(IgnoredSection, f, s.Header, "[%s] stands here a second time: uWSGI reads both parts as one section", s.Name)
			}
			seen[s.Name] = s
			continue
		}
		if meansUWSGI(s) {
			l.problem(IgnoredSection, f, s.Header, "nothing reads the section [%s]: uWSGI reads [%s] alone", s.Name, l.cfg.Section)
		}
	}
}

// meansUWSGI tells whether a section holds nothing but options of uWSGI, and
// not another program's settings, which may share the file.
func meansUWSGI(s *Section) bool {
	for _, e := range s.Entries {
		if len(option.Lookup(e.Key)) == 0 {
			return false
		}
	}
	return len(s.Entries) > 0
}

// strays reports the % that delete what follows them.
func (l *loader) strays(f *File) {
	for _, s := range f.strays[:min(len(f.strays), maxFaults)] {
		at := diag.Span{Start: s.at, End: min(s.at+2, len(f.Src))}
		var p *Problem
		switch {
		case s.final, s.char == '}', s.at > 0 && f.Src[s.at-1] == '{':
			continue // the file's end, or a template's {% ... %}
		case s.char == '\n':
			at.End = at.Start + 1
			p = l.problem(StrayPercent, f, at, "the % at the end of the line deletes the line's end: the next line becomes part of this one")
		case s.char == '\r':
			at.End = at.Start + 1
			p = l.problem(StrayPercent, f, at, "uWSGI deletes the % at the end of the line")
		default:
			p = l.problem(StrayPercent, f, at, "uWSGI deletes %q: %% and the character after it stand for one of its own variables, and there is none of that name", f.Src[at.Start:at.End])
		}
		p.Fix = []diag.Edit{{File: f.File, Span: diag.Span{Start: s.at, End: s.at + 1}, New: "%%"}}
	}
}

package uwsgi

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/deployctl/deployctl/diag"
)

// include reads the file that an option names.
func (l *loader) include(o *Option) {
	if l.full || o.Unresolved {
		return
	}
	target, section := o.Value, mainSection
	takesSection := o.Info.Handler != "uwsgi_opt_load"
	if takesSection || strings.HasSuffix(target, ".ini") {
		if colon := strings.LastIndexByte(target, ':'); colon >= 0 && !strings.Contains(target[colon:], "/") {
			if colon+1 < len(target) {
				section = target[colon+1:]
			}
			target = target[:colon]
		}
	}
	if target == "" && takesSection {
		target = l.lastINI
	}
	at := o.ValueLocation().Span
	switch {
	case o.Value == "":
		l.problem(MissingInclude, o.File, at, "%s names no file", o.Key)
		return
	case target == "" && l.name == "":
		l.problem(Unsupported, o.File, at, "the file that %s speaks of is not known here", o.Key)
		return
	case strings.Contains(target, "://") || target == "-":
		l.problem(Unsupported, o.File, at, "%s is not read: only files are", target)
		return
	case o.Info.Handler == "uwsgi_opt_load_config":
		l.problem(MissingInclude, o.File, at, "uWSGI does not load %s: %s takes only what a plugin has registered for it, ini and include take files", target, o.Key)
		return
	case !takesSection && !hasKnownSuffix(target):
		l.problem(MissingInclude, o.File, at, "uWSGI does not load %s: %s goes by the suffix of the name (.ini, .xml, .yaml, .yml, .json or .js)", target, o.Key)
		return
	}
	name := target
	if !path.IsAbs(name) {
		name = path.Join(l.dir, name)
	}
	name = path.Clean(name)
	for _, open := range l.stack {
		if open == name+":"+section {
			l.problem(IncludeCycle, o.File, at, "%s includes itself: uWSGI has no guard against that, and crashes", target)
			return
		}
	}
	if o.Info.Name == "inherit" && l.inherits(o, name) {
		l.problem(IncludeCycle, o.File, at, "%s inherits from itself: uWSGI reads it again and again", target)
		return
	}
	if l.includes++; l.includes > maxIncludes || len(l.stack) >= maxDepth {
		if l.includes > maxIncludes {
			l.full = true
		}
		l.problem(TooLarge, o.File, at, "includes go deeper than %d files, or there are more than %d: the rest is not read here", maxDepth, maxIncludes)
		return
	}
	f := l.open(o, target, name, section)
	if f == nil {
		return
	}
	if f.Format == INI {
		l.lastINI = name
	}
	maybe := l.maybe
	l.maybe = maybe || o.Maybe
	l.section(f, name, section, o)
	l.maybe = maybe
}

func hasKnownSuffix(name string) bool {
	return FormatOf(name) != INI || strings.HasSuffix(name, ".ini")
}

// open reads and parses an included file once.
func (l *loader) open(o *Option, target, name, section string) *File {
	if name == l.name && !l.cfg.Main.magic {
		return l.cfg.Main
	}
	if f := l.parsed[name]; f != nil && !f.magic {
		return f
	}
	if f := l.parsed[name+":"+section]; f != nil {
		return f
	}
	where := l.src.place(name)
	if name == l.name {
		// The main file again, with another %x: its places are the same.
		return parse(l.cfg.Main.File, where, &magicVars{path: name, given: target, section: asked(section), cwd: l.opts.Dir, main: l.main})
	}
	shown := l.shown(where)
	text, ok := l.src.changed(shown, where)
	if !ok {
		var err error
		if text, err = l.src.read(name, MaxFile); err != nil {
			reason := explain(err)
			if l.opts.Dir == "" && !path.IsAbs(target) {
				reason = diag.T("%s; uWSGI resolves it against the folder it is started in", reason)
			}
			l.problem(MissingInclude, o.File, o.ValueLocation().Span, "cannot include %s: %s", target, reason)
			return nil
		}
	}
	f := parse(diag.NewFile(shown, text), where, &magicVars{path: name, given: target, section: asked(section), cwd: l.opts.Dir, main: l.main})
	if l.parsed == nil {
		l.parsed = make(map[string]*File)
	}
	if f.magic {
		l.parsed[name+":"+section] = f
	} else {
		l.parsed[name] = f
	}
	l.addFile(f)
	return f
}

// asked returns the section that %x stands for: the one that was named.
func asked(section string) string {
	if section == mainSection {
		return ""
	}
	return section
}

// shown returns the name of an included file as the user would write it: next
// to the main file's when that is a relative path.
func (l *loader) shown(where string) string {
	main := l.cfg.Main
	if l.opts.FS != nil || main.Path == "" || filepath.IsAbs(main.Name) {
		return where
	}
	rel, err := filepath.Rel(filepath.Dir(main.Path), where)
	if err != nil {
		return where
	}
	return filepath.Join(filepath.Dir(main.Name), rel)
}

// inherit loads what inherit names: after all else, so that it overrides, and
// after placeholders were replaced, so that its own stay as they are.
func (l *loader) inherit() {
	for i := 0; i < len(l.cfg.Options) && !l.full; i++ {
		o := l.cfg.Options[i]
		if o.Info != nil && o.Info.Name == "inherit" {
			l.include(o)
		}
	}
	l.unclosed()
}

// inherits tells whether an inherit option stands in the file that it names,
// or in one that the file inherits from.
func (l *loader) inherits(o *Option, name string) bool {
	if l.heirs == nil {
		l.heirs = make(map[string]*Option)
	}
	where := l.src.place(name)
	for at, n := o, 0; at != nil && n < maxIncludes; n++ {
		if at.File.Path == where {
			return true
		}
		at = l.heirs[at.File.Path]
	}
	l.heirs[where] = o
	return false
}

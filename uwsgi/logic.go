package uwsgi

import (
	"path"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/uwsgi/option"

	"github.com/deployctl/deployctl/diag"
)

// logic is the block of for-* or if-* that is open. uWSGI has one at most, and
// multiplies each line of the block by itself (core/config.c).
type logic struct {
	open   *Option
	values []string // a line is added once for each, with %(_) replaced
	plain  bool     // %(_) stays as it is
	maybe  bool     // whether the lines count cannot be decided here
	closed bool     // an if-* that is not true
	// changes tells that a line of the block can change whether it is true:
	// uWSGI asks again for each.
	changes  bool
	reported bool // that it has no end
}

// begin opens the block that an option starts.
func (l *loader) begin(o *Option) {
	if o.Key == "else" {
		return
	}
	if l.logic.open != nil {
		l.nested(o.File, o.Entry)
		return
	}
	l.logic = l.evaluate(o)
}

// evaluate works out what the block of an option does to its lines.
func (l *loader) evaluate(o *Option) logic {
	g := logic{open: o, maybe: o.Maybe || l.maybe}
	name, want, compare := strings.Cut(o.Value, "=")
	not := strings.Contains(o.Info.Name, "-not-")
	decide := func(found, known bool, value string) {
		g.values, g.plain = []string{value}, value == "" && not
		if known && found == not {
			g.values, g.closed = nil, true
		}
		g.maybe = g.maybe || !known
	}
	switch strings.TrimPrefix(o.Info.Setting, "uwsgi_opt_logic (void *) uwsgi_logic_opt_") {
	case "for":
		g.values = tokens(o.Value)
	case "for_times":
		n, _ := atoi(o.Value)
		g.values = counted(min(n, maxOptions+1))
	case "for_glob":
		g.values = l.globbed(o)
	case "for_readline":
		g.values = l.lines(o, &g)
	case "if_opt", "if_not_opt":
		g.changes = true
		found := l.named(name)
		switch {
		case found == nil:
			decide(false, true, "")
		case compare:
			decide(found.Value == want, !found.Maybe && !found.Unresolved, found.Value)
		default:
			decide(true, !found.Maybe, found.Value)
		}
	case "if_env", "if_not_env":
		value, found := l.opts.Env[name]
		decide(found && (!compare || value == want), l.opts.Env != nil, value)
		if l.opts.Env == nil {
			// %(_) stands for a value that is not known here, unless it is compared.
			g.values, g.plain = []string{want}, !compare || not
		}
	case "if_reload":
		decide(false, true, "")
		g.plain = true
	case "if_not_reload":
		decide(false, true, "")
		g.plain = true
	case "if_plugin", "if_not_plugin":
		g.changes = true
		decide(true, l.plugins[o.Value], o.Value)
	case "if_exists", "if_not_exists",
		"if_file", "if_not_file",
		"if_dir", "if_not_dir":
		found, known := l.exists(o)
		decide(found, known, o.Value)
	default:
		decide(true, false, o.Value)
	}
	return g
}

// repeat adds a line of a block as often as the block says.
func (l *loader) repeat(f *File, e *Entry) {
	row := info(e.Key)
	if row != nil && row.Kind == option.Logic && e.Key != "else" {
		l.nested(f, e)
		return
	}
	if e.Key == "else" {
		l.problem(BadLogic, f, e.KeySpan(), "uWSGI 2.0 has no else: it takes it for an unknown option, and both branches stand in the same block")
	}
	if l.logic.changes {
		l.logic = l.evaluate(l.logic.open)
	}
	g := l.logic
	l.running = true
	defer func() { l.running = false }()
	holds := !g.plain && strings.Contains(e.Value, "%(_)")
	for _, v := range g.values {
		if l.full {
			return
		}
		value := e.Value
		if holds {
			if l.bytes += len(value) + len(v); l.bytes > maxBytes {
				l.add(f, e, e.Key, value, g.maybe)
				return
			}
			value = strings.ReplaceAll(value, "%(_)", v)
			l.bytes += len(value)
		}
		l.add(f, e, e.Key, value, g.maybe)
	}
}

func (l *loader) nested(f *File, e *Entry) {
	g := l.logic
	if g.changes {
		g = l.evaluate(g.open)
	}
	// Below a condition that does not hold uWSGI never gets to see it.
	p := l.problem(BadLogic, f, e.KeySpan(), "%s inside the block of %s: uWSGI has no nested logic", e.Key, l.logic.open.Key)
	p.Refused = len(g.values) > 0
}

// unclosed reports the block that is open when all files are read.
func (l *loader) unclosed() {
	o := l.logic.open
	if o == nil || l.full || l.logic.reported {
		return
	}
	l.logic.reported = true
	end := "endif"
	effect := diag.T("options below it count only when the condition holds, to the end of the file")
	if strings.HasPrefix(o.Info.Name, "for") {
		end, effect = "endfor", diag.T("every option below it is repeated, to the end of the file")
	}
	l.problem(BadLogic, o.File, o.Entry.KeySpan(), "the block of %s has no %s: %s", o.Key, end, effect)
}

// tokens splits at spaces as strtok does.
func tokens(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' })
}

func counted(n int) []string {
	if n <= 0 {
		return nil
	}
	values := make([]string, n)
	for i := range values {
		values[i] = strconv.Itoa(i + 1)
	}
	return values
}

// local makes a path of the configuration absolute.
func (l *loader) local(name string) string {
	if path.IsAbs(name) {
		return name
	}
	return path.Join(l.dir, name)
}

// exists looks whether the file of an if-* is there. What is missing from a
// copied tree, or from a developer's machine, may be there on the server.
func (l *loader) exists(o *Option) (found, known bool) {
	if o.Unresolved || strings.Contains(o.Value, "://") {
		return false, false
	}
	info, err := l.src.stat(l.local(o.Value))
	found = err == nil
	if found && strings.HasSuffix(o.Info.Setting, "_file") {
		found = info.Mode().IsRegular()
	}
	if found && strings.HasSuffix(o.Info.Setting, "_dir") {
		found = info.IsDir()
	}
	return found, l.opts.Here || found && l.opts.Root != ""
}

// globbed returns the files of for-glob; the pattern itself when there are none.
func (l *loader) globbed(o *Option) []string {
	if o.Unresolved {
		return []string{o.Value}
	}
	names := l.src.glob(l.local(o.Value))
	if len(names) == 0 {
		return []string{o.Value}
	}
	for i, name := range names {
		if !path.IsAbs(o.Value) {
			names[i] = strings.TrimPrefix(strings.TrimPrefix(name, l.dir), "/")
		}
		if info, err := l.src.stat(name); err == nil && info.IsDir() {
			names[i] += "/"
		}
	}
	return names
}

// lines returns the lines of the file of for-readline.
func (l *loader) lines(o *Option, g *logic) []string {
	if o.Unresolved {
		g.maybe = true
		return nil
	}
	text, err := l.src.read(l.local(o.Value), maxContent)
	if err != nil {
		g.maybe = true
		if l.opts.Here {
			l.problem(MissingInclude, o.File, o.ValueLocation().Span, "cannot read %s: %s", o.Value, explain(err))
		}
		return nil
	}
	text = strings.TrimSuffix(text, "\n")
	if text == "" {
		return nil
	}
	values := strings.Split(text, "\n")
	for i := range values {
		values[i] = strings.TrimRight(values[i], "\r\n")
	}
	return values
}

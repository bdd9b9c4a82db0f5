package uwsgi

import (
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/uwsgi/option"
)

// maxContent is the size in bytes of the largest file that @(file) and
// for-readline read.
const maxContent = 64 << 10

// maxNesting is how deep parentheses in parentheses are followed.
const maxNesting = 64

// maxReported bounds how many placeholders of one value are reported.
const maxReported = 8

// maxReplacements bounds how often one value is searched again: uWSGI itself
// runs for ever on a placeholder that refers to itself.
const maxReplacements = 256

// resolve runs the three passes over the options that are not yet obeyed:
// $(ENV), @(file), %(placeholder) (core/uwsgi.c, uwsgi_setup).
func (l *loader) resolve() {
	passes := [...]struct {
		symbol byte
		find   func(name string) (string, bool)
	}{
		{'$', func(name string) (string, bool) { v, ok := l.opts.Env[name]; return v, ok }},
		{'@', l.content},
		{'%', l.substitute},
	}
	waiting := make([]*Option, 0, 8)
	for _, o := range l.cfg.Options {
		if (o.Info == nil || !o.Info.Immediate) && !l.literal[o] && strings.ContainsAny(o.Value, "$@%") && strings.IndexByte(o.Value, '(') >= 0 {
			waiting = append(waiting, o)
		}
	}
	endless := make(map[*Option]bool)
	for _, p := range passes {
		for _, o := range waiting {
			l.tainted = false
			ok := l.pass(o, p.symbol, p.find)
			o.Unresolved = o.Unresolved || l.tainted
			if !ok && !o.Unresolved {
				o.Unresolved = true
				endless[o] = true
				l.problem(UndefinedPlaceholder, o.File, o.ValueLocation().Span, "the placeholders of %s lead back to themselves: uWSGI never ends replacing them", o.Key)
			}
		}
	}
	for _, o := range waiting {
		if !endless[o] {
			l.left(o)
		}
	}
}

// pass replaces symbol(name) in an option's value, in uWSGI's own way
// (core/utils.c, uwsgi_apply_config_pass): after each replacement it starts
// over at the second byte, so that a placeholder which another one puts at the
// value's beginning stays as it is. It returns false when it does not end.
func (l *loader) pass(o *Option, symbol byte, find func(string) (string, bool)) bool {
	value := o.Value
	state, depth, key := 0, 0, 0
	replaced := 0
	for j := 0; j < len(value); j++ {
		c := value[j]
		switch {
		case c == symbol:
			state = 1
		case c == '(' && state == 1:
			state, depth, key = 2, 0, j+1
		case state <= 1:
			state = 0
		case c == '(':
			state++
			depth++
		case c == ')' && depth > 0:
			state++
			depth--
		case c == ')':
			found, ok := "", false
			if state > 2 {
				found, ok = find(value[key : key+state-2])
			}
			state = 0
			if !ok {
				continue
			}
			replaced++
			size := len(value) + len(found)
			if l.bytes += size; replaced > maxReplacements || size > maxContent || l.bytes > maxBytes {
				return false
			}
			value = value[:key-2] + found + value[j+1:]
			o.Value = value
			j = 0
		default:
			state++
		}
	}
	return true
}

// substitute returns what stands for %(name): the first option of that name,
// or the result of a calculation, whose parts are separated by spaces and
// taken from left to right (core/config.c, uwsgi_manage_placeholder).
func (l *loader) substitute(name string) (string, bool) {
	if !strings.Contains(name, " ") {
		if o := l.named(name); o != nil {
			l.tainted = l.tainted || o.Unresolved
			return o.Value, true
		}
		return "", false
	}
	result, operator, any := "", "", false
	for _, part := range tokens(name) {
		var operand string
		switch {
		case part == "+" || part == "-" || part == "*" || part == "/":
			operator = part
			continue
		case part == "++" || part == "--":
			if any {
				n := strtoll(result)
				if part == "++" {
					n++
				} else {
					n--
				}
				result = strconv.FormatInt(n, 10)
			}
			operator = ""
			continue
		case isNumber(part):
			operand = part
		default:
			if o := l.named(part); o != nil {
				operand = o.Value
				l.tainted = l.tainted || o.Unresolved
			}
		}
		if operator == "" {
			if len(result)+len(operand) > maxContent {
				return "", false
			}
			result += operand
		} else {
			result = strconv.FormatInt(calculate(strtoll(result), operator, strtoll(operand)), 10)
		}
		operator, any = "", true
	}
	return result, any
}

func calculate(a int64, operator string, b int64) int64 {
	switch operator {
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	}
	if b == 0 || b == -1 {
		return -a * (b & 1) // a division by zero gives 0
	}
	return a / b
}

// named returns the first option of a name.
func (l *loader) named(name string) *Option {
	if l.names == nil {
		l.names = make(map[string]*Option, len(l.cfg.Options))
	}
	for _, o := range l.cfg.Options[l.indexed:] {
		if l.names[o.Key] == nil {
			l.names[o.Key] = o
		}
	}
	l.indexed = len(l.cfg.Options)
	return l.names[name]
}

// content returns what stands for @(name). Only regular files are read: nothing
// is run or fetched because a configuration says so. On a machine that is not
// known to be the server, absolute paths are not looked up.
func (l *loader) content(name string) (string, bool) {
	if strings.Contains(name, "://") || name == "-" || strings.HasPrefix(name, "/") && !l.opts.Here && l.opts.Root == "" && l.opts.FS == nil {
		return "", false
	}
	text, err := l.src.read(l.local(name), maxContent)
	if err != nil {
		return "", false
	}
	return strings.TrimSuffix(text, "\n"), true
}

// left looks for placeholders that nothing replaced.
func (l *loader) left(o *Option) {
	ref := reference(o.Value)
	if ref == "" || option.Same(o.Key, "logformat") {
		return // a log format has %(...) of its own, for each request
	}
	o.Unresolved = true
	if o.Entry.unknown {
		return // a variable such as %k is still in it
	}
	rest := o.Value
	for n := 0; ref != "" && n < maxReported; ref, n = reference(rest), n+1 {
		rest = rest[strings.Index(rest, ref)+len(ref):]
		name := ref[2 : len(ref)-1]
		switch {
		case ref[0] == '@' && l.opts.Here && !strings.ContainsAny(name, "$%@(:") && name != "-" && !l.src.has(l.local(name)):
			l.problem(MissingInclude, o.File, l.within(o, ref), "cannot read %s, whose content is to stand here", name)
		case ref[0] == '@' || ref[0] == '$' && l.opts.Env == nil || name == "_" && o.Maybe:
			continue
		case ref[0] == '$':
			l.problem(UndefinedPlaceholder, o.File, l.within(o, ref), "%s stays as it is: there is no environment variable %s", ref, name)
		case l.named(name) == nil:
			l.problem(UndefinedPlaceholder, o.File, l.within(o, ref), "%s stays as it is: no option and no placeholder is called %s", ref, name)
		default:
			l.problem(UndefinedPlaceholder, o.File, l.within(o, ref), "%s stays as it is: uWSGI does not search the beginning of a value again", ref)
		}
	}
}

// within returns the place of a part of an option's value, or of the value
// when the part came from elsewhere.
func (l *loader) within(o *Option, part string) diag.Span {
	at := o.ValueLocation().Span
	if n := strings.Index(o.File.Text(at), part); n >= 0 {
		return diag.Span{Start: at.Start + n, End: at.Start + n + len(part)}
	}
	return at
}

// reference returns the first %(...), $(...) or @(...) of a value, or "".
func reference(value string) string {
	var open [maxNesting]int
	depth, from, to := 0, -1, 0
	for i := 0; i < len(value); i++ {
		switch value[i] {
		case '(':
			if depth < len(open) {
				open[depth] = i
			}
			depth++
		case ')':
			if depth == 0 {
				continue
			}
			if depth--; depth >= len(open) {
				continue
			}
			// An empty name is no reference.
			at := open[depth]
			if at > 0 && i > at+1 && strings.IndexByte("%$@", value[at-1]) >= 0 && (from < 0 || at-1 < from) {
				from, to = at-1, i+1
			}
			if depth == 0 && from >= 0 {
				return value[from:to]
			}
		}
	}
	if from < 0 {
		return ""
	}
	return value[from:to]
}

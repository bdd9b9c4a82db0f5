package front

import (
	"strings"
)

// text is a value of the configuration with the variables in it.
type text struct {
	source string
	parts  []part // nil when there is no variable
}

// part is a literal, or a variable.
type part struct {
	literal string
	get     getter
}

// getter returns a variable's value for a request; false where nginx has none.
type getter func(*request) (string, bool)

// eval returns the value for a request.
func (t *text) eval(r *request) string {
	if t.parts == nil {
		return t.source
	}
	if len(t.parts) == 1 {
		v, _ := t.parts[0].get(r)
		return v
	}
	var b strings.Builder
	for i := range t.parts {
		if get := t.parts[i].get; get != nil {
			v, _ := get(r)
			b.WriteString(v)
			continue
		}
		b.WriteString(t.parts[i].literal)
	}
	return b.String()
}

// constant tells whether the value holds no variable.
func (t *text) constant() bool { return t.parts == nil }

// text compiles a value.
func (c *config) text(source string) *text {
	t := &text{source: source}
	rest := source
	for {
		i := strings.IndexByte(rest, '$')
		if i < 0 || i == len(rest)-1 {
			break
		}
		name, after := variableName(rest[i+1:])
		if name == "" {
			break
		}
		if i > 0 {
			t.parts = append(t.parts, part{literal: rest[:i]})
		}
		t.parts = append(t.parts, part{get: c.variable(name)})
		rest = after
	}
	if t.parts != nil && rest != "" {
		t.parts = append(t.parts, part{literal: rest})
	}
	return t
}

// variableName cuts the name of a variable off what follows a dollar sign.
func variableName(s string) (name, rest string) {
	if strings.HasPrefix(s, "{") {
		if name, rest, ok := strings.Cut(s[1:], "}"); ok {
			return name, rest
		}
		return "", s
	}
	if s[0] >= '1' && s[0] <= '9' {
		return s[:1], s[1:]
	}
	n := 0
	for n < len(s) && (s[n] == '_' || s[n] >= '0' && s[n] <= '9' || s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z') {
		n++
	}
	return s[:n], s[n:]
}

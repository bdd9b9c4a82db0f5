package gen

import (
	"fmt"
	"strings"
)

// word writes a value as one word of nginx's language. Values in which nginx
// would see a variable are refused: there is no way to write a dollar.
func word(s string) (string, error) {
	if strings.Contains(s, "$") {
		return "", fmt.Errorf("%q holds a $, which nginx would read as a variable", s)
	}
	return phrase(s)
}

// phrase writes a value as one word in which variables are meant.
func phrase(s string) (string, error) {
	if strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c == 0x7f }) {
		return "", fmt.Errorf("%q holds a line break or control character", s)
	}
	if s != "" && !strings.ContainsAny(s, " \t;{}\"'\\#") {
		return s, nil
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`, nil
}

// value writes a value of uwsgi.ini: % is doubled; what uWSGI would read as a
// placeholder is refused, since nothing escapes it.
func value(s string) (string, error) {
	switch {
	case strings.ContainsFunc(s, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }):
		return "", fmt.Errorf("%q holds a line break or control character", s)
	case strings.Contains(s, "%("), strings.Contains(s, "$("), strings.Contains(s, "@("):
		return "", fmt.Errorf("%q holds a placeholder, which uWSGI would fill in; write it in [uwsgi] if that is meant", s)
	case strings.HasSuffix(s, `\`):
		return "", fmt.Errorf("%q ends with a backslash, which looks as if the line went on", s)
	case strings.TrimSpace(s) != s:
		return "", fmt.Errorf("%q starts or ends with white space, which uWSGI takes off", s)
	}
	return strings.ReplaceAll(s, "%", "%%"), nil
}

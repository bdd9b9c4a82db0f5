package project

import (
	"strings"
)

// assignment is a module-level `NAME = value` of Python source.
type assignment struct {
	name string
	expr string // as written, continuation lines included
	line int    // from 1
}

// assignments reads the assignments at the left margin of Python source,
// without running it: brackets and triple quotes continue an expression over
// lines.
func assignments(src string) []assignment {
	var found []assignment
	lines := strings.Split(src, "\n")
	for i := 0; i < len(lines); i++ {
		name, rest, ok := strings.Cut(lines[i], "=")
		if !ok || strings.HasPrefix(rest, "=") {
			continue
		}
		name, _, _ = strings.Cut(name, ":") // an annotation
		name = strings.TrimRight(name, " \t")
		if !isName(name) {
			continue
		}
		a := assignment{name: name, line: i + 1}
		expr := stripComment(rest)
		for depth(expr) > 0 && i+1 < len(lines) && len(expr) < 1<<16 {
			i++
			expr += "\n" + stripComment(lines[i])
		}
		a.expr = strings.TrimSpace(expr)
		found = append(found, a)
	}
	return found
}

func isName(s string) bool {
	if s == "" || s[0] >= '0' && s[0] <= '9' {
		return false
	}
	for _, c := range []byte(s) {
		if c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}

// depth counts the brackets that an expression leaves open.
func depth(expr string) int {
	n := 0
	for i := 0; i < len(expr); i++ {
		switch expr[i] {
		case '(', '[', '{':
			n++
		case ')', ']', '}':
			n--
		case '"', '\'':
			i = stringEnd(expr, i)
		}
	}
	return n
}

// stringEnd returns the offset of the quote that ends the string at i.
func stringEnd(s string, i int) int {
	quote := s[i]
	for j := i + 1; j < len(s); j++ {
		switch s[j] {
		case '\\':
			j++
		case quote, '\n':
			return j
		}
	}
	return len(s)
}

func stripComment(line string) string {
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '"', '\'':
			i = stringEnd(line, i)
		case '#':
			return line[:i]
		}
	}
	return line
}

// literals returns the string literals of an expression, in order.
func literals(expr string) []string {
	var found []string
	for i := 0; i < len(expr); i++ {
		if expr[i] == '"' || expr[i] == '\'' {
			end := stringEnd(expr, i)
			if end <= len(expr) && end > i {
				found = append(found, expr[i+1:min(end, len(expr))])
			}
			i = end
		}
	}
	return found
}

// stringOf returns the value of an expression that is one string literal.
func stringOf(expr string) (string, bool) {
	expr = strings.TrimSpace(expr)
	if len(expr) < 2 || expr[0] != '"' && expr[0] != '\'' || stringEnd(expr, 0) != len(expr)-1 {
		return "", false
	}
	return expr[1 : len(expr)-1], true
}

// pathOf returns the value of an expression that is a path below BASE_DIR:
// BASE_DIR / "x" / "y", os.path.join(BASE_DIR, "x"), str(BASE_DIR / "x"),
// BASE_DIR.joinpath("x"), or an absolute literal. A path below BASE_DIR has no
// slash at its start.
func pathOf(expr string) (string, bool) {
	if s, ok := stringOf(expr); ok {
		return s, s != ""
	}
	if !strings.Contains(expr, "BASE_DIR") || strings.Contains(expr, "environ") || strings.Contains(expr, "getenv") ||
		strings.Contains(expr, "config(") || strings.Contains(expr, "env(") || strings.Contains(expr, ".parent") || strings.Contains(expr, "f\"") || strings.Contains(expr, "f'") {
		return "", false
	}
	parts := literals(expr)
	if len(parts) == 0 {
		return "", false
	}
	return strings.TrimLeft(strings.Join(parts, "/"), "/"), true
}

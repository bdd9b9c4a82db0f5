package project

import (
	"path"
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

// elements returns the string literals that stand in the lists, tuples and sets
// of an expression themselves; those in calls and subscripts are left out.
func elements(expr string) []string {
	var found []string
	depth, other := 0, 0 // brackets of lists, and brackets of anything else
	for i := 0; i < len(expr); i++ {
		switch c := expr[i]; c {
		case '(', '[', '{':
			before := strings.TrimRight(expr[:i], " \t")
			called := before != "" && (isName("_"+before[len(before)-1:]) || strings.HasSuffix(before, ")") || strings.HasSuffix(before, "]"))
			if called || other > 0 {
				other++
			} else {
				depth++
			}
		case ')', ']', '}':
			if other > 0 {
				other--
			} else {
				depth--
			}
		case '"', '\'':
			end := stringEnd(expr, i)
			// A string with a prefix (f"...") or a method ("...".split()) is no plain one.
			prefixed := i > 0 && isName("_"+expr[i-1:i])
			if depth > 0 && other == 0 && !prefixed && end < len(expr) && !strings.HasPrefix(expr[end+1:], ".") {
				found = append(found, expr[i+1:end])
			}
			i = end
		}
	}
	return found
}

// dirOf returns the folder, relative to the project's, that an expression of
// __file__ goes up to: Path(__file__).resolve().parent.parent, parents[1], or
// nested os.path.dirname calls, in the source file.
func dirOf(expr, file string) (string, bool) {
	if !strings.Contains(expr, "__file__") || strings.Contains(expr, "..") || strings.Contains(expr, "pardir") {
		return "", false
	}
	up := strings.Count(expr, "dirname(") + strings.Count(expr, ".parent") - strings.Count(expr, ".parents")
	if _, after, ok := strings.Cut(expr, ".parents["); ok {
		if after == "" || after[0] < '0' || after[0] > '9' || !strings.HasPrefix(after[1:], "]") {
			return "", false
		}
		up += int(after[0]-'0') + 1
	}
	dir := file
	for range up {
		if dir == "." {
			return "", false // above the project
		}
		dir = path.Dir(dir)
	}
	return dir, up > 0
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

package lang

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// message is a format that the sources hand to diag.T.
type message struct {
	format string
	args   bool // it is used with arguments
	at     string
}

// maker is a function that hands a format on to diag.T: which of its arguments
// that is.
type maker map[int]bool

// messages returns the formats of every package below the module's folder, by
// the package's folder. A function that hands one of its parameters on to
// diag.T makes messages too, and so do those that hand theirs on to it.
func messages(t *testing.T, root string) map[string][]message {
	t.Helper()
	packages := map[string][]*ast.File{}
	files := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch name := d.Name(); {
		case err != nil:
			return err
		case d.IsDir() && path != root && (name == "testdata" || name == "scripts" || name[0] == '.'):
			return fs.SkipDir
		case d.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		packages[filepath.ToSlash(folder)] = append(packages[filepath.ToSlash(folder)], file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]message{}
	for folder, sources := range packages {
		c := collector{t: t, files: files, own: folder == "diag", makers: map[string]maker{}}
		for before := -1; before != c.size(); {
			before, c.found = c.size(), nil
			for _, file := range sources {
				c.collect(file)
			}
		}
		if len(c.found) > 0 {
			found[folder] = c.found
		}
	}
	return found
}

// collector goes through one package.
type collector struct {
	t      *testing.T
	files  *token.FileSet
	own    bool             // it is package diag
	makers map[string]maker // by the function's name, a method's after a dot
	found  []message
}

func (c *collector) size() int {
	n := 0
	for _, m := range c.makers {
		n += len(m)
	}
	return n
}

func (c *collector) collect(file *ast.File) {
	for _, decl := range file.Decls {
		fn, _ := decl.(*ast.FuncDecl)
		if c.own && fn != nil && fn.Name.Name == "T" {
			continue
		}
		ast.Inspect(decl, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				if s, ok := n.Type.(*ast.SelectorExpr); ok && isIdent(s.X, "diag") && s.Sel.Name == "Text" && len(n.Elts) > 0 {
					c.t.Errorf("%s: diag.Text is written out; use diag.T", c.files.Position(n.Pos()))
				}
			case *ast.CallExpr:
				c.call(fn, n)
			}
			return true
		})
	}
}

// call looks at one call inside fn, which is nil outside functions.
func (c *collector) call(fn *ast.FuncDecl, call *ast.CallExpr) {
	var at maker
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		at = c.makers["."+f.Sel.Name]
		if isIdent(f.X, "diag") && f.Sel.Name == "T" {
			at = maker{0: true}
		}
	case *ast.Ident:
		at = c.makers[f.Name]
		if c.own && f.Name == "T" {
			at = maker{0: true}
		}
	case *ast.IndexExpr: // a generic function with its type written out
		if id, ok := f.X.(*ast.Ident); ok {
			at = c.makers[id.Name]
		}
	}
	if at == nil {
		return
	}
	other := true // a function of that name with fewer arguments
	for i := range call.Args {
		if !at[i] {
			continue
		}
		other = false
		if format, ok := constant(call.Args[i]); ok {
			c.found = append(c.found, message{format, len(call.Args) > i+1, c.files.Position(call.Args[i].Pos()).String()})
			return
		}
		if index := parameter(fn, call.Args[i]); index >= 0 {
			name := fn.Name.Name
			if fn.Recv != nil {
				name = "." + name
			}
			if c.makers[name] == nil {
				c.makers[name] = maker{}
			}
			c.makers[name][index] = true
			return
		}
	}
	if !other {
		c.t.Errorf("%s: the format is no constant", c.files.Position(call.Pos()))
	}
}

// constant returns the value of a string that is written out.
func constant(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil && e.Kind == token.STRING
	case *ast.ParenExpr:
		return constant(e.X)
	case *ast.BinaryExpr:
		left, ok := constant(e.X)
		right, also := constant(e.Y)
		return left + right, ok && also && e.Op == token.ADD
	}
	return "", false
}

// parameter returns which parameter of fn e is; -1 if none.
func parameter(fn *ast.FuncDecl, e ast.Expr) int {
	if fn == nil {
		return -1
	}
	i := 0
	for _, field := range fn.Type.Params.List {
		if n := slices.IndexFunc(field.Names, func(name *ast.Ident) bool { return isIdent(e, name.Name) }); n >= 0 {
			return i + n
		}
		i += max(1, len(field.Names))
	}
	return -1
}

func isIdent(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

// verb is one verb of a format, with the number of an argument and its flags.
var verb = regexp.MustCompile(`%(?:\[(\d+)\])?([-+# 0-9.]*)(%|[a-zA-Z])`)

// verbs returns which argument a format shows how: "1q", "2d".
func verbs(format string) []string {
	var found []string
	n := 0
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[3] == "%" {
			continue
		}
		n++
		if m[1] != "" {
			n, _ = strconv.Atoi(m[1])
		}
		found = append(found, strconv.Itoa(n)+m[2]+m[3])
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// speaks tells whether a format holds words of its own.
func speaks(m message) bool {
	text := m.format
	if m.args {
		text = verb.ReplaceAllString(text, "")
	}
	return strings.ContainsFunc(text, unicode.IsLetter)
}

// TestMessages compares the messages in the sources with the catalogs.
func TestMessages(t *testing.T) {
	t.Parallel()
	catalog, err := Catalog(Chinese)
	if err != nil {
		t.Fatal(err)
	}
	made := messages(t, "..")
	for folder, found := range made {
		if _, ok := sources[folder]; !ok {
			t.Errorf("%s makes messages, and its catalogs are not among those of this package", folder)
		}
		for _, m := range found {
			text, ok := catalog[m.format]
			switch {
			case !ok && speaks(m):
				t.Errorf("%s: add to %s/%s.po:\nmsgid %q\nmsgstr \"\"", m.at, folder, Chinese, m.format)
			case ok && m.args && !slices.Equal(verbs(m.format), verbs(text)):
				t.Errorf("%s: the verbs of %q are not those of %q", m.at, text, m.format)
			}
		}
	}
	for folder, files := range sources {
		text, err := files.ReadFile(Chinese + ".po")
		if err != nil {
			t.Fatal(err)
		}
		entries, err := ParsePO(string(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.English != "" && !slices.ContainsFunc(made[folder], func(m message) bool { return m.format == e.English }) {
				t.Errorf("%s/%s.po:%d: nothing says %q any more", folder, Chinese, e.Line, e.English)
			}
		}
	}
}

package lang

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// message is a format that the sources hand to diag.T.
type message struct {
	format string
	args   bool // it is used with arguments
	at     string
}

// maker is a function that hands a format on to diag.T: its index among the
// arguments.
type maker map[int]bool

// messages returns the formats of every package below the module's folder, by
// the package's folder. A function with a parameter `format string` that it
// hands on to diag.T makes messages too, and so do those that call it likewise.
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
		c := collector{t: t, files: files, makers: map[string]maker{}}
		for before := -1; before != c.size(); {
			before, c.found = c.size(), nil
			for _, file := range sources {
				c.collect(file, folder == "diag")
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
	makers map[string]maker // by the function's name
	found  []message
}

func (c *collector) size() int {
	n := 0
	for _, m := range c.makers {
		n += len(m)
	}
	return n
}

func (c *collector) collect(file *ast.File, own bool) {
	for _, decl := range file.Decls {
		fn, _ := decl.(*ast.FuncDecl)
		if own && fn != nil && fn.Name.Name == "T" {
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
		at = c.makers[f.Sel.Name]
		if isIdent(f.X, "diag") && f.Sel.Name == "T" {
			at = maker{0: true}
		}
	case *ast.Ident:
		at = c.makers[f.Name]
	}
	if at == nil {
		return
	}
	for i := range call.Args {
		if !at[i] {
			continue
		}
		if format, ok := constant(call.Args[i]); ok {
			c.found = append(c.found, message{format, len(call.Args) > i+1, c.files.Position(call.Args[i].Pos()).String()})
			return
		}
		if index := parameter(fn, call.Args[i]); index >= 0 {
			if c.makers[fn.Name.Name] == nil {
				c.makers[fn.Name.Name] = maker{}
			}
			c.makers[fn.Name.Name][index] = true
			return
		}
	}
	c.t.Errorf("%s: the format is no constant", c.files.Position(call.Pos()))
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

// parameter returns which parameter of fn, called format, e is; -1 if none.
func parameter(fn *ast.FuncDecl, e ast.Expr) int {
	if fn == nil || !isIdent(e, "format") {
		return -1
	}
	i := 0
	for _, field := range fn.Type.Params.List {
		if n := slices.IndexFunc(field.Names, func(name *ast.Ident) bool { return name.Name == "format" }); n >= 0 {
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

func TestDump(t *testing.T) {
	for folder, ms := range messages(t, "..") {
		for _, m := range ms {
			t.Logf("@@%s\t%v\t%q\t%s", folder, m.args, m.format, m.at)
		}
	}
}

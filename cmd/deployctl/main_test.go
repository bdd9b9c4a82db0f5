package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/deployctl/deployctl/internal/realtest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"deployctl": main})
}

// TestScript runs the command lines of testdata/script.
func TestScript(t *testing.T) {
	t.Parallel()
	shared, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "../../testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("SHARED", shared)
			e.Setenv("NO_COLOR", "")
			e.Setenv("XDG_RUNTIME_DIR", "")
			e.Defer(func() { stopRuns(e.WorkDir) })
			return nil
		},
		// real:PROGRAM is true where the program is installed; without it the test
		// fails where realtest.Require asks for it.
		Condition: func(cond string) (bool, error) {
			program, ok := strings.CutPrefix(cond, "real:")
			if !ok {
				return false, fmt.Errorf("unknown condition %q", cond)
			}
			_, err := exec.LookPath(program)
			if err != nil && os.Getenv(realtest.Require) != "1" {
				return false, nil
			}
			return true, err
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			// cptree copies a folder of the shared test data.
			"cptree": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Check(os.CopyFS(ts.MkAbs(args[1]), os.DirFS(filepath.Join(shared, args[0]))))
			},
			"get":   get,
			"await": awaitOutput,
			// repeat writes a file that holds a text N times.
			"repeat": func(ts *testscript.TestScript, _ bool, args []string) {
				n := 0
				for _, c := range args[1] {
					n = n*10 + int(c-'0')
				}
				text := strings.NewReplacer(`\n`, "\n", `\0`, "\x00").Replace(args[2])
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Repeat(text, n)), 0o644))
			},
		},
	})
}

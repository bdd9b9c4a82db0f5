package uwsgirule_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/deployctl/deployctl/internal/machine"
	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/report"
	"github.com/deployctl/deployctl/lint/rules/uwsgirule"
	"github.com/deployctl/deployctl/pair"
)

// mutants is the environment variable that says how many mutants are compared;
// a tenth as many are really started.
const mutants = "DEPLOYCTL_UWSGI_MUTANTS"

// atOnce are the rules that know what uWSGI refuses while it reads its
// configuration, and so in a dry run.
var atOnce = []string{"uwsgi-syntax", "uwsgi-include", "uwsgi-unknown-option", "uwsgi-bad-value", "uwsgi-option-order", "uwsgi-inline-comment", "uwsgi-undefined-placeholder", "uwsgi-missing-plugin", "uwsgi-missing-path", "uwsgi-socket-address"}

// late are words of the reasons why uWSGI ends after the dry run.
var late = []string{"chdir()", "user  not found", "open(%q)", "invalid mountpoint", "compiles its routes"}

// TestStartConfirm changes working configurations in small ways and compares
// what the findings say of the start with a dry run of uWSGI.
func TestStartConfirm(t *testing.T) {
	t.Parallel()
	program := realtest.Need(t, "uwsgi")
	box, bases := startBox(t)
	compare(t, count(t, 400), bases, func(worker int, src string) (refused bool, out, ours string) {
		path := filepath.Join(box, fmt.Sprintf("mutant%d.ini", worker))
		if err := os.WriteFile(path, []byte(src), 0o644); err != nil {
			t.Error(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		cmd := exec.CommandContext(ctx, program, "--get", "nothing", path)
		cmd.Dir, cmd.Env = box, []string{"STAGE=live"}
		text, err := cmd.CombinedOutput()
		return err != nil, string(text), refusal(t, path, src, atOnce, true)
	})
}

// ofMachine are lines whose effect on a start is a question of the disk, of
// accounts, and of Python code.
var ofMachine = regexp.MustCompile(`(?m)^(chdir|need-app|callable|mount|base|uid|gid|farm) .*\n`)

// TestReallyStarts does the same with a real start of fewer mutants, which asks
// for sockets, folders and numbers of workers too.
func TestReallyStarts(t *testing.T) {
	t.Parallel()
	program := realtest.Need(t, "uwsgi")
	box, all := startBox(t)
	var bases []string
	for _, base := range all {
		// A logger of its own would hide the log.
		if !strings.Contains(base, "logger =") {
			bases = append(bases, base)
		}
	}
	compare(t, count(t, 40), bases, func(worker int, src string) (refused bool, out, ours string) {
		src = ofMachine.ReplaceAllString(src, "")
		own := filepath.Join(box, strconv.Itoa(worker))
		if err := os.MkdirAll(own, 0o755); err != nil {
			t.Error(err)
		}
		path := filepath.Join(own, "uwsgi.ini")
		if err := os.WriteFile(path, []byte(src), 0o644); err != nil {
			t.Error(err)
		}
		refused, out = starts(t, program, own, path)
		return refused, out, refusal(t, path, src, nil, false)
	})
}

// count returns how many mutants to compare.
func count(t *testing.T, usual int) int {
	if n, err := strconv.Atoi(os.Getenv(mutants)); err == nil && n > 0 {
		return n * usual / 400
	}
	return usual
}

// startBox makes a folder with what the configurations name, and returns it
// with the configurations.
func startBox(t *testing.T) (box string, bases []string) {
	t.Helper()
	box, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob("testdata/start/*.ini")
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(path) != "common.ini" {
			bases = append(bases, strings.ReplaceAll(string(text), "@DIR@", box))
			continue
		}
		if err := os.WriteFile(filepath.Join(box, "common.ini"), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if len(bases) < 3 {
		t.Fatalf("%d configurations", len(bases))
	}
	for name, text := range map[string]string{
		"app.py":  "def application(environ, start):\n    start('200 OK', [])\n    return [b'ok']\n",
		"mule.py": "import time\nwhile True:\n    time.sleep(60)\n",
	} {
		if err := os.WriteFile(filepath.Join(box, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return box, bases
}

// compare asks uWSGI and the rules about mutants, and fails when they agree on
// fewer than 99 in 100.
func compare(t *testing.T, n int, bases []string, ask func(worker int, src string) (refused bool, out, ours string)) {
	t.Helper()
	var next, agreed, both atomic.Int64
	var mu sync.Mutex
	var differ []string
	var wg sync.WaitGroup
	for worker := range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n+len(bases) {
					return
				}
				how, src := "nothing", ""
				if i < len(bases) {
					src = bases[i]
				} else {
					how, src = mutate(rand.New(rand.NewPCG(1, uint64(i))), bases)
				}
				refused, out, ours := ask(worker, src)
				if refused == (ours != "") {
					agreed.Add(1)
					if refused {
						both.Add(1)
					}
					continue
				}
				mu.Lock()
				differ = append(differ, fmt.Sprintf("mutant %d: %s\n  refused: %v %s\n  ours: %s", i, how, refused, last(out), ours))
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	all := n + len(bases)
	share := 100 * float64(agreed.Load()) / float64(all)
	t.Logf("uWSGI and the rules agree on %d of %d (%.2f %%), %d of them refused", agreed.Load(), all, share, both.Load())
	for _, d := range differ {
		t.Log(d)
	}
	if len(differ) > max(1, all/100) {
		t.Errorf("the verdicts agree on %.2f %%, and 99 %% is asked for", share)
	}
	if both.Load() < int64(n/40) {
		t.Errorf("only %d of %d mutants are refused: the mutations are too tame", both.Load(), n)
	}
}

// last returns the last lines of an output.
func last(out string) string {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	return strings.Join(lines[max(0, len(lines)-3):], " | ")
}

// refusal returns the first finding that says that uWSGI ends instead of
// starting, "" when none does.
func refusal(t *testing.T, path, src string, rules []string, dry bool) string {
	t.Helper()
	p, err := pair.Load([]string{path}, pair.Options{Overlay: map[string]string{path: src}, Here: true})
	if err != nil {
		return err.Error()
	}
	r := lint.Run(p, uwsgirule.Rules, lint.Options{Target: lint.Target{Uwsgi: "2.0.21", OS: "debian"}, Machine: machine.Local(), Config: lint.Config{Select: rules}})
	for _, b := range r.Broken {
		t.Errorf("%s fails: %v\n%s", b.Rule, b.Reason, b.Stack)
	}
	for _, d := range r.Diagnostics {
		if strings.Contains(d.Message.Format, "never ends") {
			return report.Line(d)
		}
		if strings.Contains(d.Why.Format, "uWSGI ends") && !(dry && slices.ContainsFunc(late, func(s string) bool { return strings.Contains(d.Why.Format, s) })) {
			return report.Line(d)
		}
	}
	return ""
}

// started are lines that uWSGI logs once it has opened its sockets, or has
// nothing to open.
var started = [][]byte{[]byte("spawned uWSGI"), []byte("no app loaded. going"), []byte("WSGI app 0 (mountpoint")}

// starts tells whether uWSGI ends by itself soon after it was started. The
// whole group of processes is killed in any case.
func starts(t *testing.T, program, box, path string) (refused bool, out string) {
	t.Helper()
	cmd := exec.Command(program, path)
	cmd.Dir, cmd.Env = box, []string{"STAGE=live"}
	var log syncBuffer
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.WaitDelay = time.Second
	ownGroup(cmd)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	defer killGroup(cmd)
	deadline := time.After(5 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			var exit *exec.ExitError
			return errors.As(err, &exit), log.String()
		case <-deadline:
			return false, log.String()
		case <-tick.C:
			if slices.ContainsFunc(started, func(line []byte) bool { return strings.Contains(log.String(), string(line)) }) {
				return false, log.String()
			}
		}
	}
}

// syncBuffer is a buffer that two goroutines share.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

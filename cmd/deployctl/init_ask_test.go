//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// The wizard on a real terminal, from the first question to written files
// that lint without a finding.
func TestWizardOnATerminal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "app.py"), []byte("from flask import Flask\napp = Flask(__name__)\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0]) // TestMain makes it deployctl
	cmd.Args = []string{"deployctl", "init", "--name", "shop", dir}
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "TERM=xterm-256color", "HOME=" + t.TempDir()}
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	var shown strings.Builder
	read, ended := make(chan string), make(chan error, 1)
	go func() {
		defer close(read)
		buffer := make([]byte, 4096)
		for {
			n, err := terminal.Read(buffer)
			if err != nil {
				return
			}
			read <- string(buffer[:n])
		}
	}()
	go func() { ended <- cmd.Wait() }()
	enter, late := time.NewTicker(20*time.Millisecond), time.After(30*time.Second)
	defer enter.Stop()
	for output := (<-chan string)(read); ; {
		select {
		case s, ok := <-output:
			if !ok {
				output = nil
			}
			shown.WriteString(s)
			continue
		case <-enter.C:
			if !strings.Contains(shown.String(), "Enter writes") {
				if _, err := os.Stat(filepath.Join(dir, "deployctl.ini")); err == nil {
					t.Fatal("written before the review")
				}
			}
			if strings.Contains(shown.String(), "1 of 7") {
				_, _ = terminal.WriteString("\r") // fails once it has ended
			}
			continue
		case <-late:
			_ = cmd.Process.Kill()
			t.Fatalf("the wizard does not end:\n%q", shown.String())
		case err := <-ended:
			if err != nil {
				t.Fatalf("%v\n%q", err, shown.String())
			}
		}
		break
	}
	for _, name := range []string{"deployctl.ini", "deploy/uwsgi.ini", "deploy/nginx.conf"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Errorf("not written: %v", err)
		}
	}
	lint := exec.Command(os.Args[0])
	lint.Args = []string{"deployctl", "lint", filepath.Join(dir, "deploy")}
	if out, err := lint.CombinedOutput(); err != nil {
		t.Errorf("lint: %v\n%s", err, out)
	}
}

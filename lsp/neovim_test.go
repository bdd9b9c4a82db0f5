package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/deployctl/deployctl/api/apirule"
	"github.com/deployctl/deployctl/internal/realtest"
)

// serveVariable makes the test program a server, which an editor can start.
const serveVariable = "DEPLOYCTL_TEST_SERVE"

func TestMain(m *testing.M) {
	if os.Getenv(serveVariable) == "1" {
		err := Serve(context.Background(), os.Stdin, os.Stdout, Options{Version: "test", Bind: apirule.Bind(false)})
		if err != nil && !errors.Is(err, ErrNoShutdown) {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestNeovim opens a pair in a real editor.
func TestNeovim(t *testing.T) {
	t.Parallel()
	nvim := realtest.Need(t, "nvim")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	script, err := filepath.Abs("testdata/session.lua")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range pairFiles() {
		write(t, filepath.Join(dir, name), text)
	}
	write(t, filepath.Join(dir, "site.conf"), strings.Replace(nginxConf, "server_name", "sever_name", 1))
	write(t, filepath.Join(dir, "uwsgi.ini"), strings.Replace(uwsgiIni, "master", "mastr", 1))
	home := t.TempDir()
	result := filepath.Join(home, "result.json")
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, nvim, "--headless", "--clean", "-n", "-i", "NONE", "-S", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "SERVER="+self, "RESULT="+result, "HOME="+home, "XDG_STATE_HOME="+home, "XDG_CACHE_HOME="+home, "XDG_CONFIG_HOME="+home)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("nvim: %v\n%s", err, out)
	}
	text, err := os.ReadFile(result)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var got struct {
		Arrived, Refreshed   bool
		Nginx, Uwsgi, Titles []string
		Applied, Hover       string
		Text                 []string
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if !got.Arrived {
		t.Errorf("the findings of both files did not come: site.conf has %q, uwsgi.ini %q\n%s", got.Nginx, got.Uwsgi, out)
	}
	if !got.Refreshed {
		t.Error("a change of uwsgi.ini did not refresh the findings of site.conf")
	}
	if got.Applied == "" || !slices.Contains(got.Text, "    server_name example.com;") {
		t.Errorf("the fix was not applied; offered %q, the file reads\n%s", got.Titles, strings.Join(got.Text, "\n"))
	}
	if !strings.Contains(got.Hover, "**listen**") {
		t.Errorf("hover says %q", got.Hover)
	}
}

// TestNeovimSettings starts the server as the documentation says.
func TestNeovimSettings(t *testing.T) {
	t.Parallel()
	nvim := realtest.Need(t, "nvim")
	doc, err := os.ReadFile("../docs/editors.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(doc), "Before (0.7 to 0.10):\n\n```lua\n")
	settings, _, closed := strings.Cut(rest, "```")
	if !ok || !closed {
		t.Fatal("docs/editors.md has no settings for Neovim 0.7")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	link(t, self, filepath.Join(home, "bin", "deployctl"))
	write(t, filepath.Join(home, "init.lua"), settings)
	write(t, filepath.Join(home, "test.lua"), `
vim.cmd('edit site.conf')
vim.bo.filetype = 'nginx'
local found = vim.wait(20000, function() return #vim.diagnostic.get(0) > 0 end, 20)
vim.fn.writefile({ tostring(found) }, os.getenv('RESULT'))
vim.cmd('qall!')
`)
	dir := t.TempDir()
	for name, text := range pairFiles() {
		write(t, filepath.Join(dir, name), text)
	}
	result := filepath.Join(home, "result")
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, nvim, "--headless", "-n", "-i", "NONE", "-u", filepath.Join(home, "init.lua"), "-S", filepath.Join(home, "test.lua"))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), serveVariable+"=1", "PATH="+filepath.Join(home, "bin")+":"+os.Getenv("PATH"), "RESULT="+result,
		"HOME="+home, "XDG_STATE_HOME="+home, "XDG_CACHE_HOME="+home, "XDG_CONFIG_HOME="+home)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("nvim: %v\n%s", err, out)
	}
	if text, err := os.ReadFile(result); err != nil || string(text) != "true\n" {
		t.Errorf("no findings came: %q, %v\n%s", text, err, out)
	}
}

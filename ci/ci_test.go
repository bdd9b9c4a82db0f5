// Package ci_test runs what the GitHub Action and the GitLab job run.
package ci_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/deployctl/deployctl/internal/realtest"
)

// action is what the test needs of action.yml.
type action struct {
	Inputs map[string]struct{ Default string }
	Runs   struct {
		Using string
		Steps []struct{ Name, Run string }
	}
}

// build puts the program into a folder for PATH.
func build(t *testing.T) string {
	bin := t.TempDir()
	out, err := exec.Command("go", "build", "-o", filepath.Join(bin, "deployctl"), "../cmd/deployctl").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}

// shell runs a step in a folder and returns its output and whether it succeeded.
func shell(t *testing.T, bin, dir, script string, env ...string) (string, bool) {
	cmd := exec.Command("bash", "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), append(env, "PATH="+bin+":"+os.Getenv("PATH"))...)
	out, err := cmd.CombinedOutput()
	if _, failed := err.(*exec.ExitError); err != nil && !failed {
		t.Fatal(err)
	}
	return string(out), err == nil
}

// pair writes a pair whose sockets agree or do not.
func pair(t *testing.T, endpoint string) string {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"uwsgi.ini":  "[uwsgi]\nstrict = true\nsocket = 127.0.0.1:3031\nmodule = app\nmaster = true\nvacuum = true\ndie-on-term = true\nneed-app = true\n",
		"nginx.conf": "events {}\nhttp {\n    server {\n        listen 8080;\n        location / {\n            include uwsgi_params;\n            uwsgi_pass " + endpoint + ";\n        }\n    }\n}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestAction(t *testing.T) {
	t.Parallel()
	realtest.Need(t, "bash")
	text, err := os.ReadFile("../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var a action
	if err := yaml.Unmarshal(text, &a); err != nil {
		t.Fatal(err)
	}
	if a.Runs.Using != "composite" || len(a.Runs.Steps) != 3 {
		t.Fatalf("the action has changed: %+v", a.Runs)
	}
	bin := build(t)
	lint, check := a.Runs.Steps[1].Run, a.Runs.Steps[2].Run
	env := []string{"PATHS=" + a.Inputs["paths"].Default, "ARGS=--fail-on error", "OPENAPI=" + a.Inputs["openapi"].Default, "SARIF=" + a.Inputs["sarif"].Default}

	dir := pair(t, "127.0.0.1:9999")
	if out, ok := shell(t, bin, dir, lint, env...); ok || !strings.Contains(out, "::error file=nginx.conf,line=7") || !strings.Contains(out, "pair-socket-mismatch") {
		t.Errorf("a pair that does not fit passes, or nothing points at its line:\n%s", out)
	}
	if sarif, err := os.ReadFile(filepath.Join(dir, a.Inputs["sarif"].Default)); err != nil || !strings.Contains(string(sarif), "pair-socket-mismatch") {
		t.Errorf("no findings in SARIF: %v", err)
	}
	dir = pair(t, "127.0.0.1:3031")
	if out, ok := shell(t, bin, dir, lint, env...); !ok {
		t.Errorf("a pair that fits fails:\n%s", out)
	}
	if out, ok := shell(t, bin, dir, "deployctl init --yes --module app:application >/dev/null && "+check); !ok {
		t.Errorf("files as generated fail:\n%s", out)
	}
	if out, ok := shell(t, bin, dir, "echo '# mine' >> deploy/uwsgi.ini && "+check); ok {
		t.Errorf("files that differ pass:\n%s", out)
	}
}

// TestInstall runs the action's first step against a release that lies in a folder.
func TestInstall(t *testing.T) {
	t.Parallel()
	realtest.Need(t, "bash")
	text, err := os.ReadFile("../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var a action
	if err := yaml.Unmarshal(text, &a); err != nil {
		t.Fatal(err)
	}
	// gh is a program that copies the release which the step asks for.
	bin, release, temp := t.TempDir(), t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "gh"), []byte("#!/bin/sh\necho \"$@\" >"+release+"/asked\ncp "+release+"/*.tar.gz "+release+"/checksums.txt .\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	pack := "echo '#!/bin/sh' >deployctl && chmod +x deployctl && tar -czf deployctl_1.2.3_linux_amd64.tar.gz deployctl && sha256sum *.tar.gz >checksums.txt"
	if out, ok := shell(t, bin, release, pack); !ok {
		t.Fatal(out)
	}
	env := []string{"VERSION=1.2.3", "RUNNER_TEMP=" + temp, "RUNNER_OS=Linux", "RUNNER_ARCH=X64", "GITHUB_PATH=" + filepath.Join(temp, "path")}
	install := a.Runs.Steps[0].Run
	if out, ok := shell(t, bin, release, install, env...); !ok {
		t.Fatalf("the release is not installed:\n%s", out)
	}
	if _, err := os.Stat(filepath.Join(temp, "deployctl", "deployctl")); err != nil {
		t.Error(err)
	}
	if asked, _ := os.ReadFile(filepath.Join(release, "asked")); !strings.HasPrefix(string(asked), "release download v1.2.3 ") {
		t.Errorf("asked for %q", asked)
	}
	if out, ok := shell(t, bin, release, "echo other >>deployctl_1.2.3_linux_amd64.tar.gz; "+install, env...); ok {
		t.Errorf("an archive that is not the released one is taken:\n%s", out)
	}
}

func TestGitLab(t *testing.T) {
	t.Parallel()
	realtest.Need(t, "bash")
	text, err := os.ReadFile("deployctl.gitlab-ci.yml")
	if err != nil {
		t.Fatal(err)
	}
	header, body, ok := strings.Cut(string(text), "\n---\n")
	if !ok {
		t.Fatal("the inputs are not apart from the job")
	}
	var spec struct {
		Spec struct {
			Inputs map[string]struct{ Default string }
		}
	}
	if err := yaml.Unmarshal([]byte(header), &spec); err != nil {
		t.Fatal(err)
	}
	for name, input := range spec.Spec.Inputs {
		body = strings.ReplaceAll(body, "$[[ inputs."+name+" ]]", input.Default)
	}
	var jobs struct {
		Deployctl struct {
			Script    []string
			Artifacts struct{ Reports map[string]string }
		}
	}
	if err := yaml.Unmarshal([]byte(body), &jobs); err != nil || strings.Contains(body, "$[[") || len(jobs.Deployctl.Script) != 3 {
		t.Fatalf("%v in\n%s", err, body)
	}
	script := "set -e\n" + strings.Join(jobs.Deployctl.Script[1:], "\n")
	bin, dir := build(t), pair(t, "127.0.0.1:9999")
	if out, ok := shell(t, bin, dir, script); ok || !strings.Contains(out, "pair-socket-mismatch") {
		t.Errorf("a pair that does not fit passes:\n%s", out)
	}
	for kind, name := range jobs.Deployctl.Artifacts.Reports {
		if report, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !strings.Contains(string(report), "pair-socket-mismatch") {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

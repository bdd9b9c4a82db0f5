package gen

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/deployctl/deployctl/internal/realtest"
)

// loadCompose reads a rendered compose.yaml as docker compose does, which
// checks it against the schema and its own references.
func loadCompose(t *testing.T, dir string) *types.Project {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "compose.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := loader.LoadWithContext(context.Background(), types.ConfigDetails{
		WorkingDir: dir, ConfigFiles: []types.ConfigFile{{Filename: "compose.yaml", Content: text}}, Environment: map[string]string{},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestComposeLoads(t *testing.T) {
	t.Parallel()
	for name := range targetDescriptions(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "deploy")
			described := renderTarget(t, name, "compose", dir)
			p := loadCompose(t, dir)
			app, err := p.GetService("app")
			if err != nil {
				t.Fatal(err)
			}
			web, err := p.GetService("web")
			if err != nil {
				t.Fatal(err)
			}
			if len(web.Ports) == 0 || len(app.Ports) > 0 {
				t.Errorf("web publishes %v, app %v", web.Ports, app.Ports)
			}
			if _, ok := web.DependsOn["app"]; !ok {
				t.Error("web does not wait for app")
			}
			if grace := app.StopGracePeriod; grace == nil || time.Duration(*grace) <= described.App.Harakiri {
				t.Errorf("app has %v to stop, and a request %v", grace, described.App.Harakiri)
			}
			for _, service := range []types.ServiceConfig{app, web} {
				if !slices.Contains(service.CapDrop, "ALL") || service.Build.Context != filepath.Dir(dir) {
					t.Errorf("%s: capabilities %v, built in %s", service.Name, service.CapDrop, service.Build.Context)
				}
			}
			checkDockerfile(t, dir, app.Build.Target, web.Build.Target)
		})
	}
}

var fromLine = regexp.MustCompile(`(?m)^FROM \S+ AS (\w+)$`)

// checkDockerfile looks at what no parser can know: that the stages are there,
// that what is copied exists, and under whom the application runs.
func checkDockerfile(t *testing.T, dir string, stages ...string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	file := string(text)
	known := map[string]bool{}
	for _, m := range fromLine.FindAllStringSubmatch(file, -1) {
		known[m[1]] = true
	}
	for _, s := range stages {
		if !known[s] {
			t.Errorf("the Dockerfile has no stage %s", s)
		}
	}
	for line := range strings.Lines(file) {
		words := strings.Fields(line)
		if len(words) < 3 || words[0] != "COPY" {
			continue
		}
		if stage, ok := strings.CutPrefix(words[1], "--from="); ok && !known[stage] {
			t.Errorf("%s copies from a stage that is not there", line)
		}
		if name, ok := strings.CutPrefix(words[1], "deploy/"); ok {
			if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
				t.Errorf("%s: %v", line, err)
			}
		}
	}
	if app := file[strings.Index(file, " AS app\n"):]; !strings.Contains(app, "\nUSER 10001:101\n") || strings.Contains(file, "daemonize") {
		t.Error("the application runs as root, or in the background")
	}
}

// TestRealContainerPair runs what the images would hold, and asks for the
// application's health with the program that asks for it there.
func TestRealContainerPair(t *testing.T) {
	t.Parallel()
	python := realtest.Need(t, "python3")
	for name, app := range map[string]string{"shop": "django", "hello": "wsgi"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rendered := t.TempDir()
			p := renderTarget(t, name, "compose", rendered)
			files := map[string]string{}
			for _, file := range []string{"nginx.conf", "uwsgi.ini", "uwsgi_params"} {
				text, err := os.ReadFile(filepath.Join(rendered, file))
				if err != nil {
					t.Fatal(err)
				}
				// Debian's nginx is older than the image's, its uWSGI loads Python by name,
				// and this machine's name is not app.
				files[file] = strings.NewReplacer("    http2 on;\n", "", "[uwsgi]\n", "[uwsgi]\nplugins = python3\n", "app:8001", "127.0.0.1:8001", "= :8001", "= 127.0.0.1:8001").Replace(string(text))
			}
			pair := realtest.Start(t, files, p.Root, filepath.Join("../testdata/projects", app))
			host, port := p.Servers[0].Names[0], 80
			if name == "shop" {
				port = 443
			}
			scheme := map[int]string{80: "http", 443: "https"}[port]
			checkAnswer(t, pair, ask{name: "application", url: scheme + "://" + host + "/api/echo", port: port, status: 200, has: `"scheme": "` + scheme + `"`})

			text, err := os.ReadFile(filepath.Join(rendered, "health.py"))
			if err != nil {
				t.Fatal(err)
			}
			here := strings.Replace(string(text), `"/run/`, `"`+pair.Dir+`/run/`, 1)
			if port := pair.Ports[8001]; port > 0 {
				here = strings.Replace(here, "8001", strconv.Itoa(port), 1)
			}
			health := func(text string) (string, error) {
				cmd := exec.Command(python, "-")
				cmd.Stdin = strings.NewReader(text)
				out, err := cmd.CombinedOutput()
				return string(out), err
			}
			if out, err := health(here); err != nil {
				t.Errorf("the application is well, and health.py says: %v\n%s", err, out)
			}
			if out, err := health(strings.Replace(here, `PATH = "/"`, `PATH = "/none"`, 1)); name == "shop" && (err == nil || !strings.Contains(out, "/none: HTTP/1.1 404")) {
				t.Errorf("/none does not answer well, and health.py says: %v\n%s", err, out)
			}
			pair.Terminate(t)
			pair.Ended(20e9)
			if _, err := health(here); err == nil {
				t.Error("the application is gone, and health.py finds it well")
			}
		})
	}
}

package launch_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/launch"
	"github.com/deployctl/deployctl/launch/launchtest"
)

// python is the interpreter that has Debian's Django and Flask.
const python = "/usr/bin/python3"

// sample copies a project of the shared test data with a rendered description.
func sample(t testing.TB, project, description string) string {
	t.Helper()
	if exec.Command(python, "-c", "import "+strings.TrimSuffix(project, "-spa")).Run() != nil && project != "wsgi" {
		realtest.Missing(t, project)
	}
	dir := filepath.Join(t.TempDir(), "p")
	if err := os.CopyFS(dir, os.DirFS("../testdata/projects/"+project)); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "deploy"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"nginx.conf", "uwsgi.ini", "uwsgi_params"} {
		text, err := os.ReadFile(filepath.Join("../testdata/descriptions", description+".golden", name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "deploy", name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile("../testdata/descriptions/" + description + ".ini")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "deployctl.ini"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "deploy")
}

// start runs a pair until the test ends.
func start(t testing.TB, path string, o launch.Options) *launchtest.Pair {
	t.Helper()
	o.Python = python
	return launchtest.StartWith(t, o, path)
}

func client(t testing.TB) *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{
		Jar: jar, Timeout: 20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
	}
}

func get(t testing.TB, c *http.Client, url string) (int, http.Header, string) {
	t.Helper()
	return send(t, c, http.MethodGet, url, "", nil)
}

var token = regexp.MustCompile(`name="csrfmiddlewaretoken" value="(\w+)"`)

// TestMixes runs Django through each mix of engines: pages, static files, a form
// with a token, and reloads while requests come in.
func TestMixes(t *testing.T) {
	t.Parallel()
	eachMix(t, filepath.Dir(sample(t, "django", "django")), func(t *testing.T, r *launchtest.Pair) {
		base := r.URLs[0]
		c := client(t)
		status, _, page := get(t, c, base+"admin/login/")
		if status != http.StatusOK {
			t.Fatalf("/admin/login/: %d", status)
		}
		found := token.FindStringSubmatch(page)
		if found == nil {
			t.Fatalf("no token in %s", page)
		}
		r1, err := http.NewRequest(http.MethodPost, base+"admin/login/", strings.NewReader(url.Values{"csrfmiddlewaretoken": {found[1]}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r1.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r1.Header.Set("Origin", strings.TrimSuffix(base, "/"))
		answer, err := c.Do(r1)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("a form without a name is answered %d, want 200 with the form again", answer.StatusCode)
		}
		status, head, css := get(t, c, base+"static/shop/site.css")
		if status != http.StatusOK || head.Get("Content-Type") != "text/css" || css == "" {
			t.Errorf("/static/shop/site.css: %d %v", status, head)
		}
		if status, _, _ := get(t, c, base+".git/config"); status != http.StatusNotFound {
			t.Errorf("/.git/config: %d, want 404", status)
		}
		reloadUnderLoad(t, r.Run, base+"admin/login/")
		if text := r.Log(); !regexp.MustCompile(`404 GET /\.git/config .*location ~ .*nginx\.conf:\d+`).MatchString(text) {
			t.Errorf("the log does not name the location:\n%s", text)
		}
	})
}

// reloadUnderLoad reloads while requests come in, none of which may fail.
func reloadUnderLoad(t *testing.T, r *launch.Run, url string) {
	t.Helper()
	var failed, answered atomic.Int64
	stop := make(chan struct{})
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() {
			c := &http.Client{Timeout: 20 * time.Second}
			for {
				select {
				case <-stop:
					return
				default:
				}
				answer, err := c.Get(url)
				answered.Add(1)
				if err != nil {
					failed.Add(1)
					t.Log(err)
					continue
				}
				_, _ = io.Copy(io.Discard, answer.Body)
				answer.Body.Close()
				if answer.StatusCode != http.StatusOK {
					failed.Add(1)
					t.Log(answer.Status)
				}
			}
		})
	}
	for range 2 {
		if err := r.Reload(t.Context()); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	wait.Wait()
	if failed.Load() > 0 || answered.Load() == 0 {
		t.Errorf("%d of %d requests failed while the pair was reloaded", failed.Load(), answered.Load())
	}
}

// TestFirstAnswer measures how long a Flask application needs to answer.
func TestFirstAnswer(t *testing.T) {
	t.Parallel()
	s := sample(t, "flask", "flask")
	began := time.Now()
	r := start(t, s, launch.Options{Nginx: launch.Embedded, Uwsgi: launch.Embedded})
	status, _, body := get(t, client(t), r.URLs[0])
	took := time.Since(began)
	if status != http.StatusOK || body != "Notes\n" {
		t.Errorf("%d %q", status, body)
	}
	t.Logf("first answer after %s", took)
	if took > 10*time.Second {
		t.Errorf("the first answer took %s", took)
	}
}

// TestTLS redirects to the port that stands for 443, under a certificate made
// for the run, with each nginx.
func TestTLS(t *testing.T) {
	t.Parallel()
	for _, nginx := range []launch.Choice{launch.Embedded, launch.Native} {
		t.Run(string(nginx), func(t *testing.T) {
			t.Parallel()
			if nginx == launch.Native {
				realtest.Need(t, "nginx")
			}
			r := start(t, sample(t, "django", "tls-own-modern"), launch.Options{Nginx: nginx, Stub: true})
			var plain, secure string
			for _, u := range r.URLs {
				if strings.HasPrefix(u, "https") {
					secure = u
				} else {
					plain = u
				}
			}
			c := client(t)
			request, err := http.NewRequest(http.MethodGet, plain+"x", nil)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := c.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if got := answer.Header.Get("Location"); got != secure+"x" {
				t.Errorf("http leads to %q, want %q", got, secure+"x")
			}
			if status, _, _ := get(t, c, secure+"x"); status != http.StatusOK {
				t.Errorf("https answers %d", status)
			}
		})
	}
}

// TestNothingIsLeft looks for files and processes after a run.
func TestNothingIsLeft(t *testing.T) {
	t.Parallel()
	realtest.Need(t, "nginx")
	realtest.Need(t, "uwsgi")
	r := start(t, sample(t, "wsgi", "wsgi"), launch.Options{Nginx: launch.Native, Uwsgi: launch.Native})
	s := r.Status(t.Context())
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	r.Stop(ctx)
	for _, p := range s.Processes {
		if _, err := os.Stat(fmt.Sprintf("/proc/%d", p.PID)); err == nil {
			t.Errorf("%s still runs", p.Name)
		}
	}
	if len(s.Processes) != 2 {
		t.Errorf("%d processes, want 2", len(s.Processes))
	}
	r.Stop(ctx) // once more does no harm
}

// TestRenderedPairs asks every pair that gen renders for all of its routes.
func TestRenderedPairs(t *testing.T) {
	t.Parallel()
	found, err := filepath.Glob("../testdata/descriptions/*.golden/nginx.conf")
	if err != nil || len(found) == 0 {
		t.Fatal(found, err)
	}
	for _, path := range found {
		name := strings.TrimSuffix(filepath.Base(filepath.Dir(path)), ".golden")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, sample(t, "wsgi", name), launch.Options{Nginx: launch.Embedded, Stub: true})
			status := r.Status(t.Context())
			all, err := launch.Check(t.Context(), r.Plan(), &status)
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range all {
				if !one.OK && !strings.HasPrefix(one.Want, "127.0.0.1:") { // what others run there
					t.Errorf("%s: %s, want %s (%s)", one.URL, one.Got, one.Want, one.Location)
				}
			}
		})
	}
}

// TestUwsgiAlone runs an application that browsers reach without nginx, on a
// port that is kept over a reload, and beside another program's.
func TestUwsgiAlone(t *testing.T) {
	t.Parallel()
	for _, engine := range []launch.Choice{launch.Embedded, launch.Native} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			if engine == launch.Native {
				realtest.Need(t, "uwsgi")
			}
			taken, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer taken.Close()
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS("../testdata/projects/wsgi")); err != nil {
				t.Fatal(err)
			}
			ini := fmt.Sprintf("[uwsgi]\nhttp-socket = %s\nwsgi-file = hello.py\nmaster = true\nneed-app = true\n", taken.Addr())
			if err := os.WriteFile(filepath.Join(dir, "app.ini"), []byte(ini), 0o644); err != nil {
				t.Fatal(err)
			}
			r := start(t, dir, launch.Options{Uwsgi: engine})
			if got := r.Status(t.Context()).Engines; got.Nginx != "none" {
				t.Errorf("engines: %+v", got)
			}
			for range 2 {
				if status, _, body := get(t, r.Client, r.URLs[0]+"x"); status != http.StatusOK || !strings.Contains(body, `"path": "/x"`) {
					t.Errorf("%d %s", status, body)
				}
				if err := r.Reload(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if got := r.Status(t.Context()).URLs; got[0] != r.URLs[0] {
				t.Errorf("the reload moved the application from %s to %s", r.URLs[0], got[0])
			}
			if strings.HasSuffix(r.URLs[0], taken.Addr().String()+"/") {
				t.Errorf("%s is another program's", r.URLs[0])
			}
		})
	}
}

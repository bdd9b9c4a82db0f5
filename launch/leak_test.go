package launch_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/deployctl/deployctl/internal/leaktest"
	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/launch"
)

// TestPairLeavesNothing runs a pair with each mix of engines, reloads it under
// load and stops it: no goroutine, descriptor or process is left. It is not
// parallel, since it counts those of the whole process.
func TestPairLeavesNothing(t *testing.T) {
	for _, mix := range mixes {
		t.Run(mix.name(), func(t *testing.T) {
			mix.need(t)
			before := leaktest.Now()
			t.Run("", func(t *testing.T) {
				r := start(t, sample(t, "wsgi", "wsgi"), launch.Options{Nginx: mix.nginx, Uwsgi: mix.uwsgi})
				reloadUnderLoad(t, r.Run, r.URLs[0])
				http.DefaultClient.CloseIdleConnections()
			})
			leaktest.Since(t, before)
		})
	}
}

// mix is one choice of engines.
type mix struct{ nginx, uwsgi launch.Choice }

var mixes = []mix{
	{launch.Embedded, launch.Embedded}, {launch.Embedded, launch.Native}, {launch.Native, launch.Embedded}, {launch.Native, launch.Native},
}

func (m mix) name() string { return fmt.Sprintf("%s-%s", m.nginx, m.uwsgi) }

// need skips the test where a program is missing.
func (m mix) need(t *testing.T) {
	t.Helper()
	if m.nginx == launch.Native {
		realtest.Need(t, "nginx")
	}
	if m.uwsgi == launch.Native {
		realtest.Need(t, "uwsgi")
	}
}

// slowApp answers /slow after two seconds.
const slowApp = `import time

def application(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        time.sleep(2)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"done\n"]
`

// TestStopOrder lets a request finish before the pair stops; when the time is
// up, as after a second Ctrl-C, it is cut off. Nothing is left either way.
func TestStopOrder(t *testing.T) {
	for _, mix := range mixes {
		for _, patient := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s patient %v", mix.name(), patient), func(t *testing.T) {
				mix.need(t)
				before := leaktest.Now()
				t.Run("", func(t *testing.T) {
					dir := sample(t, "wsgi", "wsgi")
					if err := os.WriteFile(dir+"/../hello.py", []byte(slowApp), 0o644); err != nil {
						t.Fatal(err)
					}
					r := start(t, dir, launch.Options{Nginx: mix.nginx, Uwsgi: mix.uwsgi})
					answered := make(chan string)
					go func() { answered <- body(r.URLs[0] + "slow") }()
					awaitBusy(t, r.Run)
					within := 10 * time.Second
					if !patient {
						within = 50 * time.Millisecond
					}
					ctx, cancel := context.WithTimeout(t.Context(), within)
					defer cancel()
					began := time.Now()
					r.Stop(ctx)
					took := time.Since(began)
					got := <-answered
					if patient && got != "done\n" {
						t.Errorf("the request under way is answered %q", got)
					}
					if !patient && (got == "done\n" || took > 1500*time.Millisecond) {
						t.Errorf("the stop took %s, and the request was answered %q", took, got)
					}
				})
				leaktest.Since(t, before)
			})
		}
	}
}

// body returns what comes back from a URL, or the error.
func body(url string) string {
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := c.Get(url)
	if err != nil {
		return err.Error()
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// awaitBusy waits until a worker has a request.
func awaitBusy(t *testing.T, r *launch.Run) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		for _, app := range r.Status(t.Context()).Workers {
			if app.Request != "" {
				return
			}
		}
		if time.Now().After(deadline) {
			t.Fatal("no worker has taken the request")
		}
	}
}

package launch_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/deployctl/deployctl/launch"
)

// patientApp answers once a file is there.
const patientApp = `import os, time

def application(environ, start_response):
    while not os.path.exists(%q):
        time.sleep(0.01)
    start_response("200 OK", [("Content-Length", "5")])
    return [b"done\n"]
`

// TestStopNamesWhatItWaitsFor stops a pair in the middle of a request, which is
// named and answered.
func TestStopNamesWhatItWaitsFor(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	done := filepath.Join(dir, "done")
	for name, text := range map[string]string{
		"app.py":    fmt.Sprintf(patientApp, done),
		"uwsgi.ini": "[uwsgi]\nhttp-socket = :8080\nwsgi-file = app.py\nmaster = true\nneed-app = true\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r := start(t, filepath.Join(dir, "uwsgi.ini"), launch.Options{Uwsgi: launch.Embedded})
	answered := make(chan error, 1)
	go func() {
		answer, err := http.Get(r.URLs[0] + "slowly")
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode != http.StatusOK {
				err = fmt.Errorf("%s", answer.Status)
			}
		}
		answered <- err
	}()
	until(t, "the request is under way", func() bool {
		for _, w := range r.Status(t.Context()).Workers {
			if w.Request != "" {
				return true
			}
		}
		return false
	})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		r.Stop(ctx)
	}()
	until(t, "the log names the request", func() bool {
		return regexp.MustCompile(`waiting for .*/slowly \(process \d+\); Ctrl-C once more cuts off`).MatchString(r.Log())
	})
	if err := os.WriteFile(done, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := <-answered; err != nil {
		t.Errorf("the request under way: %v", err)
	}
	<-stopped
}

// until waits for something that has to come true.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 30 s: %s", what)
		}
	}
}

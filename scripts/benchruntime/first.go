//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// await asks until the answer is 200.
func await(url string) error {
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	var last error
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		answer, err := c.Get(url)
		if err != nil {
			last = err
			continue
		}
		answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			return nil
		}
		last = fmt.Errorf("%s: %s", url, answer.Status)
	}
	return last
}

const flask = `from flask import Flask

app = Flask(__name__)


@app.route("/")
def index():
    return "hello\n"
`

// firstAnswer measures how long `deployctl up` takes until a Flask application
// answers, and what deployctl holds in memory then.
func firstAnswer(bin, dir string) error {
	project := filepath.Join(dir, "flask")
	if err := os.MkdirAll(project, 0o755); err != nil { //nolint:gosec // the application's user reads it
		return err
	}
	for name, text := range map[string]string{
		"app.py":     flask,
		"uwsgi.ini":  "[uwsgi]\nsocket = /run/flask/app.sock\nchdir = /srv/flask\nmodule = app:app\nmaster = true\nprocesses = 4\n",
		"nginx.conf": "events {}\nhttp {\n    server {\n        listen 80;\n        location / {\n            include uwsgi_params;\n            uwsgi_pass unix:/run/flask/app.sock;\n        }\n    }\n}\n",
	} {
		if err := os.WriteFile(filepath.Join(project, name), []byte(text), 0o644); err != nil { //nolint:gosec // as above
			return err
		}
	}
	var all []float64
	var rss float64
	for range *rounds {
		began := time.Now()
		up := exec.Command(bin, "up", "--nginx", "embedded", "--uwsgi", "embedded", "--detach", "--format", "json", ".")
		up.Dir, up.Stderr = project, os.Stderr
		out, err := up.Output()
		if err != nil {
			return fmt.Errorf("deployctl up: %w", err)
		}
		var run struct {
			PID  int      `json:"pid"`
			URLs []string `json:"urls"`
		}
		if err := json.Unmarshal(out, &run); err != nil {
			return err
		}
		err = await(run.URLs[0])
		all = append(all, time.Since(began).Seconds())
		if err == nil {
			rss, err = memory(run.PID)
		}
		down := exec.Command(bin, "down", ".")
		down.Dir = project
		if out, failed := down.CombinedOutput(); err == nil && failed != nil {
			err = fmt.Errorf("deployctl down: %w\n%s", failed, out)
		}
		if err != nil {
			return err
		}
	}
	fmt.Printf("first answer of a Flask application after up: %.2f s; deployctl holds %.1f MiB then\n", median(all), rss)
	return nil
}

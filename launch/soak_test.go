package launch_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/deployctl/deployctl/internal/leaktest"
	"github.com/deployctl/deployctl/launch"
)

var soakFor = flag.Duration("soak", 10*time.Second, "how long TestSoak keeps the pair under load")

// TestSoak keeps the embedded pair under load and reloads it every second, the
// application too. No request fails, and when it is over the pair holds as many
// goroutines, descriptors and processes as before. Where wrk is installed it
// makes the load; `make soak` takes five minutes.
func TestSoak(t *testing.T) {
	before := leaktest.Now()
	t.Run("", func(t *testing.T) {
		dir := sample(t, "wsgi", "wsgi")
		addFiles(t, dir)
		r := start(t, dir, launch.Options{Nginx: launch.Embedded, Uwsgi: launch.Embedded})
		urls := []string{r.URLs[0] + "x", r.URLs[0] + "files/hello.py"}
		for _, u := range urls {
			_ = body(u)
		}
		running := leaktest.Now()
		ended := make(chan struct{})
		var load sync.WaitGroup
		var asked atomic.Int64
		for _, u := range urls {
			load.Go(func() {
				if wrk, err := exec.LookPath("wrk"); err == nil {
					asked.Add(runWrk(t, wrk, u, *soakFor))
					return
				}
				asked.Add(ask(t, u, ended))
			})
		}
		reloads := 0
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for end := time.After(*soakFor); ; {
			select {
			case <-tick.C:
				if err := r.Reload(t.Context()); err != nil {
					t.Error(err)
				}
				reloads++
				continue
			case <-end:
			}
			break
		}
		close(ended)
		load.Wait()
		leaktest.Since(t, running)
		t.Logf("%d requests and %d reloads in %s", asked.Load(), reloads, *soakFor)
	})
	leaktest.Since(t, before)
}

// addFiles lets nginx answer /files/ from the project's folder.
func addFiles(t *testing.T, dir string) {
	t.Helper()
	path := filepath.Join(dir, "nginx.conf")
	conf, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(conf), "location / {", "location /files/ { alias "+filepath.Dir(dir)+"/; }\nlocation / {", 1)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

var (
	wrkRequests = regexp.MustCompile(`(\d+) requests in`)
	wrkFailures = regexp.MustCompile(`Socket errors|Non-2xx or 3xx`)
)

// runWrk makes load with wrk, and returns how many requests were answered.
func runWrk(t *testing.T, wrk, url string, time time.Duration) int64 {
	out, err := exec.Command(wrk, "-t1", "-c8", "-d", fmt.Sprintf("%ds", int(time.Seconds())), url).CombinedOutput()
	if err != nil || wrkFailures.Match(out) {
		t.Errorf("%s: %v\n%s", url, err, out)
	}
	n := int64(0)
	if m := wrkRequests.FindSubmatch(out); m != nil {
		n, _ = strconv.ParseInt(string(m[1]), 10, 64)
	}
	return n
}

// ask makes load with Go's client.
func ask(t *testing.T, url string, ended <-chan struct{}) int64 {
	var wait sync.WaitGroup
	var n atomic.Int64
	for range 8 {
		wait.Go(func() {
			transport := &http.Transport{}
			defer transport.CloseIdleConnections()
			c := &http.Client{Transport: transport, Timeout: 20 * time.Second}
			for {
				select {
				case <-ended:
					return
				default:
				}
				answer, err := c.Get(url)
				if err != nil {
					t.Error(err)
					return
				}
				var text bytes.Buffer
				_, err = io.Copy(&text, answer.Body)
				answer.Body.Close()
				if err != nil || answer.StatusCode != http.StatusOK {
					t.Errorf("%s: %s %v", url, answer.Status, err)
				}
				n.Add(1)
			}
		})
	}
	wait.Wait()
	return n.Load()
}

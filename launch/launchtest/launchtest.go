// Package launchtest owns running a pair in a Go test. Nothing but tests imports
// it, so that the program holds no package testing.
package launchtest

import (
	"context"
	"crypto/tls"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/deployctl/deployctl/launch"
)

// Pair is a pair that runs until the test ends.
type Pair struct {
	*launch.Run
	// URLs are where it answers.
	URLs []string
	// Client follows no redirect, takes any certificate and keeps no connection.
	Client *http.Client

	mu  sync.Mutex
	log tail
}

// Log returns what the pair has said so far: the last MiB of it at least.
func (p *Pair) Log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return string(p.log)
}

// tail keeps the end of what is written: all of it would grow without end under
// load, and every request waits for its line.
type tail []byte

// kept is how many bytes are kept when there are twice as many.
const kept = 1 << 20

// Write implements io.Writer.
func (l *tail) Write(b []byte) (int, error) {
	*l = append(*l, b...)
	if len(*l) > 2*kept {
		*l = append((*l)[:0], (*l)[len(*l)-kept:]...)
	}
	return len(b), nil
}

// startLimit is how long an application may take to load, and to stop.
const startLimit = 30 * time.Second

// Start runs the pair that the paths lead to, inside the test and with the
// embedded engines; without paths the one in the test's folder. The test fails
// when it does not start, and shows its log when it fails later.
func Start(t testing.TB, paths ...string) *Pair {
	t.Helper()
	return StartWith(t, launch.Options{Nginx: launch.Embedded, Uwsgi: launch.Embedded}, paths...)
}

// StartWith is Start with other engines, or the built-in application. Folder
// and sink of the options are chosen here.
func StartWith(t testing.TB, o launch.Options, paths ...string) *Pair {
	t.Helper()
	source, err := launch.Find(paths)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "dl") // a socket's path is short, and t.TempDir's is not
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	p := &Pair{Client: &http.Client{
		Timeout:       startLimit,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}, //nolint:gosec // the certificate is made for the run
	}}
	printer := &launch.Printer{Out: &p.log}
	o.Dir = dir
	o.Sink = func(e launch.Event) {
		p.mu.Lock()
		defer p.mu.Unlock()
		printer.Print(e)
	}
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	if p.Run, err = launch.Start(ctx, source, o); err != nil {
		t.Fatalf("%v\n%s", err, p.Log())
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), startLimit)
		defer cancel()
		p.Stop(ctx)
		if t.Failed() {
			t.Log(p.Log())
		}
	})
	p.URLs = p.Status(ctx).URLs
	return p
}

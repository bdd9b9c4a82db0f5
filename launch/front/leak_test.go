package front

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/deployctl/deployctl/internal/leaktest"
	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/site"
)

// These tests count what the whole process holds: none of them is parallel.

const leakConf = `
gzip on;
upstream kept { server BACKEND; keepalive 4; }
server {
    listen 127.0.0.1:PORT;
    listen 127.0.0.1:PORT2 ssl http2;
    listen unix:SOCKET;
    ssl_certificate CERTIFICATE;
    ssl_certificate_key KEY;
    root DIR;
    client_max_body_size 10m;
    location / { return 200 "hello\n"; }
    location = /file { try_files /leak_test.go =404; }
    location /kept { proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://kept; }
    location /proxy { proxy_pass http://BACKEND; }
    location /app { uwsgi_pass UWSGI; uwsgi_param QUERY_STRING $query_string; uwsgi_param REQUEST_METHOD $request_method; uwsgi_param CONTENT_LENGTH $content_length; }
}
`

// leaky runs a front with everything that opens something.
type leaky struct {
	*Front
	place
	conf string
}

func startLeaky(t *testing.T) *leaky {
	t.Helper()
	certificate, key := realtest.Certificate(t)
	l := &leaky{place: newPlace(t)}
	l.conf = l.fill(strings.NewReplacer(append(backends(t, leakConf), "DIR", ".", "CERTIFICATE", certificate, "KEY", key)...).Replace(leakConf))
	f, err := New(l.site(), Options{Prefix: "."})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Start(); err != nil {
		t.Fatal(err)
	}
	l.Front = f
	return l
}

func (l *leaky) site() *site.Config {
	return site.New(nginx.LoadText(nginx.Parse("nginx.conf", wholeConf(".", l.conf)), "", nginx.LoadOptions{}), 0)
}

func (l *leaky) url(path string) string {
	return fmt.Sprintf("http://127.0.0.1:%d%s", l.ports[0], path)
}

// stop stops within a time.
func (l *leaky) stop(within time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	return l.Stop(ctx)
}

// fetch asks, and fails the test unless the answer is 200.
func fetch(t *testing.T, c *http.Client, url string, body io.Reader) string {
	t.Helper()
	method := http.MethodGet
	if body != nil {
		method = http.MethodPost
	}
	r, err := http.NewRequest(method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Do(r)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("%s: %s %v", url, answer.Status, err)
	}
	return string(text)
}

func TestStopLeavesNothing(t *testing.T) {
	before := leaktest.Now()
	t.Run("", func(t *testing.T) {
		l := startLeaky(t)
		protocols := &http.Protocols{}
		protocols.SetHTTP1(true)
		protocols.SetHTTP2(true)
		transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, Protocols: protocols}
		defer transport.CloseIdleConnections()
		c := &http.Client{Transport: transport}
		for _, path := range []string{"/", "/file", "/kept", "/kept?chunked=1", "/kept?size=200000", "/proxy?size=200000", "/app", "/app?size=200000"} {
			fetch(t, c, l.url(path), nil)
			fetch(t, c, fmt.Sprintf("https://127.0.0.1:%d%s", l.ports[1], path), nil)
		}
		fetch(t, c, l.url("/proxy"), strings.NewReader(strings.Repeat("x", 1<<20))) // goes through a file
		fetch(t, c, l.url("/app"), io.LimitReader(endless{}, 1<<20))
		var open []net.Conn
		for _, data := range []string{
			"", "GET", "GET / HTTP/1.1\r\nHost: x", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n",
			"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\nConnection: close\r\n\r\n", "\x16\x03",
		} {
			for _, address := range []string{fmt.Sprintf("tcp 127.0.0.1:%d", l.ports[0]), fmt.Sprintf("tcp 127.0.0.1:%d", l.ports[1]), "unix " + l.socket} {
				network, to, _ := strings.Cut(address, " ")
				conn, err := net.Dial(network, to)
				if err != nil {
					t.Fatal(err)
				}
				open = append(open, conn)
				_, _ = io.WriteString(conn, data)
			}
		}
		// Clients that leave in the middle of an answer, and of a body.
		for _, data := range []string{"GET /proxy?size=9000000 HTTP/1.1\r\nHost: x\r\n\r\n", "POST /app HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nx"} {
			conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", l.ports[0]))
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.WriteString(conn, data)
			conn.Close()
		}
		if err := l.stop(3 * time.Second); err != nil {
			t.Log(err) // heads that never come whole are waited for
		}
		for _, conn := range open {
			conn.Close()
		}
	})
	leaktest.Since(t, before)
}

// endless has no end, and no length that is known.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// TestStopDrains lets a request finish, closes connections that wait at once,
// and takes no new ones.
func TestStopDrains(t *testing.T) {
	before := leaktest.Now()
	t.Run("", func(t *testing.T) {
		l := startLeaky(t)
		idle, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", l.ports[0]))
		if err != nil {
			t.Fatal(err)
		}
		defer idle.Close()
		_, _ = io.WriteString(idle, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		reader := bufio.NewReader(idle)
		if answer, err := http.ReadResponse(reader, nil); err != nil {
			t.Fatal(err)
		} else {
			_, _ = io.Copy(io.Discard, answer.Body)
		}
		await(t, func() bool { return l.counters.writing.Load() == 0 })
		slow := make(chan string)
		c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		go func() { slow <- fetch(t, c, l.url("/proxy?wait=600&body=whole"), nil) }()
		await(t, func() bool { return l.counters.writing.Load() == 1 })
		stopped := make(chan error)
		go func() { stopped <- l.stop(10 * time.Second) }()
		_ = idle.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
		if _, err := reader.ReadByte(); err != io.EOF {
			t.Errorf("a connection that waits is not closed at once: %v", err)
		}
		if _, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", l.ports[0])); err == nil {
			t.Error("a new connection is taken")
		}
		if body := <-slow; body != "whole" {
			t.Errorf("the request under way is answered %q", body)
		}
		if err := <-stopped; err != nil {
			t.Error(err)
		}
	})
	leaktest.Since(t, before)
}

// TestStopCutsOff ends what does not end by itself, when the time is up.
func TestStopCutsOff(t *testing.T) {
	before := leaktest.Now()
	t.Run("", func(t *testing.T) {
		l := startLeaky(t)
		answered := make(chan error)
		go func() {
			answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get(l.url("/proxy?wait=5000"))
			if err == nil {
				answer.Body.Close()
			}
			answered <- err
		}()
		await(t, func() bool { return l.counters.writing.Load() == 1 })
		began := time.Now()
		if err := l.stop(50 * time.Millisecond); err == nil {
			t.Error("nothing is said of the request that was cut off")
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("the stop took %s", took)
		}
		if err := <-answered; err == nil {
			t.Error("the request was answered")
		}
	})
	leaktest.Since(t, before)
}

func await(t *testing.T, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !condition(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it did not come to that in ten seconds")
		}
	}
}

// TestReloadUnderLoad reloads while clients ask over connections that they keep:
// each request is answered, and nothing is left of the configurations before.
func TestReloadUnderLoad(t *testing.T) {
	before := leaktest.Now()
	t.Run("", func(t *testing.T) {
		l := startLeaky(t)
		var wait sync.WaitGroup
		var asked atomic.Int64
		end := make(chan struct{})
		for i := range 8 {
			wait.Go(func() {
				transport := &http.Transport{}
				defer transport.CloseIdleConnections()
				c := &http.Client{Transport: transport}
				for {
					select {
					case <-end:
						return
					default:
						fetch(t, c, l.url([]string{"/", "/kept", "/proxy", "/app"}[i%4]), nil)
						asked.Add(1)
					}
				}
			})
		}
		for range 30 {
			if err := l.Reload(l.site()); err != nil {
				t.Error(err)
			}
			was := asked.Load()
			await(t, func() bool { return asked.Load() > was+20 })
		}
		close(end)
		wait.Wait()
		if err := l.stop(5 * time.Second); err != nil {
			t.Error(err)
		}
		t.Logf("%d requests", asked.Load())
	})
	leaktest.Since(t, before)
}

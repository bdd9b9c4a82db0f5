package dashboard_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/launch"
	"github.com/deployctl/deployctl/tui/dashboard"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// screen drives a dashboard without a terminal: what its keys ask for is done
// at once, and noted.
type screen struct {
	*dashboard.Model
	feed   *dashboard.Feed
	now    time.Time
	called []string
	ended  bool
	status launch.Status
	found  []launch.Finding
	fail   error // of what is called next
}

func newScreen(c diag.Catalog, color bool) *screen {
	s := &screen{now: noon, status: status(), found: findings()}
	s.feed = dashboard.NewFeed(func() time.Time { return s.now })
	s.Model = dashboard.Stopped(dashboard.New(dashboard.Config{
		Name: "shop", Catalog: c, Color: color, Now: func() time.Time { return s.now },
		Findings: func() []launch.Finding { return s.found },
		Open:     func(url string) error { return s.note("open " + url) },
		Copy:     func(text string) error { return s.note("copy " + text) },
	}, s.feed, func(hurry bool) { _ = s.note(fmt.Sprintf("stop %t", hurry)) }))
	return s
}

func (s *screen) note(what string) error {
	s.called = append(s.called, what)
	err := s.fail
	s.fail = nil
	return err
}

// start lets the pair answer.
func (s *screen) start() {
	s.run(s.Init())
	s.send(dashboard.Started(dashboard.Actions{
		Status: func(context.Context) launch.Status { return s.status },
		Reload: func(context.Context) error { return s.note("reload") },
		Restart: func(_ context.Context, file string, id int) error {
			return s.note(fmt.Sprintf("restart %s %d", file, id))
		},
		Explain: func(a launch.Access) (string, error) {
			if s.fail != nil {
				return "", s.note("explain")
			}
			return way, nil
		},
	}))
	s.frame()
}

// run does what came of a message.
func (s *screen) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			s.run(c)
		}
	case tea.QuitMsg:
		s.ended = true
	default:
		s.send(msg)
	}
}

func (s *screen) send(msg tea.Msg) {
	_, cmd := s.Update(msg)
	s.run(cmd)
}

// frame lets a quarter of a second pass.
func (s *screen) frame() {
	s.now = s.now.Add(250 * time.Millisecond)
	s.send(dashboard.Frame{})
}

func (s *screen) resize(width, height int) { s.send(tea.WindowSizeMsg{Width: width, Height: height}) }

var named = map[string]tea.KeyType{
	"enter": tea.KeyEnter, "esc": tea.KeyEsc, "up": tea.KeyUp, "down": tea.KeyDown, "tab": tea.KeyTab, "shift+tab": tea.KeyShiftTab, "home": tea.KeyHome, "end": tea.KeyEnd,
	"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "ctrl+c": tea.KeyCtrlC, "space": tea.KeySpace, "backspace": tea.KeyBackspace, "left": tea.KeyLeft, "right": tea.KeyRight,
}

// press sends keys: names, or text that is typed.
func (s *screen) press(keys ...string) {
	for _, k := range keys {
		if t, ok := named[k]; ok {
			s.send(tea.KeyMsg{Type: t})
			continue
		}
		for _, r := range k {
			s.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
		}
	}
}

// wants fails where the screen does not show a text.
func (s *screen) wants(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(s.View(), text) {
			t.Errorf("the screen does not show %q:\n%s", text, s.View())
		}
	}
}

func (s *screen) lacks(t *testing.T, text string) {
	t.Helper()
	if strings.Contains(s.View(), text) {
		t.Errorf("the screen shows %q:\n%s", text, s.View())
	}
}

// requests come in.
func (s *screen) requests(all ...launch.Access) {
	for _, a := range all {
		s.feed.Add(launch.Event{Time: s.now, From: launch.FromNginx, Access: &a})
	}
}

func access(method, uri string, code int, took float64, worker int) launch.Access {
	a := launch.Access{
		Remote: "127.0.0.1", Host: "shop.example:8080", Method: method, URI: uri, Status: code, Sent: 1234, Took: took, Listen: "127.0.0.1:8080", Worker: worker,
		At: launch.Place{File: "deploy/nginx.conf", Line: 24}, Location: "location /static/",
		Asked:    []launch.Header{{Name: "Host", Value: "shop.example:8080"}, {Name: "User-Agent", Value: "Mozilla/5.0"}, {Name: "Cookie", Value: "it's=1"}},
		Answered: []launch.Header{{Name: "Content-Type", Value: "text/html; charset=utf-8"}, {Name: "Set-Cookie", Value: "sessionid=abc; HttpOnly"}},
	}
	if worker > 0 {
		a.Upstream, a.At.Line, a.Location = "unix:/tmp/deployctl-0/run/app0.sock", 31, "location /"
	}
	return a
}

// visits are requests of all kinds.
func visits() []launch.Access {
	return []launch.Access{
		access("GET", "/", 200, 0.0123, 1), access("GET", "/static/shop/site.css", 200, 0.0002, 0), access("GET", "/static/shop/missing.png", 404, 0.0002, 0),
		access("GET", "/cart?item=%E8%8C%B6&n=2", 200, 0.031, 2), access("POST", "/cart", 302, 0.045, 1), access("GET", "/茶/绿茶", 200, 0.02, 3),
		access("GET", "/report?year=2025&columns=date,name,amount,currency,region&format=csv", 504, 61.2, 2), access("DELETE", "/api/items/17", 204, 0.008, 1),
		access("GET", "/api/items", 500, 0.093, 3), access("PROPFIND", "/", 405, 0.003, 4),
	}
}

func status() launch.Status {
	return launch.Status{
		PID: 4100, Dir: "/home/me/shop", URLs: []string{"http://127.0.0.1:8080/"}, Engines: launch.EngineNames{Nginx: "native 1.22.1", Uwsgi: "embedded"}, Started: noon.Add(-3 * time.Minute),
		Memory: 38 << 20, Processes: []launch.ProcessName{{Name: "nginx", PID: 4120, Memory: 6 << 20}, {Name: "python deploy/uwsgi.ini", PID: 4118, Memory: 15 << 20}},
		NginxWorkers: []launch.ProcessName{{Name: "nginx worker", PID: 4121, Memory: 4 << 20}},
		Workers: []launch.AppStatus{
			{File: "deploy/uwsgi.ini", ID: 1, PID: 4131, Requests: 1204, Memory: 61 << 20},
			{File: "deploy/uwsgi.ini", ID: 2, PID: 4132, Requests: 87, Memory: 60 << 20, Request: "127.0.0.1 - GET /report?year=2025"},
			{File: "deploy/uwsgi.ini", ID: 3, PID: 4140, Requests: 3, Memory: 58 << 20, Restarts: 2},
			{File: "deploy/uwsgi.ini", ID: 4, Restarts: 1},
		},
		Listens: []launch.Listen{{From: "*:80", To: "127.0.0.1:8080"}},
	}
}

func findings() []launch.Finding {
	return []launch.Finding{
		{Rule: "pair-socket-mismatch", Severity: diag.Error, Message: "nginx passes requests to unix:/run/shop.sock, which no uWSGI file binds", Why: `502 Bad Gateway, and "connect() to unix:/run/shop.sock failed (2: No such file or directory)" in nginx's log`,
			Help: "write the same address on both sides", Place: launch.Place{File: "deploy/nginx.conf", Line: 33}},
		{Rule: "pair-timeout-order", Severity: diag.Warning, Message: "uwsgi_read_timeout 30s ends a request before harakiri (60 s) does", Place: launch.Place{File: "deploy/nginx.conf", Line: 35}},
		{Rule: "uwsgi-no-vacuum", Severity: diag.Info, Message: "the socket stays when uWSGI ends", Place: launch.Place{File: "deploy/uwsgi.ini", Line: 4}},
	}
}

// way is what an explanation looks like.
const way = `GET /report?year=2025  (shop.example)
  * server server_name shop.example                       server_name is exactly "shop.example"  deploy/nginx.conf:20
  * location /                                            "/" is the longest prefix  deploy/nginx.conf:31

to the application at unix:/run/shop/uwsgi.sock, which deploy/uwsgi.ini:9 binds (deploy/nginx.conf:33)

limits:
  client_max_body_size         10m                              deploy/nginx.conf:12
`

var errRefused = errors.New("deploy/nginx.conf:12:5: unknown directive \"lisen\"")

func (s *screen) lines() {
	for _, e := range []launch.Event{
		{From: launch.FromApp, Text: "WSGI app 0 (mountpoint='') ready in 1 seconds on interpreter 0x55 pid: 4131 (default app)"},
		{From: launch.FromNginx, Bad: true, Text: `[error] upstream timed out (110: Connection timed out) while reading response header from upstream, client: 127.0.0.1, server: shop.example, request: "GET /report HTTP/1.1"`},
		{From: launch.FromSelf, Text: "why: deploy/nginx.conf:35: uwsgi_read_timeout 30s ends a request before harakiri (60 s) does [pair-timeout-order]"},
		{From: launch.FromApp, Text: "订单 17 已付款 \x1b[31mred\x1b[0m\tend"},
	} {
		e.Time = s.now
		s.feed.Add(e)
	}
}

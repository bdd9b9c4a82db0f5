package frames

import (
	"context"
	"fmt"
	"math"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lang"
	"github.com/deployctl/deployctl/launch"
	"github.com/deployctl/deployctl/tui/dashboard"
)

// noon is when the pair of the dashboard's pictures runs.
var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// visits are requests as a shop has them: the path, its status, its time in
// milliseconds, and the worker that answers, 0 for nginx itself.
var visits = []struct {
	method, uri  string
	status       int
	took, worker float64
}{
	{"GET", "/", 200, 12, 1}, {"GET", "/static/shop/site.css", 200, 0.2, 0}, {"GET", "/static/shop/logo.svg", 304, 0.1, 0}, {"GET", "/cart/?item=17", 200, 31, 2},
	{"POST", "/cart/", 302, 45, 1}, {"GET", "/cart/", 200, 28, 3}, {"GET", "/search/?q=%E7%BB%BF%E8%8C%B6", 200, 84, 3}, {"GET", "/static/shop/missing.png", 404, 0.2, 0},
	{"GET", "/api/items/?page=2", 200, 9, 1}, {"DELETE", "/api/items/17", 204, 8, 3}, {"GET", "/report/?year=2025&format=csv", 504, 30004, 2},
}

// Dashboard returns the screen of a running shop in a language, in colors.
func Dashboard(language string, width, height int, keys ...string) (string, error) {
	catalog, err := lang.Catalog(language)
	if err != nil {
		return "", err
	}
	cfg := dashboard.Config{Name: "shop", Catalog: catalog, Color: true, Findings: func() []launch.Finding { return shopFindings(catalog) }}
	status := shopStatus()
	actions := dashboard.Actions{
		Status:  func(context.Context) launch.Status { return status },
		Explain: func(launch.Access) (string, error) { return "", nil },
	}
	var pressed []tea.KeyMsg
	for _, k := range keys {
		pressed = append(pressed, Keys[k])
	}
	return dashboard.Still(cfg, actions, shopEvents(), width, height, pressed...), nil
}

// shopEvents are a minute of a shop, with a line of the log now and then.
func shopEvents() []launch.Event {
	var all []launch.Event
	add := func(at time.Time, from, text string, bad bool) {
		all = append(all, launch.Event{Time: at, From: from, Text: text, Bad: bad})
	}
	add(noon, launch.FromApp, "WSGI app 0 (mountpoint='') ready in 1 seconds on interpreter 0x55 pid: 4131 (default app)", false)
	n := 0
	for second := range 60 {
		at := noon.Add(time.Duration(second) * time.Second)
		for range int(9 + 7*math.Sin(float64(second)/6) + float64(second*7%5)) {
			v := visits[n*7%len(visits)]
			if n++; v.status == 504 && second < 58 {
				continue
			}
			a := &launch.Access{Method: v.method, URI: v.uri, Status: v.status, Took: v.took / 1000, Worker: int(v.worker), Location: "location /", At: launch.Place{File: "deploy/nginx.conf", Line: 57}, Listen: "127.0.0.1:8080"}
			if v.worker == 0 {
				a.Location, a.At.Line = "location /static/", 52
			}
			all = append(all, launch.Event{Time: at, From: launch.FromNginx, Access: a})
		}
	}
	end := noon.Add(59 * time.Second)
	add(end, launch.FromNginx, `[error] upstream timed out (110: Connection timed out) while reading response header from upstream, client: 127.0.0.1, server: shop.example, request: "GET /report/ HTTP/1.1"`, true)
	add(end, launch.FromSelf, "why: deploy/uwsgi.ini:41: harakiri of 60 seconds does not end before nginx gives up after 30 [pair-timeout-order]", false)
	add(end, launch.FromApp, "Order 1174 is paid", false)
	return all
}

func shopStatus() launch.Status {
	return launch.Status{
		PID: 4100, URLs: []string{"http://127.0.0.1:8080/"}, Engines: launch.EngineNames{Nginx: "native 1.30.1", Uwsgi: "embedded"}, Started: noon.Add(-3 * time.Minute), Memory: 38 << 20,
		Processes: []launch.ProcessName{{Name: "nginx", PID: 4120, Memory: 6 << 20}, {Name: "python", PID: 4118, Memory: 15 << 20}},
		Workers: []launch.AppStatus{
			{ID: 1, PID: 4131, Requests: 204, Memory: 61 << 20}, {ID: 2, PID: 4132, Requests: 87, Memory: 60 << 20, Request: "GET /report/?year=2025&format=csv"},
			{ID: 3, PID: 4140, Requests: 193, Memory: 58 << 20, Restarts: 1},
		},
	}
}

func shopFindings(c diag.Catalog) []launch.Finding {
	format := "harakiri of %d seconds does not end before nginx gives up after %d" // pair-timeout-order's
	if said := c[format]; said != "" {
		format = said
	}
	return []launch.Finding{{
		Rule: "pair-timeout-order", Severity: diag.Error, Place: launch.Place{File: "deploy/uwsgi.ini", Line: 41}, Message: fmt.Sprintf(format, 60, 30),
	}}
}

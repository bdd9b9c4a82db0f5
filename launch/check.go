package launch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/launch/route"
)

// Checked is one request of a check, and what came of it.
type Checked struct {
	URL      string `json:"url"` // as the configuration has it
	Want     string `json:"want"`
	Got      string `json:"got"`
	OK       bool   `json:"ok"`
	Location string `json:"location,omitempty"` // file:line of the location
	Took     int64  `json:"took"`               // milliseconds
}

// Check asks the running pair for every route that the configuration knows, and
// for the paths besides on the first server, and compares the answers with what
// the files say.
func Check(ctx context.Context, p *Plan, s *Status, paths ...string) ([]Checked, error) {
	if p.Nginx == nil {
		return nil, errors.New("there is no nginx configuration: nothing says what to ask for")
	}
	var all []Checked
	seen := map[string]bool{}
	for _, c := range p.Nginx.Sources {
		for _, sample := range route.Samples(c, p.paths.here) {
			l := p.listenOn(sample.Listen)
			q := route.Request{Method: http.MethodGet, Addr: address(l.From), Host: sample.Host, URI: (&url.URL{Path: sample.Path}).EscapedPath(), TLS: l.TLS, Header: http.Header{}}
			key := q.Addr + q.Host + q.URI
			if seen[key] {
				continue
			}
			seen[key] = true
			if err := ctx.Err(); err != nil {
				return all, err
			}
			all = append(all, p.check(ctx, s, q))
		}
	}
	for _, path := range paths {
		q, err := p.Request(path, http.MethodGet, nil)
		if err != nil {
			return all, err
		}
		if key := q.Addr + q.Host + q.URI; !seen[key] && ctx.Err() == nil {
			seen[key] = true
			all = append(all, p.check(ctx, s, q))
		}
	}
	return all, ctx.Err()
}

func (p *Plan) check(ctx context.Context, s *Status, q route.Request) Checked {
	scheme := "http"
	if q.TLS {
		scheme = "https"
	}
	want := p.Route(q)
	c := Checked{URL: scheme + "://" + q.Host + q.URI, Want: expected(want)}
	if port := portOf(q.Addr); port != "80" && port != "443" && !strings.HasPrefix(q.Addr, "unix:") {
		c.URL = scheme + "://" + q.Host + ":" + port + q.URI
	}
	if want.Location != nil && want.Location.Opener != nil {
		c.Location = placeOf(want.Location.Opener.HeadLocation()).String()
	} else if want.At.File != nil {
		c.Location = placeOf(want.At).String()
	}
	got, err := Send(ctx, s, q)
	if err != nil {
		c.Got = "no answer"
		c.OK = want.Kind == route.Status && want.Code == 444 || rejected(want, q)
		return c
	}
	c.Took = got.Took.Milliseconds()
	c.Got = fmt.Sprint(got.Status)
	if got.Location != "" {
		c.Got += " -> " + got.Location
	}
	c.OK = fits(want, got)
	return c
}

// rejected tells whether a server refuses the very handshake.
func rejected(want *route.Result, q route.Request) bool {
	if !q.TLS || want.Server == nil {
		return false
	}
	nodes := want.Server.Effective("ssl_reject_handshake")
	return len(nodes) > 0 && nodes[0].Arg(0) == "on"
}

// expected says what the files promise.
func expected(r *route.Result) string {
	switch r.Kind {
	case route.Endpoint:
		if r.Bind == nil {
			return r.Target
		}
		return "application"
	case route.File:
		return fmt.Sprintf("%d, file", r.Code)
	case route.Unknown:
		return "any"
	}
	return r.String()
}

// fits compares an answer with the promise. An application may answer whatever
// it likes but that it failed.
func fits(want *route.Result, got *Answer) bool {
	switch want.Kind {
	case route.Endpoint, route.Unknown:
		return got.Status < http.StatusInternalServerError
	case route.Redirect:
		return got.Status == want.Code && portless(got.Location) == portless(want.Target)
	}
	return got.Status == want.Code
}

// portless drops the port of a URL, which differs on this machine.
func portless(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return raw
	}
	u.Host = u.Hostname()
	return u.String()
}

// CheckText writes what was checked as a table.
func CheckText(w io.Writer, all []Checked, paint func(ok bool, text string) string, c diag.Catalog) error {
	out := &failing{w: w}
	wide, promise, failed := 0, 0, 0
	for _, one := range all {
		wide, promise = max(wide, len(one.URL)), max(promise, len(one.Want))
		if !one.OK {
			failed++
		}
	}
	for _, one := range all {
		mark := paint(one.OK, "ok  ")
		if !one.OK {
			mark = paint(one.OK, "FAIL")
		}
		out.printf("%s %-*s  %-*s  %s  %s\n", mark, wide, one.URL, promise, one.Want, one.Got, one.Location)
	}
	out.printf("%s\n", diag.T("%d of %d routes answer as the files say", len(all)-failed, len(all)).In(c))
	return out.err
}

// CheckJSON writes what was checked for programs.
func CheckJSON(w io.Writer, all []Checked) error {
	failed := 0
	for _, one := range all {
		if !one.OK {
			failed++
		}
	}
	if all == nil {
		all = []Checked{}
	}
	return json.NewEncoder(w).Encode(struct {
		Version int       `json:"version"`
		Routes  []Checked `json:"routes"`
		Failed  int       `json:"failed"`
	}{1, all, failed})
}

// CheckSource checks the pair that runs, or one that is started for it and
// stopped again. paths are asked for besides the routes.
func CheckSource(ctx context.Context, s *Source, o Options, paths ...string) (all []Checked, err error) {
	status, err := Ask(ctx, s.Dir, "status")
	if err == nil {
		plan, _, err := Preview(s, o)
		if err != nil {
			return nil, err
		}
		return Check(ctx, plan, status, paths...)
	}
	if !errors.Is(err, ErrNotRunning) {
		return nil, err
	}
	run, cancel := context.WithCancel(ctx)
	defer cancel()
	up := UpOptions{Options: o}
	var failure error
	up.Ready = func(status Status) {
		var plan *Plan
		if plan, _, failure = Preview(s, o); failure == nil {
			all, failure = Check(ctx, plan, &status, paths...)
		}
		cancel()
	}
	if err := Up(run, s, up); err != nil {
		return nil, err
	}
	return all, failure
}

package launch

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/launch/route"
	"github.com/deployctl/deployctl/nginx/site"
)

// Request reads a URL as the pair's visitors would type it, with the ports of
// the configuration or with those of this machine. A path alone is asked of the
// first server that has a name.
func (p *Plan) Request(rawURL, method string, header http.Header) (route.Request, error) {
	q := route.Request{Method: strings.ToUpper(method), Header: header}
	if header == nil {
		q.Header = http.Header{}
	}
	if p.Nginx == nil {
		return q, fmt.Errorf("there is no nginx configuration: uWSGI answers every request")
	}
	if strings.HasPrefix(rawURL, "/") {
		listen, host := p.front()
		q.Addr, q.TLS, q.URI, q.Host = address(listen.From), listen.TLS, rawURL, host
		return q, nil
	}
	if !strings.Contains(rawURL, "://") {
		rawURL = "http://" + rawURL
	}
	u, err := url.Parse(rawURL)
	if err != nil {
		return q, fmt.Errorf("read the URL: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return q, fmt.Errorf("%q is no URL of http or https", rawURL)
	}
	q.TLS, q.URI, q.Host = u.Scheme == "https", u.RequestURI(), u.Host
	if host := header.Get("Host"); host != "" {
		q.Host = host
	}
	port := u.Port()
	if port == "" {
		port = map[bool]string{false: "80", true: "443"}[q.TLS]
	}
	q.Addr = ":" + port
	for _, l := range p.Nginx.listens {
		if portOf(l.From) == port {
			q.Addr = address(l.From)
			return q, nil
		}
	}
	for _, l := range p.Nginx.listens {
		if portOf(l.To) == port {
			q.Addr = address(l.From)
		}
	}
	return q, nil
}

// RunsAs gives the plan the ports of the pair that runs: they are what a URL of
// its names, while a new plan avoids them.
func (p *Plan) RunsAs(s *Status) {
	if p.Nginx != nil && len(s.Listens) > 0 {
		p.Nginx.listens = s.Listens
	}
}

// asked is the request that was reported.
func (p *Plan) asked(a *Access) (route.Request, error) {
	header := http.Header{}
	for _, h := range a.Asked {
		header.Add(h.Name, h.Value)
	}
	scheme := "http://"
	if a.TLS {
		scheme = "https://"
	}
	host := a.Host
	if host == "" {
		host = "localhost" // HTTP/1.0 asks without one
	}
	uri := a.URI
	if !strings.HasPrefix(uri, "/") {
		uri = "/"
	}
	q, err := p.Request(scheme+host+uri, a.Method, header)
	if err != nil {
		return q, err
	}
	q.URI = uri
	for _, l := range p.Nginx.listens {
		if portOf(l.To) == portOf(a.Listen) && a.Listen != "" {
			q.Addr = address(l.From)
		}
	}
	q.Host = p.meant(q)
	return q, nil
}

// meant returns the host of a request as the user's files know it: what asks
// for localhost here is answered by the first server with a name.
func (p *Plan) meant(q route.Request) string {
	name := q.Host
	if host, _, err := net.SplitHostPort(name); err == nil {
		name = host
	}
	if !slices.Contains([]string{"localhost", "127.0.0.1", "::1", "[::1]"}, name) {
		return q.Host
	}
	for _, s := range p.Nginx.local {
		for _, l := range s.Listens {
			switch names := namesOf(s); {
			case l.Unix != "" || strconv.Itoa(l.Port) != portOf(q.Addr):
			case len(names) > 0:
				return names[0]
			default:
				return ""
			}
		}
	}
	return q.Host
}

// address writes a listen as site.Request.Addr has it: all addresses are named
// by their port.
func address(listen string) string {
	if strings.HasPrefix(listen, "unix:") {
		return listen
	}
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if host == "*" || host == "::" || host == "0.0.0.0" {
		return ":" + port
	}
	return listen
}

// front returns the address and the name of the first server that is no closed
// door.
func (p *Plan) front() (Listen, string) {
	for _, c := range p.Nginx.Sources {
		for _, s := range c.Servers {
			if closed(s) || len(s.Listens) == 0 {
				continue
			}
			host := "localhost"
			if names := namesOf(s); len(names) > 0 && names[0] != "_" {
				host = names[0]
			}
			for _, l := range s.Listens {
				if !l.QUIC {
					return p.listenOn(l), host
				}
			}
		}
	}
	return Listen{From: "*:80"}, "localhost"
}

// Route follows a request through the user's files.
func (p *Plan) Route(q route.Request) *route.Result {
	return route.Find(p.Pair, p.configFor(q), q, p.paths.here)
}

// configFor returns the configuration whose servers listen where a request
// arrives: fragments have their own.
func (p *Plan) configFor(q route.Request) *site.Config {
	for _, c := range p.Nginx.Sources {
		if s := c.ServerFor(q.Addr, q.Host); s != nil {
			for _, n := range s.Names {
				if n.Value == strings.ToLower(q.Host) {
					return c
				}
			}
		}
	}
	for _, c := range p.Nginx.Sources {
		if c.ServerFor(q.Addr, q.Host) != nil {
			return c
		}
	}
	return p.Nginx.Sources[0]
}

// Answer is what the running pair answers.
type Answer struct {
	Status   int           `json:"status"`
	Location string        `json:"location,omitempty"`
	Type     string        `json:"type,omitempty"`
	Length   int64         `json:"length"` // bytes of the body
	Took     time.Duration `json:"-"`
	Header   http.Header   `json:"-"`
}

// sendLimit is how long an answer may take.
const sendLimit = 30 * time.Second

// Send asks the running pair, with the addresses that its status tells.
func Send(ctx context.Context, s *Status, q route.Request) (*Answer, error) {
	to := ""
	for _, l := range s.Listens {
		if address(l.From) == q.Addr {
			to = l.To
			break
		}
	}
	if to == "" {
		return nil, fmt.Errorf("the running pair does not listen on %s", q.Addr)
	}
	scheme := "http"
	if q.TLS {
		scheme = "https"
	}
	host, _, err := net.SplitHostPort(q.Host)
	if err != nil {
		host = q.Host
	}
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, q.Method, scheme+"://"+host+q.URI, nil)
	if err != nil {
		return nil, fmt.Errorf("ask the pair: %w", err)
	}
	for name, values := range q.Header {
		r.Header[name] = values
	}
	r.Host = q.Host
	client := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DisableKeepAlives: true, DisableCompression: true,
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true, ServerName: host}, //nolint:gosec // the certificate is made for the run
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				network, address := "tcp", to
				if path, ok := strings.CutPrefix(to, "unix:"); ok {
					network, address = "unix", path
				}
				return (&net.Dialer{}).DialContext(ctx, network, address)
			},
		},
	}
	began := time.Now()
	answer, err := client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("ask the pair: %w", err)
	}
	defer answer.Body.Close()
	n, err := io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<30))
	if err != nil {
		return nil, fmt.Errorf("read the pair's answer: %w", err)
	}
	return &Answer{
		Status: answer.StatusCode, Location: answer.Header.Get("Location"), Type: answer.Header.Get("Content-Type"), Length: n, Took: time.Since(began), Header: answer.Header,
	}, nil
}

// Text says what was answered.
func (a *Answer) Text() diag.Text {
	return diag.T("the running pair answers %d, %s, %d bytes, after %d ms", a.Status, a.Type, a.Length, a.Took.Milliseconds())
}

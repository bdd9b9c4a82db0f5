package launch

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/deployctl/deployctl/launch/front"
)

// The parts of a running pair that say something.
const (
	FromNginx = "nginx"
	FromApp   = "app"
	FromSelf  = "deployctl"
)

// Event is one thing that happened: a request, a line of a log, or what
// deployctl has to say.
type Event struct {
	Time   time.Time `json:"time"`
	From   string    `json:"from"`
	Text   string    `json:"text,omitempty"`
	Bad    bool      `json:"bad,omitempty"` // an error
	Access *Access   `json:"access,omitempty"`
}

// Access is what became of a request.
type Access struct {
	Remote   string  `json:"remote"`
	Host     string  `json:"host"`
	Method   string  `json:"method"`
	URI      string  `json:"uri"`
	Status   int     `json:"status"`
	Sent     int64   `json:"sent"`               // bytes of the body
	Took     float64 `json:"took"`               // seconds
	At       Place   `json:"at"`                 // where the location that answered is written
	Location string  `json:"location,omitempty"` // as written; "" outside of all locations
	Upstream string  `json:"upstream,omitempty"`

	// What follows is told by a run in detail alone. The log of a run holds no
	// headers: passwords and sessions stand in them.
	Listen          string   `json:"listen,omitempty"` // the address that it came in at, here
	TLS             bool     `json:"tls,omitempty"`
	Worker          int      `json:"worker,omitempty"` // of the application that answered; 0 for none
	Asked, Answered []Header `json:"-"`                // the headers of both sides
}

// embeddedAccess is what the embedded nginx reports, at the user's lines.
func (n *NginxPlan) embeddedAccess(a front.Access) *Access {
	event := &Access{
		Remote: a.Remote, Host: a.Host, Method: a.Method, URI: a.URI, Status: a.Status, Sent: a.Sent, Took: a.Took.Seconds(),
		At: n.Place(a.Line), Location: a.Location, Upstream: a.Upstream,
	}
	if n.detail {
		detailOf(event, a)
	}
	return event
}

// nativeAccess reads a line of the access log that nginx writes for a plan.
func (n *NginxPlan) nativeAccess(line string) (*Access, time.Time, bool) {
	var raw struct {
		T, Remote, Host, Server, Method, URI, Status, Sent, Took, Upstream, At string
		rawDetail
	}
	if json.Unmarshal([]byte(line), &raw) != nil || raw.T == "" {
		return nil, time.Time{}, false
	}
	a := &Access{Remote: raw.Remote, Host: raw.Host, Method: raw.Method, URI: raw.URI, Upstream: raw.Upstream}
	a.Status, _ = strconv.Atoi(raw.Status)
	a.Sent, _ = strconv.ParseInt(raw.Sent, 10, 64)
	a.Took, _ = strconv.ParseFloat(raw.Took, 64)
	if i, err := strconv.Atoi(raw.At); err == nil && i >= 0 && i < len(n.marks) {
		at := n.marks[i].HeadLocation()
		a.At, a.Location = placeOf(at), strings.Join(strings.Fields(at.File.Text(at.Span)), " ")
	}
	if n.detail {
		raw.add(a)
	}
	seconds, _ := strconv.ParseFloat(raw.T, 64)
	whole, part := math.Modf(seconds)
	return a, time.Unix(int64(whole), int64(part*1e9)), true
}

// Printer writes events for people.
type Printer struct {
	Out   io.Writer
	Color bool
	mu    sync.Mutex
}

// The colors of a terminal.
const (
	red    = "31"
	green  = "32"
	yellow = "33"
	blue   = "34"
	purple = "35"
	cyan   = "36"
	dim    = "2"
)

func (p *Printer) paint(color, text string) string {
	if !p.Color || text == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

var fromColors = map[string]string{FromNginx: blue, FromApp: purple, FromSelf: cyan}

// Print writes one event.
func (p *Printer) Print(e Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := visible(strings.NewReplacer(":\n", ": ", "\n", "; ").Replace(e.Text))
	if e.Access != nil {
		text = p.access(e.Access)
	} else if e.Bad {
		text = p.paint(red, text)
	}
	fmt.Fprintf(p.Out, "%s %s %s\n", p.paint(dim, e.Time.Local().Format("15:04:05")), p.paint(fromColors[e.From], fmt.Sprintf("%-9s", e.From)), text)
}

func (p *Printer) access(a *Access) string {
	color := green
	switch {
	case a.Status >= 500:
		color = red
	case a.Status >= 400:
		color = yellow
	case a.Status >= 300:
		color = cyan
	}
	text := fmt.Sprintf("%s %s %s", p.paint(color, strconv.Itoa(a.Status)), visible(a.Method), visible(a.URI))
	where := visible(a.Location)
	if a.At.File != "" {
		where = strings.TrimSpace(where + " " + a.At.String())
	}
	if a.Upstream != "" && a.Upstream != "-" {
		where += " -> application"
	}
	return fmt.Sprintf("%s %s  %s", text, p.paint(dim, took(a.Took)), p.paint(dim, where))
}

func took(seconds float64) string {
	if seconds >= 10 {
		return fmt.Sprintf("%.0f s", seconds)
	}
	return fmt.Sprintf("%.0f ms", seconds*1000)
}

// visible makes control characters of a request or a log harmless to a
// terminal.
func visible(s string) string {
	if !strings.ContainsFunc(s, control) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if control(r) {
			fmt.Fprintf(&b, "\\x%02x", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func control(r rune) bool { return r < ' ' && r != '\t' || r >= 0x7f && r < 0xa0 }

// Verdict colors the word for what fits, or does not.
func (p *Printer) Verdict(ok bool, text string) string {
	if ok {
		return p.paint(green, text)
	}
	return p.paint(red, text)
}

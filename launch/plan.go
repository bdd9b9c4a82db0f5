package launch

import (
	"cmp"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
)

// PlanOptions say for what a plan is made.
type PlanOptions struct {
	// Scratch is the folder, absolute and short, for what is written: a unix
	// socket's path holds 107 bytes.
	Scratch string
	// Before is the plan that the run follows now: what it listens on stays, where
	// it can.
	Before *Plan
	// Generation numbers the plans of a run, from 0: the sockets of each have
	// names of their own where the application is replaced as a whole.
	Generation int
	// NativeNginx and NativeUwsgi tell which half the real programs run.
	NativeNginx, NativeUwsgi bool
	// Detail makes the copies tell more of each request: which worker answered, and
	// what headers there were.
	Detail bool
	// Routes tells that the native uWSGI knows route-run, which names the worker.
	Routes bool
}

// Place is where something is written in the user's own files.
type Place struct {
	File string `json:"file"`
	Line int    `json:"line"`
}

// String returns file:line, "" for no place.
func (p Place) String() string {
	if p.File == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// Change is a value that was rewritten so that the pair runs here.
type Change struct {
	Place
	From string
	To   string // "" for what is left out; what stays, for what is lost
	Why  diag.Text
	// Lost tells that what the value is for cannot be kept here.
	Lost bool
}

// Plan is a pair made ready to run on this machine. The files of the user are
// not changed; what runs are copies in the scratch folder.
type Plan struct {
	Source  *Source
	Pair    *pair.Pair // as the user wrote it
	Options PlanOptions
	Nginx   *NginxPlan // nil without nginx files
	Uwsgi   []*UwsgiPlan
	Changes []Change
	URLs    []string

	ports   *ports
	paths   *paths
	files   map[string]string // contents by path below the scratch folder
	folders []string          // to make there
	moved   map[pair.Endpoint]pair.Endpoint
}

// NginxPlan is the nginx half.
type NginxPlan struct {
	// Path is the configuration that runs: one file, includes in place.
	Path   string
	Config *site.Config // what stands in it
	// Sources are the user's configurations that went into it.
	Sources []*site.Config
	lines   []Place // of each line of the file
	marks   []*site.Node
	listens []Listen
	detail  bool           // requests are reported in detail
	local   []*site.Server // that answer localhost here, and do not where they will run
}

// Listen is one address that nginx listens on.
type Listen struct {
	From string `json:"from"` // as the user wrote it: host:port, or unix:/path
	To   string `json:"to"`   // here
	TLS  bool   `json:"tls"`
}

// UwsgiPlan is one uWSGI file.
type UwsgiPlan struct {
	Path   string        // the file that runs
	Source *uwsgi.Config // the user's
	Config *uwsgi.Config // what runs, under the user's name
	lines  []Place
	// Virtualenv is the folder that stands for the configuration's; "" for the
	// system's Python.
	Virtualenv string
	Dir        string // that the application starts in
	fixed      bool   // it listens where others than nginx look for it
	plugin     string // that the native uWSGI needs beyond those the file names
}

// String says in one line what was changed, or what cannot be kept.
func (c Change) String() string { return c.text().String() }

func (c Change) text() diag.Text {
	place := c.Place.String()
	switch {
	case c.From == "":
		return c.Why
	case c.To != "" && c.Lost:
		return diag.T("%s: %s", place, c.Why)
	case c.To == "":
		return diag.T("%s: %s: left out: %s", place, c.From, c.Why)
	}
	return diag.T("%s: %s: now %s: %s", place, c.From, c.To, c.Why)
}

// NewPlan plans how a pair runs here. It reads and writes nothing but the user's
// files, and asks this machine which ports are free.
func NewPlan(s *Source, opts PlanOptions) (*Plan, error) {
	read, err := pair.Load(s.Paths, pair.Options{Here: true})
	if err != nil {
		return nil, nothing(err, s)
	}
	uw, err := loadUwsgi(read.Uwsgi)
	if err != nil {
		return nil, err
	}
	p := &Plan{
		Source: s, Options: opts, Pair: pair.Join(read.Nginx, uw), ports: newPorts(), files: map[string]string{},
		moved: map[pair.Endpoint]pair.Endpoint{},
	}
	if err := broken(p.Pair); err != nil {
		return nil, err
	}
	p.paths = newPaths(s, uw)
	main, parts := p.chooseMain()
	p.listens(main, parts)
	p.planUwsgi()
	if err := p.planNginx(main, parts); err != nil {
		return nil, err
	}
	p.urls()
	slices.SortStableFunc(p.Changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return p, nil
}

// loadUwsgi reads uWSGI files again with the environment that they will have.
func loadUwsgi(configs []*uwsgi.Config) ([]*uwsgi.Config, error) {
	env := map[string]string{}
	for _, e := range os.Environ() {
		name, value, _ := strings.Cut(e, "=")
		env[name] = value
	}
	all := make([]*uwsgi.Config, 0, len(configs))
	for _, c := range configs {
		again, err := uwsgi.Load(c.Main.Name, uwsgi.LoadOptions{Env: env, Here: true})
		if err != nil {
			return nil, fmt.Errorf("read the uWSGI configuration: %w", err)
		}
		all = append(all, again)
	}
	return all, nil
}

// broken returns what keeps nginx or uWSGI from reading the files.
func broken(p *pair.Pair) error {
	var lines []string
	add := func(f *diag.File, s diag.Span, text diag.Text) {
		at := f.Range(s).Start
		lines = append(lines, fmt.Sprintf("%s:%d:%d: %s", f.Name, at.Line, at.Column, text))
	}
	for _, c := range p.Nginx {
		for _, f := range c.Tree.Files {
			for _, e := range f.Errors {
				add(f.File, e.Span, e.Message)
			}
		}
	}
	for _, c := range p.Uwsgi {
		for _, problem := range c.Problems {
			switch problem.Kind {
			case uwsgi.MissingInclude, uwsgi.IncludeCycle, uwsgi.BadLogic:
				add(problem.File.File, problem.Span, problem.Message)
			}
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return &BrokenError{lines}
}

// BrokenError says what makes a configuration unreadable.
type BrokenError struct{ Lines []string } // file:line:column: message

// Error returns the lines.
func (e *BrokenError) Error() string {
	return "the configuration cannot be read:\n" + strings.Join(e.Lines, "\n")
}

// change notes a value that was rewritten.
func (p *Plan) change(at diag.Location, to string, why diag.Text, lost bool) {
	c := Change{To: to, Why: why, Lost: lost, From: strings.Join(strings.Fields(at.File.Text(at.Span)), " ")}
	c.Place = placeOf(at)
	if c.From == c.To && !lost {
		return
	}
	p.Changes = append(p.Changes, c)
}

func placeOf(at diag.Location) Place {
	if at.File == nil {
		return Place{}
	}
	return Place{at.File.Name, at.Range().Start.Line}
}

// urls finds out where a browser reaches the pair.
func (p *Plan) urls() {
	if p.Nginx != nil {
		secure := slices.ContainsFunc(p.Nginx.listens, func(l Listen) bool { return l.TLS })
		for _, l := range p.Nginx.listens {
			host, port, err := net.SplitHostPort(l.To)
			if err != nil || host == "::1" {
				continue
			}
			scheme := "http"
			if l.TLS {
				scheme = "https"
			}
			if secure && host == "127.0.0.1" {
				host = "localhost" // without a name a client cannot say which certificate it wants
			}
			if u := scheme + "://" + net.JoinHostPort(host, port) + "/"; !slices.Contains(p.URLs, u) {
				p.URLs = append(p.URLs, u)
			}
		}
		return
	}
	for _, b := range p.Pair.Binds {
		if to, ok := p.moved[b.Endpoint]; ok && to.Network == pair.TCP && b.Protocol == pair.HTTP {
			p.URLs = append(p.URLs, "http://"+to.String()+"/")
		}
	}
}

// Write puts the files of the plan into the scratch folder.
func (p *Plan) Write() error {
	for _, dir := range p.folders {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("make the folders of the run: %w", err)
		}
	}
	for path, text := range p.files {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return fmt.Errorf("make the folders of the run: %w", err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return fmt.Errorf("write the files of the run: %w", err)
		}
	}
	return nil
}

// scratch returns a path in the scratch folder.
func (p *Plan) scratch(elements ...string) string {
	return filepath.Join(append([]string{p.Options.Scratch}, elements...)...)
}

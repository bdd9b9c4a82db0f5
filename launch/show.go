package launch

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/deployctl/deployctl/diag"
)

// jsonChange is a Change for programs.
type jsonChange struct {
	Place
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
	Why  string `json:"why"`
	Kept bool   `json:"kept"`
}

// JSON writes the plan for programs.
func (p *Plan) JSON(w io.Writer, e EngineNames, c diag.Catalog) error {
	v := struct {
		Version int          `json:"version"`
		Dir     string       `json:"dir"`
		URLs    []string     `json:"urls"`
		Engines EngineNames  `json:"engines"`
		Listens []Listen     `json:"listens"`
		Nginx   []string     `json:"nginx"` // the files that are run
		Uwsgi   []string     `json:"uwsgi"`
		Changes []jsonChange `json:"changes"`
	}{Version: 1, Dir: p.Source.Dir, URLs: p.URLs, Engines: e, Listens: []Listen{}, Nginx: []string{}, Uwsgi: []string{}, Changes: []jsonChange{}}
	if p.Nginx != nil {
		v.Listens = append(v.Listens, p.Nginx.listens...)
		for _, s := range p.Nginx.Sources {
			v.Nginx = append(v.Nginx, s.Tree.Main.Name)
		}
	}
	for _, u := range p.Uwsgi {
		v.Uwsgi = append(v.Uwsgi, u.Source.Main.Name)
	}
	for _, change := range p.Changes {
		v.Changes = append(v.Changes, jsonChange{change.Place, change.From, change.To, change.Why.In(c).String(), !change.Lost})
	}
	if v.URLs == nil {
		v.URLs = []string{}
	}
	return json.NewEncoder(w).Encode(v)
}

// Text writes the plan for people.
func (p *Plan) Text(w io.Writer, e EngineNames, c diag.Catalog) error {
	out := &failing{w: w}
	out.printf("%s\n", diag.T("nginx: %s, uWSGI: %s", e.Nginx, e.Uwsgi).In(c))
	for _, u := range p.URLs {
		out.printf("  %s\n", u)
	}
	for _, lost := range []bool{false, true} {
		title := diag.T("rewritten for this machine, in copies:")
		if lost {
			title = diag.T("not kept:")
		}
		first := true
		for _, change := range p.Changes {
			if change.Lost != lost {
				continue
			}
			if first {
				out.printf("\n%s\n", title.In(c))
				first = false
			}
			out.printf("  %s\n", change.text().In(c))
		}
	}
	return out.err
}

// failing keeps the first error of many writes.
type failing struct {
	w   io.Writer
	err error
}

func (f *failing) printf(format string, args ...any) {
	if f.err == nil {
		_, f.err = fmt.Fprintf(f.w, format, args...)
	}
}

// Preview makes the plan of a pair without running it, and says which programs
// would run it.
func Preview(s *Source, o Options) (*Plan, EngineNames, error) {
	chosen, err := choose(&o)
	if err != nil {
		return nil, EngineNames{}, err
	}
	dir, err := RunFolder(s.Dir)
	if err != nil {
		return nil, EngineNames{}, err
	}
	plan, err := NewPlan(s, PlanOptions{Scratch: dir, NativeNginx: chosen.nginx != nil, NativeUwsgi: chosen.uwsgi != nil})
	return plan, chosen.names(plan), err
}

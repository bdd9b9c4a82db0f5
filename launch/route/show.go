package route

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/deployctl/deployctl/diag"
)

// at writes file:line.
func at(l diag.Location) string {
	if l.File == nil {
		return ""
	}
	return fmt.Sprintf("%s:%d", l.File.Name, l.Range().Start.Line)
}

// Text writes what becomes of a request for people.
func (r *Result) Text(w io.Writer, q Request, c diag.Catalog) error {
	out := &failing{w: w}
	out.printf("%s %s  (%s)\n", q.Method, q.URI, q.Host)
	for _, s := range r.Steps {
		mark := " "
		if s.Taken {
			mark = "*"
		}
		out.printf("  %s %-50s %s  %s\n", mark, s.What, s.Why.In(c), at(s.At))
	}
	out.printf("\n%s\n", r.ending().In(c))
	for _, group := range []struct {
		title diag.Text
		all   []Setting
	}{{diag.T("headers that nginx adds:"), r.Headers}, {diag.T("limits:"), r.Limits}} {
		if len(group.all) > 0 {
			out.printf("\n%s\n", group.title.In(c))
		}
		for _, s := range group.all {
			out.printf("  %-28s %-32s %s\n", s.Name, s.Text, at(s.At))
		}
	}
	return out.err
}

// ending says where the request ends.
func (r *Result) ending() diag.Text {
	switch r.Kind {
	case Endpoint:
		if r.Bind != nil {
			return diag.T("to the application at %s, which %s binds (%s)", r.Target, at(r.Bind.Option.KeyLocation()), at(r.At))
		}
		return diag.T("to %s, where none of the files listens (%s)", r.Target, at(r.At))
	case File:
		switch r.Code {
		case 404:
			return diag.T("the file %s, which is not there: 404 (%s)", r.Target, at(r.At))
		case 403:
			return diag.T("the folder %s, which has no index: 403 (%s)", r.Target, at(r.At))
		}
		return diag.T("the file %s (%s)", r.Target, at(r.At))
	case Redirect:
		return diag.T("%d, to %s (%s)", r.Code, r.Target, at(r.At))
	case Status:
		return diag.T("%d (%s)", r.Code, at(r.At))
	}
	return diag.T("not known without running: %s", r.Why)
}

type jsonPlace struct {
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
}

func placed(l diag.Location) jsonPlace {
	if l.File == nil {
		return jsonPlace{}
	}
	return jsonPlace{l.File.Name, l.Range().Start.Line}
}

type jsonSetting struct {
	jsonPlace
	Name  string `json:"name"`
	Value string `json:"value"`
}

type jsonStep struct {
	jsonPlace
	What  string `json:"what,omitempty"`
	Taken bool   `json:"taken"`
	Why   string `json:"why"`
}

// JSON writes what becomes of a request for programs; answer is what the running
// pair says, nil when it was not asked.
func (r *Result) JSON(w io.Writer, q Request, c diag.Catalog, answer any) error {
	v := struct {
		Version  int    `json:"version"`
		Method   string `json:"method"`
		Host     string `json:"host"`
		URI      string `json:"uri"`
		Server   string `json:"server,omitempty"`
		Location string `json:"location,omitempty"`
		Outcome  struct {
			jsonPlace
			Kind   Kind   `json:"kind"`
			Status int    `json:"status,omitempty"`
			Target string `json:"target,omitempty"`
			Why    string `json:"why,omitempty"`
			Bind   string `json:"bind,omitempty"`
		} `json:"outcome"`
		Steps   []jsonStep    `json:"steps"`
		Headers []jsonSetting `json:"headers"`
		Limits  []jsonSetting `json:"limits"`
		Answer  any           `json:"answer,omitempty"`
	}{Version: 1, Method: q.Method, Host: q.Host, URI: q.URI, Steps: []jsonStep{}, Headers: []jsonSetting{}, Limits: []jsonSetting{}, Answer: answer}
	if r.Server != nil && r.Server.Opener != nil {
		v.Server = at(r.Server.Opener.HeadLocation())
	}
	if r.Location != nil {
		v.Location = at(place(r.Location))
	}
	v.Outcome.jsonPlace, v.Outcome.Kind, v.Outcome.Status, v.Outcome.Target = placed(r.At), r.Kind, r.Code, r.Target
	v.Outcome.Why = r.Why.In(c).String()
	if r.Bind != nil {
		v.Outcome.Bind = at(r.Bind.Option.KeyLocation())
	}
	for _, s := range r.Steps {
		v.Steps = append(v.Steps, jsonStep{placed(s.At), s.What, s.Taken, s.Why.In(c).String()})
	}
	for _, s := range r.Headers {
		v.Headers = append(v.Headers, jsonSetting{placed(s.At), s.Name, s.Text})
	}
	for _, s := range r.Limits {
		v.Limits = append(v.Limits, jsonSetting{placed(s.At), s.Name, s.Text})
	}
	return json.NewEncoder(w).Encode(v)
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

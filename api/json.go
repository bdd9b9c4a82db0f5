package api

import (
	"encoding/json"
	"io"

	"github.com/deployctl/deployctl/diag"
)

type jsonPlace struct {
	File string `json:"file"`
	Line int    `json:"line"`
}

type jsonOperation struct {
	Method      string     `json:"method"`
	Path        string     `json:"path"`
	ID          string     `json:"operationId,omitempty"`
	Server      string     `json:"server"`
	URL         string     `json:"url"`
	Outcome     Outcome    `json:"outcome"`
	Why         string     `json:"why"`
	Declared    jsonPlace  `json:"declared"`
	NginxServer string     `json:"nginxServer,omitempty"`
	Location    string     `json:"location,omitempty"`
	Answered    *jsonPlace `json:"answered,omitempty"`
	Decided     *jsonPlace `json:"decided,omitempty"`
	BodyLimit   int64      `json:"bodyLimit,omitempty"`
	ReadTimeout string     `json:"readTimeout,omitempty"`
}

type jsonLocation struct {
	Location string    `json:"location"`
	Server   string    `json:"nginxServer"`
	At       jsonPlace `json:"at"`
}

// JSON writes {"version":1,"operations":[...],"undocumented":[...],"summary":{...}}.
// Lines count from 1; bodyLimit is in bytes and left out for none.
func (r *Report) JSON(w io.Writer) error {
	out := struct {
		Version      int             `json:"version"`
		Operations   []jsonOperation `json:"operations"`
		Undocumented []jsonLocation  `json:"undocumented"`
		Summary      struct {
			Operations int `json:"operations"`
			Missed     int `json:"missed"`
		} `json:"summary"`
	}{Version: 1, Operations: []jsonOperation{}, Undocumented: []jsonLocation{}}
	for i := range r.Covered {
		c := &r.Covered[i]
		o := jsonOperation{
			Method: c.Method, Path: c.Path, ID: c.ID, Server: c.Base.String(), URL: c.URL.String(), Outcome: c.Outcome, Why: r.say(c.Why),
			Declared: place(c.At), BodyLimit: c.BodyLimit, ReadTimeout: c.ReadTimeout,
		}
		if c.Server != nil {
			o.NginxServer = ServerName(c.Server)
		}
		if c.Location != nil {
			o.Location = Title(c.Location)
		}
		if at, ok := c.Where(); ok {
			p := place(at)
			o.Answered = &p
		}
		if c.Decides != nil {
			p := place(c.Decides.HeadLocation())
			o.Decided = &p
		}
		out.Operations = append(out.Operations, o)
	}
	for _, l := range r.Undocumented {
		out.Undocumented = append(out.Undocumented, jsonLocation{Title(l), ServerName(l.Server), place(l.Opener.HeadLocation())})
	}
	out.Summary.Operations, out.Summary.Missed = len(r.Covered), r.Missed()
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

func place(l diag.Location) jsonPlace {
	return jsonPlace{l.File.Name, l.File.Pos(l.Span.Start).Line}
}

package api

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/deployctl/deployctl/diag"
)

// Operation is one method of one path of a specification.
type Operation struct {
	Method string
	Path   string // a template, such as /orders/{id}
	ID     string // operationId, or ""
	At     diag.Location
	// Servers are the URLs below which the path lies, without variables; never
	// empty.
	Servers []*url.URL
	// Body is the number of bytes that the contract lets a request's body have,
	// as far as it says so: 0 when it says nothing.
	Body int64
	// Upload tells that the body holds a file, whose size the contract does not say.
	Upload bool
	// Raw tells that Body is the whole body, with nothing around it.
	Raw bool
}

// Operations returns the operations of a specification, in the order of paths
// and methods.
func (s *Spec) Operations() []Operation {
	var all []Operation
	doc := s.info.Spec
	if doc.Paths == nil {
		return nil
	}
	for path, item := range doc.Paths.Map() {
		if item == nil {
			continue
		}
		for method, op := range item.Operations() {
			if op == nil {
				continue
			}
			o := Operation{Method: method, Path: path, ID: op.OperationID, At: s.at(op.Origin)}
			servers := doc.Servers
			if len(item.Servers) > 0 {
				servers = item.Servers
			}
			if op.Servers != nil && len(*op.Servers) > 0 {
				servers = *op.Servers
			}
			o.Servers = urls(servers)
			if op.RequestBody != nil && op.RequestBody.Value != nil {
				o.Raw = true
				for kind, media := range op.RequestBody.Value.Content {
					size, upload := bodySize(kind, media)
					o.Raw = o.Raw && kind == "application/octet-stream" && size > 0
					o.Body = max(o.Body, size)
					o.Upload = o.Upload || upload
				}
			}
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b Operation) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	return all
}

// urls returns the addresses of servers, with the defaults of their variables.
func urls(servers openapi3.Servers) []*url.URL {
	var all []*url.URL
	for _, s := range servers {
		if s == nil {
			continue
		}
		text := s.URL
		for name, v := range s.Variables {
			if v == nil {
				continue
			}
			text = strings.ReplaceAll(text, "{"+name+"}", v.Default)
		}
		if u, err := url.Parse(text); err == nil {
			if u.Path == "" {
				u.Path = "/"
			}
			all = append(all, u)
		}
	}
	if len(all) == 0 {
		all = append(all, &url.URL{Path: "/"})
	}
	return all
}

// maxBody bounds what is added up: a TiB is more than any limit.
const maxBody = 1 << 40

// bodySize returns the largest body that a schema's words let through, and
// whether it is a file of no said size.
func bodySize(kind string, media *openapi3.MediaType) (size int64, upload bool) {
	if media == nil || media.Schema == nil || media.Schema.Value == nil {
		return 0, kind == "application/octet-stream"
	}
	schemas := []*openapi3.Schema{media.Schema.Value}
	for _, p := range media.Schema.Value.Properties {
		if p != nil && p.Value != nil {
			schemas = append(schemas, p.Value)
		}
	}
	for _, s := range schemas {
		binary := s.Format == "binary" || s.Format == "byte" || kind == "application/octet-stream"
		switch {
		case s.MaxLength != nil:
			size += int64(min(*s.MaxLength, maxBody))
		case binary:
			upload = true
		}
	}
	return min(size, maxBody), upload
}

// Example returns a path that the operation's template stands for: parameters
// are replaced by words that a pattern for numbers or names would take.
func (o *Operation) Example() string {
	var b strings.Builder
	rest, n := o.Path, 0
	for {
		before, after, ok := strings.Cut(rest, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		_, tail, ok := strings.Cut(after, "}")
		if !ok {
			return b.String() + after
		}
		n++
		b.WriteString(strconv.Itoa(n))
		rest = tail
	}
}

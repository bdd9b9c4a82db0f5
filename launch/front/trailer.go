package front

import "slices"

// hasTrailers tells whether add_trailer puts fields behind a response's body
// (ngx_http_headers_filter).
func (r *request) hasTrailers(p *response) bool {
	return slices.ContainsFunc(r.loc.addedTrailers, func(t addedHeader) bool { return t.always || addable[p.status] })
}

// trailers returns these fields; the body was sent.
func (r *request) trailers(p *response) []header {
	var fields []header
	for _, t := range r.loc.addedTrailers {
		if !t.always && !addable[p.status] {
			continue
		}
		if v := t.value.eval(r); v != "" {
			fields = append(fields, header{t.name, v})
		}
	}
	r.sentTrailers = fields
	return fields
}

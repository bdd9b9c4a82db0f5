package front

import (
	"bytes"
	"io"
	"net/http"

	"github.com/deployctl/deployctl/nginx/site"
)

// additions are the URIs whose bodies go before and behind that of a response.
type additions struct {
	before, after string // "" for none
	types         map[string]bool
}

func (c *config) newAdditions(s *site.Scope) *additions {
	a := &additions{types: c.typeSet(s, "addition_types", "text/html")}
	if n := c.one(s, "add_before_body"); n != nil {
		a.before = n.Arg(0)
	}
	if n := c.one(s, "add_after_body"); n != nil {
		a.after = n.Arg(0)
	}
	if a.before == "" && a.after == "" {
		return nil
	}
	return a
}

// addBodies is the addition filter (ngx_http_addition_filter_module.c).
func (r *request) addBodies(p *response) {
	a := r.loc.additions
	if a == nil || p.status != http.StatusOK || !inTypes(a.types, p.contentType) {
		return
	}
	p.rangeless()
	p.weaken()
	own := *p
	p.body, p.file, p.offset, p.length = nil, nil, 0, -1
	parts := []io.Reader{&addition{request: r, uri: a.before}, own.reader(), &addition{request: r, uri: a.after}}
	p.stream = readCloser{io.MultiReader(parts...), closerOf{&own}}
}

// closerOf closes a response as a stream is closed.
type closerOf struct{ *response }

// Close implements io.Closer.
func (c closerOf) Close() error {
	c.close()
	return nil
}

// addition asks for a URI when it is read first.
type addition struct {
	request *request
	uri     string
	asked   bool
	body    bytes.Reader
}

// Read implements io.Reader.
func (a *addition) Read(b []byte) (int, error) {
	if !a.asked && a.uri != "" {
		a.asked = true
		text, err := a.request.bodyAt(a.uri)
		if err != nil {
			return 0, err
		}
		a.body.Reset(text)
	}
	return a.body.Read(b)
}

// bodyAt returns the body of the answer to a subrequest, whatever its status is.
func (r *request) bodyAt(uri string) ([]byte, error) {
	child := r.subrequest(uri)
	defer child.leaveAll()
	if r.bodyRead != nil {
		child.bodyRead, child.length = r.bodyRead, r.length // one that was read goes along
	}
	answer := child.process()
	r.learn(child)
	if answer == nil {
		return nil, nil
	}
	child.substitute(answer)
	defer answer.close()
	child.ended(answer)
	return io.ReadAll(answer.reader())
}

package front

import "github.com/deployctl/deployctl/nginx/site"

// mirrors are the URIs that requests are sent to as well, and whether with their
// bodies.
type mirrors struct {
	uris     []string
	withBody bool
}

func (c *config) newMirrors(s *site.Scope) *mirrors {
	m := &mirrors{withBody: c.flag(s, "mirror_request_body", true)}
	for _, n := range c.all(s, "mirror") {
		if n.Arg(0) == "off" {
			return nil
		}
		m.uris = append(m.uris, n.Arg(0))
	}
	if m.uris == nil {
		return nil
	}
	return m
}

// mirror sends copies of a request to other locations, whose answers nobody
// waits for but the client's next request (ngx_http_mirror_module.c).
func (r *request) mirror() (status int) {
	m := r.loc.mirrors
	if m == nil || r.parent != nil || r.mirrored {
		return 0
	}
	r.mirrored = true
	if m.withBody {
		if _, status := r.readBody(); status != 0 {
			return status
		}
	}
	for _, uri := range m.uris {
		child := r.subrequest(uri)
		child.method, child.args = r.method, r.args
		child.unwatched = true
		if m.withBody {
			child.bodyRead, child.length = r.bodyRead, r.length
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			if answer := child.process(); answer != nil {
				child.ended(answer)
				answer.close()
			}
			child.leaveAll()
		}()
		r.leave = append(r.leave, func() { <-done })
	}
	return 0
}

// ended notes what came of a subrequest, and logs it where that is asked for.
func (r *request) ended(answer *response) {
	r.status, r.sentHead = answer.status, r.head(answer)
	if r.loc.logSubs {
		r.logAccess()
	}
}

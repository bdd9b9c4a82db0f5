package front

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/nginx/site"
)

// errorPage is one error_page.
type errorPage struct {
	codes  map[int]bool
	answer int  // the status to answer with; 0 for the original one, or that of the redirect
	follow bool // "=": the status is that of the page
	target *text
}

func (c *config) errorPages(s *site.Scope) []errorPage {
	var pages []errorPage
	for _, n := range c.all(s, "error_page") {
		p := errorPage{codes: map[int]bool{}}
		words := n.Args
		if len(words) < 2 {
			continue
		}
		last := words[len(words)-1].Value
		for _, w := range words[:len(words)-1] {
			if answer, ok := strings.CutPrefix(w.Value, "="); ok {
				if answer == "" {
					p.follow = true
					continue
				}
				p.answer, _ = strconv.Atoi(answer)
				continue
			}
			if code, err := strconv.Atoi(w.Value); err == nil {
				p.codes[code] = true
			}
		}
		p.target = c.text(last)
		pages = append(pages, p)
	}
	return pages
}

// errorPageFor returns the response of the error_page for a status, which may be
// none; false when no page is asked for (ngx_http_special_response_handler).
func (r *request) errorPageFor(status int) (*response, bool) {
	if r.errorPage || r.cycles < 0 || len(r.loc.errorPages) == 0 {
		return nil, false
	}
	r.errorPage = !r.loc.recursiveErrors
	for i := range r.loc.errorPages {
		p := &r.loc.errorPages[i]
		if !p.codes[status] {
			continue
		}
		r.override = status
		if p.answer > 0 {
			r.override = p.answer
		}
		if p.follow {
			r.override = 0
		}
		if b := r.unread(); b != nil && !p.follow && p.answer != http.StatusOK {
			b.ask = false
		}
		to := p.target.eval(r)
		switch {
		case strings.HasPrefix(to, "/"):
			if r.method != http.MethodHead {
				r.method = http.MethodGet
			}
			return r.redirectTo(to), true
		case strings.HasPrefix(to, "@"):
			return r.redirectNamed(to), true
		}
		code := p.answer
		if code != 301 && code != 303 && code != 307 && code != 308 {
			code = http.StatusFound
		}
		r.override = 0
		return r.specialRedirect(code, to), true
	}
	return nil, false
}

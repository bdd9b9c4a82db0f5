package front

import (
	"bufio"
	"encoding/base64"
	"maps"
	"net/http"
	"os"
	"strings"

	"github.com/deployctl/deployctl/nginx/site"
)

// basicAuth is auth_basic.
type basicAuth struct{ realm, file *text }

// subrequestAuth is auth_request with its auth_request_set.
type subrequestAuth struct {
	uri  string
	sets []setVariable
}

type setVariable struct {
	name  string
	value *text
}

func (c *config) authSettings(l *location, s *site.Scope) {
	realm, file := c.one(s, "auth_basic"), c.one(s, "auth_basic_user_file")
	if realm != nil && file != nil && realm.Arg(0) != "off" {
		l.basic = &basicAuth{c.text(realm.Arg(0)), c.text(file.Arg(0))}
	}
	if n := c.one(s, "auth_request"); n != nil && n.Arg(0) != "off" {
		l.subrequest = &subrequestAuth{uri: n.Arg(0)}
		for _, n := range c.all(s, "auth_request_set") {
			l.subrequest.sets = append(l.subrequest.sets, setVariable{strings.ToLower(strings.TrimPrefix(n.Arg(0), "$")), c.text(n.Arg(1))})
		}
	}
}

// credentials are those of HTTP basic authentication.
func (r *request) credentials() (user, password string, ok bool) {
	v, _ := r.header("authorization")
	scheme, encoded, _ := strings.Cut(v, " ")
	if !strings.EqualFold(scheme, "basic") {
		return "", "", false
	}
	plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if err != nil {
		return "", "", false
	}
	return strings.Cut(string(plain), ":")
}

// checkBasic asks for a name and a password (ngx_http_auth_basic_module.c).
func (r *request) checkBasic() int {
	realm := r.loc.basic.realm.eval(r)
	if realm == "off" {
		return 0
	}
	user, password, ok := r.credentials()
	if !ok {
		return r.ask(realm)
	}
	path := r.front.place(r.loc.basic.file.eval(r))
	f, err := os.Open(path)
	if err != nil {
		r.logError("open() %q failed: %v", path, err)
		if os.IsNotExist(err) {
			return http.StatusForbidden
		}
		return http.StatusInternalServerError
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		name, rest, ok := strings.Cut(lines.Text(), ":")
		if !ok || name != user || strings.HasPrefix(name, "#") {
			continue
		}
		hash, _, _ := strings.Cut(rest, ":")
		right, known := passwordMatches(password, hash)
		switch {
		case !known:
			r.logError("the password of user %q is hashed in a way that is not read here", user)
			return http.StatusInternalServerError
		case right:
			return 0
		}
		r.logError("user %q: password mismatch", user)
		return r.ask(realm)
	}
	r.logError("user %q was not found in %q", user, path)
	return r.ask(realm)
}

// ask asks the client for credentials.
func (r *request) ask(realm string) int {
	r.challenge = `Basic realm="` + realm + `"`
	return http.StatusUnauthorized
}

// checkSubrequest asks another location (ngx_http_auth_request_module.c).
func (r *request) checkSubrequest() int {
	child := r.subrequest(r.loc.subrequest.uri)
	defer child.leaveAll()
	answer := child.process()
	r.learn(child)
	if answer == nil {
		r.lost = child.lost
		return http.StatusInternalServerError
	}
	defer answer.close()
	child.ended(answer)
	for _, s := range r.loc.subrequest.sets {
		r.setVar(s.name, s.value.eval(child))
	}
	switch {
	case answer.status == http.StatusForbidden:
		return http.StatusForbidden
	case answer.status == http.StatusUnauthorized:
		r.challenge, _ = answer.header("www-authenticate")
		return http.StatusUnauthorized
	case answer.status >= 200 && answer.status < 300:
		return 0
	}
	r.logError("auth request unexpected status: %d", answer.status)
	return http.StatusInternalServerError
}

// learn takes over the variables that a subrequest has set or looked up: nginx
// has them once for both.
func (r *request) learn(child *request) {
	for name, v := range child.sets {
		if !ofRequest(name) {
			r.setVar(name, v)
		}
	}
	if r.cache == nil {
		r.cache = child.cache
		return
	}
	maps.Copy(r.cache, child.cache)
}

// ofRequest tells whether what is kept under a name is no variable that all
// share, but belongs to one request.
func ofRequest(name string) bool {
	return name == "limit_rate" || strings.HasPrefix(name, "\x00proxy_") || name == "\x00gzip_ratio"
}

// subrequest makes a request for another URI with the head of this one and no
// body.
func (r *request) subrequest(uri string) *request {
	child := &request{
		front: r.front, conf: r.conf, conn: r.conn, context: r.context, method: http.MethodGet, line: r.line, target: r.target, unparsed: r.unparsed, proto: r.proto, major: r.major, minor: r.minor,
		headers: r.headers, host: r.host, server: r.server, body: http.NoBody, started: r.started, internal: true, ownURI: true, parent: r, sub: true, client: r.client,
		sets: maps.Clone(r.sets), cache: maps.Clone(r.cache),
	}
	maps.DeleteFunc(child.sets, func(name, _ string) bool { return ofRequest(name) })
	if r.method == http.MethodHead {
		child.method = r.method
	}
	child.path, child.args, _ = strings.Cut(uri, "?")
	return child
}

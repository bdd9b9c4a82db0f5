package nginxrule

import (
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// passDirectives hand a request on.
var passDirectives = []string{"proxy_pass", "uwsgi_pass", "fastcgi_pass", "scgi_pass", "grpc_pass", "memcached_pass"}

// passHere returns the directive of this very scope that hands requests on, or nil.
func passHere(s *site.Scope) *site.Node {
	for _, name := range passDirectives {
		if nodes := s.Here(name); len(nodes) > 0 {
			return nodes[0]
		}
	}
	return nil
}

// inForce returns the first argument of the directive in force in a scope, or
// def where none is.
func inForce(s *site.Scope, name, def string) string {
	if nodes := s.Effective(name); len(nodes) > 0 && len(nodes[len(nodes)-1].Args) > 0 {
		return nodes[len(nodes)-1].Arg(0)
	}
	return def
}

// wholeConfig tells whether everything that nginx would read is here: what is
// missing is not merely written elsewhere.
func wholeConfig(c *site.Config) bool {
	return c.Root.Context == directive.Main && c.HTTP != nil && len(c.Tree.Problems) == 0
}

// isOpaque tells whether a scope holds an include that could not be followed.
func isOpaque(s *site.Scope) bool { return len(s.Here("include")) > 0 }

// shownLocation returns a location's modifier and pattern for a message.
func shownLocation(l *site.Location) string {
	if l.Opener == nil {
		return shown(l.Pattern)
	}
	words := make([]string, 0, 2)
	for _, a := range l.Opener.Args {
		words = append(words, a.Value)
	}
	return shown(strings.Join(words, " "))
}

// shown quotes an expression for a message: as %q does, with its backslashes as
// they are written.
func shown(text string) string {
	return strings.ReplaceAll(strconv.Quote(text), `\\`, `\`)
}

// isRegexLocation tells whether a location is chosen by a regular expression.
func isRegexLocation(l *site.Location) bool {
	return l.Kind == site.Regex || l.Kind == site.RegexNoCase
}

func itoa(n int) string { return strconv.Itoa(n) }

// saidAtLeast tells whether somebody said that nginx will be the release or a
// newer one.
func saidAtLeast(p *lint.Pass, release string) bool {
	return p.Target.NginxSaid() && p.Target.NginxAtLeast(release)
}

// saidOlder tells whether somebody said that nginx will be older than the release.
func saidOlder(p *lint.Pass, release string) bool {
	return p.Target.NginxSaid() && !p.Target.NginxAtLeast(release)
}

// isLoopback tells whether the argument of listen is an address of this
// machine alone.
func isLoopback(listen string) bool {
	return strings.HasPrefix(listen, "127.") || strings.HasPrefix(listen, "[::1]") || strings.HasPrefix(listen, "localhost:") || strings.HasPrefix(listen, "unix:")
}

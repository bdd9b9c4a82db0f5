package securityrule

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// HSTS reports TLS servers that do not tell browsers to come back with TLS.
var HSTS = &lint.Rule{
	ID:       "nginx-hsts",
	Severity: diag.Info,
	Summary:  "a TLS server without Strict-Transport-Security, or with one that is too short",
	Fixable:  true,
	Page:     page("nginx-hsts"),
	Check:    checkHSTS,
}

// shortest is the max-age, in seconds, below which scanners call the header
// too short: 180 days.
const shortest = 180 * 24 * 3600

// maxAge finds the time of a Strict-Transport-Security header.
var maxAge = regexp.MustCompile(`(?i)max-age\s*=\s*"?(\d+)`)

func checkHSTS(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, n := range c.Find("add_header") {
			if n.Row != nil && strings.EqualFold(n.Arg(0), "Strict-Transport-Security") && known(n.Arg(1)) {
				checkMaxAge(p, n)
			}
		}
		for _, s := range c.Servers {
			if s.Opener == nil || !speaksTLS(s) || !public(s) || word(s.Scope, "ssl_reject_handshake") == "on" || !named(s) || len(c.Tree.Problems) > 0 {
				continue
			}
			if !whole(c) && len(headers(s.Scope)) == 0 || saysHSTS(s) || refusesAll(s.Scope) {
				continue
			}
			reportHSTS(p, s)
		}
	}
}

// saysHSTS tells whether the header is added somewhere in a server: where one
// location has it and another not, that is another rule's.
func saysHSTS(s *site.Server) bool {
	if header(s.Scope, "Strict-Transport-Security") != nil {
		return true
	}
	for _, name := range []string{"more_set_headers"} {
		for _, n := range s.Effective(name) {
			if strings.HasPrefix(strings.ToLower(n.Arg(0)), "strict-transport-security") {
				return true
			}
		}
	}
	for l := range s.All() {
		for _, n := range l.Here("add_header") {
			if strings.EqualFold(n.Arg(0), "Strict-Transport-Security") {
				return true
			}
		}
	}
	return false
}

// refusesAll tells whether a server answers everything with a refusal.
func refusesAll(s *site.Scope) bool {
	for _, n := range s.Here("return") {
		return refuses(n)
	}
	return false
}

// named tells whether a server has a name that browsers outside may know: HSTS
// does not hold for addresses (RFC 6797, 8.1.1).
func named(s *site.Server) bool {
	for _, n := range s.Names {
		if _, err := netip.ParseAddr(n.Value); err == nil {
			continue
		}
		local := false
		for _, suffix := range []string{"localhost", ".local", ".internal", ".lan", ".test", ".home.arpa"} {
			local = local || strings.HasSuffix(n.Value, suffix)
		}
		if !local && n.Value != "_" && n.Value != "" && (n.Kind == site.RegexName || strings.Contains(n.Value, ".")) {
			return true
		}
	}
	return false
}

func reportHSTS(p *lint.Pass, s *site.Server) {
	at := s.Opener.Location(0)
	for _, l := range s.Listens {
		if l.Node != nil && (l.SSL || l.QUIC) {
			at = l.Node.HeadLocation()
			break
		}
	}
	const line = `add_header Strict-Transport-Security "max-age=31536000" always;`
	place := addHeader(s.Scope)
	edit := s.Opener.Top(line)
	if place.Block == nil {
		edit = place.After(line)
	} else if n := last(s.Scope, "ssl_certificate_key"); n != nil && n.Scope == s.Scope {
		edit = n.After(line)
	}
	p.Report(diag.Diagnostic{
		Location: at,
		Message:  diag.T("this TLS server sends no Strict-Transport-Security"),
		Why:      diag.T("a visitor who types the name comes with plain HTTP first, and whoever is on the way answers him instead"),
		Help:     diag.T("write `%s` once every part of the site works with TLS: browsers hold on to it for the time it says", line),
		Fix:      &diag.Fix{Message: diag.T("ask browsers for TLS for a year"), Edits: []diag.Edit{edit}, Unsafe: true},
	})
}

func checkMaxAge(p *lint.Pass, n *site.Node) {
	found := maxAge.FindStringSubmatch(n.Arg(1))
	d := diag.Diagnostic{Location: n.Location(2)}
	age := 0
	if found != nil {
		age, _ = strconv.Atoi(found[1])
	}
	value := strings.ToLower(n.Arg(1))
	switch preload := strings.Contains(value, "preload"); {
	case found == nil:
		d.Message = diag.T("Strict-Transport-Security without max-age")
		d.Why = diag.T("browsers ignore the header (RFC 6797, 6.1)")
	case age == 0:
		d.Message = diag.T("max-age=0 takes Strict-Transport-Security back")
		d.Why = diag.T("browsers forget at once that the site wants TLS")
	case age < shortest:
		d.Message = diag.T("Strict-Transport-Security holds for %d seconds only", age)
		d.Why = diag.T("a visitor who comes back later than that is unprotected again; scanners ask for %d seconds (180 days) at least", shortest)
	case preload && (age < 31536000 || !strings.Contains(value, "includesubdomains")):
		d.Message = diag.T("preload asks for max-age=31536000 or more and for includeSubDomains")
		d.Why = diag.T("hstspreload.org refuses the site as it is")
	default:
		return
	}
	d.Help = diag.T("write \"max-age=31536000\" (a year) once every part of the site works with TLS")
	if found != nil && age > 0 && age < shortest {
		text := maxAge.ReplaceAllString(n.Arg(1), "max-age=31536000")
		d.Fix = fix(diag.T("let it hold for a year"), replace(n, 2, text))
		d.Fix.Unsafe = true
	}
	p.Report(d)
}

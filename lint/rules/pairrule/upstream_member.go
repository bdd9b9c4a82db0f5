package pairrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
)

// UpstreamMember finds members of an upstream that no machine's file binds,
// where the files of the machines are together.
var UpstreamMember = &lint.Rule{
	ID:       "pair-upstream-member",
	Severity: diag.Warning,
	Summary:  "a member of an upstream that no uWSGI file binds, though those of its other members are here",
	Page:     page("pair-upstream-member"),
	Check:    checkUpstreamMember,
}

// members are what is known of an upstream: the files that bind its members, and
// the members on other machines that none binds.
type members struct {
	files   map[*uwsgi.Config]*pair.Target
	missing []*pair.Target
}

func checkUpstreamMember(p *lint.Pass) {
	all := map[*site.Upstream]*members{}
	var order []*members
	for _, via := range p.Passes {
		if via.Protocol != pair.UWSGI {
			continue // other servers may be other programs
		}
		for _, t := range via.Targets {
			if t.Upstream == nil || t.Unknown {
				continue
			}
			m := all[t.Upstream]
			if m == nil {
				m = &members{files: map[*uwsgi.Config]*pair.Target{}}
				all[t.Upstream] = m
				order = append(order, m)
			}
			for _, b := range t.Binds {
				if m.files[b.Config] == nil {
					m.files[b.Config] = t
				}
			}
			if len(t.Binds) == 0 && t.Network == pair.TCP && !t.Loopback() && !t.Wildcard() && !p.MayBind(t.Endpoint) {
				m.missing = append(m.missing, t)
			}
		}
	}
	seen := map[diag.Location]bool{}
	for _, m := range order {
		if len(m.files) < 2 {
			continue // the files of one machine say nothing of the others
		}
		for _, t := range m.missing {
			if seen[t.At] {
				continue
			}
			seen[t.At] = true
			p.Report(diag.Diagnostic{
				Location: t.At,
				Message:  diag.T("no uWSGI file binds %s, and %d of them bind the other members of the upstream %s", t.Nginx(), len(m.files), t.Upstream.Name),
				Why:      diag.T("requests for this member wait for connect_timeout or are refused, and then go to another one: some answers are slow, and with every member busy 502"),
				Help:     diag.T("bring the file of that machine here, correct the address, or take the member out"),
			})
		}
	}
}

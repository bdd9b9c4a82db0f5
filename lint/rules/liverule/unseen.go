package liverule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/machine"
	"github.com/deployctl/deployctl/lint"
)

// Unseen reports what the other rules asked the machine and could not see.
var Unseen = &lint.Rule{
	ID:       "live-unseen",
	Severity: diag.Info,
	Summary:  "something on this machine could not be seen without root",
	Last:     true,
	Page:     page("live-unseen"),
	Check:    checkUnseen,
}

// maxUnseen is how much of what was not seen is named.
const maxUnseen = 10

func checkUnseen(p *lint.Pass) {
	if p.Machine == nil {
		return
	}
	unseen := p.Machine.Unseen()
	at := start(p)
	if len(unseen) == 0 || at.File == nil {
		return
	}
	var items []any
	for i, what := range unseen {
		if i == maxUnseen {
			items = append(items, diag.T("and %d more", len(unseen)-i))
			break
		}
		switch what {
		case machine.Holders:
			items = append(items, diag.T("which programs of other accounts listen"))
		case machine.Programs:
			items = append(items, diag.T("programs and listeners, which are read on Linux alone"))
		default:
			items = append(items, what)
		}
	}
	p.Report(diag.Diagnostic{
		Location: at,
		Message:  diag.T("not seen on this machine: %s", diag.List(items...)),
		Why:      diag.T("what is wrong there is not found"),
		Help:     diag.T("run `deployctl lint --live` as root, which changes nothing"),
	})
}

// start returns the first line of the pair's first file.
func start(p *lint.Pass) diag.Location {
	var file *diag.File
	switch {
	case len(p.Nginx) > 0:
		file = p.Nginx[0].Tree.Main.File
	case len(p.Uwsgi) > 0:
		file = p.Uwsgi[0].Main.File
	default:
		return diag.Location{}
	}
	return diag.Location{File: file, Span: file.LineSpan(1)}
}

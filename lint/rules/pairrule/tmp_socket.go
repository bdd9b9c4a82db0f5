package pairrule

import (
	"path"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
)

// TmpSocket finds sockets below /tmp.
var TmpSocket = &lint.Rule{
	ID:       "pair-tmp-socket",
	Severity: diag.Warning,
	Summary:  "a socket below /tmp, which systemd's PrivateTmp hides from nginx",
	Page:     page("pair-tmp-socket"),
	Check:    checkTmpSocket,
}

func checkTmpSocket(p *lint.Pass) {
	if p.Target.Init == "container" {
		return // one process tree, one /tmp
	}
	for _, b := range p.Binds {
		if b.Network != pair.Unix || b.Unknown || !b.ForNginx {
			continue
		}
		if !strings.HasPrefix(b.Path, "/tmp/") && !strings.HasPrefix(b.Path, "/var/tmp/") {
			continue
		}
		p.Report(diag.Diagnostic{
			Location: b.Option.ValueLocation(),
			Message:  diag.T("the socket %q lies below %s", b.Path, path.Dir(b.Path)),
			Why:      diag.T("a unit with PrivateTmp=true has a /tmp of its own: nginx answers 502 with connect() to unix:%s failed (2: No such file or directory) though the file is there; without it, any account may create the file first, and cleaners of /tmp delete it", b.Path),
			Help:     diag.T("use /run/NAME/uwsgi.sock, with RuntimeDirectory=NAME in the unit"),
		})
	}
}

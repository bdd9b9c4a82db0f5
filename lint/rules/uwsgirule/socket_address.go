package uwsgirule

import (
	"net/netip"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
)

// SocketAddress finds addresses that uWSGI reads as something else.
var SocketAddress = &lint.Rule{
	ID:       "uwsgi-socket-address",
	Severity: diag.Error,
	Summary:  "a socket's address that uWSGI reads as something else",
	Fixable:  true,
	Page:     page("uwsgi-socket-address"),
	Check:    checkSocketAddress,
}

// maxSocketPath is the longest path in bytes that a unix socket can have on
// Linux: sun_path holds 108 with the zero at its end.
const maxSocketPath = 107

func checkSocketAddress(p *lint.Pass) {
	written(p, func(c *uwsgi.Config, o *uwsgi.Option) {
		row := known(o)
		if row == nil || !bindsSocket(row) || !isKnown(o) || isQuoted(o) {
			return
		}
		if _, comment := inlineComment(o); comment {
			return
		}
		d := diag.Diagnostic{Location: o.ValueLocation()}
		switch n, rest := uwsgi.Number(strings.TrimPrefix(o.Value, "=")); {
		case o.Value == "" && row.Plugin == "core" && !isStats(row.Name):
			d.Message = diag.T("%s names no address", o.Key)
			d.Why = diag.T("uWSGI ends with exit code 1: invalid/empty uwsgi socket name")
		case strings.HasPrefix(o.Value, "=") && n >= len(c.All("shared-socket"))+len(c.All("undeferred-shared-socket")) && !inherited(c):
			d.Message = diag.T("%s = %s speaks of the shared socket %d, and there is none", o.Key, o.Value, n)
			d.Why = diag.T("uWSGI ends with exit code 1: unable to use shared socket %d", n)
		case strings.HasPrefix(o.Value, "=") && rest != "":
			d.Message = diag.T("%s takes the number of a shared socket after =, not %q", o.Key, strings.TrimPrefix(o.Value, "="))
		case !address(o, &d):
			return
		}
		p.Report(d)
	})
}

// address fills in what is wrong with an address; it returns false when
// nothing is.
func address(o *uwsgi.Option, d *diag.Diagnostic) bool {
	// The http router takes parameters after a comma.
	value, params, _ := strings.Cut(o.Value, ",")
	if params != "" {
		params = "," + params
	}
	mend := func(address string) { d.Fix = setValue(o, address+params) }
	scheme, rest, hasScheme := strings.Cut(value, "://")
	host, port, tcp := hostPort(value)
	number, junk := uwsgi.Number(port)
	switch {
	case value == "" || strings.HasPrefix(value, "=") || strings.HasPrefix(value, "@") || strings.HasPrefix(value, "fd://"):
		return false
	case strings.HasPrefix(value, "unix:"):
		file := strings.TrimPrefix(strings.TrimPrefix(value, "unix:"), "//")
		d.Message = diag.T("%q is nginx's way to write it: to uWSGI every address with a colon is TCP", value)
		d.Why = diag.T("uWSGI logs bound to TCP address %s and makes no file: nginx answers 502, connect() to unix:%s failed (2: No such file or directory)", value, file)
		if strings.HasPrefix(file, "/") {
			mend(file)
		}
	case hasScheme:
		d.Message = diag.T("%q holds a scheme: uWSGI takes an address alone, and binds another one than this", value)
		if scheme == "http" || scheme == "tcp" || scheme == "uwsgi" || scheme == "https" {
			mend(strings.TrimRight(rest, "/"))
		}
	case isDigits(value):
		d.Message = diag.T("%q is a file to uWSGI: an address without a colon is a unix socket", value)
		d.Why = diag.T("uWSGI makes a socket file called %s in its working directory, and nothing listens on the port", value)
		mend("127.0.0.1:" + value)
	case !tcp && isIP(value):
		d.Message = diag.T("%q has no port: uWSGI takes it for a unix socket, and makes a file of that name", value)
	case !tcp:
		if len(value) <= maxSocketPath {
			return false
		}
		d.Message = diag.T("the path of the unix socket has %d bytes, and the kernel takes %d", len(value), maxSocketPath)
	case strings.HasPrefix(value, "/") || strings.HasPrefix(value, "./"):
		d.Message = diag.T("the path %q holds a colon: to uWSGI every address with a colon is TCP, and it makes no file", value)
	case host == "*":
		d.Message = diag.T("uWSGI does not know * as an address")
		d.Why = diag.T("uWSGI ends with exit code 1: bind(): Cannot assign requested address")
		mend(":" + port)
	case strings.Contains(host, ":") && !strings.HasPrefix(host, "["):
		d.Message = diag.T("an IPv6 address stands in brackets: uWSGI binds 255.255.255.255 for %q", value)
		if isIP(host) {
			mend("[" + host + "]:" + port)
		}
	case port == "" || junk != "" && number == 0:
		d.Message = diag.T("%q has no port number", value)
	case junk != "" || number < 0 || number > 65535:
		d.Message = diag.T("%q is no port: uWSGI takes %d, without a word", port, number&0xffff)
	default:
		return false
	}
	return true
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func isIP(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}

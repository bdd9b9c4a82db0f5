package value

import (
	"fmt"
	"strings"

	"github.com/deployctl/deployctl/diag"
)

var (
	facilities = set("kern user mail daemon auth intern lpr news uucp clock authpriv ftp ntp audit alert cron local0 local1 local2 local3 local4 local5 local6 local7")
	severities = set("emerg alert crit error warn notice info debug")
	logLevels  = set("debug info notice warn error crit alert emerg debug_core debug_alloc debug_mutex debug_event debug_http debug_mail debug_stream")
)

// checkSyslog checks what follows syslog: in the name of a log
// (ngx_syslog_parse_args).
func checkSyslog(s string) (log string, message diag.Text) {
	seen := map[string]bool{}
	for part := range strings.SplitSeq(s, ",") {
		name, v, _ := strings.Cut(part, "=")
		ok := true
		switch name {
		case "server":
			if _, refused := ParseAddress(v, AddressUse{}); refused != "" {
				return fmt.Sprintf("%s in syslog server %q", refused, v), refusedAddress(v, refused)
			}
		case "facility":
			ok = facilities[v]
		case "severity":
			ok = severities[v]
		case "tag":
			ok = validTag(v)
		case "nohostname":
		default:
			return fmt.Sprintf("unknown syslog parameter %q", part), diag.T("syslog has no parameter %q", part)
		}
		if !ok {
			return fmt.Sprintf("unknown syslog %s %q", name, v), diag.T("%q is no %s of syslog", v, name)
		}
		if seen[name] && name != "nohostname" {
			return fmt.Sprintf("duplicate syslog %q", name), diag.T("%q stands twice", name)
		}
		seen[name] = true
	}
	if !seen["server"] {
		return "no syslog server specified", diag.T("the parameter %q is missing", "server")
	}
	return "", diag.Text{}
}

func validTag(s string) bool {
	for i := range len(s) {
		if !isWord(s[i]) {
			return false
		}
	}
	return len(s) <= 32
}

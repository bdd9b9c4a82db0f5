package dashboard

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/launch"
)

// leftToCurl are headers that curl writes by itself.
var leftToCurl = []string{"Host", "Connection", "Content-Length", "Transfer-Encoding", "Accept-Encoding", "Expect"}

// curl writes the command that sends a request again, to the same address and
// under the same name. A body is not kept.
func curl(a *launch.Access) string {
	words := []string{"curl"}
	switch {
	case a.Method == http.MethodHead:
		words = append(words, "-I")
	case a.Method != http.MethodGet && a.Method != "":
		words = append(words, "-X", quoted(a.Method))
	}
	scheme := "http://"
	if a.TLS {
		scheme = "https://"
		words = append(words, "-k")
	}
	host := a.Host
	for _, h := range a.Asked {
		if h.Name == "Host" {
			host = h.Value // with the port, which the embedded nginx's report leaves out
		}
	}
	if host == "" {
		host = a.Listen
	}
	listens, port, err := net.SplitHostPort(a.Listen)
	path, unix := strings.CutPrefix(a.Listen, "unix:")
	switch {
	case unix:
		words = append(words, "--unix-socket", quoted(path))
	case err == nil && !slices.Contains([]string{a.Listen, "localhost:" + port}, host):
		words = append(words, "--connect-to", quoted("::"+net.JoinHostPort(listens, port)))
	}
	if strings.ContainsAny(a.URI, "[]{}") {
		words = append(words, "-g")
	}
	if strings.Contains(a.URI, "/.") {
		words = append(words, "--path-as-is")
	}
	for _, h := range a.Asked {
		switch {
		case h.Name == "Accept-Encoding":
			words = append(words, "--compressed")
		case !slices.Contains(leftToCurl, h.Name):
			words = append(words, "-H", quoted(h.Name+": "+h.Value))
		}
	}
	return strings.Join(append(words, quoted(scheme+host+a.URI)), " ")
}

// quoted writes one word for a shell. What would act on a terminal is written
// with $'...', which bash, zsh and ksh read.
func quoted(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-_./:,@%+", r)
	}) {
		return s
	}
	if clean(s) == s {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	var b strings.Builder
	b.WriteString("$'")
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\'' || c == '\\':
			b.WriteString(`\` + string(c))
		case c < ' ' || c >= 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String() + "'"
}

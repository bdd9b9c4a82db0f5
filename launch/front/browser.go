package front

import "strings"

// browser is what nginx takes a client for, by its User-Agent.
type browser struct {
	msie, chrome, safari bool
	msie6                bool // or older, before the service pack that mended POST over kept connections
}

// browser is ngx_http_process_user_agent.
func (r *request) browser() browser {
	agent, _ := r.header("user-agent")
	has := func(word string) bool { return strings.Contains(agent, word) }
	var b browser
	if i := strings.Index(agent, "MSIE "); i >= 0 && i+7 < len(agent) {
		b.msie = true
		if agent[i+6] == '.' {
			version := agent[i+5]
			b.msie6 = version == '4' || version == '5' || version == '6' && !strings.Contains(agent[i+8:], "SV1")
		}
	}
	switch {
	case has("Opera"):
		return browser{}
	case b.msie || has("Gecko/"):
	case has("Chrome/"):
		b.chrome = true
	case has("Safari/") && has("Mac OS X"):
		b.safari = true
	}
	return b
}

// padded tells that nginx pads its pages for the client, who else shows one of
// its own.
func (b browser) padded() bool { return b.msie || b.chrome }

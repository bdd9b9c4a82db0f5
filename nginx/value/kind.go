package value

import (
	"errors"
	"fmt"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/pcre"
)

// kind is what an argument or the value of a parameter has to be.
type kind uint8

const (
	anything kind = iota
	number        // 0 and above
	positive      // 1 and above
	size          // bytes, k, m
	someSize      // the same, and not 0
	poolSize      // at least 112 bytes, and a multiple of 16
	offset        // bytes, k, m, g
	seconds
	milliseconds
	someMilliseconds // not 0
	onOff
	complexValue // text with variables
	regex        // a regular expression
	regexNoCase
	maybeRegex   // ~ or ~* and a regular expression, or text with variables
	tildeRegex   // ~ and a regular expression without case, or text with variables
	variable     // the name of a variable that is defined here
	variableName // the same in stream, whose own variables are others
	network      // an address or network, all, unix:
	realNetwork
	address     // host:port
	bindAddress // an address without name, that packets are sent from
	access      // user:rw
	listenAddress
	syslogOrFile
	zone32k // name:size of at least 8 pages
	zone8k  // name:size of at least 2 pages
	rate    // 10r/s
	levels  // 1:2
	keepaliveTime
	complexSize
	complexNumber
	none // a parameter without a value
)

// check returns what nginx says of a value that it refuses, and the same in our
// words; the first is "" for one that it takes.
func (k kind) check(s string) (log string, message diag.Text) {
	switch k {
	case number, positive:
		if n, ok := Number(s); !ok || k == positive && n == 0 {
			return invalid(s), diag.T("%q is no number", s)
		}
	case size, someSize:
		if n, ok := Size(s); !ok || k == someSize && n == 0 {
			return invalid(s), diag.T("%q is no size: write bytes, or a number with k or m", s)
		}
	case poolSize:
		n, ok := Size(s)
		if !ok {
			return size.check(s)
		}
		if n < 112 || n%16 != 0 {
			return "the pool size must be no less than 112 and a multiple of 16", diag.T("%q is no size of a pool: at least 112 bytes, and a multiple of 16", s)
		}
	case offset:
		if _, ok := Offset(s); !ok {
			return invalid(s), diag.T("%q is no size: write bytes, or a number with k, m or g", s)
		}
	case seconds:
		if _, ok := Seconds(s); !ok {
			return invalid(s), diag.T("%q is no time: write seconds, or numbers with s, m, h, d, w, M or y", s)
		}
	case milliseconds, someMilliseconds:
		if n, ok := Milliseconds(s); !ok || k == someMilliseconds && n == 0 {
			return invalid(s), diag.T("%q is no time: write seconds, or numbers with ms, s, m, h, d, w or M", s)
		}
	case complexSize:
		if !strings.Contains(s, "$") {
			return size.check(s)
		}
		return complexValue.check(s)
	case complexNumber:
		if !strings.Contains(s, "$") {
			return number.check(s)
		}
		return complexValue.check(s)
	case onOff:
		if s != "on" && s != "off" {
			return invalid(s), diag.T("%q is neither on nor off", s)
		}
	case complexValue:
		if _, refused := Variables(s); refused != "" && !strings.HasPrefix(refused, "the closing") {
			return refused, diag.T("%q holds a $ that no name of a variable follows", s)
		}
	case regex, regexNoCase:
		return checkRegex(s, k == regexNoCase)
	case maybeRegex, tildeRegex:
		pattern, ok := strings.CutPrefix(s, "~")
		if !ok {
			return complexValue.check(s)
		}
		if k == maybeRegex {
			pattern = strings.TrimPrefix(pattern, "*")
		}
		return checkRegex(pattern, true)
	case variable:
		return checkDefined(s)
	case variableName:
		if len(s) < 2 || s[0] != '$' {
			return checkDefined("")
		}
	case levels:
		if !validLevels(s) {
			return fmt.Sprintf("invalid \"levels\" %q", "levels="+s), diag.T("%q are no levels: write up to three numbers 1 or 2, such as 1:2", s)
		}
	default:
		return k.checkPlace(s)
	}
	return "", diag.Text{}
}

// checkPlace checks the kinds that name addresses and zones.
func (k kind) checkPlace(s string) (log string, message diag.Text) {
	switch k {
	case network:
		if s != "all" && s != "unix:" && !Network(s) {
			return fmt.Sprintf("invalid parameter %q", s), diag.T("%q is no address and no network: write an address, a network such as 10.0.0.0/8, or all", s)
		}
	case realNetwork:
		if s != "unix:" && !Network(s) && !(Address{Host: s}).Possible() {
			return fmt.Sprintf("host not found in set_real_ip_from %q", s), diag.T("%q is no network: write one such as 10.0.0.0/8", s)
		}
	case address:
		a, refused := ParseAddress(s, AddressUse{})
		if refused == "" && !a.Possible() {
			refused = hostNotFound
		}
		if refused != "" {
			return fmt.Sprintf("%s in %q", refused, s), refusedAddress(s, refused)
		}
	case listenAddress:
		a, refused := ParseAddress(s, AddressUse{Listen: true})
		if refused == "" && (!a.Possible() || digitFirst(a) || listenWord(s)) {
			refused = hostNotFound
		}
		if refused != "" {
			return fmt.Sprintf("%s in %q of the \"listen\" directive", refused, s), refusedAddress(s, refused)
		}
	case bindAddress:
		if a, refused := ParseAddress(s, AddressUse{}); s != "off" && !strings.Contains(s, "$") && (refused != "" || !a.IP.IsValid()) {
			return fmt.Sprintf("invalid address %q", s), diag.T("%q is no address of this machine", s)
		}
		return complexValue.check(s)
	case access:
		who, rights, _ := strings.Cut(s, ":")
		if who != "user" && who != "group" && who != "all" || rights != "r" && rights != "rw" && rights != "w" {
			return invalid(s), diag.T("%q gives no rights: write user, group or all, and r, w or rw behind a colon", s)
		}
	case zone32k:
		return checkZone(s, 8, "invalid zone size %q", "zone %q is too small")
	case zone8k:
		return checkZone(s, 2, "invalid keys zone size %q", "keys zone %q is too small")
	case rate:
		n, ok := Number(strings.TrimSuffix(strings.TrimSuffix(s, "r/s"), "r/m"))
		if !ok || n == 0 {
			return fmt.Sprintf("invalid rate %q", "rate="+s), diag.T("%q is no rate: write one such as 10r/s or 30r/m", s)
		}
	case keepaliveTime:
		if s != "on" && s != "off" && !validKeepalive(s) {
			return fmt.Sprintf("invalid so_keepalive value: %q", s), diag.T("%q is no value of so_keepalive: write on, off, or idle:interval:count", s)
		}
	case syslogOrFile:
		if rest, ok := strings.CutPrefix(s, "syslog:"); ok {
			return checkSyslog(rest)
		}
	}
	return "", diag.Text{}
}

// hostNotFound is what nginx says of a name that cannot be resolved.
const hostNotFound = "host not found"

// digitFirst tells whether a host is rather a mistyped port than a name.
func digitFirst(a Address) bool {
	return a.Unix == "" && a.NoPort && !a.IP.IsValid() && a.Host[0] >= '0' && a.Host[0] <= '9' && !strings.Contains(a.Host, ".")
}

// listenWord tells whether a host is rather a parameter whose address is missing.
func listenWord(s string) bool {
	switch s {
	case "ssl", "http2", "quic", "default_server", "reuseport", "proxy_protocol", "deferred", "bind", "udp":
		return true
	}
	return false
}

func invalid(s string) string { return fmt.Sprintf("invalid value %q", s) }

// refusedAddress says in our words what is wrong with an address.
func refusedAddress(s, refused string) diag.Text {
	switch refused {
	case "no host":
		return diag.T("%q has no host", s)
	case "invalid port", "invalid port range":
		return diag.T("the port of %q is no number from 1 to 65535", s)
	case "invalid IPv6 address":
		return diag.T("%q is no IPv6 address", s)
	case "no path in the unix domain socket":
		return diag.T("%q names no path", s)
	case "too long path in the unix domain socket":
		return diag.T("the path of %q is longer than 107 bytes", s)
	}
	return diag.T("%q is no address", s)
}

// pageSize is that of the machines nginx usually runs on; limits of zones are
// counted in pages.
const pageSize = 4096

func checkZone(s string, pages int64, noSize, small string) (log string, message diag.Text) {
	_, bytes, ok := strings.Cut(s, ":")
	n, isSize := Size(bytes)
	switch {
	case !ok || !isSize:
		return fmt.Sprintf(noSize, s), diag.T("%q is no zone: write name:size, such as one:10m", s)
	case n < pages*pageSize:
		return fmt.Sprintf(small, s), diag.T("the zone %q is smaller than %d KiB", s, pages*pageSize>>10)
	}
	return "", diag.Text{}
}

func validLevels(s string) bool {
	parts := strings.Split(s, ":")
	if s == "" {
		return true
	}
	for _, p := range parts {
		if p != "1" && p != "2" {
			return false
		}
	}
	return len(parts) <= 3
}

func validKeepalive(s string) bool {
	idle, rest, _ := strings.Cut(s, ":")
	interval, count, _ := strings.Cut(rest, ":")
	some := false
	for _, p := range []struct {
		text string
		read func(string) (int64, bool)
	}{{idle, Seconds}, {interval, Seconds}, {count, Number}} {
		if p.text == "" {
			continue
		}
		n, ok := p.read(p.text)
		if !ok {
			return false
		}
		some = some || n > 0
	}
	return some
}

// checkDefined checks the name of a variable that a directive defines.
func checkDefined(s string) (log string, message diag.Text) {
	name, ok := strings.CutPrefix(s, "$")
	switch {
	case !ok || name == "":
		return fmt.Sprintf("invalid variable name %q", s), diag.T("%q is no variable: its name starts with $", s)
	case fixed(name):
		return fmt.Sprintf("the duplicate %q variable", name), diag.T("$%s is nginx's own variable and cannot be defined again", name)
	}
	return "", diag.Text{}
}

func checkRegex(pattern string, ignoreCase bool) (log string, message diag.Text) {
	if _, err := pcre.Compile(pattern, ignoreCase); err != nil && !errors.Is(err, pcre.ErrUnsupported) {
		return fmt.Sprintf("pcre2_compile() failed: %s in %q", err, pattern), diag.T("%q is no regular expression: %s", pattern, err.Error())
	}
	return "", diag.Text{}
}

package value

import "testing"

func TestNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		read func(string) (int64, bool)
		text string
		want int64
		ok   bool
	}{
		{Number, "0", 0, true}, {Number, "007", 7, true}, {Number, "", 0, false}, {Number, "-1", 0, false}, {Number, "1k", 0, false},
		{Number, "9223372036854775807", 9223372036854775807, true}, {Number, "9223372036854775808", 0, false},
		{Size, "8k", 8192, true}, {Size, "1M", 1 << 20, true}, {Size, "1g", 0, false}, {Size, "k", 0, false}, {Size, "", 0, false},
		{Offset, "1g", 1 << 30, true}, {Offset, "9999999999g", 0, false},
		{Seconds, "1h30m", 5400, true}, {Seconds, "1y", 365 * 86400, true}, {Seconds, "5ms", 0, false}, {Seconds, "1m1h", 0, false},
		{Seconds, "60", 60, true}, {Seconds, "1h 30m", 5400, true}, {Seconds, "1 2", 3, true}, {Seconds, "s", 0, false}, {Seconds, "1s2", 3, true},
		{Milliseconds, "5ms", 5, true}, {Milliseconds, "1y", 0, false}, {Milliseconds, "2", 2000, true}, {Milliseconds, "1M", 30 * 86400 * 1000, true},
		{Milliseconds, "1s500ms", 1500, true}, {Milliseconds, "1d1d", 0, false}, {Milliseconds, "5mss", 0, false},
		{percent, "0.5%", 50, true}, {percent, "100%", 10000, true}, {percent, "1.005%", 0, false}, {percent, "5", 0, false},
	} {
		if got, ok := c.read(c.text); got != c.want && ok || ok != c.ok {
			t.Errorf("%q is %d, %v; want %d, %v", c.text, got, ok, c.want, c.ok)
		}
	}
}

func TestParseAddress(t *testing.T) {
	t.Parallel()
	listen, plain, uri := AddressUse{Listen: true}, AddressUse{}, AddressUse{URI: true}
	for _, c := range []struct {
		use     AddressUse
		text    string
		refused string
		host    string
		port    int
	}{
		{listen, "80", "", "*", 80}, {listen, "8000-8010", "", "*", 8000}, {listen, "0", "invalid port", "*", 0}, {listen, "65536", "invalid port", "*", 65536},
		{listen, "8010-8000", "invalid port range", "*", 8010}, {listen, "*:80", "", "*", 80}, {listen, "[::]:80", "", "[::]", 80},
		{listen, "[::1", "invalid host", "", 0}, {listen, "[::1]80", "invalid host", "[::1]", 0}, {listen, "[::g]:80", "invalid IPv6 address", "[::g]", 80},
		{listen, ":80", "no host", "", 80}, {listen, "127.0.0.1:x", "invalid port", "127.0.0.1", 0}, {listen, "localhost", "", "localhost", 0},
		{listen, "127.0.0.1/x", "invalid host", "", 0}, {listen, "unix:", "no path in the unix domain socket", "", 0},
		{plain, "127.0.0.1:3031", "", "127.0.0.1", 3031}, {plain, "app", "", "app", 0}, {plain, "a/b", "invalid host", "", 0}, {plain, "", "no host", "", 0},
		{uri, "app:80/x", "", "app", 80}, {uri, "app?x:y", "", "app", 0}, {uri, "unix:/a:/b", "", "", 0},
	} {
		a, refused := ParseAddress(c.text, c.use)
		if refused != c.refused || refused == "" && (a.Host != c.host || a.Port != c.port) {
			t.Errorf("%q: %q, host %q, port %d; want %q, %q, %d", c.text, refused, a.Host, a.Port, c.refused, c.host, c.port)
		}
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"10.0.0.0/8": true, "10.0.0.1": true, "::1": true, "fe80::/10": true, "10.0.0.0/33": false, "10.0.0": false, "10.0.0.256": false,
		"::/129": false, "10.0.0.0/": false, "localhost": false, "fe80::1%eth0": false,
	} {
		if got := Network(text); got != want {
			t.Errorf("Network(%q) = %v", text, got)
		}
	}
}

func TestVariables(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"$": "invalid variable name", "a$ b": "invalid variable name", "${": "invalid variable name", "${a": `the closing bracket in "a" variable is missing`,
		"${a b}": `the closing bracket in "a" variable is missing`, "${}": "invalid variable name", "$a${b}c$1": "", "$$a": "invalid variable name", "$0": "",
	} {
		if _, got := Variables(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

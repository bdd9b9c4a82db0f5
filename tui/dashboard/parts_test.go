package dashboard

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/deployctl/deployctl/launch"
)

func TestRing(t *testing.T) {
	t.Parallel()
	r := newRing[int](3)
	for i := range 8 {
		r.push(i)
	}
	if _, ok := r.get(4); ok || r.len() != 3 || r.gone != 5 {
		t.Errorf("%d kept, %d gone", r.len(), r.gone)
	}
	for n := 5; n < 8; n++ {
		if v, ok := r.get(n); !ok || v != n {
			t.Errorf("number %d is %d, %t", n, v, ok)
		}
	}
	r.clear()
	r.push(8)
	if v, ok := r.get(8); !ok || v != 8 || r.len() != 1 {
		t.Errorf("after clear: %d, %t", v, ok)
	}
}

func TestRates(t *testing.T) {
	t.Parallel()
	var r rates
	for second := range int64(10) {
		for i := range 20 {
			r.add(1000+second, float64(i+1)/1000, i == 0)
		}
	}
	n := r.numbers(1010)
	if n.total != 200 || n.failed != 10 || n.now != 20 || n.half != 0.010 || n.most != 0.019 {
		t.Errorf("%+v", n)
	}
	if got, want := n.spark(14), "▁▁▁▁██████████"; got != want {
		t.Errorf("sparkline %s, want %s", got, want)
	}
	var few rates
	for _, took := range []float64{0.001, 0.002, 0.003, 0.004, 0.005, 3} {
		few.add(1000, took, false)
	}
	if n := few.numbers(1001); n.half != 0.003 || n.most != 3 {
		t.Errorf("of six requests half take %g s and 95 of 100 %g s", n.half, n.most)
	}
	if n = r.numbers(5000); n.any || n.now != 0 || strings.Trim(n.spark(20), "▁") != "" {
		t.Errorf("after an hour: %+v", n)
	}
}

func TestFilter(t *testing.T) {
	t.Parallel()
	a := launch.Access{Method: "GET", URI: "/Cart/17?x=1", Status: 404, Took: 0.3, Location: "location /", At: launch.Place{File: "deploy/nginx.conf", Line: 31}}
	for source, want := range map[string]bool{
		"": true, "cart": true, "GET cart": true, "post": false, "404": true, "4xx": true, "40x": true, "5xx": false, "500": false, ">200": true, ">200ms": true, ">400": false, "!cart": false,
		"!post": true, "!404": false, "!5xx cart": true, "nginx.conf:31": true, "!": true, "  ": true, "17": true, "xxx": false, "/": true, "!>100": false,
	} {
		if f := newFilter(source); f.request(&a) != want {
			t.Errorf("%q lets the request pass: %t", source, !want)
		}
	}
	e := launch.Event{From: launch.FromNginx, Text: "[error] connect() failed"}
	for source, want := range map[string]bool{"": true, "ERROR nginx": true, "!connect": false, "502": false} {
		if f := newFilter(source); f.line(&e) != want {
			t.Errorf("%q lets the line pass: %t", source, !want)
		}
	}
}

// A request that was copied is sent again as it was: the shell takes the words
// apart as they were put together.
func TestCurl(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("bash is not installed")
	}
	plain := launch.Access{Method: "GET", URI: "/a?b=1&c='d'", Host: "127.0.0.1", Listen: "127.0.0.1:8080", Asked: []launch.Header{{Name: "Host", Value: "127.0.0.1:8080"}}}
	named := plain
	named.Host, named.TLS, named.Method = "shop.example", true, "POST"
	named.Asked = []launch.Header{{Name: "Accept-Encoding", Value: "gzip"}, {Name: "X-Odd", Value: "a\tb\x1b$(id)`id`\\'é"}, {Name: "Host", Value: "shop.example"}, {Name: "Content-Length", Value: "3"}}
	unix := launch.Access{Method: "HEAD", URI: "/../{a}", Host: "x", Listen: "unix:/tmp/a b.sock"}
	for _, tt := range []struct {
		access launch.Access
		want   []string
	}{
		{plain, []string{"curl", "http://127.0.0.1:8080/a?b=1&c='d'"}},
		{named, []string{"curl", "-X", "POST", "-k", "--connect-to", "::127.0.0.1:8080", "--compressed", "-H", "X-Odd: a\tb\x1b$(id)`id`\\'é", "https://shop.example/a?b=1&c='d'"}},
		{unix, []string{"curl", "-I", "--unix-socket", "/tmp/a b.sock", "-g", "--path-as-is", "http://x/../{a}"}},
	} {
		command := curl(&tt.access)
		if strings.ContainsRune(command, '\x1b') {
			t.Errorf("%q would act on a terminal", command)
		}
		text, err := exec.Command("bash", "-c", `printf '%s\0' `+command).Output()
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00"); strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
			t.Errorf("%s\nis %q\nwant %q", command, got, tt.want)
		}
	}
}

func TestBroken(t *testing.T) {
	t.Parallel()
	text := "  indented and long enough to break\n\nx" + strings.Repeat("y", 50) + "\n中文没有空格也要换行所以这一行很长\r\n  name          value            place"
	for width := 2; width < 60; width++ {
		for _, l := range broken(text, width) {
			if ansi.StringWidth(l) > width {
				t.Errorf("%d columns in %d: %q", ansi.StringWidth(l), width, l)
			}
		}
	}
	if got := strings.Join(broken("  one two three\n", 11), "|"); got != "  one two|  three" {
		t.Error(got)
	}
}

func TestHostileText(t *testing.T) {
	t.Parallel()
	hostile := "a\x1b[2Jb\x07c\u202ed\u009be\ufefff\u2028g\r\n"
	if got := clean(hostile); got != "a·[2Jb·c·d·e·f·g··" {
		t.Errorf("%q", got)
	}
	f := NewFeed(nil)
	f.Add(launch.Event{Text: strings.Repeat("é", 100_000)})
	events, _, _ := f.take()
	if n := len(events[0].Text); n > maxText+10 {
		t.Errorf("%d bytes are kept of a line", n)
	}
}

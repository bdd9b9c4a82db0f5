package main

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// stopRuns stops the pairs that a script which failed has left running.
func stopRuns(dir string) {
	sockets, _ := filepath.Glob(filepath.Join(dir, ".tmp", "deployctl-*", "*", "c.sock"))
	for _, path := range sockets {
		conn, err := net.Dial("unix", path)
		if err != nil {
			continue
		}
		_, _ = io.WriteString(conn, `{"command":"stop"}`)
		_, _ = io.ReadAll(conn) // it answers when it has ended
		conn.Close()
	}
}

// get asks the pair that UP.json, the output of up --detach --format json,
// tells of: get UP.json /path [FILE [Header:value]...]. FILE takes the status,
// the head and the body. The number of a URL may stand before the path: 1:/path.
func get(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: get UP.json /path [FILE [Header:value]...]")
	}
	var up struct{ URLs []string }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &up))
	number, path, ok := strings.Cut(args[1], ":")
	index, err := strconv.Atoi(number)
	if !ok || err != nil {
		index, path = 0, args[1]
	}
	if index >= len(up.URLs) {
		ts.Fatalf("there are %d URLs", len(up.URLs))
	}
	r, err := http.NewRequest(http.MethodGet, strings.TrimSuffix(up.URLs[index], "/")+path, nil)
	ts.Check(err)
	for _, h := range args[min(3, len(args)):] {
		name, value, _ := strings.Cut(h, ":")
		r.Header.Set(name, value)
		if strings.EqualFold(name, "host") {
			r.Host = value
		}
	}
	client := &http.Client{
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
	}
	answer, err := client.Do(r)
	if neg {
		if err == nil {
			ts.Fatalf("%s answers %s", r.URL, answer.Status)
		}
		return
	}
	ts.Check(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	ts.Check(err)
	text := fmt.Sprintf("%d\n", answer.StatusCode)
	for name := range answer.Header {
		text += name + ": " + answer.Header.Get(name) + "\n"
	}
	text += "\n" + string(body)
	if len(args) > 2 {
		ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(text), 0o644))
	}
	ts.Logf("%s: %d", r.URL, answer.StatusCode)
}

// awaitOutput runs a command until its output matches: await REGEXP COMMAND [ARG]... A
// line of a log is written after the answer that it is about.
func awaitOutput(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: await REGEXP COMMAND [ARG]...")
	}
	wanted, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		ts.Check(ts.Exec(args[1], args[2:]...))
		if text := ts.ReadFile("stdout"); wanted.MatchString(text) {
			return
		} else if time.Now().After(deadline) {
			ts.Fatalf("no match for %q in:\n%s", args[0], text)
		}
	}
}

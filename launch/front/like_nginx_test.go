package front

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/site"
)

// A fixture is a txtar file below testdata/like: what stands in its http block
// in conf, the requests in requests, and every other file in the folder that
// DIR stands for. PORT, PORT2 and PORT3 are free ports, different for the two
// servers; BACKEND is an HTTP server that answers with the request it got, and
// UWSGI one that speaks the uwsgi protocol and does the same.
//
// Requests are parted by empty lines. The first line is `METHOD TARGET` with an
// optional version; header lines follow, and a body after a line that is a
// single >. A request that starts with RAW is sent as it stands, with \r, \n, \t
// and \xHH; several lines are joined. A line `@PORT2` before a request sends it
// there, `@tls` speaks TLS, `@keep` keeps the connection for the next request.
type sample struct {
	text string
	data string
	port string
	tls  bool
	name string
}

func TestLikeNginx(t *testing.T) {
	t.Parallel()
	real := realtest.Need(t, "nginx")
	fixtures, err := filepath.Glob("testdata/like/*.txtar")
	if err != nil || len(fixtures) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	total := 0
	for _, path := range fixtures {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		conf, requests := "", []sample(nil)
		for _, f := range archive.Files {
			switch f.Name {
			case "conf":
				conf = string(f.Data)
			case "requests":
				requests = parseRequests(t, string(f.Data))
			}
		}
		total += len(requests)
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			backend, uwsgi := echoServers(t)
			replace := func(dir string, ports [3]int) string {
				certificate, key := "", ""
				if strings.Contains(conf, "CERTIFICATE") {
					certificate, key = realtest.Certificate(t)
				}
				return strings.NewReplacer("DIR", dir, "PORT2", strconv.Itoa(ports[1]), "PORT3", strconv.Itoa(ports[2]), "PORT", strconv.Itoa(ports[0]),
					"BACKEND", backend, "UWSGI", uwsgi, "CERTIFICATE", certificate, "KEY", key).Replace(conf)
			}
			files := func() string {
				dir := t.TempDir()
				for d := dir; d != os.TempDir() && len(d) > 1; d = filepath.Dir(d) {
					_ = os.Chmod(d, 0o755)
				}
				for _, f := range archive.Files {
					if f.Name != "conf" && f.Name != "requests" {
						writeFile(t, filepath.Join(dir, f.Name), f.Data)
					}
				}
				return dir
			}
			realPorts, ownPorts := ports(t), ports(t)
			dir := files()
			startNginx(t, real, dir, replace(dir, realPorts))
			f := startFront(t, replace(dir, ownPorts), dir)
			for _, n := range f.Unexecuted() {
				t.Errorf("not executed: %s", n.Name.Value)
			}
			for _, r := range requests {
				want, wantErr := exchangeWith(r, realPorts)
				got, gotErr := exchangeWith(r, ownPorts)
				if (wantErr == nil) != (gotErr == nil) {
					t.Errorf("%s: nginx: %v, front: %v\n%s", r.name, wantErr, gotErr, want)
					continue
				}
				clean := strings.NewReplacer(strconv.Itoa(realPorts[0]), "PORT", strconv.Itoa(realPorts[1]), "PORT2", strconv.Itoa(realPorts[2]), "PORT3")
				cleanOwn := strings.NewReplacer(strconv.Itoa(ownPorts[0]), "PORT", strconv.Itoa(ownPorts[1]), "PORT2", strconv.Itoa(ownPorts[2]), "PORT3")
				if diff := cmp.Diff(clean.Replace(want), cleanOwn.Replace(got)); diff != "" {
					t.Errorf("%s (-nginx +front):\n%s", r.name, diff)
				}
			}
		})
	}
	t.Logf("%d fixtures with %d requests", len(fixtures), total)
}

func ports(t *testing.T) (p [3]int) {
	for i := range p {
		p[i] = realtest.FreePort(t)
	}
	return p
}

func writeFile(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	when := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	if err := os.Chtimes(path, when, when); err != nil {
		t.Fatal(err)
	}
}

// parseRequests reads the requests of a fixture.
func parseRequests(t *testing.T, text string) []sample {
	t.Helper()
	var all []sample
	for block := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		r := sample{port: "PORT"}
		lines := strings.Split(strings.Trim(block, "\n"), "\n")
		for len(lines) > 0 && (strings.HasPrefix(lines[0], "#") || strings.HasPrefix(lines[0], "@")) {
			switch {
			case lines[0] == "@tls":
				r.tls = true
			case strings.HasPrefix(lines[0], "@"):
				r.port = lines[0][1:]
			}
			lines = lines[1:]
		}
		if len(lines) == 0 {
			continue
		}
		r.name = lines[0]
		if raw, ok := strings.CutPrefix(lines[0], "RAW "); ok {
			joined := strings.Join(append([]string{raw}, lines[1:]...), "")
			data, err := strconv.Unquote(`"` + strings.ReplaceAll(joined, `"`, `\"`) + `"`)
			if err != nil {
				t.Fatalf("%s: %v", r.name, err)
			}
			r.data = data
			all = append(all, r)
			continue
		}
		words := strings.Fields(lines[0])
		if len(words) == 2 {
			words = append(words, "HTTP/1.1")
		}
		var b strings.Builder
		fmt.Fprintf(&b, "%s\r\n", strings.Join(words, " "))
		host, close, body := false, false, ""
		for i, line := range lines[1:] {
			if line == ">" {
				body = strings.Join(lines[i+2:], "\n")
				break
			}
			host = host || strings.HasPrefix(strings.ToLower(line), "host:")
			close = close || strings.HasPrefix(strings.ToLower(line), "connection:")
			fmt.Fprintf(&b, "%s\r\n", line)
		}
		if !host && words[2] == "HTTP/1.1" {
			b.WriteString("Host: localhost\r\n")
		}
		if !close {
			b.WriteString("Connection: close\r\n")
		}
		if n, ok := strings.CutPrefix(body, "*"); ok {
			size, _ := strconv.Atoi(n)
			body = strings.Repeat("0123456789abcde\n", size/16+1)[:size]
		}
		if body != "" && !strings.Contains(strings.ToLower(b.String()), "transfer-encoding") {
			fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
		}
		r.data = b.String() + "\r\n" + strings.ReplaceAll(body, "\\r\\n", "\r\n")
		all = append(all, r)
	}
	return all
}

// exchangeWith sends a request and returns what comes back, in a form that can
// be compared: the status line, the headers in order of their names, the body.
func exchangeWith(r sample, ports [3]int) (string, error) {
	port := map[string]int{"PORT": ports[0], "PORT2": ports[1], "PORT3": ports[2]}[r.port]
	conn, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), 5*time.Second)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if r.tls {
		conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true, ServerName: "shop.example"})
	}
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	data := strings.NewReplacer("PORT2", strconv.Itoa(ports[1]), "PORT3", strconv.Itoa(ports[2]), "PORT", strconv.Itoa(ports[0])).Replace(r.data)
	if _, err := io.WriteString(conn, data); err != nil {
		return "", err
	}
	all, err := io.ReadAll(conn)
	if err != nil && len(all) == 0 && os.IsTimeout(err) {
		return "", err
	}
	return canonical(all), nil
}

var (
	boundaryText = regexp.MustCompile(`\d{20}`)
	versionText  = regexp.MustCompile(`nginx/[\d.]+`)
)

// canonical writes responses so that they can be compared.
func canonical(data []byte) string {
	var b strings.Builder
	reader := bufio.NewReader(bytes.NewReader(data))
	for {
		head, err := reader.Peek(5)
		if err != nil || string(head) != "HTTP/" {
			rest, _ := io.ReadAll(reader)
			b.Write(rest)
			break
		}
		status, _ := reader.ReadString('\n')
		b.WriteString(strings.TrimSpace(status) + "\n")
		var fields []string
		length, chunked := -1, false
		for {
			line, err := reader.ReadString('\n')
			line = strings.TrimSpace(line)
			if err != nil || line == "" {
				break
			}
			name, v, _ := strings.Cut(line, ": ")
			switch strings.ToLower(name) {
			case "date", "server":
				continue
			case "content-length":
				length, _ = strconv.Atoi(v)
			case "transfer-encoding":
				chunked = true
			}
			fields = append(fields, name+": "+v)
		}
		slices.Sort(fields)
		b.WriteString(strings.Join(fields, "\n") + "\n\n")
		switch {
		case chunked:
			body, err := io.ReadAll(&chunkReader{r: reader})
			b.Write(body)
			if err != nil {
				fmt.Fprintf(&b, "[%v]", err)
			}
		case length >= 0 && !strings.HasPrefix(status, "HTTP/1.1 304"):
			_, _ = io.CopyN(&b, reader, int64(length))
		}
	}
	text := boundaryText.ReplaceAllString(b.String(), "BOUNDARY")
	return versionText.ReplaceAllString(text, "nginx")
}

// wholeConf makes a configuration of what stands in http.
func wholeConf(dir, http string) string {
	temp := ""
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		temp += fmt.Sprintf("    %s_temp_path %s/tmp_%s;\n", kind, dir, kind)
	}
	return "worker_processes 1;\npid " + dir + "/nginx.pid;\nerror_log " + dir + "/error.log;\nevents {\n    worker_connections 256;\n}\nhttp {\n" + temp + http + "\n}\n"
}

func startNginx(t *testing.T, bin, dir, conf string) {
	t.Helper()
	work := t.TempDir()
	for d := work; d != os.TempDir() && len(d) > 1; d = filepath.Dir(d) {
		_ = os.Chmod(d, 0o755)
	}
	path := filepath.Join(work, "nginx.conf")
	text := wholeConf(work, conf)
	if !strings.Contains(conf, "access_log") {
		text = strings.Replace(text, "http {\n", "http {\n    access_log off;\n", 1)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, "-c", path, "-p", dir, "-e", filepath.Join(work, "start.log"), "-g", "daemon off;")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		<-ended
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(work, "error.log"))
			t.Logf("nginx's log:\n%s%s", log, out.String())
		}
	})
	address := regexp.MustCompile(`listen (?:127\.0\.0\.1:)?(\d+)`).FindStringSubmatch(conf)
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", "127.0.0.1:"+address[1])
		if err == nil {
			conn.Close()
			return
		}
		select {
		case <-ended:
			t.Fatalf("nginx ended:\n%s", out.String())
		default:
		}
		if time.Now().After(deadline) {
			t.Fatal("nginx does not listen")
		}
	}
}

func startFront(t *testing.T, conf, dir string) *Front {
	t.Helper()
	tree := nginx.LoadText(nginx.Parse(filepath.Join(dir, "nginx.conf"), wholeConf(dir, conf)), "", nginx.LoadOptions{})
	var log bytes.Buffer
	f, err := New(site.New(tree, 0), Options{Prefix: dir, ErrorLog: &lockedWriter{w: &log}})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := f.Stop(ctx); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("the front's log:\n%s", log.String())
		}
	})
	return f
}

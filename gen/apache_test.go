package gen

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/project"
)

// apacheModules are what a2enmod would load for the virtual hosts, and what
// Debian's Apache has loaded already.
var apacheModules = []string{"mpm_event", "authz_core", "alias", "mime", "dir", "env", "headers", "setenvif", "ssl", "socache_shmcb", "proxy", "proxy_http", "proxy_uwsgi", "proxy_balancer", "slotmem_shm", "lbmethod_byrequests", "lbmethod_bybusyness"}

// apacheConf writes a whole configuration of Apache around virtual hosts, which
// listen on free ports.
func apacheConf(t *testing.T, dir, vhosts string) (file string, ports map[string]int) {
	t.Helper()
	ports = map[string]int{}
	var b strings.Builder
	fmt.Fprintf(&b, "ServerRoot %q\nServerName localhost\nPidFile apache.pid\nErrorLog apache.out\nMutex file:%s\nDefaultRuntimeDir %s\n", dir, dir, dir)
	for _, m := range apacheModules {
		fmt.Fprintf(&b, "LoadModule %s_module /usr/lib/apache2/modules/mod_%s.so\n", m, m)
	}
	b.WriteString("TypesConfig /etc/mime.types\n")
	if os.Getuid() == 0 {
		b.WriteString("User www-data\nGroup www-data\n")
	}
	b.WriteString("<Directory />\n    Require all denied\n</Directory>\n")
	vhosts = regexp.MustCompile(`(?m)^Listen .*\n`).ReplaceAllString(vhosts, "")
	vhosts = regexp.MustCompile(`<VirtualHost \S+:(\d+)>`).ReplaceAllStringFunc(vhosts, func(line string) string {
		port := line[strings.LastIndexByte(line, ':')+1 : len(line)-1]
		if ports[port] == 0 {
			ports[port] = realtest.FreePort(t)
			fmt.Fprintf(&b, "Listen 127.0.0.1:%d\n", ports[port])
		}
		return "<VirtualHost 127.0.0.1:" + strconv.Itoa(ports[port]) + ">"
	})
	b.WriteString(vhosts)
	file = filepath.Join(dir, "apache.conf")
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return file, ports
}

// sandboxed rewrites a rendered file so that it runs below dir.
func sandboxed(t *testing.T, text, dir, root string) string {
	t.Helper()
	certificate, key := realtest.Certificate(t)
	text = regexp.MustCompile(`SSLCertificateFile .*`).ReplaceAllString(text, "SSLCertificateFile "+certificate)
	text = regexp.MustCompile(`SSLCertificateKeyFile .*`).ReplaceAllString(text, "SSLCertificateKeyFile "+key)
	text = regexp.MustCompile(`(?m)^virtualenv = .*\n`).ReplaceAllString(text, "")
	return realtest.Sandbox(strings.NewReplacer(root, dir+"/project", "unix:/run/", "unix:"+dir+"/run/", "/var/log/hello", dir+"/run/hello").Replace(text), dir, certificate, key)
}

// TestRealApacheReads asks Apache whether it reads what every description renders to.
func TestRealApacheReads(t *testing.T) {
	t.Parallel()
	apache := realtest.Need(t, "apache2")
	all := targetDescriptions(t)
	for name, p := range descriptions(t) {
		all["native "+name] = p
	}
	read := 0
	for name, p := range all {
		files, err := Render(p, Options{Target: "apache"})
		if err != nil {
			// Only what Apache has nothing for.
			if !strings.Contains(err.Error(), ".rate: Apache has no limit") && !strings.Contains(err.Error(), "which Apache does not know") && !strings.Contains(err.Error(), "limits.balance: Apache has no random") {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		read++
		dir := t.TempDir()
		for _, f := range files {
			if filepath.Ext(f.Path) != ".conf" {
				continue
			}
			conf, _ := apacheConf(t, dir, sandboxed(t, string(f.Content), dir, p.Root))
			if out, err := exec.Command(apache, "-t", "-d", dir, "-f", conf).CombinedOutput(); err != nil {
				t.Errorf("%s: apache2 -t: %v\n%s", name, err, out)
			}
		}
	}
	if read < 12 {
		t.Errorf("only %d descriptions were rendered", read)
	}
}

// startApache runs Apache and uWSGI with what a description renders to, and
// returns what asks it.
func startApache(t *testing.T, p *project.Project, app string) func(method, url, port string, header map[string]string, body int) realtest.Answer {
	t.Helper()
	apache, uwsgi := realtest.Need(t, "apache2"), realtest.Need(t, "uwsgi")
	files, err := Render(p, Options{Target: "apache"})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for d := dir; d != os.TempDir(); d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(filepath.Join(dir, "project"), os.DirFS(filepath.Join("../testdata/projects", app))); err != nil {
		t.Fatal(err)
	}
	run := filepath.Join(dir, "run", p.Name)
	if err := os.MkdirAll(run, 0o755); err != nil {
		t.Fatal(err)
	}
	if account, err := user.Lookup("www-data"); err == nil && os.Getuid() == 0 {
		uid, _ := strconv.Atoi(account.Uid)
		gid, _ := strconv.Atoi(account.Gid)
		if err := os.Chown(run, uid, gid); err != nil {
			t.Fatal(err)
		}
	}
	var conf string
	ports := map[string]int{}
	tcp := strconv.Itoa(realtest.FreePort(t))
	for _, f := range files {
		text := sandboxed(t, string(f.Content), dir, p.Root)
		text = strings.ReplaceAll(text, "127.0.0.1:8001", "127.0.0.1:"+tcp)
		switch filepath.Ext(f.Path) {
		case ".conf":
			conf, ports = apacheConf(t, dir, text)
		case ".ini":
			if err := os.WriteFile(filepath.Join(dir, f.Path), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, command := range [][]string{{uwsgi, "--ini", filepath.Join(dir, "uwsgi.ini")}, {apache, "-d", dir, "-f", conf, "-DFOREGROUND"}} {
		log, err := os.Create(filepath.Join(dir, filepath.Base(command[0])+".log"))
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(command[0], command[1:]...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
		realtest.Apart(cmd)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			realtest.SignalGroup(cmd, syscall.SIGKILL)
			_ = cmd.Wait()
			log.Close()
			if t.Failed() {
				text, _ := os.ReadFile(log.Name())
				t.Logf("%s:\n%.3000s", log.Name(), text)
			}
		})
	}
	request := func(method, url, port string, header map[string]string, body int) realtest.Answer {
		scheme, rest, _ := strings.Cut(url, "://")
		host, path, _ := strings.Cut(rest, "/")
		r, err := http.NewRequest(method, fmt.Sprintf("%s://127.0.0.1:%d/%s", scheme, ports[port], path), strings.NewReader(strings.Repeat("x", body)))
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		for k, v := range header {
			r.Header.Set(k, v)
		}
		client := &http.Client{
			Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true, ServerName: host}}, //nolint:gosec // the test's own certificate
		}
		answer, err := client.Do(r)
		if err != nil {
			return realtest.Answer{Body: err.Error()}
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return realtest.Answer{Status: answer.StatusCode, Header: answer.Header, Body: string(text)}
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		scheme, port := "http", "80"
		if ports["443"] > 0 {
			scheme, port = "https", "443"
		}
		got := request("GET", scheme+"://"+p.Servers[0].Names[0]+"/", port, nil, 0)
		if got.Status > 0 && got.Status < 500 {
			return request
		}
		if time.Now().After(deadline) {
			log, _ := os.ReadFile(filepath.Join(dir, "apache.out"))
			t.Fatalf("Apache and uWSGI do not answer: %d %.300s\n%s", got.Status, got.Body, log)
		}
	}
}

func TestRealApache(t *testing.T) {
	t.Parallel()
	targets := targetDescriptions(t)
	mount := descriptions(t)["mount"]
	for name, c := range map[string]struct {
		p    *project.Project
		app  string
		asks []ask
	}{
		"shop": {targets["shop"], "django", []ask{
			{name: "application", url: "https://shop.example/api/echo", port: 443, status: 200, has: `"scheme": "https"`},
			{name: "forged address", url: "https://shop.example/api/echo", port: 443, header: map[string]string{"X-Forwarded-For": "203.0.113.9"}, status: 200, has: `"127.0.0.1"`},
			{name: "hsts", url: "https://shop.example/api/echo", port: 443, status: 200, has: "header: Strict-Transport-Security: max-age=31536000"},
			{name: "to https", url: "http://shop.example/a?b=c", port: 80, status: 301, has: "header: Location: https://shop.example/a?b=c"},
			{name: "static", url: "https://shop.example/static/shop/site.css", port: 443, status: 200, has: "sans-serif"},
			{name: "static nosniff", url: "https://shop.example/static/shop/site.css", port: 443, status: 200, has: "header: X-Content-Type-Options: nosniff"},
			{name: "missing static", url: "https://shop.example/static/none.css", port: 443, status: 404},
			{name: "dotfile", url: "https://shop.example/static/.env", port: 443, status: 404},
			{name: "body at the limit", method: "POST", url: "https://shop.example/api/echo", port: 443, body: 10 << 20, status: 200},
			{name: "body over the limit", method: "POST", url: "https://shop.example/api/echo", port: 443, body: 10<<20 + 1, status: 413},
		}},
		"hello": {targets["hello"], "wsgi", []ask{
			{name: "application", url: "http://hello.example/x%20y?a=b", port: 80, status: 200, has: `"path": "/x y"`},
			{name: "scheme", url: "http://hello.example/", port: 80, header: map[string]string{"X-Forwarded-Proto": "https"}, status: 200, has: `"scheme": "http"`},
		}},
		"mount": {mount, "wsgi", []ask{
			{name: "below the prefix", url: "http://hello.example/hello/x", port: 80, status: 200, has: `"script": "/hello", "path": "/x"`},
			{name: "redirect", url: "http://hello.example/", port: 80, status: 301, has: "/hello/"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request := startApache(t, c.p, c.app)
			for _, a := range c.asks {
				if a.method == "" {
					a.method = "GET"
				}
				got := request(a.method, a.url, strconv.Itoa(a.port), a.header, a.body)
				text := strings.ReplaceAll(got.Body, `":"`, `": "`)
				if name, value, ok := strings.Cut(strings.TrimPrefix(a.has, "header: "), ": "); ok && strings.HasPrefix(a.has, "header: ") {
					text, a.has = got.Header.Get(name), value
				}
				if got.Status != a.status || !strings.Contains(text, a.has) {
					t.Errorf("%s: %s %s: status %d, want %d with %q: %.300s", a.name, a.method, a.url, got.Status, a.status, a.has, text)
				}
			}
		})
	}
}

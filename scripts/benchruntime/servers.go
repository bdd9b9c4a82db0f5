//go:build unix

package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"syscall"
	"time"

	"github.com/deployctl/deployctl/launch"
	"github.com/deployctl/deployctl/launch/appserver"
	"github.com/deployctl/deployctl/launch/front"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/uwsgi"
)

// bench is everything that runs while it is measured.
type bench struct {
	dir       string
	processes []*exec.Cmd
	pipes     []io.Closer

	realReal, embeddedReal, embeddedEmbedded *side // nginx, then uWSGI
}

// side is one pair.
type side struct {
	address   string
	processes []int // the front first; without their children
}

const application = `def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "6")])
    return [b"hello\n"]
`

// workers is how many processes the application has on both sides.
const workers = 4

// python is the interpreter that Debian's uWSGI is linked with.
const python = "/usr/bin/python3"

func (b *bench) files() error {
	ini := func(socket string) string {
		return fmt.Sprintf("[uwsgi]\nsocket = %s\nchmod-socket = 666\nlisten = 128\nmaster = true\nprocesses = %d\nwsgi-file = %s/app.py\nneed-app = true\ndisable-logging = true\nvacuum = true\ndie-on-term = true\n", socket, workers, b.dir)
	}
	if err := os.Mkdir(filepath.Join(b.dir, "files"), 0o755); err != nil { //nolint:gosec // nginx's workers read it
		return err
	}
	for name, text := range map[string]string{
		"app.py": application, "real.ini": ini(b.dir + "/real.sock"), "embedded.ini": ini(b.dir + "/embedded.sock"),
		"files/1k.txt": strings.Repeat("0123456789abcdef", 64), "files/1m.txt": strings.Repeat("0123456789abcdef", 64<<10),
	} {
		if err := os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o644); err != nil { //nolint:gosec // as above
			return err
		}
	}
	for _, f := range []struct {
		name, socket string
		side         **side
	}{{"real", "real", &b.realReal}, {"embedded-real", "real", &b.embeddedReal}, {"embedded-embedded", "embedded", &b.embeddedEmbedded}} {
		port, err := freePort()
		if err != nil {
			return err
		}
		*f.side = &side{address: fmt.Sprintf("127.0.0.1:%d", port)}
		conf := fmt.Sprintf(`worker_processes auto;
pid %[1]s/%[2]s.pid;
error_log %[1]s/%[2]s.log;
events { worker_connections 1024; }
http {
    access_log off;
    sendfile on;
    tcp_nopush on;
    types { text/plain txt; }
    client_body_temp_path %[1]s/tmp; proxy_temp_path %[1]s/tmp; fastcgi_temp_path %[1]s/tmp; uwsgi_temp_path %[1]s/tmp; scgi_temp_path %[1]s/tmp;
    server {
        listen %[3]s;
        location /files/ { alias %[1]s/files/; }
        location / {
            uwsgi_pass unix:%[1]s/%[4]s.sock;
            uwsgi_param QUERY_STRING $query_string;
            uwsgi_param REQUEST_METHOD $request_method;
            uwsgi_param CONTENT_TYPE $content_type;
            uwsgi_param CONTENT_LENGTH $content_length;
            uwsgi_param REQUEST_URI $request_uri;
            uwsgi_param PATH_INFO $document_uri;
            uwsgi_param DOCUMENT_ROOT $document_root;
            uwsgi_param SERVER_PROTOCOL $server_protocol;
            uwsgi_param REQUEST_SCHEME $scheme;
            uwsgi_param REMOTE_ADDR $remote_addr;
            uwsgi_param REMOTE_PORT $remote_port;
            uwsgi_param SERVER_PORT $server_port;
            uwsgi_param SERVER_NAME $server_name;
        }
    }
}
`, b.dir, f.name, (*f.side).address, f.socket)
		if err := os.WriteFile(filepath.Join(b.dir, f.name+".conf"), []byte(conf), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// start starts both sides.
func (b *bench) start() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	at := func(name string) string { return filepath.Join(b.dir, name) }
	uwsgi, err := b.run("uwsgi", "--plugin", "python3", "--ini", at("real.ini"))
	if err != nil {
		return err
	}
	nginx, err := b.run("nginx", "-c", at("real.conf"), "-p", b.dir, "-e", at("start.log"), "-g", "daemon off;")
	if err != nil {
		return err
	}
	front, err := b.run(self, profiled("front", at("embedded-real.conf"))...)
	if err != nil {
		return err
	}
	both, err := b.run(self, profiled("pair", at("embedded-embedded.conf"), at("embedded.ini"))...)
	if err != nil {
		return err
	}
	b.realReal.processes = []int{nginx, uwsgi}
	b.embeddedReal.processes = []int{front, uwsgi}
	b.embeddedEmbedded.processes = []int{both}
	for _, s := range []*side{b.realReal, b.embeddedReal, b.embeddedEmbedded} {
		if err := await("http://" + s.address + "/"); err != nil {
			return err
		}
	}
	return nil
}

// profiled makes a server of our own write a profile, where one is asked for; its
// name begins with which server it is.
func profiled(server string, args ...string) []string {
	args = append([]string{server}, args...)
	if *profile == "" {
		return args
	}
	return append([]string{"-profile", filepath.Join(filepath.Dir(*profile), server+"-"+filepath.Base(*profile))}, args...)
}

// run starts a program, and returns the number of its process.
func (b *bench) run(name string, args ...string) (int, error) {
	cmd := exec.Command(name, args...)
	cmd.Stderr = os.Stderr
	if name == "uwsgi" {
		cmd.Stderr = nil
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	b.processes, b.pipes = append(b.processes, cmd), append(b.pipes, in)
	return cmd.Process.Pid, nil
}

// stop ends what was started, the last first.
func (b *bench) stop() {
	for i := len(b.processes) - 1; i >= 0; i-- {
		_ = b.processes[i].Process.Signal(syscall.SIGTERM)
		_ = b.processes[i].Wait()
		b.pipes[i].Close()
	}
}

// serve runs the embedded front, and the embedded application server where there
// is an ini, until SIGTERM; with as many processors as `deployctl up` takes.
func serve(conf, ini string) error {
	launch.LeaveProcessors()
	options := front.Options{Prefix: filepath.Dir(conf)}
	if ini != "" {
		c, err := uwsgi.Load(ini, uwsgi.LoadOptions{})
		if err != nil {
			return err
		}
		app, err := appserver.Start(soon(), c, appserver.Options{Dir: filepath.Dir(ini), Python: python})
		if err != nil {
			return err
		}
		defer func() { _ = app.Stop(soon()) }()
		options.Dial = app.Dial
	}
	tree, err := nginx.Load(conf, nginx.LoadOptions{})
	if err != nil {
		return err
	}
	f, err := front.New(site.New(tree, 0), options)
	if err != nil {
		return err
	}
	if err := f.Start(); err != nil {
		return err
	}
	defer func() { _ = f.Stop(soon()) }()
	if *profile != "" {
		out, err := os.Create(*profile)
		if err != nil {
			return err
		}
		defer out.Close()
		if err := pprof.StartCPUProfile(out); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	untilTold()
	return nil
}

func untilTold() {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM)
	<-told
}

func soon() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	context.AfterFunc(ctx, cancel)
	return ctx
}

package front

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/site"
)

const benchConf = `http {
access_log off;
keepalive_requests 1000000;
server {
    listen 127.0.0.1:PORT;
    location /files/ { alias DIR/; }
    location / {
        uwsgi_pass unix:DIR/app.sock;
        uwsgi_param QUERY_STRING $query_string;
        uwsgi_param REQUEST_METHOD $request_method;
        uwsgi_param CONTENT_TYPE $content_type;
        uwsgi_param CONTENT_LENGTH $content_length;
        uwsgi_param REQUEST_URI $request_uri;
        uwsgi_param PATH_INFO $document_uri;
        uwsgi_param DOCUMENT_ROOT $document_root;
        uwsgi_param SERVER_PROTOCOL $server_protocol;
        uwsgi_param REMOTE_ADDR $remote_addr;
        uwsgi_param REMOTE_PORT $remote_port;
        uwsgi_param SERVER_PORT $server_port;
        uwsgi_param SERVER_NAME $server_name;
    }
}
}`

// BenchmarkRequest measures one request over a kept connection: a small file, a
// large one, and an application that answers at once.
func BenchmarkRequest(b *testing.B) {
	dir, err := os.MkdirTemp("", "front")
	if err != nil {
		b.Fatal(err)
	}
	defer os.RemoveAll(dir)
	for name, size := range map[string]int{"1k": 1 << 10, "1m": 1 << 20} {
		if err := os.WriteFile(filepath.Join(dir, name), make([]byte, size), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	app, err := net.Listen("unix", filepath.Join(dir, "app.sock"))
	if err != nil {
		b.Fatal(err)
	}
	defer app.Close()
	go func() {
		buf := make([]byte, 8<<10)
		for {
			conn, err := app.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(buf)
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n")
			conn.Close()
		}
	}()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	conf := strings.NewReplacer("DIR", dir, "PORT", fmt.Sprint(port)).Replace(benchConf)
	f, err := New(site.New(nginx.LoadText(nginx.Parse("nginx.conf", conf), "", nginx.LoadOptions{}), 0), Options{})
	if err != nil {
		b.Fatal(err)
	}
	if err := f.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Stop(context.Background()) }()
	for _, path := range []string{"/files/1k", "/files/1m", "/"} {
		b.Run(strings.Trim(path, "/"), func(b *testing.B) {
			b.ReportAllocs()
			conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
			if err != nil {
				b.Fatal(err)
			}
			defer conn.Close()
			reader := bufio.NewReader(conn)
			request := []byte("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
			for b.Loop() {
				if _, err := conn.Write(request); err != nil {
					b.Fatal(err)
				}
				length := 0
				for {
					line, err := reader.ReadSlice('\n')
					if err != nil {
						b.Fatal(err)
					}
					if n, ok := strings.CutPrefix(string(line), "Content-Length: "); ok {
						_, _ = fmt.Sscan(n, &length)
					}
					if len(line) == 2 {
						break
					}
				}
				if _, err := reader.Discard(length); err != nil || length == 0 {
					b.Fatal(length, err)
				}
			}
		})
	}
}

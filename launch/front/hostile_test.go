package front

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/deployctl/deployctl/internal/realtest"
)

// attack is what a client sends that means harm, or is broken.
type attack struct {
	name string
	send []string // sent one after the other, with a pause
	half bool     // then the client sends no more, but reads
	bare bool     // no probe follows
}

// probe follows an attack: it is answered where the server takes it for a
// request of its own, so an answer tells where the server sees the end of what
// came before, and that the connection was kept.
const probe = "GET /probe HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

const hostileConf = `
log_format short '$remote_port $status "$request"';
access_log ACCESSLOG short;
client_header_timeout 1s;
client_body_timeout 1s;
keepalive_timeout 1s;
client_max_body_size 100k;
server {
    listen 127.0.0.1:PORT;
    server_name localhost;
    root DIR/www;
    location = /probe { return 200 "probe\n"; }
    location /return { return 200 "host=$host uri=$uri args=$args request_uri=$request_uri method=$request_method protocol=$server_protocol\n"; }
    location /echo { proxy_pass http://BACKEND; }
    location /part/ { proxy_pass http://BACKEND/base/; }
    location /stream { proxy_http_version 1.1; proxy_request_buffering off; proxy_pass http://BACKEND; }
    location /app {
        uwsgi_pass UWSGI;
        uwsgi_param REQUEST_METHOD $request_method;
        uwsgi_param REQUEST_URI $request_uri;
        uwsgi_param PATH_INFO $document_uri;
        uwsgi_param CONTENT_LENGTH $content_length;
    }
    location /files/ { alias DIR/files/; }
    location /slash { alias DIR/files/; }
    location /links/ { disable_symlinks on; alias DIR/files/; }
    location /owner/ { disable_symlinks if_not_owner; alias DIR/files/; }
    location /list/ { autoindex on; alias DIR/files/; }
    location /try/ { try_files $uri /index.html; }
    location = /secret { internal; }
}
server {
    listen 127.0.0.1:PORT;
    server_name other.example;
    large_client_header_buffers 2 2k;
    client_header_buffer_size 512;
    location / { return 200 "other host=$host http_host=$http_host\n"; }
}
server {
    listen 127.0.0.1:PORT2;
    server_name loose;
    ignore_invalid_headers off;
    underscores_in_headers on;
    merge_slashes off;
    root DIR/www;
    location = /probe { return 200 "probe\n"; }
    location / { proxy_pass http://BACKEND; }
    location /files/ { alias DIR/files/; }
}
`

// hostileFiles lie in the folder: what is in secret no request may reach.
var hostileFiles = map[string]string{
	"www/index.html": "index\n", "www/a.txt": "a\n", "www/sub/b.txt": "b\n", "www/b c.txt": "blank\n", "www/back\\slash.txt": "backslash\n",
	"files/f.txt": "f\n", "files/deep/g.txt": "g\n", "files2/h.txt": "outside\n", "secret/key.txt": "top secret\n",
}

var hostileLinks = map[string]string{
	"files/link.txt": "f.txt", "files/out.txt": "../secret/key.txt", "files/dir": "deep", "files/loop": "loop", "files/gone": "nowhere",
}

// get is a request by its request line and headers, with a Host.
func get(target string, headers ...string) string {
	return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + strings.Join(append(headers, ""), "\r\n") + "\r\n"
}

// post is a POST to a location that echoes it.
func post(target, headers, body string) string {
	return "POST " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n\r\n" + body
}

func attacks() []attack {
	var all []attack
	add := func(name string, send ...string) { all = append(all, attack{name: name, send: send}) }
	for _, to := range []string{"/echo", "/stream", "/app", "/return", "/a.txt", "/missing"} {
		for name, head := range map[string]string{
			"CL and TE":                 "Content-Length: 5\r\nTransfer-Encoding: chunked",
			"TE and CL":                 "Transfer-Encoding: chunked\r\nContent-Length: 5",
			"TE":                        "Transfer-Encoding: chunked",
			"TE in capitals":            "Transfer-Encoding: CHUNKED",
			"TE twice":                  "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
			"TE list":                   "Transfer-Encoding: chunked, chunked",
			"TE gzip, chunked":          "Transfer-Encoding: gzip, chunked",
			"TE identity":               "Transfer-Encoding: identity",
			"TE empty":                  "Transfer-Encoding:",
			"TE with a tab":             "Transfer-Encoding:\tchunked",
			"TE with blanks":            "Transfer-Encoding:    chunked   ",
			"TE and a tab":              "Transfer-Encoding: chunked\t",
			"TE with a vertical tab":    "Transfer-Encoding: \vchunked",
			"TE blank before the colon": "Transfer-Encoding : chunked",
			"TE tab before the colon":   "Transfer-Encoding\t: chunked",
			"TE folded":                 "Transfer-Encoding:\r\n chunked",
			"TE folded after":           "X: y\r\n Transfer-Encoding: chunked",
			"TE in an underscore":       "Transfer_Encoding: chunked",
			"TE quoted":                 "Transfer-Encoding: \"chunked\"",
			"TE with a NUL":             "Transfer-Encoding: chunked\x00",
			"TE after a bare CR":        "X: y\rTransfer-Encoding: chunked",
			"TE after a bare LF":        "X: y\nTransfer-Encoding: chunked",
		} {
			add(to+" "+name, post(to, head, "5\r\nhello\r\n0\r\n\r\n"))
		}
		for _, v := range []string{
			"5", "+5", "-5", " 5 ", "5 ", "\t5", "5\t", "5 5", "5,5", "0x5", "5.0", "5e0", "05", "00000000000000000005", "", "a", "5a", "９",
			"9223372036854775807", "9223372036854775808", "18446744073709551616", "99999999999999999999999999", "0",
		} {
			add(fmt.Sprintf("%s CL %q", to, v), post(to, "Content-Length: "+v, "hello"))
		}
		add(to+" two equal CL", post(to, "Content-Length: 5\r\nContent-Length: 5", "hello"))
		add(to+" two different CL", post(to, "Content-Length: 5\r\nContent-Length: 6", "hello"))
		add(to+" no length", post(to, "X: y", ""))
		for name, body := range map[string]string{
			"two chunks": "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "bare LF": "5\nhello\n0\n\n", "extension": "5;name=value\r\nhello\r\n0;x\r\n\r\n",
			"quoted extension": "5;a=\"\r\nhello\r\n0\r\n\r\n", "blank": "5 \r\nhello\r\n0\r\n\r\n", "tab": "5\t\r\nhello\r\n0\r\n\r\n",
			"leading blank": " 5\r\nhello\r\n0\r\n\r\n", "sign": "+5\r\nhello\r\n0\r\n\r\n", "0x": "0x5\r\nhello\r\n0\r\n\r\n", "underscore": "0_5\r\nhello\r\n0\r\n\r\n",
			"leading zeros": "0000000000000000000000005\r\nhello\r\n0\r\n\r\n", "empty size": "\r\nhello\r\n0\r\n\r\n", "no hexadecimal": "g\r\nhello\r\n0\r\n\r\n",
			"overflow": "8000000000000000\r\nhello\r\n0\r\n\r\n", "more overflow": "ffffffffffffffffffff\r\nhello\r\n0\r\n\r\n", "capitals": "A\r\nhellohello\r\n0\r\n\r\n",
			"too long for its size": "3\r\nhello\r\n0\r\n\r\n", "CR in the size": "5\r\r\nhello\r\n0\r\n\r\n", "CR alone": "5\rhello\r\n0\r\n\r\n",
			"trailers": "5\r\nhello\r\n0\r\nX-Trailer: y\r\nTransfer-Encoding: chunked\r\n\r\n", "bad trailer": "0\r\n\x00\r\n\r\n", "LF trailer": "0\nX: y\n\n",
			"CR trailer": "0\r\nX\rY\r\n\r\n", "zeros": "000\r\n\r\n", "long extension": "5;" + strings.Repeat("x", 7000) + "\r\nhello\r\n0\r\n\r\n",
		} {
			add(to+" chunks: "+name, post(to, "Transfer-Encoding: chunked", body))
		}
		add(to+" chunks in pieces", post(to, "Transfer-Encoding: chunked", "5"), "\r", "\nhel", "lo\r\n", "0\r\n", "\r\n")
		add(to+" bad chunk in a later piece", post(to, "Transfer-Encoding: chunked", "5\r\nhello\r\n"), "zz\r\n")
		add(to+" body in pieces", post(to, "Content-Length: 5", "he"), "llo")
		all = append(all,
			attack{name: to + " body that stops", send: []string{post(to, "Content-Length: 50", "hello")}, bare: true},
			attack{name: to + " chunks that stop", send: []string{post(to, "Transfer-Encoding: chunked", "5\r\nhel")}, bare: true},
			attack{name: to + " half-closed in the body", send: []string{post(to, "Content-Length: 50", "hello")}, bare: true, half: true},
			attack{name: to + " half-closed in a chunk", send: []string{post(to, "Transfer-Encoding: chunked", "5\r\nhel")}, bare: true, half: true},
		)
		add(to+" expect", post(to, "Expect: 100-continue\r\nContent-Length: 5", ""), "hello")
		add(to+" expect in other words", post(to, "Expect: 100-Continue, x\r\nContent-Length: 5", "hello"))
		add(to+" expect without a body", get(to, "Expect: 100-continue"))
		add(to+" too large", post(to, "Content-Length: 200000", "hello"))
		add(to+" too large with expect", post(to, "Expect: 100-continue\r\nContent-Length: 200000", ""))
		add(to+" too large in chunks", post(to, "Transfer-Encoding: chunked", "30000\r\n"+strings.Repeat("x", 0x30000)+"\r\n0\r\n\r\n"))
		add(to+" TE in 1.0", "POST "+to+" HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
	}
	for _, line := range []string{
		"GET /return HTTP/1.2", "GET /return HTTP/1.10", "GET /return HTTP/1.100", "GET /return HTTP/1.1000", "GET /return HTTP/1.01", "GET /return HTTP/01.1",
		"GET /return HTTP/0.9", "GET /return HTTP/2.0", "GET /return HTTP/3", "GET /return HTTP/1", "GET /return HTTP/1.", "GET /return HTTP/.1", "GET /return HTTP/11.1",
		"GET /return HTTP/1.x", "GET /return http/1.1", "GET /return HTTPS/1.1", "GET /return HTTP /1.1", "GET /return HTTP/1.1 ", "GET /return HTTP/1.1 x",
		"GET /return HTTP/1.1\t", "GET  /return  HTTP/1.1", "GET\t/return HTTP/1.1", " GET /return HTTP/1.1", "get /return HTTP/1.1", "Get /return HTTP/1.1", "G-E_T /return HTTP/1.1",
		"GET0 /return HTTP/1.1", "/return HTTP/1.1", "GET HTTP/1.1", "GET", "GET /return", "POST /return", "GET /return ", "GET return HTTP/1.1", "GET * HTTP/1.1", "OPTIONS * HTTP/1.1",
		"CONNECT localhost:80 HTTP/1.1", "CONNECT /return HTTP/1.1", "TRACE /return HTTP/1.1", "PRI * HTTP/2.0", "GET /return x HTTP/1.1", "GET /return\x01 HTTP/1.1",
		"GET /return\x7f HTTP/1.1", "GET /return\x00 HTTP/1.1", "GET /return\xff HTTP/1.1", "GET /return\xc3\xa4 HTTP/1.1", "GET /return\t HTTP/1.1", "GET /return#fragment HTTP/1.1",
		"GET /return?a#b HTTP/1.1", "GET /return?a=%zz HTTP/1.1", "GET /return?a=\x01 HTTP/1.1", "GET /return?a\\b HTTP/1.1", "GET /return\\x HTTP/1.1", "GET /return%5cx HTTP/1.1",
		"GET /return?a?b HTTP/1.1", "GET /return? HTTP/1.1", "GET /return\"<>{}|^` HTTP/1.1", "GET /return%20x HTTP/1.1", "GET /return+x HTTP/1.1", "GET /return;x=1 HTTP/1.1",
		"GET http://localhost/return HTTP/1.1", "GET HTTP://LOCALHOST/return HTTP/1.1", "GET http://other.example/return HTTP/1.1", "GET http://other.example HTTP/1.1",
		"GET http://other.example?x=1 HTTP/1.1", "GET http://other.example:8080/x HTTP/1.1", "GET http://other.example:/x HTTP/1.1", "GET http://other.example:a/x HTTP/1.1",
		"GET http:///x HTTP/1.1", "GET http://user@other.example/x HTTP/1.1", "GET http://[::1]/return HTTP/1.1", "GET http://[::1/return HTTP/1.1", "GET http://[v1.x]:80/return HTTP/1.1",
		"GET http://other..example/ HTTP/1.1", "GET http:/x HTTP/1.1", "GET http:x HTTP/1.1", "GET ftp://localhost/return HTTP/1.1", "GET h2+x-1.y://localhost/return HTTP/1.1",
		"GET ://localhost/return HTTP/1.1", "GET http://localhost#x HTTP/1.1", "GET http://localhost/return#x HTTP/1.1", "GET http://localhost HTTP/1.1", "GET http://other_x/ HTTP/1.1",
		"GET //return HTTP/1.1", "GET ///return//x HTTP/1.1", "GET /./return HTTP/1.1", "GET /x/../return HTTP/1.1", "GET /return/../../x HTTP/1.1", "GET /.. HTTP/1.1", "GET /../ HTTP/1.1",
		"GET /..return HTTP/1.1", "GET /return/... HTTP/1.1", "GET /return/.x HTTP/1.1", "GET /return/%2e HTTP/1.1", "GET /return/%2E%2e/x HTTP/1.1", "GET /%2e%2e HTTP/1.1", "GET /%2e%2e/etc/passwd HTTP/1.1",
		"GET /.%2e/etc/passwd HTTP/1.1", "GET /return%2f..%2f..%2fx HTTP/1.1", "GET /return/%2f/x HTTP/1.1", "GET /return%00 HTTP/1.1", "GET /return%0 HTTP/1.1", "GET /return% HTTP/1.1",
		"GET /return%zz HTTP/1.1", "GET /return%+1 HTTP/1.1", "GET /return%-1 HTTP/1.1", "GET /return%_1 HTTP/1.1", "GET /return%0d%0aX:y HTTP/1.1", "GET /return%23x%3fy HTTP/1.1", "GET /return%25%32%65 HTTP/1.1",
		"GET /return%252e%252e/x HTTP/1.1", "GET /return/..;/x HTTP/1.1", "GET /return/.?/../x HTTP/1.1", "GET /return/.#/x HTTP/1.1", "GET /return/..#/x HTTP/1.1", "GET /return/..?/x HTTP/1.1",
		"GET /return/%c0%ae%c0%ae/x HTTP/1.1", "GET /return/%ff HTTP/1.1", "GET /secret HTTP/1.1", "GET /return/x%2e/%2e%2e HTTP/1.1", "GET /return//%2e%2e//x HTTP/1.1", "GET /return/a/b/%2e%2e%2f%2e%2e/c HTTP/1.1",
		"GET /a.txt/ HTTP/1.1", "GET /a.txt%00.html HTTP/1.1", "GET /a.txt%20 HTTP/1.1", "GET /b%20c.txt HTTP/1.1", "GET /a.txt/x HTTP/1.1", "GET /back%5cslash.txt HTTP/1.1", "GET /sub%2fb.txt HTTP/1.1",
		"GET /sub%2f%2e%2e%2fa.txt HTTP/1.1", "GET /sub//b.txt HTTP/1.1", "GET /sub/ HTTP/1.1", "GET /sub HTTP/1.1", "GET //sub HTTP/1.1", "GET /sub?x=http://e/ HTTP/1.1", "GET /%0a%0dsub HTTP/1.1",
		"GET //evil.example/.. HTTP/1.1", "GET /%2f%2fevil.example/%2e%2e HTTP/1.1", "GET /part/../echo HTTP/1.1", "GET /part/%2e%2e/x HTTP/1.1", "GET /part/a%2fb%20c HTTP/1.1", "GET /part/a%0d%0aX:y HTTP/1.1",
		"GET /echo%0d%0aX:y HTTP/1.1", "GET /echo/%2e%2e/echo/x HTTP/1.1", "GET /app/%2e%2e/app/x HTTP/1.1", "GET /try/../../x HTTP/1.1", "GET /try/%2e%2e%2fa.txt HTTP/1.1",
	} {
		add(line, line+"\r\nHost: localhost\r\n\r\n")
	}
	for _, path := range []string{
		"f.txt", "../secret/key.txt", "%2e%2e/secret/key.txt", "..%2fsecret/key.txt", "..%2f..%2f..%2f..%2f..%2fetc/passwd", "deep/../f.txt", "deep/../../secret/key.txt", "..", "../", ".", "./f.txt",
		"..\\secret\\key.txt", "..%5csecret%5ckey.txt", "%00", "f.txt%00", "%2ff.txt", "%2fetc/passwd", "/etc/passwd", "//f.txt", "link.txt", "out.txt", "dir/g.txt", "loop", "gone", "loop/x", "f.txt/",
		"f.txt/../f.txt", "deep", "", strings.Repeat("x", 300), strings.Repeat("x/", 2100), "....//secret/key.txt", "..;/secret/key.txt", "%252e%252e/secret/key.txt", "\xc0\xae\xc0\xae/secret/key.txt",
	} {
		for _, place := range []string{"/files/", "/links/", "/owner/", "/list/"} {
			add(place+path, get(place+path))
		}
	}
	for _, path := range []string{"/slash../secret/key.txt", "/slash..%2fsecret/key.txt", "/slash2/h.txt", "/slashf.txt", "/slash/f.txt", "/slash", "/slash..", "/files", "/files../secret/key.txt", "/files2/h.txt"} {
		add(path, get(path))
	}
	for _, host := range []string{
		"", " ", "localhost", "LOCALHOST", "localhost.", "localhost..", ".", "..", ".localhost", "local..host", "localhost:80", "localhost:", "localhost:x", "localhost:80:80", ":80", "localhost/x", "localhost\\x",
		"local host", "localhost\t", "localhost\x01", "localhost\x7f", "localhost\xff", "local_host", "[::1]", "[::1]:80", "[::1", "::1", "[", "]", "[]", "a]b", "[x/y]", "other.example", "OTHER.example:80", "other.example.", "other.example,localhost",
		"user@other.example", "<script>", "local\"host", "$host", strings.Repeat("h", 300), "%6cocalhost", "localhost#x", "localhost?x",
	} {
		add(fmt.Sprintf("Host: %.40q", host), "GET /return HTTP/1.1\r\nHost: "+host+"\r\n\r\n")
	}
	for name, head := range map[string]string{
		"no Host": "X: y", "no headers": "", "two Hosts": "Host: localhost\r\nHost: localhost", "other Host after": "Host: localhost\r\nHost: other.example", "Host folded": "Host:\r\n localhost",
		"Host blank before the colon": " Host: localhost", "Host without a colon": "Host", "name alone": "Host: localhost\r\nName", "colon alone": "Host: localhost\r\n: x", "empty name": "Host: localhost\r\n:",
		"folded": "Host: localhost\r\nX: y\r\n z", "folded with a tab": "Host: localhost\r\nX: y\r\n\tz", "NUL in a name": "Host: localhost\r\nX\x00Y: z", "NUL in a value": "Host: localhost\r\nX: y\x00z",
		"NUL before a value": "Host: localhost\r\nX:\x00", "NUL after blanks": "Host: localhost\r\nX: a \x00", "bare CR in a value": "Host: localhost\r\nX: y\rz", "CR CR LF": "Host: localhost\r\nX: y\r", "bare LF": "Host: localhost\nX: y",
		"control in a name": "Host: localhost\r\nX\x01: y", "control in a value": "Host: localhost\r\nX: \x01\x7f", "byte in a name": "Host: localhost\r\nX\xff: y", "slash in a name": "Host: localhost\r\nX/Y: z",
		"underscore": "Host: localhost\r\nX_Y: z", "bracket in a name": "Host: localhost\r\n(X): z", "blank in a name": "Host: localhost\r\nX Y: z", "tab in a name": "Host: localhost\r\nX\tY: z",
		"two Connections": "Host: localhost\r\nConnection: close\r\nConnection: keep-alive", "Connection list": "Host: localhost\r\nConnection: keep-alive, close", "Connection other": "Host: localhost\r\nConnection: close\r\nConnection: x",
		"Connection disclosed": "Host: localhost\r\nConnection: disclosed", "two Expects": "Host: localhost\r\nExpect: 100-continue\r\nExpect: 100-continue", "two Authorizations": "Host: localhost\r\nAuthorization: a\r\nAuthorization: b",
		"two If-Modified-Since": "Host: localhost\r\nIf-Modified-Since: a\r\nIf-Modified-Since: b", "two If-None-Match": "Host: localhost\r\nIf-None-Match: a\r\nIf-None-Match: b", "two If-Match": "Host: localhost\r\nIf-Match: *\r\nIf-Match: b",
		"two If-Range": "Host: localhost\r\nIf-Range: a\r\nIf-Range: b", "two If-Unmodified-Since": "Host: localhost\r\nIf-Unmodified-Since: a\r\nIf-Unmodified-Since: b",
		"one header for each error": "Host: localhost\r\nTransfer-Encoding: x\r\nX Y: z",
	} {
		for _, to := range []string{"/return", "/echo"} {
			add(to+" "+name, "GET "+to+" HTTP/1.1\r\n"+head+"\r\n\r\n")
		}
		add("1.0 "+name, "GET /return HTTP/1.0\r\n"+head+"\r\n\r\n")
		add("absolute "+name, "GET http://other.example/ HTTP/1.1\r\n"+head+"\r\n\r\n")
		all = append(all, attack{name: "loose " + name, send: []string{"@PORT2", "GET /x HTTP/1.1\r\n" + head + "\r\n\r\n"}})
	}
	for _, path := range []string{"//x//y", "/files//f.txt", "/files/..//..//secret/key.txt", "/a//../b", "//..", "/files/%2f%2e%2e/f.txt", "/./", "/a/./b/"} {
		all = append(all, attack{name: "loose " + path, send: []string{"@PORT2", get(path)}})
	}
	for _, garbage := range []string{
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "\x00", "\xff\xfe", "garbage\r\n\r\n", "\r\n\r\n\r\n", "\n\n", "\r", strings.Repeat("\r\n", 3000), "{}", "SSH-2.0-x\r\n", "\r\nx", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"G", "GE T / HTTP/1.1\r\n\r\n", "GET /\r\r\n", "GET /return HTTP/1.1\r\r\n\r\n", "GET /return HTTP/1.1\n\n", "GET /return\n", "GET /return\rx", "HTTP/1.1 200 OK\r\n\r\n",
	} {
		add(fmt.Sprintf("garbage %.40q", garbage), garbage)
	}
	for _, n := range []int{900, 1000, 1023, 1024, 1025, 2000, 8000, 8170, 8172, 8173, 8174, 8175, 8176, 8177, 8178, 8179, 8190, 8192, 8193, 9000, 40000} {
		add(fmt.Sprintf("target of %d", n), get("/return?"+strings.Repeat("a", n)))
		add(fmt.Sprintf("header of %d", n), get("/return", "X: "+strings.Repeat("a", n)))
		add(fmt.Sprintf("name of %d", n), get("/return", strings.Repeat("a", n)+": x"))
		add(fmt.Sprintf("cookies of %d", n), get("/return", strings.TrimSuffix(strings.Repeat("Cookie: "+strings.Repeat("a", 90)+"\r\n", n/100), "\r\n")))
	}
	for _, n := range []int{1, 2, 3, 4, 5, 6} {
		add(fmt.Sprintf("%d headers of 8000", n), get("/return", slices.Repeat([]string{"X: " + strings.Repeat("a", 8000)}, n)...))
		add(fmt.Sprintf("%d headers of 1900 in small buffers", n), "GET / HTTP/1.1\r\nHost: other.example\r\n"+strings.Repeat("X: "+strings.Repeat("a", 1900)+"\r\n", n)+"\r\n")
	}
	for _, n := range []int{100, 500, 1000, 3000, 6000} {
		add(fmt.Sprintf("%d headers", n), get("/return", slices.Repeat([]string{"X: y"}, n)...))
	}
	add("error, then a request", "GET /missing HTTP/1.1\r\nHost: localhost\r\n\r\n", get("/return"))
	add("many at once", strings.Repeat(get("/return"), 20))
	add("bodies at once", strings.Repeat(post("/echo", "Content-Length: 5", "hello"), 5))
	add("head in pieces", "GE", "T /ret", "urn HT", "TP/1.1\r", "\nHo", "st: local", "host\r\n", "\r", "\n")
	add("a byte at a time", strings.Split("GET /return HTTP/1.1\r\nHost: localhost\r\n\r\n", "")...)
	all = append(all,
		attack{name: "silence", bare: true},
		attack{name: "slow request line", send: []string{"GET /ret"}, bare: true},
		attack{name: "slow header", send: []string{"GET /return HTTP/1.1\r\nHost: loc"}, bare: true},
		attack{name: "slow end of the head", send: []string{"GET /return HTTP/1.1\r\nHost: localhost\r\n"}, bare: true},
		attack{name: "idle after an answer", send: []string{get("/return")}, bare: true},
		attack{name: "half-closed at once", bare: true, half: true},
		attack{name: "half-closed in the request line", send: []string{"GET /ret"}, bare: true, half: true},
		attack{name: "half-closed in a header", send: []string{"GET /return HTTP/1.1\r\nHost: loc"}, bare: true, half: true},
		attack{name: "half-closed after a request", send: []string{get("/return")}, bare: true, half: true},
		attack{name: "half-closed after a file", send: []string{get("/a.txt")}, bare: true, half: true},
	)
	return all
}

// outcome is what an attack brought about.
type outcome struct {
	Answer string
	Log    []string // the lines of the access log, in their order
	port   string   // of the client
}

// launch sends an attack to a server, and returns what came back.
func (a *attack) launch(p place) outcome {
	to, pieces := "127.0.0.1:PORT", a.send
	if len(pieces) > 0 && strings.HasPrefix(pieces[0], "@") {
		to, pieces = "127.0.0.1:"+pieces[0][1:], pieces[1:]
	}
	conn, err := net.DialTimeout("tcp", p.fill(to), 5*time.Second)
	if err != nil {
		return outcome{Answer: err.Error()}
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(8 * time.Second))
	answer := make(chan string, 1)
	go func() {
		all, err := io.ReadAll(conn)
		text := canonical(all)
		if os.IsTimeout(err) {
			text += "\n[the connection stays open]"
		}
		answer <- p.clean(text)
	}()
	for i, piece := range pieces {
		if i == len(pieces)-1 && !a.bare {
			piece += probe
		}
		if _, err := io.WriteString(conn, piece); err != nil {
			break // the server has closed: what it answered counts
		}
		if len(pieces) > 1 {
			time.Sleep(30 * time.Millisecond) // so that the pieces arrive as such
		}
	}
	if a.half {
		halfClose(conn)
	}
	return outcome{Answer: <-answer, port: strconv.Itoa(conn.LocalAddr().(*net.TCPAddr).Port)}
}

// TestHostile sends what attackers and broken clients send to nginx and to the
// front: both give the same answers, keep or close the connection alike, and
// write the same into the log. What such a client gets can depend on who is
// faster, so a difference counts when it shows again with nothing else under way.
func TestHostile(t *testing.T) {
	t.Parallel()
	bin := realtest.Need(t, "nginx")
	dir := t.TempDir()
	openDirs(dir)
	for name, text := range hostileFiles {
		writeFile(t, dir, txtar.File{Name: name, Data: []byte(text)})
	}
	for name, target := range hostileLinks {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	realLog := filepath.Join(dir, "access.log")
	conf := strings.NewReplacer(append(backends(t, hostileConf), "DIR", dir, "ACCESSLOG", realLog)...).Replace(hostileConf)
	real, own := newPlace(t), newPlace(t)
	startNginx(t, bin, dir, real.fill(conf))
	_, ownLog, _ := startFront(t, own.fill(conf), dir)
	b := &battle{real: real, own: own, realLog: realLog, ownLog: ownLog}
	list := attacks()
	different := b.fight(list, 60)
	t.Logf("%d attacks; %d look again", len(list), len(different))
	for range 4 {
		again := b.fight(different.attacks(), 1)
		different = different.keep(again)
	}
	for _, d := range different {
		t.Errorf("%s (-nginx +front):\n%s", d.attack.name, d.diff)
	}
}

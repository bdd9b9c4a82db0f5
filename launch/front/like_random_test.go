package front

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/deployctl/deployctl/internal/realtest"
)

var (
	dice      = flag.Uint64("dice", 1, "seed of the first configuration that is made by chance")
	diceCount = flag.Uint64("dice.count", 40, "how many configurations are made by chance")
)

// TestLikeNginxByChance gives nginx and the front configurations that are made
// of what locations are usually made of, in combinations that nobody thought of.
// A configuration that nginx refuses is made anew.
func TestLikeNginxByChance(t *testing.T) {
	t.Parallel()
	bin := realtest.Need(t, "nginx")
	for seed := *dice; seed < *dice+*diceCount; seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			g := chance{rand.New(rand.NewPCG(seed, 0))}
			for range 20 {
				f := &fixture{conf: g.conf(), files: chanceFiles}
				if !taken(t, bin, f.conf) {
					continue
				}
				f.requests = parseRequests(t, g.requests())
				f.compare(t, bin)
				if t.Failed() {
					t.Log(f.conf)
				}
				return
			}
			t.Fatal("nginx takes none of twenty configurations")
		})
	}
}

// taken tells whether nginx takes a configuration.
func taken(t *testing.T, bin, conf string) bool {
	t.Helper()
	dir := t.TempDir()
	text := strings.NewReplacer("DIR", dir, "PORT", "1", "BACKEND2", "127.0.0.1:2", "BACKEND", "127.0.0.1:3", "UWSGI", "127.0.0.1:4", "ACCESSLOG", filepath.Join(dir, "access.log")).Replace(conf)
	path := filepath.Join(dir, "nginx.conf")
	writeFile(t, dir, txtar.File{Name: "nginx.conf", Data: []byte(wholeConf(dir, text))})
	return exec.Command(bin, "-t", "-c", path, "-p", dir, "-e", filepath.Join(dir, "start.log")).Run() == nil
}

// chanceFiles are what the locations serve.
var chanceFiles = func() []txtar.File {
	files := []txtar.File{{Name: "www/c/"}, {Name: "users", Data: []byte("a:{PLAIN}b\n")}, {Name: "www/f.txt.gz!", Data: []byte(`\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\x2b\xc9\xc8\x2c\x56\x00\xa2\x92\x8c\x54\x00\x6c\x1a\x9d\x5e\x08\x00\x00\x00`)}, {Name: "www/big.html", Data: []byte(strings.Repeat("all work and no play\n", 100))}}
	for _, name := range []string{"www/index.html", "www/a/index.html", "www/a/f.txt", "www/a/b/index.html", "www/b", "www/d/x.html", "www/50x.html", "www/img/x.png", "www/f.txt", "alt/index.html", "alt/f.txt", "alt/b/index.html", "alt/b/f.txt"} {
		files = append(files, txtar.File{Name: name, Data: []byte("this is " + name + "\n")})
	}
	return files
}()

// chance makes configurations and requests.
type chance struct{ *rand.Rand }

// one returns one of several.
func (g chance) one(of ...string) string { return of[g.IntN(len(of))] }

// some returns up to n of several, each once.
func (g chance) some(n int, of ...string) []string {
	var out []string
	for _, i := range g.Perm(len(of))[:g.IntN(min(n, len(of))+1)] {
		out = append(out, of[i])
	}
	return out
}

func (g chance) conf() string {
	var b strings.Builder
	b.WriteString("default_type text/plain;\ntypes { text/html html; text/plain txt; image/png png; }\nmap $uri $mapped { default none; ~^/a/(?<part>.*) $part; /f.txt file; }\n" +
		"map $sent_http_content_encoding $counted { \"\" $body_bytes_sent; default packed; }\ngeo $near { default far; 127.0.0.0/8 near; }\nsplit_clients $uri $side { 50% left; * right; }\nupstream pool { server BACKEND; server BACKEND2 backup; }\n" +
		"log_format own '$request_method $uri $status $counted $request_completion \"$http_referer\" $host $upstream_status $server_name $sub';\n")
	if g.IntN(3) > 0 {
		b.WriteString("access_log ACCESSLOG own;\n")
	}
	g.lines(&b, g.some(2, "gzip on;", "add_header X-Http http;", "absolute_redirect off;", "index index.html f.txt;", "error_page 404 /50x.html;", "etag off;", "charset utf-8;"))
	for _, names := range []string{"first.example", "second.example *.second.example", "~^(?<sub>\\w+)\\.third\\.example$"} {
		if strings.HasPrefix(names, "second") && g.IntN(2) == 0 {
			continue
		}
		fmt.Fprintf(&b, "server {\nlisten 127.0.0.1:PORT;\nserver_name %s;\nroot DIR/www;\nset $w none;\nset $v %s;\n", names, g.one("server", "$uri", "''"))
		g.lines(&b, g.some(3, g.header(), "autoindex on;", "error_page 404 /50x.html;", "error_page 403 404 =200 /index.html;", "error_page 405 =200 $uri;", "error_page 404 @named;", "error_page 404 = @named;",
			"rewrite ^/old/(.*)$ /a/$1 permanent;", g.rewrite(), g.conditional(), "merge_slashes off;", "server_name_in_redirect on;", "port_in_redirect off;", "recursive_error_pages on;", "client_max_body_size 10;", "index f.txt index.html;", "expires 1h;", "gzip on;", "gzip_min_length 1;", "underscores_in_headers on;", "ignore_invalid_headers off;", "error_page 502 504 /50x.html;", "error_page 413 416 /f.txt;", "error_page 401 =403 @named;", "server_tokens off;", "open_file_cache max=10;", "valid_referers none server_names *.good.example;", "try_files $uri $uri/ =404;", "try_files $uri @named;"))
		seen := map[string]bool{}
		for range 2 + g.IntN(5) {
			if head := g.locationHead(); !seen[head] {
				seen[head] = true
				g.location(&b, head, 0)
			}
		}
		b.WriteString("location @named {\n")
		g.lines(&b, g.some(2, g.header(), "return 200 \"named $uri $v\\n\";", "root DIR/alt;", "try_files /f.txt =404;", "rewrite ^ /index.html break;", "error_page 404 /50x.html;", "proxy_pass http://BACKEND;"))
		b.WriteString("}\n}\n")
	}
	return b.String()
}

func (g chance) lines(b *strings.Builder, lines []string) {
	for _, line := range lines {
		b.WriteString(line + "\n")
	}
}

func (g chance) locationHead() string {
	return g.one("/", "/", "/a/", "/a/b/", "/a", "/b", "/c/", "/d/", "/img/", "/api/", "/api", "= /", "= /a/", "= /f.txt", "= /50x.html", "^~ /a/", "^~ /img/",
		`~ \.txt$`, `~ ^/a/(.*)$`, `~ ^/(?<first>[^/]+)/(?<rest>.*)$`, `~* \.(png|TXT)$`, `~ (b|c)/?$`, `~ \.html$`)
}

func (g chance) location(b *strings.Builder, head string, depth int) {
	fmt.Fprintf(b, "location %s {\n", head)
	regex := strings.HasPrefix(head, "~")
	var places []string
	switch {
	case regex && strings.Contains(head, "(.*)"):
		places = []string{"alias DIR/alt/$1;", "root DIR/alt;", "root DIR/www$mapped;", ""}
	case regex:
		places = []string{"root DIR/alt;", "", "alias DIR/alt/f.txt;"}
	case strings.HasSuffix(head, "/"):
		places = []string{"alias DIR/alt/;", "root DIR/alt;", "", "alias DIR/www/a/;"}
	default:
		places = []string{"alias DIR/alt/f.txt;", "root DIR/alt;", "", "alias DIR/alt;"}
	}
	g.lines(b, []string{g.one(places...)})
	g.lines(b, g.some(3, g.header(), g.header(), g.rewrite(), g.rewrite(), g.conditional(), "index f.txt;", "index missing.html index.html;", "index /index.html;", "autoindex on;", "set $v "+g.one("location", "$uri", "$args", "$1")+";",
		"error_page 404 /50x.html;", "error_page 404 = @named;", "error_page 403 404 = /index.html;", "error_page 404 =301 http://other.example/;", "error_page 404 =418 /f.txt;", "error_page 500 404 https://other.example$uri;",
		"expires "+g.one("1h", "-1", "max", "off", "epoch", "modified +1h")+";", "default_type text/css;", "types { }", "etag off;", "if_modified_since before;", "if_modified_since off;", "gzip on;", "gzip_min_length 1;", "gzip_types text/plain;",
		"sub_filter this that;", "sub_filter_once off;", "charset "+g.one("utf-8", "off", "koi8-r")+";", "absolute_redirect off;", "internal;", "limit_except GET { deny all; }", "deny all;", "deny 127.0.0.1;", "satisfy any;", "auth_basic closed;", "auth_basic_user_file DIR/none;",
		"client_max_body_size 3;", "max_ranges 1;", "max_ranges 0;", "recursive_error_pages on;", "log_not_found off;", "add_trailer X-T t;", "disable_symlinks on;", "keepalive_timeout 0;", "postpone_output 0;", "override_charset on;", "autoindex_format json;", "autoindex_exact_size off;", "empty_gif;", "allow 127.0.0.1;", "auth_basic_user_file DIR/users;", "sub_filter_types *;", "sub_filter \"<\" \"[$args]\";", "gzip_static on;", "error_page 502 =200 /f.txt;", "error_page 413 /50x.html;", "error_page 401 /f.txt;", "chunked_transfer_encoding off;", "error_page 405 = @named;", "valid_referers none blocked good.example;", "set $w \"$1-$2\";", "limit_rate 1m;", "server_tokens off;", "return 200 \"in $uri v=$v a=$args m=$mapped 1=$1\\n\";"))
	switch g.IntN(9) {
	case 0:
		g.lines(b, []string{"try_files " + g.one("$uri $uri/", "$uri", "$uri.html $uri/", "/f.txt$is_args", "$uri/index.html $uri", "/a$uri", "$mapped /nothing") + " " + g.one("=404", "=403", "@named", "/index.html", "/f.txt?$args", "/nothing", "/a/") + ";"})
	case 1:
		g.lines(b, []string{"return " + g.one(`200 "here $uri?$args v=$v m=$mapped 1=$1\n"`, "204", "404", "403", "301 /new$uri", "302 https://other.example$request_uri", "http://other.example/", "444", "400 bad", `500 ""`, "418", "307 $scheme://$host/x") + ";"})
	case 2:
		uri := g.one("", "$uri", "/y?z=$args")
		if !regex && g.IntN(2) == 0 {
			uri = g.one("/", "/x", "/x/")
		}
		g.lines(b, append([]string{"proxy_pass http://" + g.one("BACKEND", "BACKEND", "pool") + uri + ";"},
			g.some(2, "proxy_set_header X-V $v;", "proxy_set_header Host $host;", "proxy_intercept_errors on;", "proxy_redirect off;", "proxy_hide_header X-Back;", "proxy_method POST;", "proxy_pass_request_headers off;", "proxy_set_body static;", "proxy_http_version 1.1;", "proxy_buffering off;", "proxy_pass_request_body off;", "proxy_redirect http://BACKEND/ /back/;", "proxy_redirect / /front/;", "proxy_ignore_headers X-Accel-Redirect;", "proxy_pass_header Server;", "proxy_force_ranges on;", "proxy_cookie_path / /a/;", "proxy_cookie_domain old.example new.example;", "proxy_next_upstream error http_404 http_500;", "proxy_set_header Accept-Encoding \"\";", "proxy_request_buffering off;", "proxy_set_header X-Near \"$near $side $w $sub\";")...))
	case 3:
		g.lines(b, append([]string{"uwsgi_pass UWSGI;", "uwsgi_param CONTENT_LENGTH $content_length;"},
			g.some(3, "uwsgi_param PATH_INFO $document_uri;", "uwsgi_param QUERY_STRING $query_string;", "uwsgi_param V $v;", "uwsgi_intercept_errors on;", "uwsgi_param SCRIPT $document_root$fastcgi_script_name;", "uwsgi_param EMPTY '' if_not_empty;", "uwsgi_pass_request_headers off;", "uwsgi_hide_header X-Back;", "uwsgi_param HTTP_X_ONE own;", "uwsgi_param QUERY_STRING $args;", "uwsgi_force_ranges on;", "uwsgi_ignore_headers X-Accel-Redirect;", "uwsgi_request_buffering off;", "uwsgi_buffering off;", "uwsgi_param REQUEST_METHOD $request_method;", "uwsgi_pass_header Status;")...))
	}
	if depth < 1 && g.IntN(4) == 0 && !strings.HasPrefix(head, "=") {
		if prefix := strings.TrimPrefix(head, "^~ "); strings.HasPrefix(prefix, "/") {
			g.location(b, prefix+g.one("b", "b/", "f.txt", "x"), depth+1)
		}
		g.location(b, g.one(`~ \.txt$`, `~ /b/`, `~* \.HTML$`), depth+1)
	}
	b.WriteString("}\n")
}

func (g chance) header() string {
	return "add_header X-" + g.one("A", "B", "C") + " " + g.one(`"$uri"`, `"v=$v"`, "static", `"$document_root $realpath_root"`, `"$mapped"`, `"$status $sent_http_content_type"`, `"$args"`) + g.one("", " always") + ";"
}

func (g chance) rewrite() string {
	return "rewrite " + g.one("^", "^/a/(.*)$", `^/(.+)\.html$`, "^/api(/.*)?$", "/$", "^/([^/]*)/(.*)$", "b", `^(.*)//(.*)$`) + " " +
		g.one("/index.html", "/a/$1", "/f.txt?from=$uri", "/f.txt?", "/alt$uri", "http://other.example$uri", "$scheme://x.example/", "/b", "/a/", "/$2/$1", "/with%20space", "") + " " + g.one("", "last", "break", "redirect", "permanent") + ";"
}

func (g chance) conditional() string {
	return "if (" + g.one("$args ~ x=(\\d+)", "-f $request_filename", "!-f $request_filename", "-d $request_filename", "!-e $request_filename", "$request_method = POST", "$request_method !~ ^(GET|HEAD)$", "$v", "$mapped = none", "$uri ~* \\.PNG$", "$http_x_one = 1", "$invalid_referer", "$arg_x", "$mapped ~ ^(f)(.*)$", "$near = near", "$request_uri ~ ^/(a|b)(/?)", "$sub != x", "$http_range", "$host = first.example") + ") { " +
		g.one("return 403;", "return 200 \"if $uri $1\\n\";", "rewrite ^ /index.html break;", "rewrite ^(.*)$ /a$1 last;", "set $v if;", "break;", "add_header X-If yes;", "root DIR/alt;", "expires 1d;", "return 301 /if;", "proxy_pass http://BACKEND;", "set $v $1; break;") + " }"
}

func (g chance) requests() string {
	var b strings.Builder
	for range 25 {
		path := g.one("/", "/", "/a", "/a/", "/a/f.txt", "/a/b", "/a/b/", "/a/b/index.html", "/b", "/b/", "/c", "/c/", "/d/", "/d/x.html", "/50x.html", "/img/x.png", "/img/", "/f.txt", "/nothing", "/nothing/", "/a/nothing.html", "/index.html", "/api", "/api/", "/api/x", "/old/f.txt", "/big.html", "/a//f.txt", "/a/../f.txt", "/a/./b/", "/%61/f.txt", "/a%2ff.txt", "/with%20space", "/x.TXT", "/b/f.txt", "//", "/a/b/f.txt", "/f.txt/", "/a?b/c")
		path += g.one("", "", "", "", "?x=12", "?a=b&c=d", "?", "?q=%20y", "?"+g.one("status=404", "status=500&body=x", "status=302&head=Location:%20/x/y", "head=X-Accel-Redirect:%20/f.txt", "head=X-Accel-Redirect:%20/a/?x=1", "head=X-Accel-Redirect:%20@named", "type=text/html&body=this", "size=3000&type=text/plain", "length=1&body=abcdefghi", "chunked=1&body=abc", "close=early", "head=Set-Cookie:%20a=b;%20path=/;%20domain=old.example", "head=X-Accel-Charset:%20utf-8", "status=304", "status=204", "head=Content-Encoding:%20gzip&body=x", "head=ETag:%20%22x%22&length=1&body=abcdef", "head=Last-Modified:%20Fri,%2002%20Jan%202026%2003:04:05%20GMT", "status=401&head=WWW-Authenticate:%20Basic", "head=Expires:%20x", "status=404&head=X-Accel-Redirect:%20/b", "type=&body=x", "status=206&head=Content-Range:%20bytes%200-1/2&body=ab"))
		fmt.Fprintf(&b, "%s %s%s\nHost: %s\n", g.one("GET", "GET", "GET", "GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE"), path, g.one("", "", "", "", " HTTP/1.0"), g.one("first.example", "first.example", "second.example", "w.second.example", "x.third.example", "other.example", "FIRST.example:80"))
		for _, h := range g.some(2, "Range: bytes="+g.one("2-5", "-4", "0-1,4-6", "999-", "0-", "x", "5-2"), "If-Modified-Since: Fri, 02 Jan "+g.one("2025", "2026", "2027")+" 03:04:05 GMT", "If-None-Match: *", "If-Match: \"x\"", "If-Unmodified-Since: Fri, 02 Jan 2024 03:04:05 GMT", "Accept-Encoding: gzip", "X-One: 1", "X_Under: 1", "X.Odd: 1", "Referer: http://"+g.one("good.example/x", "bad.example/", "w.good.example"), "Authorization: Basic YTpi", "TE: trailers", "If-Range: Fri, 02 Jan 2026 03:04:05 GMT") {
			b.WriteString(h + "\n")
		}
		if g.IntN(4) == 0 {
			b.WriteString(g.one("", "", "Expect: 100-continue\n") + "Content-Length: 5\n>\nhello\n")
		}
		b.WriteString("\n")
	}
	return b.String()
}

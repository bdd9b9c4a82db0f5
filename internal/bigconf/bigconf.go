// Package bigconf owns the generation of large deployments for benchmarks:
// one nginx.conf with many servers, and the uWSGI files behind them.
package bigconf

import (
	"fmt"
	"strings"
)

// Nginx returns a whole nginx.conf with n servers of five locations each; 2,000
// servers take about 1.6 MB. Server i passes to the socket of Uwsgi(i).
func Nginx(n int) string {
	var b strings.Builder
	b.Grow(n*830 + 1024)
	b.WriteString(`user www-data;
worker_processes auto;
pid nginx.pid;
error_log stderr;

events {
    worker_connections 1024;
}

http {
    default_type application/octet-stream;
    server_names_hash_max_size 65536;
    server_names_hash_bucket_size 128;
    server_tokens off;
    add_header X-Content-Type-Options nosniff always;
    access_log off;
    keepalive_timeout 65s;
    uwsgi_param QUERY_STRING $query_string;
    uwsgi_param REQUEST_METHOD $request_method;
    uwsgi_param CONTENT_TYPE $content_type;
    uwsgi_param CONTENT_LENGTH $content_length;
    uwsgi_param REQUEST_URI $request_uri;
    uwsgi_param PATH_INFO $document_uri;
    uwsgi_param SERVER_PROTOCOL $server_protocol;
    uwsgi_param REMOTE_ADDR $remote_addr;
    uwsgi_param SERVER_NAME $server_name;
    uwsgi_param SERVER_PORT $server_port;
`)
	for i := range n {
		fmt.Fprintf(&b, `
    # site %[1]d: a Django application with static files and uploads
    server {
        listen 80;
        server_name site%[1]d.example.com www.site%[1]d.example.com;
        client_max_body_size 10m;

        location / {
            uwsgi_pass unix:/run/uwsgi/site%[1]d.sock;
            uwsgi_read_timeout 60s;
            uwsgi_buffer_size 16k;
            uwsgi_buffers 8 16k;
        }

        location /static/ {
            alias /srv/site%[1]d/static/;
            expires 7d;
        }

        location /media/ {
            alias /srv/site%[1]d/media/;
            add_header X-Content-Type-Options nosniff;
        }

        location = /robots.txt {
            root /srv/site%[1]d/public;
        }

        location ~ /\. {
            deny all;
        }
    }
`, i)
	}
	b.WriteString("}\n")
	return b.String()
}

// Uwsgi returns the uwsgi.ini of site i.
func Uwsgi(i int) string {
	return fmt.Sprintf(`[uwsgi]
plugins = python3
strict = true
master = true
processes = 2
single-interpreter = true
need-app = true
vacuum = true
die-on-term = true
hook-master-start = unix_signal:15 gracefully_kill_them_all
chdir = /srv/site%[1]d
module = site%[1]d.wsgi:application
virtualenv = /srv/site%[1]d/.venv
socket = /run/uwsgi/site%[1]d.sock
chmod-socket = 660
chown-socket = site%[1]d:www-data
uid = site%[1]d
gid = www-data
buffer-size = 65535
post-buffering = 8192
limit-post = 10485760
harakiri = 55
`, i)
}

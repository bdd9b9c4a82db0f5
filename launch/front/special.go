package front

import (
	"fmt"
	"net/http"
	"strings"
)

// reasons are nginx's words for a status (ngx_http_header_filter_module.c).
var reasons = map[int]string{
	200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 206: "Partial Content",
	301: "Moved Permanently", 302: "Moved Temporarily", 303: "See Other", 304: "Not Modified", 307: "Temporary Redirect", 308: "Permanent Redirect",
	400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden", 404: "Not Found", 405: "Not Allowed", 406: "Not Acceptable",
	408: "Request Time-out", 409: "Conflict", 410: "Gone", 411: "Length Required", 412: "Precondition Failed", 413: "Request Entity Too Large",
	414: "Request-URI Too Large", 415: "Unsupported Media Type", 416: "Requested Range Not Satisfiable", 421: "Misdirected Request",
	429: "Too Many Requests", 500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Temporarily Unavailable",
	504: "Gateway Time-out", 505: "HTTP Version Not Supported", 507: "Insufficient Storage",
}

// titles are the headings of pages whose status is answered as another one, or
// in other words.
var titles = map[int]string{
	302: "302 Found", 401: "401 Authorization Required", 494: "400 Request Header Or Cookie Too Large", 495: "400 The SSL certificate error",
	496: "400 No required SSL certificate was sent", 497: "400 The plain HTTP request was sent to HTTPS port",
}

// pageBodies are what stands in the page below the heading, where it differs.
var pageBodies = map[int]string{
	494: "<center><h1>400 Bad Request</h1></center>\r\n<center>Request Header Or Cookie Too Large</center>\r\n",
	495: "<center><h1>400 Bad Request</h1></center>\r\n<center>The SSL certificate error</center>\r\n",
	496: "<center><h1>400 Bad Request</h1></center>\r\n<center>No required SSL certificate was sent</center>\r\n",
	497: "<center><h1>400 Bad Request</h1></center>\r\n<center>The plain HTTP request was sent to HTTPS port</center>\r\n",
}

// special makes nginx's own response for a status (ngx_http_special_response.c).
func (r *request) special(status int) *response {
	answered := status
	if status >= 494 && status <= 497 {
		answered = http.StatusBadRequest
	}
	resp := &response{status: answered, plain: true}
	if answered < 300 || answered == http.StatusNotModified {
		return resp
	}
	title := titles[status]
	if title == "" {
		reason := reasons[status]
		if reason == "" {
			resp.length = 0 // nginx has no page for a status that it does not know
			return resp
		}
		title = fmt.Sprintf("%d %s", status, reason)
	}
	body := pageBodies[status]
	if body == "" {
		body = "<center><h1>" + title + "</h1></center>\r\n"
	}
	text := "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n" + body + "<hr><center>" + r.loc.signature() + "</center>\r\n</body>\r\n</html>\r\n"
	if status >= 400 && r.loc.msiePadding && r.major > 0 && r.browser().padded() {
		text += strings.Repeat("<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n", 6)
	}
	resp.contentType = "text/html"
	resp.body = []byte(text)
	resp.length = int64(len(text))
	return resp
}

// signature is how nginx calls itself.
func (l *location) signature() string {
	if l != nil && !l.serverTokens {
		return "nginx"
	}
	return "nginx/" + nginxVersion
}

// refresh is what old browsers get instead of a redirect (msie_refresh).
func (r *request) refresh(to string) *response {
	const before, after = `<html><head><meta http-equiv="Refresh" content="0; URL=`, "\"></head><body></body></html>\r\n"
	to = strings.NewReplacer(" ", "%20", `"`, "%22", "'", "%27").Replace(to)
	p := &response{status: http.StatusOK, plain: true, contentType: "text/html", body: []byte(before + to + after)}
	p.length = int64(len(p.body))
	return p
}

// redirect makes a redirect; a path becomes a whole URL when it is sent.
func redirect(status int, to string) *response {
	return &response{status: status, location: to, special: true, plain: true}
}

package front

import (
	"os"
	"strings"
	"time"

	"github.com/deployctl/deployctl/internal/pcre"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/nginx/value"
)

// settings are what holds in a location.
type settings struct {
	pattern       *pcre.Regexp // of a location with an expression
	internal      bool
	docRoot       *text
	aliased       *text // alias; nil for root
	aliasCut      int   // bytes of the path that the alias stands for; -1 for all of it
	index         []*text
	autoindex     bool
	autoindexKind string // html, json or xml
	autoindexTime bool   // local time
	autoindexSize bool   // exact sizes
	tryFiles      *tryFiles
	errorPages    []errorPage

	recursiveErrors      bool
	types                map[string]string
	defaultType          string
	etag                 bool
	modifiedSince        string // off, exact or before
	maxRanges            int    // -1 for any number
	symlinks             string // off, on, if_not_owner or from
	addedHeaders         []addedHeader
	addedTrailers        []addedHeader
	expires              *expires
	maxBody              int // bytes; 0 for any
	bodyBuffer           int // bytes of a body that are kept in memory
	bodyTimeout          time.Duration
	sendTimeout          time.Duration
	serverTokens         bool
	msiePadding          bool
	msieRefresh          bool
	absoluteRedirect     bool
	serverNameInRedirect bool
	portInRedirect       bool
	ignoreInvalid        bool
	underscores          bool
	keepalive
	linger lingering

	realIP      *realIP
	accessRules []accessRule
	basic       *basicAuth
	subrequest  *subrequestAuth
	mirrors     *mirrors // nil for none
	satisfyAny  bool
	limitExcept *limitExcept
	rates       []rateLimit
	connections []connectionLimit
	limitReq    limiting
	limitConn   limiting
	unchunked   bool // chunked_transfer_encoding off
	limitRate   *text
	limitAfter  *text
	referers    *referers

	charset     string
	charsetOver bool
	charsetFor  map[string]bool
	gzip        *gzipSettings
	substitutes []substitution
	subOnce     bool
	subModified bool
	subTypes    map[string]bool
	fastcgi     fastcgi
	additions   *additions // nil for none

	accessLogs []accessLog
	logSubs    bool
	errorLog
}

// settings reads what holds in a scope.
func (c *config) settings(l *location, outer *location) {
	s := l.Scope
	if l.of != nil && outer == nil && (l.of.Kind == site.Regex || l.of.Kind == site.RegexNoCase) {
		l.pattern = c.regex(s.Opener, l.of.Pattern, l.of.Kind == site.RegexNoCase)
	}
	if outer != nil {
		l.pattern = outer.pattern
	}
	l.internal = c.one(s, "internal") != nil
	c.paths(l, s)
	c.indexes(l, s)
	if n := c.here(s, "try_files"); n != nil {
		l.tryFiles = c.newTryFiles(n)
	}
	l.errorPages = c.errorPages(s)
	l.recursiveErrors = c.flag(s, "recursive_error_pages", false)
	l.types = c.types(s)
	l.defaultType = "text/plain"
	if n := c.one(s, "default_type"); n != nil {
		l.defaultType = n.Arg(0)
	}
	l.etag = c.flag(s, "etag", true)
	l.modifiedSince = c.word(s, "if_modified_since", "exact")
	l.maxRanges = c.number(s, "max_ranges", -1)
	l.symlinks = c.word(s, "disable_symlinks", "off")
	l.addedHeaders = c.addedHeaders(s, "add_header")
	l.addedTrailers = c.addedHeaders(s, "add_trailer")
	l.expires = c.newExpires(s)
	l.fastcgi = c.fastcgi(s)
	l.maxBody = c.size(s, "client_max_body_size", 1<<20)
	l.bodyBuffer = c.size(s, "client_body_buffer_size", 2*os.Getpagesize())
	l.bodyTimeout = c.duration(s, "client_body_timeout", time.Minute)
	l.sendTimeout = c.duration(s, "send_timeout", time.Minute)
	l.serverTokens = c.word(s, "server_tokens", "on") != "off"
	l.msiePadding = c.flag(s, "msie_padding", true)
	l.msieRefresh = c.flag(s, "msie_refresh", false)
	l.absoluteRedirect = c.flag(s, "absolute_redirect", true)
	l.serverNameInRedirect = c.flag(s, "server_name_in_redirect", false)
	l.portInRedirect = c.flag(s, "port_in_redirect", true)
	l.ignoreInvalid = c.flag(s, "ignore_invalid_headers", true)
	l.underscores = c.flag(s, "underscores_in_headers", false)
	l.keepalive = c.keepalive(s)
	l.linger = c.lingering(s)
	l.realIP = c.realIP(s)
	c.accessSettings(l, s)
	c.limitSettings(l, s)
	l.mirrors = c.newMirrors(s)
	c.filterSettings(l, s)
	l.accessLogs = c.accessLogs(s)
	l.unchunked = !c.flag(s, "chunked_transfer_encoding", true)
	l.logSubs = c.flag(s, "log_subrequest", false)
	l.errorLog = c.errorLog(s)
}

// word returns the first word of a directive.
func (c *config) word(s *site.Scope, name, otherwise string) string {
	if n := c.one(s, name); n != nil {
		return strings.ToLower(n.Arg(0))
	}
	return otherwise
}

// types returns the types of files by their suffix, in lower case.
func (c *config) types(s *site.Scope) map[string]string {
	nodes := c.all(s, "types")
	if len(nodes) == 0 {
		return defaultTypes
	}
	types := map[string]string{}
	for _, n := range nodes {
		for _, e := range entries(n) {
			for _, suffix := range e.Args {
				types[strings.ToLower(suffix.Value)] = e.Name.Value
			}
		}
	}
	return types
}

// defaultTypes are the types without a types block (ngx_http_core_default_types).
var defaultTypes = map[string]string{"html": "text/html", "gif": "image/gif", "jpg": "image/jpeg"}

// sizeOf reads a size that may hold variables.
func sizeOf(t *text, r *request) int64 {
	if t == nil {
		return 0
	}
	n, _ := value.Offset(t.eval(r))
	return n
}

package launch

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// note says something to the person.
func (r *Run) note(format string, args ...any) {
	r.emit(Event{Time: time.Now(), From: FromSelf, Text: fmt.Sprintf(format, args...)})
}

func (r *Run) emit(e Event) {
	if r.options.Sink != nil {
		r.options.Sink(e)
	}
}

// access reports a request, and what explains its failure.
func (r *Run) access(at time.Time, a *Access) {
	r.emit(Event{Time: at, From: FromNginx, Access: a})
	if a.Status >= 400 {
		r.because(r.explain.status(a.Status, a.At))
	}
}

func (r *Run) because(reasons []string) {
	for _, text := range reasons {
		r.note("why: %s", text)
	}
}

// nginxLine takes a line of nginx's access log.
func (r *Run) nginxLine(line string) {
	if a, at, ok := r.Plan().Nginx.nativeAccess(line); ok {
		r.access(at, a)
		return
	}
	r.emit(Event{Time: time.Now(), From: FromNginx, Text: line})
}

// stamped is the beginning of a line of nginx's error log.
var stamped = regexp.MustCompile(`^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d (\[\w+\]) (?:\d+#\d+: )?`)

// lifecycle are the notices in which nginx tells of its processes.
var lifecycle = regexp.MustCompile(`^\[notice\] (using the|nginx/|built by|OS: |getrlimit|start (worker|cache)|signal |gracefully shutting|exit|worker process|cache |reconfiguring|http file cache)`)

// nginxError takes a line of nginx's error log.
func (r *Run) nginxError(line string) {
	bad := true
	text := r.Plan().Translate(line)
	if m := stamped.FindStringSubmatch(text); m != nil {
		text = m[1] + " " + text[len(m[0]):]
		bad = m[1] != "[notice]" && m[1] != "[info]" && m[1] != "[warn]"
	}
	if strings.Contains(text, `the "user" directive makes sense only`) || lifecycle.MatchString(text) {
		return
	}
	r.emit(Event{Time: time.Now(), From: FromNginx, Text: text, Bad: bad})
	if bad {
		r.because(r.explain.line(text))
	}
}

// chatter are the lines in which uWSGI tells of itself when it starts, which
// nobody needs who has started it here.
var chatter = regexp.MustCompile(`^(\*\*\* (Starting uWSGI|Operational MODE|WARNING: you are running uWSGI as root)|compiled with version|os: |nodename: |machine: |clock source: |pcre jit |` +
	`detected (number of CPU|binary path|max file descriptor)|current working directory|uWSGI running as root|chdir\(\) to|your (processes number limit|memory page size|server socket listen backlog|mercy for)|` +
	`lock engine: |thunder lock: |uwsgi socket \d+ bound|Python (version|main interpreter)|python threads support|mapped \d+ bytes|\[uWSGI\] getting |running "unix_signal|` +
	`\*\*\* (dumping internal routing table|end of the internal routing table)|\[rule: \d+\] action: addheader:` + workerHeader + `|` +
	`VACUUM: |goodbye to uWSGI|worker \d+ buried|.* - graceful shutdown triggered|Gracefully killing worker|spawned uWSGI (master|worker)|\*\*\* uWSGI is running in multiple interpreter|your server socket)`)

// appLine takes a line of the application or its server.
func (r *Run) appLine(line string) {
	if chatter.MatchString(line) {
		return
	}
	text := r.Plan().Translate(line)
	r.emit(Event{Time: time.Now(), From: FromApp, Text: text, Bad: strings.HasPrefix(text, "!!!") || strings.Contains(text, "HARAKIRI")})
	r.because(r.explain.line(text))
}

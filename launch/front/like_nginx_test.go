package front

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/deployctl/deployctl/internal/realtest"
)

// How many fixtures and requests there are at least: what was compared once
// stays compared.
const (
	leastFixtures = 70
	leastRequests = 1924
)

// A fixture is a txtar file below testdata/like:
//
//   - conf is what stands in its http block;
//   - requests are parted by empty lines (parseRequests says how);
//   - shapes are expressions, one a line: what they match is replaced by the
//     expression itself before answers are compared (times, numbers of
//     processes);
//   - links holds symbolic links, `NAME -> TARGET` a line;
//   - every other file lies in the folder that DIR stands for. In one whose
//     name ends with ! the escapes of Go strings are undone, a name that ends
//     with / is an empty folder, and one that ends with * may be executed.
//
// In conf PORT, PORT2 and PORT3 are free ports and SOCKET the path of a unix
// socket, different for the two servers; backends says what BACKEND and UWSGI
// are. ACCESSLOG is a log whose lines are compared when all requests are done;
// so are those of the error log where there is a file errors.
func TestLikeNginx(t *testing.T) {
	t.Parallel()
	bin := realtest.Need(t, "nginx")
	paths, err := filepath.Glob("testdata/like/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, path := range paths {
		f := readFixture(t, path)
		total += len(f.requests)
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			f.compare(t, bin)
		})
	}
	t.Logf("%d fixtures with %d requests", len(paths), total)
	if len(paths) < leastFixtures || total < leastRequests {
		t.Errorf("%d fixtures with %d requests, there were %d with %d", len(paths), total, leastFixtures, leastRequests)
	}
}

// fixture is one file of testdata/like.
type fixture struct {
	conf     string
	requests []sample
	shapes   []*regexp.Regexp
	errors   bool // the error logs are compared too
	links    map[string]string
	files    []txtar.File
}

func readFixture(t *testing.T, path string) *fixture {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{links: map[string]string{}}
	for _, file := range archive.Files {
		text := string(file.Data)
		switch file.Name {
		case "conf":
			f.conf = text
		case "requests":
			f.requests = parseRequests(t, text)
		case "shapes":
			for line := range strings.Lines(text) {
				f.shapes = append(f.shapes, regexp.MustCompile(strings.TrimSpace(line)))
			}
		case "errors":
			f.errors = true
		case "links":
			for line := range strings.Lines(text) {
				name, target, _ := strings.Cut(strings.TrimSpace(line), " -> ")
				f.links[name] = target
			}
		default:
			f.files = append(f.files, file)
		}
	}
	return f
}

// place is where one of the two servers listens.
type place struct {
	ports  [3]int
	socket string

	certificates map[string][2]string // paths of certificate and key, by whose they are
}

func newPlace(t *testing.T) place {
	dir := shortDir(t)
	p := place{socket: filepath.Join(dir, strings.Repeat("s", max(1, 60-len(dir))))} // of one length, which Content-Length shows
	for i := range p.ports {
		p.ports[i] = realtest.FreePort(t)
	}
	return p
}

// names replaces the names of a fixture by what this server has for them.
func (p place) names() []string {
	return []string{"PORT2", strconv.Itoa(p.ports[1]), "PORT3", strconv.Itoa(p.ports[2]), "PORT", strconv.Itoa(p.ports[0]), "SOCKET", p.socket}
}

// fill puts what the server has for them in the place of the names.
func (p place) fill(text string) string { return strings.NewReplacer(p.names()...).Replace(text) }

// processText is how the error log names who writes: with a number that may be
// that of a port.
var processText = regexp.MustCompile(`\b\d+#\d+: `)

// clean undoes fill. Only whole numbers are ports.
func (p place) clean(text string) string {
	names := p.names()
	ports := map[string]string{}
	for i := 0; i < len(names); i += 2 {
		ports[names[i+1]] = names[i]
	}
	text = processText.ReplaceAllString(text, "")
	text = numberText.ReplaceAllStringFunc(text, func(number string) string {
		if name, ok := ports[number]; ok {
			return name
		}
		return number
	})
	return strings.ReplaceAll(text, p.socket, "SOCKET")
}

var numberText = regexp.MustCompile(`\d+`)

// compare gives both servers the configuration and the requests.
func (f *fixture) compare(t *testing.T, bin string) {
	dir := t.TempDir()
	openDirs(dir)
	for _, file := range f.files {
		writeFile(t, dir, file)
	}
	for name, target := range f.links {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	real, own := newPlace(t), newPlace(t)
	pairs := append(backends(t, f.conf), "DIR", dir)
	if strings.Contains(f.conf, "CERTIFICATE") {
		certificate, key := realtest.Certificate(t)
		pairs = append(pairs, "CERTIFICATE", certificate, "KEY", key)
		openDirs(filepath.Dir(certificate))
		other, otherKey := realtest.Certificate(t)
		real.certificates = map[string][2]string{"own": {certificate, key}, "other": {other, otherKey}}
		own.certificates = real.certificates
	}
	realLog := filepath.Join(dir, "access.log")
	errorLog := filepath.Join(dir, "error.log")
	names := strings.NewReplacer(append(pairs, "ACCESSLOG", realLog, "ERRORLOG", errorLog)...)
	conf := names.Replace(f.conf)
	realErrors := startNginx(t, bin, dir, real.fill(conf))
	if strings.Contains(f.conf, "ERRORLOG") {
		realErrors = errorLog
	}
	front, ownLog, ownErrors := startFront(t, own.fill(conf), dir)
	for _, u := range front.Unexecuted() {
		t.Errorf("not executed: %s", u.What)
	}
	shape := func(text string) string {
		for _, re := range f.shapes {
			text = re.ReplaceAllLiteralString(text, re.String())
		}
		return text
	}
	for i, r := range f.requests {
		r.data = names.Replace(r.data)
		want, release, wantErr := r.exchange(real)
		defer release()
		got, release, gotErr := r.exchange(own)
		defer release()
		if (wantErr == nil) != (gotErr == nil) {
			t.Errorf("%d %s: nginx: %v, front: %v\n%s", i+1, r.name, wantErr, gotErr, want)
			continue
		}
		if diff := cmp.Diff(shape(real.clean(want)), shape(own.clean(got))); diff != "" {
			t.Errorf("%d %s (-nginx +front):\n%s", i+1, r.name, diff)
		}
	}
	if strings.Contains(f.conf, "ACCESSLOG") {
		want, got := awaitLogs(realLog, ownLog)
		if diff := cmp.Diff(inOrder(shape(real.clean(want))), inOrder(shape(own.clean(got)))); diff != "" {
			t.Errorf("the access logs (-nginx +front):\n%s", diff)
		}
	}
	if f.errors {
		want, got := awaitLogs(realErrors, ownErrors)
		if diff := cmp.Diff(errorLines(shape(real.clean(want))), errorLines(shape(own.clean(got)))); diff != "" {
			t.Errorf("the error logs (-nginx +front):\n%s", diff)
		}
	}
}

// inOrder sorts the lines of an access log: one of a connection that lives on
// can come before or after that of the next.
func inOrder(log string) string {
	return strings.Join(slices.Sorted(strings.Lines(log)), "")
}

// stampText is the beginning of a line of an error log.
var stampText = regexp.MustCompile(`(?m)^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d (\[\w+\]) (\d+#\d+: )?(\*\d+ )?`)

// errorLines writes an error log without times and numbers.
func errorLines(log string) string { return stampText.ReplaceAllString(log, "$1 ") }

// awaitLogs reads both logs once they hold equally many lines: a line is
// written after its answer.
func awaitLogs(path string, own *lockedWriter) (want, got string) {
	for deadline := time.Now().Add(2 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		data, _ := os.ReadFile(path)
		want, got = string(data), own.text()
		if strings.Count(want, "\n") == strings.Count(got, "\n") && want != "" || time.Now().After(deadline) {
			return want, got
		}
	}
}

// writeFile writes a file of a fixture.
func writeFile(t *testing.T, dir string, file txtar.File) {
	t.Helper()
	path, mode, data := filepath.Join(dir, file.Name), os.FileMode(0o644), file.Data
	switch name := file.Name; {
	case strings.HasSuffix(name, "/"):
		if err := os.MkdirAll(path, 0o755); err != nil {
			t.Fatal(err)
		}
		return
	case strings.HasSuffix(name, "*"):
		path, mode = path[:len(path)-1], 0o755
	case strings.HasSuffix(name, "!"):
		text := strings.ReplaceAll(string(bytes.TrimSuffix(data, []byte("\n"))), "\n", `\n`)
		text, err := strconv.Unquote(`"` + strings.ReplaceAll(text, `"`, `\"`) + `"`)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		path, data = path[:len(path)-1], []byte(text)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, mode); err != nil {
		t.Fatal(err)
	}
	when := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	if err := os.Chtimes(path, when, when); err != nil {
		t.Fatal(err)
	}
}

package linttest

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/lint"
)

// Claim is a configuration of which a rule says what nginx does with a request.
type Claim struct {
	Name string
	Rule *lint.Rule
	// Conf is the content of http. @LISTEN@ is the address of a server (80 to the
	// rule), 127.0.0.1:@OTHER@ that of another one (443), @DIR@ a folder with
	// files, @BACK@ the address of a server that answers with the request it got
	// and @PORT@ its port, @CERT@ and @KEY@ a certificate.
	Conf string
	// Path is what is asked for with GET, as it is sent, or a whole request.
	Path string
	// Shows tells whether the answer shows the fault.
	Shows func(answer string) bool
	// Harmless says that nginx does no such thing, and that the rule is silent.
	Harmless bool
}

// Confirm compares what rules say with what the real nginx does: a rule speaks
// where the answer shows the fault, and with its fix the fault is gone. Files are
// those of the folder, by path.
func Confirm(t *testing.T, claims []Claim, files map[string]string) {
	t.Helper()
	realtest.Need(t, "nginx")
	dir := realtest.Folder(t, files)
	for _, c := range claims {
		t.Run(c.Rule.ID+"/"+c.Name, func(t *testing.T) {
			t.Parallel()
			back := echo(t)
			// Rules take what listens on this machine alone for private.
			written := strings.NewReplacer("@LISTEN@", "80", "127.0.0.1:@OTHER@", "443").Replace(c.Conf)
			certificate, key := realtest.Certificate(t)
			_, number, _ := strings.Cut(back, ":")
			fill := strings.NewReplacer("@DIR@", dir, "@BACK@", back, "@PORT@", number, "@CERT@", certificate, "@KEY@", key)
			written = fill.Replace(written)
			c.Conf, c.Path = fill.Replace(c.Conf), fill.Replace(c.Path)
			texts := map[string]string{conf: "events {\n}\nhttp {\n" + written + "\n}\n"}
			answer := c.ask(t, c.Conf)
			if c.Shows(answer) == c.Harmless {
				t.Errorf("harmless: %v, and nginx answers\n%s", c.Harmless, answer)
			}
			found := Find(t, c.Rule, texts, lint.Options{})
			if (len(found) > 0) == c.Harmless {
				t.Errorf("harmless: %v, and the rule says %d times something", c.Harmless, len(found))
			}
			if c.Harmless || !c.Rule.Fixable || t.Failed() {
				return
			}
			for _, d := range found {
				if d.Fix == nil {
					return
				}
			}
			mended := Mend(t, c.Rule, texts, lint.Options{})
			mended = strings.NewReplacer("listen 80", "listen @LISTEN@", "listen 443", "listen 127.0.0.1:@OTHER@").Replace(mended)
			mended = strings.TrimSuffix(mended[strings.Index(mended, "http {\n")+len("http {\n"):], "}\n")
			if answer := c.ask(t, mended); c.Shows(answer) {
				t.Errorf("the fix changes nothing: nginx answers\n%s", answer)
			}
		})
	}
}

// stranger is the address of the client: one that allow 127.0.0.1 does not name.
const stranger = "127.0.0.2"

// ask runs nginx and sends the request.
func (c *Claim) ask(t *testing.T, text string) string {
	t.Helper()
	port, other := realtest.FreePort(t), realtest.FreePort(t)
	text = strings.NewReplacer("@LISTEN@", "127.0.0.1:"+strconv.Itoa(port), "@OTHER@", strconv.Itoa(other)).Replace(text)
	prelude := "events {\n}\nhttp {\naccess_log off;\n"
	if os.Getuid() == 0 {
		prelude = "user root;\n" + prelude // reads what the test wrote
	}
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		prelude += kind + "_temp_path " + t.TempDir() + ";\n"
	}
	realtest.Nginx(t, prelude+text+"\n}\n", port)
	request := c.Path
	if strings.HasPrefix(request, "/") {
		request = "GET " + request + " HTTP/1.1\r\nHost: www.example.org\r\nConnection: close\r\n\r\n"
	}
	return realtest.RawRequestFrom(t, stranger, port, request)
}

// echo starts a server that answers each request with its text.
func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_ = c.SetDeadline(time.Now().Add(5 * time.Second))
				var request []byte
				part := make([]byte, 4096)
				for !strings.Contains(string(request), "\r\n\r\n") {
					n, err := c.Read(part)
					if err != nil {
						return
					}
					request = append(request, part[:n]...)
				}
				fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Powered-By: echo\r\nLocation: /here\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(request), request)
			}()
		}
	}()
	return l.Addr().String()
}

// Body tells whether the answer is 200 with a text in its body.
func Body(text string) func(string) bool {
	return func(answer string) bool {
		head, body, _ := strings.Cut(answer, "\n\n")
		return strings.HasPrefix(head, "HTTP/1.1 200") && strings.Contains(body, text)
	}
}

// Header tells whether a line stands in the answer's head.
func Header(line string) func(string) bool {
	return func(answer string) bool {
		head, _, _ := strings.Cut(answer, "\n\n")
		return strings.Contains(head+"\n", "\n"+line+"\n")
	}
}

// Passed tells whether a line stands in the head of the request that the
// server behind got.
func Passed(line string) func(string) bool {
	return func(answer string) bool {
		_, body, _ := strings.Cut(answer, "\n\n")
		head, _, _ := strings.Cut(body, "\n\n")
		return strings.Contains("\n"+head+"\n", "\n"+line+"\n")
	}
}

// Body404 is Body for an answer 404.
func Body404(text string) func(string) bool {
	return func(answer string) bool {
		head, body, _ := strings.Cut(answer, "\n\n")
		return strings.HasPrefix(head, "HTTP/1.1 404") && strings.Contains(body, text)
	}
}

package launch_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/deployctl/deployctl/gen"
	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/launch"
	"github.com/deployctl/deployctl/launch/launchtest"
	"github.com/deployctl/deployctl/project"
)

// djangoViews are what the site of the tests has besides the sample's pages.
const djangoViews = `

import hashlib
import time
from pathlib import Path

from django.http import StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def upload(request):
    file = request.FILES["file"]
    return JsonResponse({"name": file.name, "size": file.size, "sha256": hashlib.sha256(file.read()).hexdigest(), "note": request.POST["note"]})


def stream(request):
    def parts():
        yield "first\n"
        while not Path(request.GET["until"]).exists():
            time.sleep(0.01)
        yield "last\n"

    return StreamingHttpResponse(parts(), content_type="text/plain", headers={"X-Accel-Buffering": "no"})


def cookie(request):
    return JsonResponse({"length": len(request.COOKIES["large"])})


urlpatterns += [path("api/upload", upload), path("api/stream", stream), path("api/cookie", cookie)]
`

// largeHeads lets a cookie of 10,000 bytes through.
const largeHeads = "\n[limits]\nheader-size = 12k\n"

// siteOf makes a project whose pair is rendered from its description with room
// for large heads.
func siteOf(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Dir(sample(t, name, name))
	path := filepath.Join(dir, project.FileName)
	text, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, append(text, largeHeads...), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	p, err := project.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	files, err := gen.Render(p, gen.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, "deploy", f.Path), f.Content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// djangoSite makes a Django site with a database, a user and its static files.
func djangoSite(t *testing.T) string {
	t.Helper()
	dir := siteOf(t, "django")
	urls := filepath.Join(dir, "shop", "urls.py")
	text, err := os.ReadFile(urls)
	if err == nil {
		err = os.WriteFile(urls, append(text, djangoViews...), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"migrate"}, {"collectstatic", "--noinput"}, {"createsuperuser", "--noinput", "--username", "keeper", "--email", "keeper@shop.example"}} {
		cmd := exec.Command(python, append([]string{"manage.py"}, args...)...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "DJANGO_SUPERUSER_PASSWORD=opens-the-shop", "DJANGO_SETTINGS_MODULE=shop.settings")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	return dir
}

// eachMix runs a test with each mix of engines, on a copy of a project of its own.
func eachMix(t *testing.T, dir string, test func(t *testing.T, r *launchtest.Pair)) {
	for _, nginx := range []launch.Choice{launch.Embedded, launch.Native} {
		for _, uwsgi := range []launch.Choice{launch.Embedded, launch.Native} {
			t.Run(fmt.Sprintf("%s-%s", nginx, uwsgi), func(t *testing.T) {
				t.Parallel()
				if nginx == launch.Native {
					realtest.Need(t, "nginx")
				}
				if uwsgi == launch.Native {
					realtest.Need(t, "uwsgi")
				}
				own := filepath.Join(t.TempDir(), "p")
				if err := os.CopyFS(own, os.DirFS(dir)); err != nil {
					t.Fatal(err)
				}
				test(t, start(t, filepath.Join(own, "deploy"), launch.Options{Nginx: nginx, Uwsgi: uwsgi}))
			})
		}
	}
}

// send makes a request, and returns the status, the head and the body of its answer.
func send(t testing.TB, c *http.Client, method, url, kind string, body io.Reader) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequest(method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	answer, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, string(text)
}

// TestDjangoSite works with a Django site as its keeper does: the admin's login
// and pages, static files, an upload, an answer that comes bit by bit, a cookie
// of 10,000 bytes.
func TestDjangoSite(t *testing.T) {
	t.Parallel()
	eachMix(t, djangoSite(t), func(t *testing.T, r *launchtest.Pair) {
		c, base := client(t), r.URLs[0]
		_, _, page := get(t, c, base+"admin/login/")
		found := token.FindStringSubmatch(page)
		if found == nil {
			t.Fatalf("no token in %s", page)
		}
		login := func(token string) (int, http.Header, string) {
			form := url.Values{"csrfmiddlewaretoken": {token}, "username": {"keeper"}, "password": {"opens-the-shop"}, "next": {"/admin/"}}
			return send(t, c, http.MethodPost, base+"admin/login/", "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
		}
		if status, _, _ := login(strings.Repeat("x", len(found[1]))); status != http.StatusForbidden {
			t.Errorf("a login with a wrong token is answered %d, want 403", status)
		}
		if status, head, body := login(found[1]); status != http.StatusFound || head.Get("Location") != "/admin/" {
			t.Fatalf("the login is answered %d %v\n%s", status, head, body)
		}
		if status, _, body := get(t, c, base+"admin/"); status != http.StatusOK || !strings.Contains(body, "Site administration") {
			t.Errorf("the admin answers %d\n%s", status, body)
		}
		if status, _, body := get(t, c, base+"admin/auth/user/"); status != http.StatusOK || !strings.Contains(body, "keeper@shop.example") {
			t.Errorf("the list of users answers %d\n%s", status, body)
		}
		if status, head, body := get(t, c, base+"static/admin/css/base.css"); status != http.StatusOK || head.Get("Content-Type") != "text/css" || len(body) < 1000 {
			t.Errorf("the admin's style is answered %d %v", status, head)
		}

		data := bytes.Repeat([]byte("0123456789abcdef"), 3<<20/16)
		var form bytes.Buffer
		w := multipart.NewWriter(&form)
		_ = w.WriteField("note", "für dich")
		part, err := w.CreateFormFile("file", "large.bin")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write(data)
		w.Close()
		sum := sha256.Sum256(data)
		want := fmt.Sprintf(`{"name": "large.bin", "size": %d, "sha256": %q, "note": "f\u00fcr dich"}`, len(data), hex.EncodeToString(sum[:]))
		if status, _, body := send(t, c, http.MethodPost, base+"api/upload", w.FormDataContentType(), &form); status != http.StatusOK || body != want {
			t.Errorf("the upload is answered %d %.300s, want %s", status, body, want)
		}
		if status, _, _ := send(t, c, http.MethodPost, base+"api/upload", "application/octet-stream", bytes.NewReader(make([]byte, 11<<20))); status != http.StatusRequestEntityTooLarge {
			t.Errorf("an upload above the limit is answered %d, want 413", status)
		}

		until := filepath.Join(t.TempDir(), "go")
		answer, err := c.Get(base + "api/stream?until=" + url.QueryEscape(until))
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		first := make([]byte, len("first\n"))
		if _, err := io.ReadFull(answer.Body, first); err != nil || string(first) != "first\n" {
			t.Errorf("the stream begins with %q, %v", first, err)
		}
		if err := os.WriteFile(until, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if rest, err := io.ReadAll(answer.Body); err != nil || string(rest) != "last\n" {
			t.Errorf("the stream ends with %q, %v", rest, err)
		}

		asked, err := http.NewRequest(http.MethodGet, base+"api/cookie", nil)
		if err != nil {
			t.Fatal(err)
		}
		asked.Header.Set("Cookie", "large="+strings.Repeat("c", 10_000))
		large, err := c.Do(asked)
		if err != nil {
			t.Fatal(err)
		}
		defer large.Body.Close()
		if body, _ := io.ReadAll(large.Body); string(body) != `{"length": 10000}` {
			t.Errorf("a cookie of 10,000 bytes: %s %.300s", large.Status, body)
		}
	})
}

// TestFlaskSite asks a Flask site in each mix.
func TestFlaskSite(t *testing.T) {
	t.Parallel()
	eachMix(t, siteOf(t, "flask"), func(t *testing.T, r *launchtest.Pair) {
		c, base := client(t), r.URLs[0]
		if status, _, body := get(t, c, base); status != http.StatusOK || body != "Notes\n" {
			t.Errorf("%d %q", status, body)
		}
		if status, _, body := send(t, c, http.MethodPost, base+"api/echo", "text/plain", strings.NewReader(strings.Repeat("x", 100_000))); status != http.StatusOK || !strings.Contains(body, `"body":100000`) {
			t.Errorf("a body of 100,000 bytes: %d %s", status, body)
		}
		if status, head, _ := send(t, c, http.MethodPut, base+"api/echo", "", nil); status != http.StatusMethodNotAllowed || !strings.Contains(head.Get("Allow"), "POST") {
			t.Errorf("a method that the route does not have: %d %v", status, head)
		}
		if status, _, _ := get(t, c, base+"nothing"); status != http.StatusNotFound {
			t.Errorf("a page that is not there: %d", status)
		}
	})
}

package front

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/site"
)

// TestHome leads requests for other machines, which a variable names, to the
// same port of this one.
func TestHome(t *testing.T) {
	t.Parallel()
	conf := "server { listen 127.0.0.1:PORT; resolver 127.0.0.1; location / { proxy_pass http://$arg_to; } location /where { return 200 home; } }"
	port := realtest.FreePort(t)
	tree := nginx.LoadText(nginx.Parse("nginx.conf", wholeConf(t.TempDir(), strings.ReplaceAll(conf, "PORT", fmt.Sprint(port)))), "", nginx.LoadOptions{})
	f, err := New(site.New(tree, 0), Options{Home: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := f.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	for _, host := range []string{"shop.invalid", "192.0.2.1", "[2001:db8::1]", "127.0.0.1"} {
		answer, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/?to=%s:%d/where", port, host, port))
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if string(body) != "home" {
			t.Errorf("%s: %s %s", host, answer.Status, body)
		}
	}
}

package bigconf

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/deployctl/deployctl/internal/realtest"
)

func TestNginxAccepts(t *testing.T) {
	t.Parallel()
	nginx := realtest.Need(t, "nginx")
	dir := t.TempDir()
	conf := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(conf, []byte(Nginx(50)), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(nginx, "-t", "-q", "-p", dir, "-c", conf, "-e", "stderr").CombinedOutput(); err != nil {
		t.Fatalf("nginx -t: %v\n%s", err, out)
	}
}

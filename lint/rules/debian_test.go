package rules

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/report"
	"github.com/deployctl/deployctl/pair"
)

// TestUntouchedDebian lints the configuration that Debian's packages bring.
func TestUntouchedDebian(t *testing.T) {
	t.Parallel()
	dpkg := realtest.Need(t, "dpkg")
	var folders []string
	for pkg, folder := range map[string]string{"nginx-common": "/etc/nginx", "uwsgi": "/etc/uwsgi", "uwsgi-emperor": "/etc/uwsgi-emperor"} {
		// dpkg prints a line for each file that is not as the package brought it.
		out, err := exec.Command(dpkg, "--verify", pkg).CombinedOutput()
		if _, missing := os.Stat(folder); missing == nil && err == nil && !strings.Contains(string(out), folder) {
			folders = append(folders, folder)
		}
	}
	if len(folders) == 0 {
		realtest.Missing(t, "untouched configuration of nginx-common, uwsgi and uwsgi-emperor")
	}
	p, err := pair.Load(folders, pair.Options{Here: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range lint.Run(p, All(), lint.Options{Config: lint.Config{Target: lint.Target{Init: "systemd", OS: "debian"}}}).Diagnostics {
		if d.Severity > diag.Info {
			t.Error(report.Line(d))
		}
	}
}

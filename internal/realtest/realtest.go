// Package realtest owns how tests find and run the real nginx and uWSGI.
package realtest

import (
	"os"
	"os/exec"
	"testing"
)

// Require is the environment variable that turns a missing program from a skip
// into a failure.
const Require = "DEPLOYCTL_REQUIRE_REAL"

// Need returns the path of a program, found in PATH or where Debian puts
// daemons. Without it the test is skipped, or fails when Require is 1.
func Need(t testing.TB, program string) string {
	t.Helper()
	if path, err := exec.LookPath(program); err == nil {
		return path
	}
	if path, err := exec.LookPath("/usr/sbin/" + program); err == nil {
		return path
	}
	if os.Getenv(Require) == "1" {
		t.Fatalf("%s is not installed, and %s=1 asks for it", program, Require)
	}
	t.Skipf("%s is not installed", program)
	return ""
}

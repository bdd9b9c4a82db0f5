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
	Missing(t, program)
	return ""
}

// Missing skips a test for what is not installed, or fails when Require is 1.
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv(Require) == "1" {
		t.Fatalf("%s is not installed, and %s=1 asks for it", what, Require)
	}
	t.Skipf("%s is not installed", what)
}

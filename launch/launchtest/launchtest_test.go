package launchtest

import (
	"fmt"
	"strings"
	"testing"
)

// TestTail keeps the end of a log, and no more than it needs.
func TestTail(t *testing.T) {
	t.Parallel()
	var l tail
	line := strings.Repeat("x", 999) + "\n"
	for i := range 5000 {
		fmt.Fprintf(&l, "%d %s", i, line)
		if len(l) > 2*kept || cap(l) > 4*kept {
			t.Fatalf("%d of %d bytes after %d lines", len(l), cap(l), i)
		}
	}
	if !strings.HasSuffix(string(l), "4999 "+line) || !strings.Contains(string(l), "\n4500 ") {
		t.Error("the end of the log is not kept")
	}
}

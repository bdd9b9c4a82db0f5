package native

import "testing"

// TestStartFailure finds the line that says why uWSGI ended.
func TestStartFailure(t *testing.T) {
	t.Parallel()
	root := "*** WARNING: you are running uWSGI as root !!! (use the --uid flag) ***"
	for _, c := range []struct {
		tail []string
		want string
	}{
		{[]string{root, "thunder lock: disabled", "probably another instance of uWSGI is running on the same address (127.0.0.1:8001).", "bind(): Address already in use [core/socket.c line 769]"}, "uWSGI: bind(): Address already in use [core/socket.c line 769]"},
		{[]string{root, "bind(): Permission denied [core/socket.c line 230]"}, "uWSGI: bind(): Permission denied [core/socket.c line 230]"},
		{[]string{"ModuleNotFoundError: No module named 'x'", "unable to load app 0 (mountpoint='') (callable not found or import error)", root}, "uWSGI: unable to load app 0 (mountpoint='') (callable not found or import error)"},
		{[]string{root, "os: Linux"}, "uWSGI has ended: " + root + " | os: Linux"},
	} {
		if got := startFailure(c.tail); got != c.want {
			t.Errorf("%q\nis told as %q\nwant       %q", c.tail, got, c.want)
		}
	}
}

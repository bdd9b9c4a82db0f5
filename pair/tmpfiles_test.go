package pair

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTmpfiles(t *testing.T) {
	t.Parallel()
	src := "# at boot\nd /run/shop 0755 shop www-data -\nD! \"/var/run/notes\" - - -\nL /run/link - - - - /x\nf /run/file\nd relative\n"
	want := []string{"/run/shop", "/run/notes"}
	if diff := cmp.Diff(want, parseTmpfiles("shop.conf", src).Folders); diff != "" {
		t.Errorf("folders (-want +got):\n%s", diff)
	}
	for _, c := range []struct {
		file, src string
		want      kind
	}{
		{"/etc/tmpfiles.d/shop.conf", src, tmpfilesKind},
		{"deploy/shop.tmpfiles", src, tmpfilesKind},
		{"deploy/shop.conf", src, other},
		{"/etc/tmpfiles.d/shop.conf", "worker_processes 1;\n", nginxKind},
	} {
		if got := kindOf(c.file, c.src); got != c.want {
			t.Errorf("%s: kind %d, want %d", c.file, got, c.want)
		}
	}
}

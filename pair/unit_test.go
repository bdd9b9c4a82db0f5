package pair

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseUnit(t *testing.T) {
	t.Parallel()
	u := ParseUnit("shop.service", "# shop\n[Unit]\nDescription=Shop\n[Service]\nRuntimeDirectory=old\nRuntimeDirectory=\nRuntimeDirectory=shop \\\n  shop/cache\n; PrivateTmp=no\nPrivateTmp = yes\nUser=shop")
	for _, c := range []struct {
		section, key string
		want         []string
	}{
		{"Unit", "Description", []string{"Shop"}},
		{"Service", "RuntimeDirectory", []string{"shop  shop/cache"}},
		{"Service", "PrivateTmp", []string{"yes"}},
		{"Service", "User", []string{"shop"}},
		{"Unit", "User", nil},
	} {
		if diff := cmp.Diff(c.want, u.All(c.section, c.key)); diff != "" {
			t.Errorf("[%s] %s (-want +got):\n%s", c.section, c.key, diff)
		}
	}
	if got := u.File.Pos(u.Entries[3].Span.Start).Line; got != 7 {
		t.Errorf("the continued assignment starts on line %d, want 7", got)
	}
}

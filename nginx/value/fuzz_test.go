package value

import (
	"strings"
	"testing"

	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/directive"
)

// FuzzCheck gives the arguments to every directive that takes so many: none
// may fail, and what is refused is one of them.
func FuzzCheck(f *testing.F) {
	for _, s := range []string{"on", "$a", "zone=a:1m rate=1r/s", "~^(x", "( $a = b )", "127.0.0.1:80 ssl", "[::1]", "= /x", "404 = /x", "shared:a:1m", "syslog:server=x,tag=y", "@1h", "", "1 2 3 4", "${a", "{{x}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		fields := strings.Split(text, " ")
		args := make([]nginx.Word, len(fields))
		for i := range fields {
			args[i].Value = fields[i]
		}
		for id := range directive.ID(directive.Names) {
			for i := range id.Rows() {
				row := &id.Rows()[i]
				if !row.Args.Accepts(len(args)) {
					continue
				}
				for _, b := range Check(row, args) {
					if b.Word < 0 || b.Word > len(args) || b.Log == "" || b.Message.String() == "" {
						t.Errorf("%s %q: %+v", row.Name, fields, b)
					}
				}
				for i := range args {
					Evaluated(row, args, i)
				}
			}
		}
		d := &nginx.Directive{Name: args[0], Args: args[1:]}
		for _, kind := range []string{"map", "geo", "split_clients", "charset_map", "types"} {
			e := NewEntries(&nginx.Directive{Name: nginx.Word{Value: kind}})
			for range 2 {
				for _, b := range e.Check(d) {
					if b.Word < 0 || b.Word > len(d.Args) {
						t.Errorf("%s %q: %+v", kind, fields, b)
					}
				}
			}
		}
	})
}

package pairrule

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
)

// files are the texts of a case: nginx is an nginx.conf of one location, or a
// whole one when it begins with a directive of its own; uwsgi is the content
// of [uwsgi]; more are other files.
type files struct {
	nginx, uwsgi string
	more         map[string]string
}

func (f files) texts() map[string]string {
	texts := maps.Clone(f.more)
	if texts == nil {
		texts = map[string]string{}
	}
	if f.nginx != "" {
		conf := f.nginx
		if !strings.Contains(conf, "server {") {
			conf = "server {\nlocation / {\n" + conf + "\n}\n}\n"
		}
		texts["nginx.conf"] = conf
	}
	if f.uwsgi != "" {
		texts["uwsgi.ini"] = "[uwsgi]\n" + f.uwsgi + "\n"
	}
	return texts
}

// check runs one rule and returns its findings, each as the line's text and
// the message, in the files' order.
func check(t *testing.T, r *lint.Rule, f files) []diag.Diagnostic {
	t.Helper()
	texts := f.texts()
	var paths []string
	for name := range texts {
		if name != "uwsgi_params" {
			paths = append(paths, name)
		}
	}
	p, err := pair.Load(paths, pair.Options{Overlay: texts})
	if err != nil {
		t.Fatal(err)
	}
	return lint.Run(p, []*lint.Rule{r}, lint.Options{}).Diagnostics
}

// summary returns a finding's severity and what it points at.
func summary(found []diag.Diagnostic) []string {
	var all []string
	for _, d := range found {
		all = append(all, fmt.Sprintf("%s %s", d.Severity, d.File.Text(d.Span)))
	}
	return all
}

// want compares what findings point at.
func want(t *testing.T, name string, got []diag.Diagnostic, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, summary(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

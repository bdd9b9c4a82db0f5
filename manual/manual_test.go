package manual

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/wrap"
	"github.com/deployctl/deployctl/lint"
)

func TestLinks(t *testing.T) {
	t.Parallel()
	const nginx, uwsgi = "https://nginx.org/en/docs/", "https://uwsgi-docs.readthedocs.io/en/latest/Options.html#"
	for _, c := range []struct {
		rule, text string
		want       []string
	}{
		{"pair-x", "`harakiri` and `uwsgi_read_timeout`, `harakiri = 50`", []string{uwsgi + "harakiri", nginx + "http/ngx_http_uwsgi_module.html#uwsgi_read_timeout"}},
		{"pair-x", "`include` is of both, `no such` and `nothing` of none; `error_log`", []string{nginx + "ngx_core_module.html#error_log"}},
		{"nginx-x", "`include a;` and `worker_processes`", []string{nginx + "ngx_core_module.html#include", nginx + "ngx_core_module.html#worker_processes"}},
		{"uwsgi-x", "`include`", []string{uwsgi + "include"}},
		{"nginx-x", "a log line: `upstream timed out`", nil},
		{"nginx-x", "`gzip`, `add_header`, `least_conn`, `image_filter`", []string{
			nginx + "http/ngx_http_gzip_module.html#gzip", nginx + "http/ngx_http_headers_module.html#add_header",
			nginx + "http/ngx_http_upstream_module.html#least_conn", nginx + "http/ngx_http_image_filter_module.html#image_filter",
		}},
		{"nginx-x", "`root` `alias` `index` `return` `rewrite` `set` `allow`", []string{
			nginx + "http/ngx_http_core_module.html#root", nginx + "http/ngx_http_core_module.html#alias", nginx + "http/ngx_http_index_module.html#index",
			nginx + "http/ngx_http_rewrite_module.html#return", nginx + "http/ngx_http_rewrite_module.html#rewrite", nginx + "http/ngx_http_rewrite_module.html#set",
		}},
	} {
		var got []string
		for _, l := range links(c.rule, c.text) {
			got = append(got, l.address)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s, %q (-want +got):\n%s", c.rule, c.text, diff)
		}
	}
}

var some = []*lint.Rule{
	{ID: "nginx-b", Severity: diag.Error, Fixable: true},
	{ID: "pair-long-name", Severity: diag.Warning, Off: true},
	{ID: "nginx-a", Severity: diag.Info},
}

func summary(r *lint.Rule) string { return "如果工作进程 " + r.ID + " 占用连接|超时" }

func TestTable(t *testing.T) {
	t.Parallel()
	for _, width := range []int{0, 30, 50, 60, 80} {
		text := Table(some, summary, diag.Catalog{"error": "错误"}, width)
		for line := range strings.Lines(text) {
			if w := wrap.Width(strings.TrimSuffix(line, "\n")); width > 0 && w > width && w > 32 {
				t.Errorf("%d cells in a table of %d: %q", w, width, line)
			}
		}
	}
	want := "nginx-b         错误     fixable  如果工作进程 nginx-b 占用连接|超时\n" +
		"pair-long-name  warning  off      如果工作进程 pair-long-name 占用连接|超时\n" +
		"nginx-a         info              如果工作进程 nginx-a 占用连接|超时\n"
	if diff := cmp.Diff(want, Table(some, summary, diag.Catalog{"error": "错误"}, 0)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestIndex(t *testing.T) {
	t.Parallel()
	text := Index(some, summary, nil)
	for _, s := range []string{
		"# Rules\n\n3 rules.", "\n## nginx\n", "\n## pair\n",
		"|---|---|---|---|\n| [nginx-a](nginx-a.md) | info |  | 如果工作进程 nginx-a 占用连接\\|超时 |\n| [nginx-b](nginx-b.md) | error | fixable |",
	} {
		if !strings.Contains(text, s) {
			t.Errorf("%q is missing in:\n%s", s, text)
		}
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	page, err := lint.ParsePage("# nginx-b\n\nwhy\n\n## Bad\n\n```nginx a.conf\nx\n```\n\n## Output\n\n```text\ny\n```\n\n## Fixed\n\n```nginx a.conf\nz\n```\n\n## Good\n\n```text params\n```\n")
	if err != nil {
		t.Fatal(err)
	}
	page.Summary = "s"
	r := *some[0]
	r.Off = true
	want := "# nginx-b\n\ns\n\nSeverity: error. `--fix` mends it. Off unless it is selected: `--select nginx-b`.\n\nwhy\n\n## Bad\n\n`a.conf`:\n\n```nginx\nx\n```\n" +
		"\n## Output\n\n```text\ny\n```\n\n## Fixed\n\n`a.conf`:\n\n```nginx\nz\n```\n\n## Good\n\n`params`:\n\n```text\n```\n"
	if diff := cmp.Diff(want, Page(&r, page, nil)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

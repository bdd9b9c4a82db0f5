// Package lang owns the languages that deployctl speaks: which one a person
// reads, the catalog of messages of each, and the rules' pages in it.
package lang

import (
	"embed"
	"fmt"
	"path"
	"strings"

	"github.com/deployctl/deployctl/api"
	"github.com/deployctl/deployctl/api/apirule"
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/gen"
	"github.com/deployctl/deployctl/launch"
	"github.com/deployctl/deployctl/launch/route"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/report"
	"github.com/deployctl/deployctl/lint/rules/cisrule"
	"github.com/deployctl/deployctl/lint/rules/lintrule"
	"github.com/deployctl/deployctl/lint/rules/liverule"
	"github.com/deployctl/deployctl/lint/rules/nginxrule"
	"github.com/deployctl/deployctl/lint/rules/pairrule"
	"github.com/deployctl/deployctl/lint/rules/securityrule"
	"github.com/deployctl/deployctl/lint/rules/stylerule"
	"github.com/deployctl/deployctl/lint/rules/uwsgirule"
	"github.com/deployctl/deployctl/lsp"
	"github.com/deployctl/deployctl/manual"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/nginx/value"
	"github.com/deployctl/deployctl/project"
	"github.com/deployctl/deployctl/setup"
	"github.com/deployctl/deployctl/tui"
	"github.com/deployctl/deployctl/tui/dashboard"
	"github.com/deployctl/deployctl/uwsgi"
)

// The languages.
const (
	English = "en"
	Chinese = "zh"
)

// sources are the packages whose messages people see, by their folder. Each
// holds NAME.po for every language but English, and rules' pages RULE.NAME.md.
var sources = map[string]embed.FS{
	"api":                     api.Texts,
	"api/apirule":             apirule.Texts,
	"diag":                    diag.Texts,
	"gen":                     gen.Texts,
	"nginx":                   nginx.Texts,
	"nginx/directive":         directive.Texts,
	"nginx/site":              site.Texts,
	"nginx/value":             value.Texts,
	"uwsgi":                   uwsgi.Texts,
	"project":                 project.Texts,
	"lint":                    lint.Texts,
	"launch":                  launch.Texts,
	"launch/route":            route.Texts,
	"lsp":                     lsp.Texts,
	"lint/report":             report.Texts,
	"manual":                  manual.Texts,
	"setup":                   setup.Texts,
	"tui":                     tui.Texts,
	"tui/dashboard":           dashboard.Texts,
	"lint/rules/cisrule":      cisrule.Texts,
	"lint/rules/securityrule": securityrule.Texts,
	"lint/rules/lintrule":     lintrule.Texts,
	"lint/rules/liverule":     liverule.Texts,
	"lint/rules/nginxrule":    nginxrule.Texts,
	"lint/rules/pairrule":     pairrule.Texts,
	"lint/rules/stylerule":    stylerule.Texts,
	"lint/rules/uwsgirule":    uwsgirule.Texts,
}

// Of returns the language of a person: what the flag says, or else the locale
// of the environment.
func Of(flag string, env func(string) string) (string, error) {
	switch flag {
	case English, Chinese:
		return flag, nil
	case "":
	default:
		return "", fmt.Errorf("--lang: unknown language %q: write en or zh", flag)
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if locale := env(name); locale != "" {
			if locale == "zh" || strings.HasPrefix(locale, "zh_") || strings.HasPrefix(locale, "zh.") {
				return Chinese, nil
			}
			break
		}
	}
	return English, nil
}

// Catalog returns the messages of a language; for English it is nil.
func Catalog(name string) (diag.Catalog, error) {
	if name == English {
		return nil, nil
	}
	c := diag.Catalog{}
	for folder, files := range sources {
		text, err := files.ReadFile(name + ".po")
		if err != nil {
			return nil, fmt.Errorf("read the messages of %s: %w", folder, err)
		}
		entries, err := ParsePO(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path.Join(folder, name+".po"), err)
		}
		for _, e := range entries {
			if e.English != "" { // the header
				c[e.English] = e.Text
			}
		}
	}
	return c, nil
}

// Page returns a rule's manual page in a language. In another language than
// English only the text is another one: the examples are the English page's. A
// rule without a page in the language has the English one.
func Page(r *lint.Rule, name string) (*lint.Page, error) {
	page, err := lint.ParsePage(r.Page)
	if err != nil {
		return nil, err
	}
	page.Summary = r.Summary
	if name == English {
		return page, nil
	}
	for _, files := range sources {
		text, err := files.ReadFile(r.ID + "." + name + ".md")
		if err != nil {
			continue
		}
		translated, err := lint.ParsePage(string(text))
		if err != nil {
			return nil, err
		}
		page.Title = translated.Title
		page.Summary, page.Intro, _ = strings.Cut(translated.Intro, "\n\n")
		page.Intro = strings.TrimSpace(page.Intro)
		break
	}
	return page, nil
}

// Rules returns what reports say of rules in a language.
func Rules(all []*lint.Rule, name string) []report.Rule {
	described := make([]report.Rule, len(all))
	for i, r := range all {
		described[i] = report.Rule{Rule: r, Summary: r.Summary}
		if page, err := Page(r, name); err == nil {
			described[i].Summary, described[i].Text = page.Summary, page.Intro
		}
	}
	return described
}

// Summary returns a rule's summary in a language.
func Summary(r *lint.Rule, name string) string {
	if page, err := Page(r, name); err == nil {
		return page.Summary
	}
	return r.Summary
}

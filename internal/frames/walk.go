package frames

import (
	"maps"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/internal/markdown"
	"github.com/deployctl/deployctl/lang"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/rules"
	"github.com/deployctl/deployctl/manual"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/tui"
)

// faulty is a pair with something to mend, something to suppress and something
// that only a person can decide.
var faulty = map[string]string{
	"nginx.conf": "user nobody;\nworker_processes 1;\nevents {\n}\nhttp {\n    server {\n        listen 80;\n        location / {\n            include uwsgi_params;\n            uwsgi_pass 127.0.0.1:3031;\n        }\n    }\n}\n",
	"uwsgi.ini":  "[uwsgi]\nmodule = 店.wsgi\nmaster = true\nprocesses = 2\nprocesses = 4\nsocket = 127.0.0.1:3031\nlimit-as = 64\n",
}

// WalkConfig is that of a walk through the findings of a faulty pair, which
// lies nowhere.
func WalkConfig(language string, look tui.Look) (tui.WalkConfig, error) {
	catalog, err := lang.Catalog(language)
	if err != nil {
		return tui.WalkConfig{}, err
	}
	session, err := lint.NewSession(func(overlay map[string]string) (*pair.Pair, error) {
		texts := maps.Clone(faulty)
		maps.Copy(texts, overlay)
		return pair.Load(slices.Sorted(maps.Keys(texts)), pair.Options{Overlay: texts})
	}, rules.All(), lint.Options{Config: lint.Config{Select: []string{"nginx-user-group", "nginx-worker-limits", "uwsgi-duplicate-key", "uwsgi-limit-as-low"}}})
	if err != nil {
		return tui.WalkConfig{}, err
	}
	return tui.WalkConfig{Session: session, Catalog: catalog, Look: look, Explain: func(id string, width int) []string {
		return page(id, language, width, look.Color)
	}}, nil
}

// page is a rule's manual page, or why there is none.
func page(id, language string, width int, color bool) []string {
	r, err := rules.Named(rules.All(), id)
	if err != nil {
		return []string{err.Error()}
	}
	p, err := lang.Page(r, language)
	if err != nil {
		return []string{err.Error()}
	}
	catalog, err := lang.Catalog(language)
	if err != nil {
		return []string{err.Error()}
	}
	text, err := markdown.Terminal(manual.Page(r, p, catalog), width, color)
	if err != nil {
		return []string{err.Error()}
	}
	return strings.Split(text, "\n")
}

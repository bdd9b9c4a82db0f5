package lsp

import (
	"slices"
	"strings"

	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
	"github.com/deployctl/deployctl/uwsgi/option"
)

// optionWords are the words that options take whose handlers compare text: the
// algorithms and lock engines that uWSGI registers (core/uwsgi.c,
// uwsgi_register_cheaper_algo, core/lock.c).
var optionWords = map[string][]string{
	"cheaper-algo": {"spare", "spare2", "backlog", "busyness", "manual"},
	"chmod-socket": {"660", "664", "666"},
	"lock-engine":  {"ipcsem"},
	"loop":         {"simple", "async", "gevent", "asyncio", "greenlet"},
}

func (w *proposals) uwsgi() {
	if uwsgi.FormatOf(w.d.path) != uwsgi.INI {
		return
	}
	line := strings.LastIndexByte(w.d.src[:w.end], '\n') + 1
	typed := w.d.src[line:w.end]
	blank := len(typed) - len(strings.TrimLeft(typed, " \t"))
	switch first := strings.TrimLeft(typed, " \t"); {
	case strings.HasPrefix(first, "#"), strings.HasPrefix(first, ";"):
		return
	case strings.HasPrefix(first, "["):
		w.start = line + blank + 1
		w.add("uwsgi", moduleItem, "", "")
		return
	}
	key, value, isValue := strings.Cut(typed, "=")
	if !isValue {
		w.start = line + blank
		w.options()
		return
	}
	if rest, at, ok := typedAfter(value, "%("); ok && !strings.Contains(rest, ")") {
		w.start = line + len(key) + 1 + at
		for _, s := range w.d.uwsgi().Sections {
			for _, e := range s.Entries {
				w.add(e.Key, variableItem, e.Value, "")
			}
		}
		return
	}
	w.start = line + len(key) + 1 + len(value) - len(strings.TrimLeft(value, " \t"))
	w.values(strings.TrimSpace(key))
}

// options proposes the options that today's uWSGI knows.
func (w *proposals) options() {
	release := ""
	if w.a != nil {
		release = w.a.options.Target.Uwsgi
	}
	for _, o := range option.All() {
		if o.Until != "" && release == "" {
			continue
		}
		what, _ := option.Describe(o.Name)
		detail := o.Plugin
		if detail == "core" {
			detail = ""
		}
		w.add(o.Name, propertyItem, detail, what.Text)
	}
}

// values proposes the values of an option.
func (w *proposals) values(key string) {
	rows := option.Lookup(key)
	if len(rows) == 0 {
		return
	}
	if rows[0].Kind == option.Bool {
		w.addAll([]string{"true", "false"}, valueItem)
	}
	w.addAll(optionWords[key], enumItem)
	switch key {
	case "plugin", "plugins", "need-plugin", "need-plugins":
		var plugins []string
		for _, o := range option.All() {
			if o.Plugin != "core" {
				plugins = append(plugins, o.Plugin)
			}
		}
		slices.Sort(plugins)
		w.addAll(slices.Compact(plugins), moduleItem)
	case "socket", "uwsgi-socket", "http-socket", "fastcgi-socket", "scgi-socket":
		if w.a == nil {
			return
		}
		want := map[string]pair.Protocol{"http-socket": pair.HTTP, "fastcgi-socket": pair.FastCGI, "scgi-socket": pair.SCGI}[key]
		if want == "" {
			want = pair.UWSGI
		}
		for _, p := range w.a.pair.Passes {
			for _, t := range p.Targets {
				if p.Protocol == want && !t.Unknown {
					w.add(t.String(), valueItem, p.Node.Name.Value+" in "+p.Node.File.Name, "")
				}
			}
		}
	}
}

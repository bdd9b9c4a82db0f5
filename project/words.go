package project

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// wordsPrefix starts the comment in a generated uwsgi.ini that holds what the
// pair itself does not say: names of sections, framework, and the target.
const wordsPrefix = "deployctl:words "

// Words returns the comment, without its #, that Import reads back: key=value,
// lists with commas. Bytes other than letters, digits, dots, dashes and slashes
// are written as = with two hexadecimal digits, since uWSGI looks for % in
// comments too.
func (p *Project) Words() string {
	var b strings.Builder
	for _, w := range p.words() {
		var list []string
		for _, word := range w.get() {
			list = append(list, escapeWord(word))
		}
		if text := strings.Join(list, ","); text != "" {
			b.WriteString(" " + w.key + "=" + text)
		}
	}
	return wordsPrefix + strings.TrimPrefix(b.String(), " ")
}

// readWords takes what Words wrote out of the comments of a generated file, and
// returns the sections that have other names now. Names count only while there
// are as many sections as names.
func (p *Project) readWords(src string) (renamed map[string]string) {
	_, line, ok := strings.Cut(src, "# "+wordsPrefix)
	if !ok {
		return nil
	}
	line, _, _ = strings.Cut(line, "\n")
	renamed = map[string]string{}
	words := p.words()
	for _, field := range strings.Fields(line) {
		key, value, _ := strings.Cut(field, "=")
		for _, w := range words {
			if w.key == key {
				if list, ok := unescapeWords(value); ok {
					w.set(list, renamed)
				}
			}
		}
	}
	for i := range p.Routes {
		for k, s := range p.Routes[i].Servers {
			if name, ok := renamed["server."+s]; ok {
				p.Routes[i].Servers[k] = name
			}
		}
	}
	return renamed
}

// label is one entry of the comment.
type label struct {
	key string
	get func() []string
	set func(list []string, renamed map[string]string)
}

func (p *Project) words() []label {
	scalar := func(key string, to *string, allowed func(string) bool) label {
		return label{key, func() []string { return []string{*to} }, func(list []string, _ map[string]string) {
			if len(list) == 1 && allowed(list[0]) {
				*to = list[0]
			}
		}}
	}
	names := func(section string, all []*string) label {
		return label{section + "s", func() []string {
			var list []string
			for _, n := range all {
				list = append(list, *n)
			}
			return list
		}, func(list []string, renamed map[string]string) {
			if len(list) != len(all) || !distinct(list) {
				return
			}
			for i, n := range all {
				if *n != list[i] {
					renamed[section+"."+*n] = list[i]
				}
				*n = list[i]
			}
		}}
	}
	var servers, routes, backends []*string
	for i := range p.Servers {
		servers = append(servers, &p.Servers[i].Name)
	}
	for i := range p.Routes {
		routes = append(routes, &p.Routes[i].Name)
	}
	for i := range p.Backends {
		backends = append(backends, &p.Backends[i].Name)
	}
	// Words whose absence is the default are left out.
	chosen := func(key string, to *string, words []string) label {
		l := scalar(key, to, func(s string) bool { return slices.Contains(words, s) })
		l.get = func() []string {
			if *to == words[0] {
				return nil
			}
			return []string{*to}
		}
		return l
	}
	special := func(key string, to *string, usual string) label {
		l := scalar(key, to, func(s string) bool { return s != "" })
		l.get = func() []string {
			if *to == usual {
				return nil
			}
			return []string{*to}
		}
		return l
	}
	flag := func(key string, to *bool) label {
		return label{key, func() []string {
			if *to {
				return []string{"true"}
			}
			return nil
		}, func(list []string, _ map[string]string) { *to = len(list) == 1 && list[0] == "true" }}
	}
	texts := func(key string, to *[]string) label {
		return label{key, func() []string { return *to }, func(list []string, _ map[string]string) { *to = list }}
	}
	framework := string(p.Framework)
	return []label{
		{"framework", func() []string { return []string{framework} }, func(list []string, _ map[string]string) {
			switch f := Framework(list[0]); f {
			case Django, Flask, WSGI:
				p.Framework = f
			}
		}},
		scalar("python", &p.Python, isVersion),
		scalar("openapi", &p.OpenAPI, func(s string) bool { return s != "" }),
		scalar("os", &p.Target.OS, func(s string) bool { _, ok := distributions[s]; return ok }),
		scalar("init", &p.Target.Init, func(s string) bool { return s == "systemd" || s == "supervisor" || s == "container" }),
		special("requirements", &p.Requirements, "requirements.txt"), special("health", &p.App.Health, ""),
		chosen("render", &p.Target.Render, Targets), flag("emperor", &p.Target.Emperor), texts("writable", &p.App.Writable),
		scalar("nginx", &p.Target.Nginx, isVersion), scalar("uwsgi", &p.Target.Uwsgi, isVersion),
		names("server", servers), names("route", routes), names("backend", backends),
		{"lint", func() []string {
			var list []string
			for _, l := range p.Lint {
				list = append(list, l.Name+"="+l.Value)
			}
			return list
		}, func(list []string, _ map[string]string) {
			p.Lint = nil
			for _, text := range list {
				if key, value, ok := strings.Cut(text, "="); ok && key != "" && !strings.ContainsAny(text, "\r\n") {
					p.Lint = append(p.Lint, Setting{Name: key, Value: value})
				}
			}
		}},
	}
}

// escapeWord writes a text so that it holds neither blanks nor commas nor %.
func escapeWord(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		if strings.IndexByte("_./-", c) >= 0 || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "=%02X", c)
	}
	return b.String()
}

// unescapeWords reads a list of what escapeWord wrote; false for other text.
func unescapeWords(text string) ([]string, bool) {
	list := strings.Split(text, ",")
	for i, word := range list {
		parts := strings.Split(word, "=")
		for k, part := range parts[1:] {
			c, err := strconv.ParseUint(part[:min(2, len(part))], 16, 8)
			if err != nil || len(part) < 2 {
				return nil, false
			}
			parts[k+1] = string([]byte{byte(c)}) + part[2:]
		}
		list[i] = strings.Join(parts, "")
	}
	return list, true
}

// distinct tells whether a list holds different names of sections.
func distinct(list []string) bool {
	seen := map[string]bool{}
	for _, s := range list {
		if seen[s] || !ValidName(s) {
			return false
		}
		seen[s] = true
	}
	return true
}

// isVersion tells whether a text is digits and dots.
func isVersion(s string) bool {
	return s != "" && strings.Trim(s, "0123456789.") == ""
}

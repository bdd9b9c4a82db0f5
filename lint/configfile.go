package lint

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/nearest"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/project"
)

// ConfigName is the linter's own configuration file; its keys stand in a
// section [lint], as they may in a description.
const ConfigName = ".deployctl-lint.ini"

// maxConfig is the size, in bytes, above which a configuration is not read.
const maxConfig = 1 << 20

// FindConfig looks for a configuration in dir and upwards: ConfigName, or a
// description. It returns "" when there is none.
func FindConfig(dir string) string {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	for {
		for _, name := range []string{ConfigName, project.FileName} {
			path := filepath.Join(dir, name)
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				return path
			}
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

// DetectProject fills in what the sources of a project in dir say: where the
// settings of a Django project have its static files, what the application of
// a Flask project is called. A folder with neither manage.py nor a module of
// one of the usual names is left alone.
func (t *Target) DetectProject(dir string) {
	if !slices.ContainsFunc(entryPoints, func(name string) bool {
		info, err := os.Stat(filepath.Join(dir, name))
		return err == nil && info.Mode().IsRegular()
	}) {
		return
	}
	d, err := project.Detect(dir)
	if err != nil {
		return
	}
	if d.Project.Framework == project.Flask {
		t.Module = d.Project.Module
	}
	for _, e := range d.Found {
		if e.Field != "route.static" || e.Guessed {
			continue
		}
		for _, r := range d.Project.Routes {
			if r.Name == "static" && d.Project.Framework == project.Django {
				t.StaticURL, t.StaticRoot = r.Path, r.Dir
			}
		}
	}
}

// entryPoints are the files that show that a folder holds a project.
var entryPoints = []string{"manage.py", "app.py", "wsgi.py", "main.py", "run.py", "application.py"}

// ReadConfig reads a configuration from disk; ParseConfig says what of it.
func ReadConfig(path string, rules []*Rule) (Config, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Config{}, fmt.Errorf("read the lint configuration: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxConfig {
		return Config{}, fmt.Errorf("%s is no lint configuration: a text file of at most 1 MiB is expected", path)
	}
	src, err := os.ReadFile(path)
	if err != nil {
		return Config{}, fmt.Errorf("read the lint configuration: %w", err)
	}
	return ParseConfig(path, string(src), rules)
}

// ParseConfig reads the sections [lint] and [target] of a file's text, and
// which contract [project] names. The error names the file, the line, and the
// nearest right name.
func ParseConfig(path, src string, rules []*Rule) (Config, error) {
	var c Config
	var err error
	f := diag.NewFile(path, src)
	settings, bad := project.Settings(f, "lint")
	if len(bad) > 0 && filepath.Base(path) == ConfigName {
		return c, at(diag.Location{File: f, Span: bad[0]}, "%q is neither a section, a key nor a comment", f.Text(bad[0]))
	}
	for _, s := range settings {
		if err := c.set(s, rules); err != nil {
			return c, err
		}
	}
	about, _ := project.Settings(f, "project")
	for _, s := range about {
		if s.Name == "openapi" && s.Value != "" {
			c.OpenAPI = filepath.Join(filepath.Dir(path), filepath.FromSlash(s.Value))
		}
	}
	target, _ := project.Settings(f, "target")
	for _, s := range target {
		if s.Name == "nginx" || s.Name == "uwsgi" {
			if err := CheckRelease(s.Value); s.Value != "" && err != nil {
				return c, at(s.ValueAt, "%s: %s", s.Name, err)
			}
		}
		switch s.Name {
		case "nginx":
			c.Target.Nginx = s.Value
		case "uwsgi":
			c.Target.Uwsgi = s.Value
		case "modules":
			if c.Target.Modules, err = directive.ParseModules(s.Value); err != nil {
				return c, at(s.ValueAt, "modules: %s", err)
			}
		case "init":
			c.Target.Init = s.Value
		case "render":
			if project.Container(s.Value) && c.Target.Init == "" {
				c.Target.Init = "container"
			}
		case "os":
			c.Target.OS = s.Value
		}
	}
	return c, nil
}

func at(l diag.Location, format string, args ...any) error {
	pos := l.File.Pos(l.Span.Start)
	return fmt.Errorf("%s:%d:%d: %s", l.File.Name, pos.Line, pos.Column, fmt.Sprintf(format, args...))
}

// configKeys are the keys of [lint], but for those of single rules.
var configKeys = []string{"profile", "select", "ignore", "min-severity", "fail", "reasons-required", "target-modules"}

// set takes one key.
func (c *Config) set(s project.Setting, rules []*Rule) error {
	names := func() ([]string, error) {
		list := strings.FieldsFunc(s.Value, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
		if err := CheckNames(list, rules); err != nil {
			return nil, at(s.ValueAt, "%s: %s", s.Name, err)
		}
		return list, nil
	}
	var err error
	switch s.Name {
	case "profile":
		if c.Profile, err = ParseProfile(s.Value); err != nil {
			err = at(s.ValueAt, "%s", err)
		}
	case "select":
		c.Select, err = names()
	case "ignore":
		c.Ignore, err = names()
	case "min-severity":
		if c.MinSeverity, err = diag.ParseSeverity(s.Value); err != nil {
			err = at(s.ValueAt, "%s", err)
		}
	case "fail":
		if c.Fail, err = diag.ParseSeverity(s.Value); err != nil {
			err = at(s.ValueAt, "%s", err)
		}
	case "reasons-required":
		switch s.Value {
		case "true", "yes", "on":
			c.ReasonsRequired = true
		case "false", "no", "off":
		default:
			err = at(s.ValueAt, "reasons-required: %q is neither true nor false", s.Value)
		}
	case "target-modules":
		if c.Target.Modules, err = directive.ParseModules(s.Value); err != nil {
			err = at(s.ValueAt, "%s: %s", s.Name, err)
		}
	default:
		rule, ok := strings.CutPrefix(s.Name, "severity.")
		if !ok {
			if near := nearest.Name(s.Name, configKeys); near != "" {
				return at(s.NameAt, "unknown key %q in [lint]; the nearest key is %s", s.Name, near)
			}
			return at(s.NameAt, "unknown key %q in [lint]; it knows %s and severity.RULE", s.Name, strings.Join(configKeys, ", "))
		}
		return c.setSeverity(s, rule, rules)
	}
	return err
}

func (c *Config) setSeverity(s project.Setting, rule string, rules []*Rule) error {
	if !slices.ContainsFunc(rules, func(r *Rule) bool { return r.ID == rule }) {
		if near := nearestRule(rule, rules); near != "" {
			return at(s.NameAt, "no rule is called %q; the nearest name is %s", rule, near)
		}
		return at(s.NameAt, "no rule is called %q", rule)
	}
	if c.Severity == nil {
		c.Severity = map[string]diag.Severity{}
	}
	if s.Value == "off" {
		c.Severity[rule] = 0
		return nil
	}
	severity, err := diag.ParseSeverity(s.Value)
	if err != nil {
		return at(s.ValueAt, "%s, or off", err)
	}
	c.Severity[rule] = severity
	return nil
}

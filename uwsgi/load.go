package uwsgi

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/uwsgi/option"
)

// LoadOptions say what is known of the place where uWSGI will run.
type LoadOptions struct {
	// Root is the folder that stands for / in absolute paths: a copied tree of
	// a server. Empty for this machine's own root.
	Root string
	// Dir is the folder that uWSGI is started in, an absolute path of the
	// server. uWSGI resolves relative includes against it, not against the
	// including file. Empty when it is not known: the main file's folder is
	// then taken for it.
	Dir string
	// Before holds files that uWSGI is told to read before the main one, as in
	// `uwsgi --ini BEFORE --ini MAIN`. Their options count, and they are no part
	// of Config.Files: nobody here can mend them.
	Before []*File
	// Section is the section that is asked for; empty means uwsgi.
	Section string
	// Env is uWSGI's whole environment. Nil when it is not known: $(NAME) then
	// stays as it is, and options below if-env may or may not count.
	Env map[string]string
	// Here tells that the files lie where uWSGI will read them: what is missing
	// on this machine is then missing, and %d is right.
	Here bool
	// Overlay holds texts that stand for files on disk, by path on this
	// machine or by the name a file was given: what an editor has not saved, or a fix has changed and not written.
	Overlay map[string]string
	// FS is read instead of this machine's files; / is its root.
	FS fs.FS
}

// The limits that keep hostile files from costing more than a moment.
const (
	maxOptions  = 100_000
	maxIncludes = 1_000
	maxDepth    = 32
	maxBytes    = 32 << 20 // of values made by loops and placeholders
)

// Load reads a configuration and everything it includes, and applies it as
// uWSGI would. The error tells that the main file itself could not be read;
// all other faults stand in the result.
func Load(name string, opts LoadOptions) (*Config, error) {
	l := newLoader(name, opts)
	text, ok := l.src.changed(name, absolute(name, opts))
	if !ok {
		var err error
		if text, err = l.src.read(l.name, MaxFile); err != nil {
			return nil, fmt.Errorf("cannot read the uWSGI configuration %s: %s", name, explain(err))
		}
	}
	return l.load(diag.NewFile(name, text), nil), nil
}

// LoadText is Load for a main file that is already parsed; name is where it
// lies, or would lie, on this machine: "" when it is unknown.
func LoadText(file *File, name string, opts LoadOptions) *Config {
	return newLoader(name, opts).load(file.File, file)
}

// absolute makes a path absolute, unless files are read from elsewhere.
func absolute(name string, opts LoadOptions) string {
	if opts.FS != nil {
		return path.Join("/", name)
	}
	if abs, err := filepath.Abs(name); err == nil {
		return abs
	}
	return name
}

// loader reads the files and collects the options, in the order in which
// add_exported_option (core/config.c) sees them.
type loader struct {
	opts  LoadOptions
	src   source
	cfg   *Config
	name  string // the main file, as a path of the server; "" when unknown
	dir   string // the working directory
	logic logic
	// running tells that a line of a block is being added: what it includes is
	// taken as it is, ends and all.
	running bool
	maybe   bool // the file that is being read may not be included
	// parsed holds the files that were read, by path; those with magic
	// variables also by section.
	parsed   map[string]*File
	read     map[*File]map[string]bool // the sections that were read
	stack    []string                  // the files and sections that are being read
	lastINI  string                    // what ini = :section speaks of
	main     *magicVars
	includes int
	bytes    int
	full     bool
	plugins  map[string]bool
	early    []early
	slab     []Option
	tainted  bool               // the value that is being resolved depends on one that is not
	heirs    map[string]*Option // the inherit that loaded a file, by the file's name
	names    map[string]*Option // the first option of each name
	indexed  int                // how many options names knows
	// literal marks options whose value is not searched for placeholders.
	literal map[*Option]bool
}

func newLoader(name string, opts LoadOptions) *loader {
	l := &loader{
		opts: opts,
		src:  source{root: opts.Root, tree: opts.FS, overlay: opts.Overlay},
		cfg:  &Config{Section: opts.Section},
	}
	if l.cfg.Section == "" {
		l.cfg.Section = mainSection
	}
	if opts.Root != "" {
		if abs, err := filepath.Abs(opts.Root); err == nil {
			l.src.root = abs
		}
	}
	if name != "" {
		l.name = l.src.server(absolute(name, opts))
	}
	l.dir = opts.Dir
	if l.dir == "" && l.name != "" {
		l.dir = path.Dir(l.name)
	}
	return l
}

func (l *loader) load(text *diag.File, parsed *File) *Config {
	m := &magicVars{path: l.name, given: text.Name, section: l.opts.Section, cwd: l.opts.Dir}
	l.main = m
	where := ""
	if l.name != "" {
		where = l.src.place(l.name)
	}
	if parsed == nil || parsed.magic && l.name != "" {
		parsed = parse(text, where, m)
	}
	if parsed.Path == "" {
		parsed.Path = where
	}
	l.cfg.Main = parsed
	l.addFile(parsed)
	l.cfg.Options = make([]*Option, 0, entries(parsed))
	for _, f := range l.opts.Before {
		l.section(f, f.Name, mainSection, nil)
	}
	l.lastINI = l.name
	l.section(parsed, l.name, l.cfg.Section, nil)
	l.unclosed()
	l.resolve()
	l.mendEarly()
	l.inherit()
	for _, f := range l.cfg.Files {
		l.skipped(f)
		l.strays(f)
	}
	return l.cfg
}

func (l *loader) addFile(f *File) {
	if l.read == nil {
		l.read = make(map[*File]map[string]bool, 1)
	}
	l.read[f] = nil
	l.cfg.Files = append(l.cfg.Files, f)
}

func (l *loader) problem(kind ProblemKind, f *File, at diag.Span, format string, args ...any) *Problem {
	l.cfg.Problems = append(l.cfg.Problems, Problem{Kind: kind, File: f, Span: at, Message: diag.T(format, args...)})
	return &l.cfg.Problems[len(l.cfg.Problems)-1]
}

// section reads one section of a file, all its pieces in order. from is the
// option that asks for it, nil for the main file.
func (l *loader) section(f *File, name, section string, from *Option) {
	if l.read[f] == nil {
		l.read[f] = make(map[string]bool, 1)
	}
	l.read[f][section] = true
	got := false
	l.stack = append(l.stack, name+":"+section)
	for _, s := range f.Sections {
		if s.Name != section || s.Header.Len() == 0 && f.Format == INI {
			continue
		}
		for _, e := range s.Entries {
			if l.full {
				break
			}
			got = true
			l.exported(f, e)
		}
	}
	l.stack = l.stack[:len(l.stack)-1]
	if !got && len(f.Errors) == 0 && !l.full {
		l.empty(f, section, from)
	}
}

func (l *loader) empty(f *File, section string, from *Option) {
	at := diag.Span{}
	for _, s := range f.Sections {
		if s.Name == section {
			at = s.Header
		}
	}
	file := f
	if from != nil {
		file, at = from.File, from.ValueLocation().Span
	}
	if from == nil && at.Len() > 0 {
		l.problem(MissingSection, file, at, "the section [%s] is empty: uWSGI starts with its defaults", section)
		return
	}
	l.problem(MissingSection, file, at, "%s has no section [%s]: uWSGI reads nothing from it", f.Name, section)
}

// exported is one key of a file on its way through the logic.
func (l *loader) exported(f *File, e *Entry) {
	if l.running {
		l.add(f, e, e.Key, e.Value, l.maybe)
		return
	}
	if option.IsEnd(e.Key) {
		l.logic = logic{}
	}
	if l.logic.open != nil {
		l.repeat(f, e)
		return
	}
	l.add(f, e, e.Key, e.Value, l.maybe)
}

// add appends an option and, where it is one that acts while files are read,
// does what it says.
func (l *loader) add(f *File, e *Entry, key, value string, maybe bool) *Option {
	if len(l.cfg.Options) >= maxOptions || l.bytes > maxBytes {
		if !l.full {
			l.full = true
			l.problem(TooLarge, f, e.KeySpan(), "the configuration comes to more than %d options or %d MiB: the rest is not read here", maxOptions, maxBytes>>20)
		}
		return nil
	}
	if len(l.slab) == cap(l.slab) {
		l.slab = make([]Option, 0, min(max(entries(f), 8, 2*cap(l.slab)), 1024))
	}
	l.slab = append(l.slab, Option{Entry: e, File: f, Info: info(key), Key: key, Value: value, Unresolved: e.unknown || e.Local && !l.opts.Here && l.opts.Root == "", Maybe: maybe})
	o := &l.slab[len(l.slab)-1]
	l.cfg.Options = append(l.cfg.Options, o)
	if o.Info != nil && o.Info.Immediate {
		l.immediate(o)
	}
	return o
}

// entries counts the lines of a file that hold a key.
func entries(f *File) int {
	n := 0
	for _, s := range f.Sections {
		n += len(s.Entries)
	}
	return n
}

// info returns the row of the table for a name; of several the one that a
// Python deployment means.
func info(name string) *option.Option {
	rows := option.Lookup(name)
	for i := range rows {
		if rows[i].Plugin == "core" || rows[i].Plugin == "python" {
			return &rows[i]
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return &rows[0]
}

// immediate applies an option that uWSGI obeys as soon as it reads it.
func (l *loader) immediate(o *Option) {
	switch o.Info.Handler {
	case "uwsgi_opt_set_placeholder":
		l.placeholder(o)
		return
	case "uwsgi_opt_load_plugin":
		if l.plugins == nil {
			l.plugins = make(map[string]bool)
		}
		for _, name := range strings.Split(o.Value, ",") {
			l.plugins[strings.TrimSpace(name)] = true
		}
		return
	}
	if ref := reference(o.Value); ref != "" && o.Key != "print" && o.Key != "iprint" {
		l.early = append(l.early, early{o, len(l.cfg.Problems)})
		l.problem(ImmediatePlaceholder, o.File, o.ValueLocation().Span,
			"uWSGI obeys %s while it reads the file, before placeholders are replaced: it takes %s literally", o.Key, ref)
		o.Unresolved = true
		if strings.HasPrefix(o.Info.Handler, "uwsgi_opt_load") {
			l.cfg.Problems[len(l.cfg.Problems)-1].Refused = true
			return
		}
	}
	switch {
	case o.Info.Kind == option.Logic:
		l.begin(o)
	case strings.HasPrefix(o.Info.Handler, "uwsgi_opt_load"):
		l.include(o)
	}
}

// early is an option that was obeyed before its placeholders were replaced,
// and the number of the problem that tells so.
type early struct {
	option  *Option
	problem int
}

// mendEarly proposes the value that the placeholders would have led to.
func (l *loader) mendEarly() {
	for _, e := range l.early {
		o := e.option
		if o.File.Format != INI || o.Info.Kind == option.Logic || o.File.Text(o.Entry.ValueSpan()) != o.Value {
			continue
		}
		l.tainted = false
		copied := Option{Value: o.Value}
		if l.pass(&copied, '%', l.substitute) && !l.tainted && reference(copied.Value) == "" {
			l.cfg.Problems[e.problem].Fix = []diag.Edit{{File: o.File.File, Span: o.Entry.ValueSpan(), New: copied.Value}}
		}
	}
}

// placeholder adds what set, set-ph and set-placeholder set
// (core/uwsgi.c, uwsgi_opt_set_placeholder).
func (l *loader) placeholder(o *Option) {
	key, value, ok := strings.Cut(o.Value, "=")
	if !ok {
		return
	}
	set := l.add(o.File, o.Entry, key, value, o.Maybe)
	if set != nil && o.Info.Name != "set" {
		if l.literal == nil {
			l.literal = make(map[*Option]bool)
		}
		l.literal[set] = true
	}
}

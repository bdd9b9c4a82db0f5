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
			l.problem(TooLarge, f, e.KeySpan, "the configuration comes to more than %d options or %d MiB: the rest is not read here", maxOptions, maxBytes>>20)
		}
		return nil
	}
	if len(l.slab) == cap(l.slab) {
		l.slab = make([]Option, 0, min(max(32, 2*cap(l.slab)), 1024))
	}
	l.slab = append(l.slab, Option{Entry: e, File: f, Info: info(key), Key: key, Value: value, Unresolved: e.unknown || e.Local && !l.opts.Here && l.opts.Root == "", Maybe: maybe})
	o := &l.slab[len(l.slab)-1]
	l.cfg.Options = append(l.cfg.Options, o)
	if o.Info != nil && o.Info.Immediate {
		l.immediate(o)
	}
	return o
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
		if o.File.Format != INI || o.Info.Kind == option.Logic || o.File.Text(o.Entry.ValueSpan) != o.Value {
			continue
		}
		l.tainted = false
		copied := Option{Value: o.Value}
		if l.pass(&copied, '%', l.substitute) && !l.tainted && reference(copied.Value) == "" {
			l.cfg.Problems[e.problem].Fix = []diag.Edit{{File: o.File.File, Span: o.Entry.ValueSpan, New: copied.Value}}
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

// include reads the file that an option names.
func (l *loader) include(o *Option) {
	if l.full || o.Unresolved {
		return
	}
	target, section := o.Value, mainSection
	takesSection := o.Info.Handler != "uwsgi_opt_load"
	if takesSection || strings.HasSuffix(target, ".ini") {
		if colon := strings.LastIndexByte(target, ':'); colon >= 0 && !strings.Contains(target[colon:], "/") {
			if colon+1 < len(target) {
				section = target[colon+1:]
			}
			target = target[:colon]
		}
	}
	if target == "" && takesSection {
		target = l.lastINI
	}
	at := o.ValueLocation().Span
	switch {
	case target == "" && l.name == "":
		l.problem(Unsupported, o.File, at, "the file that %s speaks of is not known here", o.Key)
		return
	case strings.Contains(target, "://") || target == "-":
		l.problem(Unsupported, o.File, at, "%s is not read: only files are", target)
		return
	case o.Info.Handler == "uwsgi_opt_load_config":
		l.problem(MissingInclude, o.File, at, "uWSGI does not load %s: %s takes only what a plugin has registered for it, ini and include take files", target, o.Key)
		return
	case !takesSection && !hasKnownSuffix(target):
		l.problem(MissingInclude, o.File, at, "uWSGI does not load %s: %s goes by the suffix of the name (.ini, .xml, .yaml, .yml, .json or .js)", target, o.Key)
		return
	}
	name := target
	if !path.IsAbs(name) {
		name = path.Join(l.dir, name)
	}
	name = path.Clean(name)
	for _, open := range l.stack {
		if open == name+":"+section {
			l.problem(IncludeCycle, o.File, at, "%s includes itself: uWSGI has no guard against that, and crashes", target)
			return
		}
	}
	if o.Info.Name == "inherit" && l.inherits(o, name) {
		l.problem(IncludeCycle, o.File, at, "%s inherits from itself: uWSGI reads it again and again", target)
		return
	}
	if l.includes++; l.includes > maxIncludes || len(l.stack) >= maxDepth {
		if l.includes > maxIncludes {
			l.full = true
		}
		l.problem(TooLarge, o.File, at, "includes go deeper than %d files, or there are more than %d: the rest is not read here", maxDepth, maxIncludes)
		return
	}
	f := l.open(o, target, name, section)
	if f == nil {
		return
	}
	if f.Format == INI {
		l.lastINI = name
	}
	maybe := l.maybe
	l.maybe = maybe || o.Maybe
	l.section(f, name, section, o)
	l.maybe = maybe
}

func hasKnownSuffix(name string) bool {
	return FormatOf(name) != INI || strings.HasSuffix(name, ".ini")
}

// open reads and parses an included file once.
func (l *loader) open(o *Option, target, name, section string) *File {
	if name == l.name && !l.cfg.Main.magic {
		return l.cfg.Main
	}
	if f := l.parsed[name]; f != nil && !f.magic {
		return f
	}
	if f := l.parsed[name+":"+section]; f != nil {
		return f
	}
	where := l.src.place(name)
	shown := l.shown(where)
	text, ok := l.src.changed(shown, where)
	if !ok {
		var err error
		if text, err = l.src.read(name, MaxFile); err != nil {
			hint := ""
			if l.opts.Dir == "" && !path.IsAbs(target) {
				hint = "; uWSGI resolves it against the folder it is started in"
			}
			l.problem(MissingInclude, o.File, o.ValueLocation().Span, "cannot include %s: %s%s", target, explain(err), hint)
			return nil
		}
	}
	given := ""
	if section != mainSection {
		given = section
	}
	f := parse(diag.NewFile(shown, text), where, &magicVars{path: name, given: target, section: given, cwd: l.opts.Dir, main: l.main})
	if name == l.name {
		return f // the main file again, with another %x
	}
	if l.parsed == nil {
		l.parsed = make(map[string]*File)
	}
	if f.magic {
		l.parsed[name+":"+section] = f
	} else {
		l.parsed[name] = f
	}
	l.addFile(f)
	return f
}

// shown returns the name of an included file as the user would write it: next
// to the main file's when that is a relative path.
func (l *loader) shown(where string) string {
	main := l.cfg.Main
	if l.opts.FS != nil || main.Path == "" || filepath.IsAbs(main.Name) {
		return where
	}
	rel, err := filepath.Rel(filepath.Dir(main.Path), where)
	if err != nil {
		return where
	}
	return filepath.Join(filepath.Dir(main.Name), rel)
}

// inherit loads what inherit names: after all else, so that it overrides, and
// after placeholders were replaced, so that its own stay as they are.
func (l *loader) inherit() {
	for i := 0; i < len(l.cfg.Options) && !l.full; i++ {
		o := l.cfg.Options[i]
		if o.Info != nil && o.Info.Name == "inherit" {
			l.include(o)
		}
	}
	l.unclosed()
}

// inherits tells whether an inherit option stands in the file that it names,
// or in one that the file inherits from.
func (l *loader) inherits(o *Option, name string) bool {
	if l.heirs == nil {
		l.heirs = make(map[string]*Option)
	}
	where := l.src.place(name)
	for at, n := o, 0; at != nil && n < maxIncludes; n++ {
		if at.File.Path == where {
			return true
		}
		at = l.heirs[at.File.Path]
	}
	l.heirs[where] = o
	return false
}

// skipped reports options that stand in a section that nothing reads, and
// sections that are split.
func (l *loader) skipped(f *File) {
	seen := make(map[string]*Section, 1)
	for _, s := range f.Sections {
		if s.Header.Len() == 0 || strings.EqualFold(strings.Trim(s.Name, "[] \t"), mainSection) && s.Name != mainSection {
			continue
		}
		if l.read[f][s.Name] {
			if first := seen[s.Name]; first != nil && len(s.Entries) > 0 {
				l.problem(IgnoredSection, f, s.Header, "[%s] stands here a second time: uWSGI reads both parts as one section", s.Name)
			}
			seen[s.Name] = s
			continue
		}
		if meansUWSGI(s) {
			l.problem(IgnoredSection, f, s.Header, "nothing reads the section [%s]: uWSGI reads [%s] alone", s.Name, l.cfg.Section)
		}
	}
}

// meansUWSGI tells whether a section holds nothing but options of uWSGI, and
// not another program's settings, which may share the file.
func meansUWSGI(s *Section) bool {
	for _, e := range s.Entries {
		if len(option.Lookup(e.Key)) == 0 {
			return false
		}
	}
	return len(s.Entries) > 0
}

// strays reports the % that delete what follows them.
func (l *loader) strays(f *File) {
	for _, s := range f.strays[:min(len(f.strays), maxFaults)] {
		at := diag.Span{Start: s.at, End: min(s.at+2, len(f.Src))}
		var p *Problem
		switch {
		case s.final, s.char == '}', s.at > 0 && f.Src[s.at-1] == '{':
			continue // the file's end, or a template's {% ... %}
		case s.char == '\n':
			at.End = at.Start + 1
			p = l.problem(StrayPercent, f, at, "the % at the end of the line deletes the line's end: the next line becomes part of this one")
		case s.char == '\r':
			at.End = at.Start + 1
			p = l.problem(StrayPercent, f, at, "uWSGI deletes the % at the end of the line")
		default:
			p = l.problem(StrayPercent, f, at, "uWSGI deletes %q: %% and the character after it stand for one of its own variables, and there is none of that name", f.Src[at.Start:at.End])
		}
		p.Fix = []diag.Edit{{File: f.File, Span: diag.Span{Start: s.at, End: s.at + 1}, New: "%%"}}
	}
}

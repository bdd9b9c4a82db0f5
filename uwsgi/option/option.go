package option

// Kind is how uWSGI reads an option's value.
type Kind uint8

// The kinds of values. Unknown stands for handlers of their own.
const (
	Unknown   Kind = iota
	Bool           // false, off, no and 0 are false; everything else is true
	Int            // atoi: the leading digits; below 0 is fatal
	RawInt         // atoi, negative values allowed
	Uint64         // strtoul: the leading digits
	Uint16         // strtoul, clamped to 65535
	Megabytes      // strtoul, in MiB
	String
	Mode     // chmod-socket: 1, or three octal digits
	User     // uid
	Group    // gid
	KeyValue // KEY=VALUE
	Path
	Enum
	Logic // if-*, for-*, end
	None  // takes nothing
	Octal // umask
)

// Repeat is what setting an option again does.
type Repeat uint8

// The meanings of repetition.
const (
	UnknownRepeat Repeat = iota
	LastWins
	Accumulates
	BitsAccumulate // chmod-socket: (old<<9)|new
	FirstKindWins  // uid and gid: number and name mixed
	BlockRepeat    // logic
	NoEffect
)

// Option is one row of the table.
type Option struct {
	Name    string
	Short   string // the one-letter form, or ""
	Arg     string // none, required or optional
	Kind    Kind
	Repeat  Repeat
	Handler string // uWSGI's own handler function
	// Setting names what the option sets: options of equal Setting are aliases.
	Setting   string
	Immediate bool // read before placeholders are
	// Master tells that the option switches the master process on.
	Master  bool
	Plugin  string // core, python, http, ...
	Default bool   // compiled into a default build
	// Since and Until are the first and the last release that know it; an
	// empty Since means 2.0.10 or older, an empty Until the newest.
	Since, Until string
}

package directive

// Context is a set of places in which a directive may stand.
type Context uint32

// The contexts, as nginx's own command flags divide them.
const (
	Main Context = 1 << iota
	Events
	HTTP
	Server
	Location
	IfInServer
	IfInLocation
	LimitExcept
	Upstream
	Stream
	StreamServer
	StreamUpstream
	Mail
	MailServer
	// Entries is the body of map, geo, types, split_clients and their like,
	// where every line is data and no directive.
	Entries
	// Any is the flag of directives that may stand everywhere (include).
	Any
)

// Args is the number of arguments that a directive takes: bit n for n
// arguments, up to 7.
type Args uint16

// The argument forms that are no plain numbers.
const (
	Flag     Args = 1 << (iota + 8) // one argument: on or off
	OneMore                         // one or more
	TwoMore                         // two or more
	AnyCount                        // any number
)

// Row is what one module says of a directive in some contexts. A name that
// several modules or contexts define has several rows.
type Row struct {
	Name     string
	Module   string
	Contexts Context
	Args     Args
	Block    bool
	// Value is the kind of value: flag, size, offset, msec, sec, number, enum,
	// bitmask, string, string-list, keyval-list, path, buffers, access,
	// predicate-list, complex, custom.
	Value string
	// Words lists the words of an enum or bitmask.
	Words []string
	// Repeatable tells that nginx lets the directive stand several times in one
	// block; false means that it answers "is duplicate" to the second.
	Repeatable bool
	// Since and Until are the first and the last release that know the row;
	// an empty Since means 1.9.0 or older, an empty Until the newest.
	Since, Until string
}

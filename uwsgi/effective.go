package uwsgi

import (
	"math"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/uwsgi/option"
)

// Get returns the option that decides a setting, whatever alias it is written
// as: the last one for most, the first one of those that add up, and for uid
// and gid the one that uWSGI's odd rule lets win. It is nil when nothing sets
// it. Options that may not count (Maybe) are taken as if they did.
func (c *Config) Get(name string) *Option {
	all := c.All(name)
	if len(all) == 0 {
		return nil
	}
	repeat := option.LastWins
	if o := all[0]; o.Info != nil {
		repeat = o.Info.Repeat
	} else {
		return all[0] // a placeholder: %(name) is the first
	}
	switch repeat {
	case option.Accumulates, option.BlockRepeat:
		return all[0]
	case option.FirstKindWins:
		return identity(all)
	}
	return all[len(all)-1]
}

// identity returns the uid or gid that wins. A number is taken as it comes; a
// name only counts while there is no number, and then beats all numbers
// (core/uwsgi.c, uwsgi_opt_set_uid).
func identity(all []*Option) *Option {
	var number, name *Option
	id := 0
	for _, o := range all {
		if isNumber(o.Value) {
			id, _ = atoi(o.Value)
			number = o
		}
		if id == 0 {
			name = o
		}
	}
	if name != nil {
		return name
	}
	return number
}

// All returns every occurrence of a setting, aliases included, in the order in
// which uWSGI applies them. The result must not be changed.
func (c *Config) All(name string) []*Option {
	rows := option.Lookup(name)
	if len(c.Options) > indexedFrom {
		return c.indexed(name, rows)
	}
	var found []*Option
	for _, o := range c.Options {
		if o.Key == name || o.Info != nil && sets(rows, o.Info.Setting) {
			found = append(found, o)
		}
	}
	return found
}

// indexedFrom is the number of options above which looking through all of them
// for each question costs more than an index.
const indexedFrom = 256

// indexed is All by way of an index, which is made when it is first needed.
func (c *Config) indexed(name string, rows []option.Option) []*Option {
	c.once.Do(func() {
		c.index = make(map[string][]*Option)
		for _, o := range c.Options {
			key := o.Key
			if o.Info != nil {
				key = o.Info.Setting
			}
			c.index[key] = append(c.index[key], o)
		}
	})
	if len(rows) == 0 {
		return c.index[name]
	}
	found := c.index[rows[0].Setting]
	if len(rows) > 1 {
		found = slices.Clone(found)
		for i := range rows[1:] {
			if rows[i+1].Setting != rows[0].Setting {
				found = append(found, c.index[rows[i+1].Setting]...)
			}
		}
	}
	return slices.Clip(found)
}

func sets(rows []option.Option, setting string) bool {
	for i := range rows {
		if rows[i].Setting == setting {
			return true
		}
	}
	return false
}

// Bool tells whether a flag is on. For master it counts that other options
// switch the master process on.
func (c *Config) Bool(name string) bool {
	if o := c.Get(name); o != nil {
		return IsTrue(o.Value)
	}
	if name == "master" {
		return c.impliedBy() != nil
	}
	return false
}

// impliedBy returns the first option that switches the master process on.
func (c *Config) impliedBy() *Option {
	for _, o := range c.Options {
		if o.Info != nil && o.Info.Master {
			return o
		}
	}
	return nil
}

// IsTrue tells how uWSGI reads a flag's value: false, off, no and 0 are false,
// whatever else there is, nothing included, is true (core/uwsgi.c,
// uwsgi_opt_true).
func IsTrue(value string) bool {
	return !strings.EqualFold(value, "false") && !strings.EqualFold(value, "off") &&
		!strings.EqualFold(value, "no") && value != "0"
}

// Int returns the number that uWSGI takes a setting's value for: its leading
// digits, 0 when there are none, at most 65535 for the options that are 16 bits
// wide. The unit is the option's own (MiB for limit-as). It returns false when
// nothing sets it or its value is not known here.
func (c *Config) Int(name string) (int, bool) {
	o := c.Get(name)
	if o == nil || o.Unresolved {
		return 0, false
	}
	n, _ := atoi(o.Value)
	if o.Info != nil && o.Info.Kind == option.Uint16 {
		n = min(n, math.MaxUint16)
	}
	return n, true
}

// Mode returns the permissions that chmod-socket leads to, as chmod(2) takes
// them. Repeating the option adds up: each one shifts what stands by nine bits
// (core/uwsgi.c, uwsgi_opt_chmod_socket), so that a second 664 makes 4664. It
// returns false when nothing sets it, or a value is no mode.
func (c *Config) Mode() (mode uint32, ok bool) {
	for _, o := range c.All("chmod-socket") {
		bits, valid := ParseMode(o.Value)
		if !valid || o.Unresolved {
			return 0, false
		}
		if o.Value != "1" {
			mode = mode<<9 | bits
		}
		ok = true
	}
	if mode == 0 && ok {
		mode = 0o666
	}
	return mode & 0o7777, ok
}

// ParseMode reads a value of chmod-socket: three octal digits, or 1, which
// stands for 666 unless another chmod-socket says more. uWSGI refuses
// everything else.
func ParseMode(value string) (uint32, bool) {
	if value == "1" {
		return 0o666, true
	}
	if len(value) != 3 {
		return 0, false
	}
	var mode uint32
	for _, c := range []byte(value) {
		if c < '0' || c > '7' {
			return 0, false
		}
		mode = mode<<3 | uint32(c-'0')
	}
	return mode, true
}

// Number reads a value as C's atoi does: blanks, a sign, digits. It returns
// the number, and what it leaves unread.
func Number(value string) (n int, rest string) { return atoi(value) }

func atoi(s string) (int, string) {
	s = strings.TrimLeft(s, " \t\r\n\v\f")
	negative := false
	if s != "" && (s[0] == '-' || s[0] == '+') {
		negative = s[0] == '-'
		s = s[1:]
	}
	n, i := 0, 0
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		if n < math.MaxInt32 {
			n = n*10 + int(s[i]-'0')
		}
	}
	if negative {
		n = -n
	}
	return n, s[i:]
}

// strtoll is C's, which stops at the ends of the range.
func strtoll(s string) int64 {
	s = strings.TrimLeft(s, " \t\r\n\v\f")
	negative := strings.HasPrefix(s, "-")
	s = strings.TrimLeft(s[:min(1, len(s))], "+-") + s[min(1, len(s)):]
	var n int64
	for i := 0; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		d := int64(s[i] - '0')
		if n > (math.MaxInt64-d)/10 {
			if negative {
				return math.MinInt64
			}
			return math.MaxInt64
		}
		n = n*10 + d
	}
	if negative {
		return -n
	}
	return n
}

// isNumber tells whether a text is digits alone.
func isNumber(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

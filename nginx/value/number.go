package value

import (
	"math"
	"strings"
)

// Number reads digits, as ngx_atoi does; it is false for everything else and
// for numbers above 2^63-1.
func Number(s string) (int64, bool) {
	if s == "" {
		return 0, false
	}
	var n int64
	for i := range len(s) {
		c := s[i]
		if c < '0' || c > '9' || n > (math.MaxInt64-int64(c-'0'))/10 {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// Size reads a size in bytes: a number with k or m behind it (ngx_parse_size).
func Size(s string) (int64, bool) { return scaled(s, "kKmM") }

// Offset reads a size that may have g behind it (ngx_parse_offset).
func Offset(s string) (int64, bool) { return scaled(s, "kKmMgG") }

func scaled(s, units string) (int64, bool) {
	scale := int64(1)
	if s != "" && strings.IndexByte(units, s[len(s)-1]) >= 0 {
		switch s[len(s)-1] | 0x20 {
		case 'k':
			scale = 1 << 10
		case 'm':
			scale = 1 << 20
		case 'g':
			scale = 1 << 30
		}
		s = s[:len(s)-1]
	}
	n, ok := Number(s)
	if !ok || n > math.MaxInt64/scale {
		return 0, false
	}
	return n * scale, true
}

// timeUnits are the units of a time in their order, each of which may stand
// once; lengths are in milliseconds.
var timeUnits = []struct {
	name   string
	length int64
}{
	{"y", 365 * 24 * 3600 * 1000}, {"M", 30 * 24 * 3600 * 1000}, {"w", 7 * 24 * 3600 * 1000}, {"d", 24 * 3600 * 1000},
	{"h", 3600 * 1000}, {"m", 60 * 1000}, {"s", 1000}, {"ms", 1},
}

// Seconds reads a time in seconds, such as 1h30m; years are allowed and
// milliseconds are not (ngx_parse_time).
func Seconds(s string) (int64, bool) {
	ms, ok := parseTime(s, true)
	return ms / 1000, ok
}

// Milliseconds reads a time; milliseconds are allowed and years are not.
func Milliseconds(s string) (int64, bool) { return parseTime(s, false) }

// parseTime returns milliseconds.
func parseTime(s string, seconds bool) (int64, bool) {
	step, last := 0, len(timeUnits)-1
	if seconds {
		last--
	} else {
		step = 1
	}
	total, valid := int64(0), false
	for i := 0; i < len(s); {
		from := i
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		n := int64(0)
		if i > from {
			var ok bool
			if n, ok = Number(s[from:i]); !ok {
				return 0, false
			}
			valid = true
		}
		unit := int64(1000)
		if i < len(s) {
			at := unitAt(s[i:], step, last)
			if at < 0 {
				return 0, false
			}
			step, unit = at+1, 1000
			if at < len(timeUnits) {
				unit = timeUnits[at].length
				i += len(timeUnits[at].name)
			}
			for i < len(s) && s[i] == ' ' {
				i++
			}
		}
		if n > (math.MaxInt64-total)/unit {
			return 0, false
		}
		total += n * unit
	}
	return total, valid
}

// unitAt returns the number of the unit that s starts with, if it may still
// follow; a space ends the time, as seconds. It is negative for anything else.
func unitAt(s string, step, last int) int {
	if s[0] == ' ' && step <= 6 {
		return len(timeUnits)
	}
	for i := len(timeUnits) - 1; i >= step; i-- { // ms before m
		if strings.HasPrefix(s, timeUnits[i].name) {
			if i > last {
				return -1
			}
			return i
		}
	}
	return -1
}

// percent reads a percentage with up to two decimals, such as 0.5%, and returns
// hundredths of a percent (ngx_atofp).
func percent(s string) (int64, bool) {
	s, ok := strings.CutSuffix(s, "%")
	if !ok {
		return 0, false
	}
	whole, part, _ := strings.Cut(s, ".")
	if len(part) > 2 || whole+part == "" {
		return 0, false
	}
	return Number(whole + part + strings.Repeat("0", 2-len(part)))
}

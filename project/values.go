package project

import (
	"strconv"
	"strings"
	"time"

	"github.com/deployctl/deployctl/diag"
)

// durationUnits are the units of durations, longest first.
var durationUnits = []struct {
	suffix string
	unit   time.Duration
}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}}

// parseDuration reads 60s, 5m, 1h, 365d, or a plain number of seconds.
func parseDuration(s string) (time.Duration, error) {
	digits, unit := s, time.Second
	for _, u := range durationUnits {
		if rest, ok := strings.CutSuffix(s, u.suffix); ok {
			digits, unit = rest, u.unit
			break
		}
	}
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil || n < 0 {
		return 0, diag.T("%q is no time: write 60s, 5m, 1h or 365d", s)
	}
	return time.Duration(n) * unit, nil
}

func formatDuration(d time.Duration) string {
	for _, u := range durationUnits {
		if d >= u.unit && d%u.unit == 0 {
			return strconv.FormatInt(int64(d/u.unit), 10) + u.suffix
		}
	}
	return strconv.FormatInt(int64(d/time.Second), 10) + "s"
}

// parseSize reads 10m, 8k, or a plain number of bytes.
func parseSize(s string) (int64, error) {
	digits, unit := s, int64(1)
	switch {
	case s == "":
	case strings.ContainsRune("kK", rune(s[len(s)-1])):
		digits, unit = s[:len(s)-1], 1<<10
	case strings.ContainsRune("mM", rune(s[len(s)-1])):
		digits, unit = s[:len(s)-1], 1<<20
	case strings.ContainsRune("gG", rune(s[len(s)-1])):
		digits, unit = s[:len(s)-1], 1<<30
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || n > 1<<40/unit {
		return 0, diag.T("%q is no size: write bytes, 8k, 10m or 1g", s)
	}
	return n * unit, nil
}

func formatSize(n int64) string {
	for _, u := range []struct {
		suffix string
		unit   int64
	}{{"g", 1 << 30}, {"m", 1 << 20}, {"k", 1 << 10}} {
		if n >= u.unit && n%u.unit == 0 {
			return strconv.FormatInt(n/u.unit, 10) + u.suffix
		}
	}
	return strconv.FormatInt(n, 10)
}

// parseBool reads true and false, yes and no, on and off.
func parseBool(s string) (bool, error) {
	switch strings.ToLower(s) {
	case "true", "yes", "on", "1":
		return true, nil
	case "false", "no", "off", "0":
		return false, nil
	}
	return false, diag.T("%q is neither true nor false", s)
}

// fields splits a list at white space and commas.
func fields(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' || r == '\r' })
}

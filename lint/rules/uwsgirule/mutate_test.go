package uwsgirule_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// The values and lines that a mutation puts into a configuration. None of them
// runs a command or goes to the background.
var (
	values = []string{
		"", "0", "1", "-1", "two", "4k", "30s", "true", "false", "yes", "'1'", "\"x\"", "1 ; one", "x # y", "660", "0660", "664", "rw", "/nonexistent/x", "app.py", "%n", "%(base)", "%(nope)", "$(STAGE)",
		"$(NOPE)", "%", "50%", "%z", "a=b", "=", "99999", "70000", ":", "python3", "http", "none", "%(processes)", "@(app.py)", "@(nonexistent)", "1,2",
	}
	inserted = []string{
		"[uwsgi]", "[other]", "[uwsgi", "[uwsgi] ; main", "[]", "endif =", "endfor", "if-env = STAGE", "if-env = NOPE", "if-opt = master", "for = a b", "for-times = 2", "if-exists = /nonexistent", "else =",
		"ini = common.ini", "ini = nonexistent.ini", "include = common.ini", "ini = :other", "ini = :nonexistent", "inherit = common.ini", "strict = true", "strict = false", "strict", "set = a=b", "set-ph = nothing", "set-ph = a=b",
		"set-ph = processes=2", "set = nothing", "plugin = http", "plugin = nonexistent", "need-plugin = nonexistent", "need-plugin = http", "plugins = python3,http", "processes = -1", "workers = x", "chmod-socket = 0660", "chmod-socket", "chmod-socket = 666",
		"buffer_size = 8192", "proceses = 4", "max-requests-delta = 5", "dynamic-apps = true", "http-timeout = 5", "harakiri = -5", "listen = %(x)", "umask = x", "umask = 077", "no line at all", "= value", "key: value",
		"; a comment 100%", "# a comment", "env = A", "env = A=%", "declare-option = mine=env=X=$1", "mine = 1", "uid = nobody", "gid = nogroup", "uid =", "static-map = /x", "static-map = /x=/y", "mount = /x", "mount = /x=app.py", "cron = 1 2", "cron = 0 0 0 0 0 true",
		"logfile-chmod = x", "reload-on-rss = x", "route = ^/( last:", "route = ^/x last:", "static-expires = ( 5", "cache2 = name=x,items=10", "https-socket = x.sock", "suwsgi-socket = y.sock", "limit-as = 4096", "cap = nonsense", "spooler = /nonexistent", "mule", "mules = 2", "farm = x:1",
		"response-route = x", "async = 2", "ugreen = true", "touch-reload = /nonexistent", "resolve = a", "signal = x", "blacklist = processes", "whitelist = ini",
	}
)

// mutate changes one of the configurations in one place. It also says what it did.
func mutate(rng *rand.Rand, bases []string) (how, src string) {
	lines := strings.SplitAfter(bases[rng.IntN(len(bases))], "\n")
	lines = lines[:len(lines)-1]
	i := rng.IntN(len(lines))
	was := strings.TrimSpace(lines[i])
	switch rng.IntN(12) {
	case 0:
		how, lines = "drop", slices.Delete(lines, i, i+1)
	case 1:
		how, lines = "double", slices.Insert(lines, i, lines[i])
	case 2:
		j := rng.IntN(len(lines))
		how = "swap with " + strings.TrimSpace(lines[j])
		lines[i], lines[j] = lines[j], lines[i]
	case 3, 4:
		how, lines[i] = letter(rng, lines[i])
	case 5, 6:
		key, _, ok := strings.Cut(lines[i], "=")
		value := values[rng.IntN(len(values))]
		how = "write the value " + value
		if ok {
			lines[i] = key + "= " + value + "\n"
		}
	case 7:
		how, lines[i] = "cut the value off", strings.TrimRight(strings.SplitN(lines[i], "=", 2)[0], " \n")+"\n"
	case 8:
		marks := []string{"%", "%(", "$(", "@(", ")", "\"", "'", ";", "#", "=", "[", "]", "\\", "\t"}
		mark, at := marks[rng.IntN(len(marks))], rng.IntN(len(lines[i]))
		how, lines[i] = fmt.Sprintf("insert %q at byte %d", mark, at), lines[i][:at]+mark+lines[i][at:]
	case 9:
		other := strings.SplitAfter(bases[rng.IntN(len(bases))], "\n")
		line := other[rng.IntN(len(other)-1)]
		how, lines = "insert "+strings.TrimSpace(line)+" before", slices.Insert(lines, i, line)
	default:
		line := inserted[rng.IntN(len(inserted))]
		how, lines = "insert "+line+" before", slices.Insert(lines, i, line+"\n")
	}
	return how + ": " + was, strings.Join(lines, "")
}

// letter changes, drops or adds one character.
func letter(rng *rand.Rand, line string) (how, mutant string) {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789_-./: "
	i := rng.IntN(len(line))
	c := string(letters[rng.IntN(len(letters))])
	switch rng.IntN(3) {
	case 0:
		return fmt.Sprintf("write %q for byte %d", c, i), line[:i] + c + line[i+1:]
	case 1:
		return fmt.Sprintf("drop byte %d", i), line[:i] + line[i+1:]
	}
	return fmt.Sprintf("insert %q at byte %d", c, i), line[:i] + c + line[i:]
}

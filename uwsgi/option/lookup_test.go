package option_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/uwsgi/option"
)

func TestLookup(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name      string
		kind      option.Kind
		repeat    option.Repeat
		plugin    string
		immediate bool
		master    bool
	}{
		{"processes", option.Int, option.LastWins, "core", false, false},
		{"buffer-size", option.Uint16, option.LastWins, "core", false, false},
		{"limit-as", option.Megabytes, option.LastWins, "core", false, false},
		{"listen", option.Int, option.LastWins, "core", true, false},
		{"chmod-socket", option.Mode, option.BitsAccumulate, "core", false, false},
		{"uid", option.User, option.FirstKindWins, "core", false, false},
		{"socket", option.String, option.Accumulates, "core", false, false},
		{"master", option.Bool, option.LastWins, "core", false, false},
		{"disable-logging", option.Bool, option.LastWins, "core", false, false},
		{"stats", option.String, option.LastWins, "core", false, true},
		{"if-env", option.Logic, option.BlockRepeat, "core", true, false},
		{"env", option.KeyValue, option.Accumulates, "core", false, false},
		{"module", option.String, option.LastWins, "python", false, false},
		{"wsgi-file", option.Path, option.LastWins, "python", false, false},
		{"umask", option.Octal, option.LastWins, "core", true, false},
		{"http", option.Unknown, option.UnknownRepeat, "http", false, false},
	} {
		rows := option.Lookup(tc.name)
		if len(rows) != 1 {
			t.Errorf("Lookup(%q): %d rows, want 1", tc.name, len(rows))
			continue
		}
		r := rows[0]
		if r.Name != tc.name || r.Kind != tc.kind || r.Repeat != tc.repeat || r.Plugin != tc.plugin || r.Immediate != tc.immediate || r.Master != tc.master {
			t.Errorf("Lookup(%q) = %+v", tc.name, r)
		}
	}
	for _, unknown := range []string{"", "chmod_socket", "modul", "Master", "zzz"} {
		if rows := option.Lookup(unknown); len(rows) != 0 {
			t.Errorf("Lookup(%q) = %+v, want none", unknown, rows)
		}
	}
}

func TestAliases(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		want []string
	}{
		{"processes", []string{"workers"}},
		{"home", []string{"pyhome", "venv", "virtualenv"}},
		{"socket", []string{"uwsgi-socket"}},
		{"chmod", []string{"chmod-socket"}},
		{"plugin", []string{"plugins"}},
		{"module", []string{"wsgi"}},
		{"pythonpath", []string{"pp", "python-path"}},
		{"stats", []string{"stats-server"}},
		{"logformat", []string{"log-format"}},
		{"uid", nil},
		{"http-socket", nil},
		{"attach-daemon", nil},
		{"route", nil},
		{"set", nil},
		{"no-such-option", nil},
	} {
		if diff := cmp.Diff(tc.want, option.Aliases(tc.name)); diff != "" {
			t.Errorf("Aliases(%q): %s", tc.name, diff)
		}
		for _, other := range tc.want {
			if !option.Same(tc.name, other) {
				t.Errorf("Same(%q, %q) = false", tc.name, other)
			}
		}
	}
	if option.Same("socket", "http-socket") || option.Same("uid", "gid") || option.Same("x", "y") {
		t.Error("options that differ are taken for the same")
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"processes":                "processes",
		"chmod_socket":             "chmod-socket",
		"buffer_size":              "buffer-size",
		"enable_threads":           "enable-threads",
		"Master":                   "master",
		"proceses":                 "processes",
		"modul":                    "module",
		"disable-write-exceptions": "disable-write-exception",
		"logfile":                  "logto",
		"user":                     "uid",
		"harakri":                  "harakiri",
		"virutalenv":               "virtualenv",
		"vaccum":                   "vacuum",
		"max_requests":             "max-requests",
		"wsgi_file":                "wsgi-file",
		"deamonize":                "daemonize",
		"thread":                   "threads",
		"--socket":                 "socket",
		"project":                  "",
		"base":                     "",
		"xyzzy-plugh-quux":         "",
		"":                         "",
		"x":                        "",
		strings.Repeat("a", 1000):  "",
	} {
		if got := option.Nearest(name); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestTableIsSorted(t *testing.T) {
	t.Parallel()
	if !slices.IsSortedFunc(option.All(), func(a, b option.Option) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("the table is not in the order of the names")
	}
	if n := len(option.All()); n < 1300 {
		t.Errorf("the table has %d rows", n)
	}
}

// The real program must not know an option that the table does not.
func TestRealOptionsAreKnown(t *testing.T) {
	t.Parallel()
	uwsgi := realtest.Need(t, "uwsgi")
	for _, args := range [][]string{{"--dump-options"}, {"--plugin", "python3", "--dump-options"}} {
		out, err := exec.Command(uwsgi, args...).Output()
		if err != nil {
			t.Fatalf("uwsgi %v: %v", args, err)
		}
		names := strings.Fields(string(out))
		if len(names) < 700 {
			t.Fatalf("uwsgi %v names %d options", args, len(names))
		}
		for _, name := range names {
			if len(option.Lookup(name)) == 0 {
				t.Errorf("uwsgi knows %q, the table does not", name)
			}
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		option.Lookup("uwsgi-socket")
	}
}

func BenchmarkNearest(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		option.Nearest("disable-write-exceptons")
	}
}

package uwsgirule_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/rules/uwsgirule"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
)

// findings lints one text and returns line, severity and rule of each finding.
func findings(t *testing.T, name, src string, target lint.Target) []string {
	t.Helper()
	c := uwsgi.LoadText(uwsgi.Parse(name, src), "", uwsgi.LoadOptions{})
	r := lint.Run(pair.Join(nil, []*uwsgi.Config{c}), uwsgirule.Rules, lint.Options{Target: target, Config: lint.Config{Ignore: advice}})
	for _, b := range r.Broken {
		t.Fatalf("%s fails: %v\n%s", b.Rule, b.Reason, b.Stack)
	}
	var found []string
	for _, d := range r.Diagnostics {
		found = append(found, fmt.Sprintf("%d %s %s", d.File.Pos(d.Span.Start).Line, d.Severity, d.Rule))
	}
	return found
}

// advice are the rules about what a short example leaves out.
var advice = []string{"uwsgi-no-harakiri", "uwsgi-no-need-app", "uwsgi-no-post-buffering", "uwsgi-no-strict", "uwsgi-single-interpreter", "uwsgi-max-fd", "uwsgi-die-on-term", "uwsgi-graceful-stop"}

func TestTutorial(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("../../../testdata/pairs/tutorial/uwsgi.ini")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1 warning uwsgi-runs-as-root",
		"6 warning uwsgi-root-virtualenv",
		"9 error uwsgi-duplicate-key",
		"14 info uwsgi-log-growth",
		"18 warning uwsgi-limit-as-low",
		"19 warning uwsgi-harakiri-threads",
	}
	if diff := cmp.Diff(want, findings(t, "uwsgi.ini", string(src), lint.Target{})); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

const service = "master = true\nsocket = 127.0.0.1:8001\nmodule = shop.wsgi\n"

func TestFindings(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, src string
		target    lint.Target
		want      []string
	}{
		{name: "placeholder that is used", src: service + "base = /srv\nchdir = %(base)\nn = 2\nprocesses = %(n + 1)\nflag = 1\nif-opt = flag=1\nvacuum = true\nendif =\n"},
		{name: "declared option", src: service + "declare-option = site=env=SITE=$1;chdir=$1\nsite = /srv\n"},
		{name: "template", src: service + "processes = ${WORKERS}\nharakiri = {{ harakiri }}\nchmod-socket = ${MODE}\nvacuum = {{ v }}\nhttp-socket = ${PORT}\n"},
		{name: "environment", src: service + "processes = $(WORKERS)\nhttp-socket = :$(PORT)\nbuffer-size = $(B)\n"},
		{name: "magic number", src: service + "processes = %k\npidfile = %d%n.pid\nvacuum = true\n"},
		{name: "development branch", src: service + "dynamic-apps = true\n", want: []string{"5 warning uwsgi-unknown-option"}},
		{name: "too new for the target", src: service + "max-requests-delta = 5\n", target: lint.Target{Uwsgi: "2.0.21"}, want: []string{"5 error uwsgi-unknown-option"}},
		{name: "new enough for the target", src: service + "max-requests-delta = 5\n", target: lint.Target{Uwsgi: "2.0.29"}},
		{name: "container", src: "master = true\nsocket = :8001\nmodule = shop.wsgi\n", target: lint.Target{Init: "container"}},
		{name: "protocol of socket", src: "master = true\nsocket = :8001\nprotocol = http\nmodule = shop.wsgi\n"},
		{name: "debian", src: service, target: lint.Target{OS: "debian"}, want: []string{"4 warning uwsgi-missing-plugin"}},
		{name: "debian with its plugin", src: "plugin = python311\n" + service, target: lint.Target{OS: "debian"}},
		{name: "one branch of two", src: service + "if-env = A\nprocesses = 2\nendif =\nif-not-env = A\nprocesses = 4\nendif =\n"},
		{name: "loop", src: service + "for = 1 2 3\nenv = A%(_)=1\nmaster = true\nendfor =\n", want: []string{"7 warning uwsgi-duplicate-key"}},
		{name: "flag without a value", src: service + "vacuum\nksm\nthreads\n", want: []string{"7 error uwsgi-bad-value"}},
		{name: "comments of shells", src: service + "exec-asap = a; b # c\ncron = 1 -1 -1 -1 -1 x ; y\nroute = ^/#x redirect:/ ; z\n"},
		{name: "numbers that are fine", src: service + "processes = 4\nlog-maxsize = 0\nbuffer-size = 65535\nharakiri = 030\n"},
		{name: "a number beyond 32 bits", src: service + "processes = 4294967298\nlimit-post = 4294967298\n", want: []string{"5 error uwsgi-bad-value"}},
		{name: "no application", src: "emperor = /etc/uwsgi/vassals\n"},
		{name: "master by another option", src: "socket = 127.0.0.1:8001\nmodule = m\nprocesses = 4\ncheaper = 2\n"},
		{name: "master in an include that is not there", src: "ini = base.ini\nsocket = /run/x.sock\nmodule = m\n", want: []string{"2 error uwsgi-include"}},
		{name: "limit of one thread", src: service + "limit-as = 216\nprocesses = 8\n"},
		{name: "limit below one thread's", src: service + "limit-as = 215\n", want: []string{"5 warning uwsgi-limit-as-low"}},
		{name: "limit of eight threads", src: service + "limit-as = 512\nthreads = 8\n", want: []string{"5 warning uwsgi-limit-as-low"}},
		{name: "limit that is off", src: service + "limit-as = 0\n"},
		{name: "virtualenv of another root", src: service + "home = /rooted/venv\nchdir = /srv/root/x\n"},
		{name: "address of a router", src: service + "http = :80,/etc/x\nhttps = 0.0.0.0:443,a.crt,a.key\nshared-socket = :81\nsocket = =0\nsocket = fd://3\n", want: []string{"1 warning uwsgi-runs-as-root"}},
		{name: "long socket", src: service + "http-socket = /" + strings.Repeat("x", 107) + "\nvacuum = true\n", want: []string{"5 error uwsgi-socket-address"}},
		{name: "folder of the environment", src: service + "if-env = VIRTUAL_ENV\nprint = in %(_)\nvirtualenv = %(_)\nendif =\nif-env = PORT\nhttp-socket = :%(_)\nendif =\n"},
		{name: "calculation with a magic number", src: service + "processes = %(%k + 1)\n"},
		{name: "lines of a template", src: service + "{% if debug %}\npython-autoreload = 3\n{% endif %}\n{{ extra }}\nchdir = {deploy.dir}\n"},
		{name: "names of beginners", src: service + "thread = 4\nworker = 2\nlogfile = x.log\npost buffering = 8192\n", want: []string{
			"5 error uwsgi-unknown-option", "6 error uwsgi-unknown-option", "7 error uwsgi-unknown-option", "8 error uwsgi-unknown-option"}},
		{name: "percent of a query", src: service + "env = A=b%%20c\nenv = URL=http://h/%%20\nenv = N=%n\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, findings(t, "uwsgi.ini", "[uwsgi]\n"+tc.src, tc.target)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// The rules speak of other languages too, and leave their text alone.
func TestOtherLanguages(t *testing.T) {
	t.Parallel()
	for name, src := range map[string]string{
		"x.yaml": "uwsgi:\n  master: true\n  socket: ':8001'\n  processes: four\n  workers: 2\n  buffer_size: 10\n",
		"x.xml":  "<uwsgi>\n<master/>\n<socket>:8001</socket><processes>four</processes><workers>2</workers><buffer_size>1</buffer_size></uwsgi>",
		"x.json": `{"uwsgi": {"master": true, "socket": ":8001", "processes": "four", "workers": 2, "buffer_size": 1}}`,
	} {
		c := uwsgi.LoadText(uwsgi.Parse(name, src), "", uwsgi.LoadOptions{})
		got := map[string]bool{}
		for _, d := range lint.Run(pair.Join(nil, []*uwsgi.Config{c}), uwsgirule.Rules, lint.Options{}).Diagnostics {
			got[d.Rule] = true
			if d.Fix != nil {
				t.Errorf("%s: %s offers a fix", name, d.Rule)
			}
		}
		want := map[string]bool{"uwsgi-public-socket": true, "uwsgi-bad-value": true, "uwsgi-duplicate-key": true, "uwsgi-unknown-option": true, "uwsgi-no-app": true, "uwsgi-no-strict": true}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// What the rules say of uWSGI's own behavior, uWSGI confirms.
func TestConfirm(t *testing.T) {
	t.Parallel()
	program := realtest.Need(t, "uwsgi")
	for _, tc := range []struct{ lines, log string }{
		{"listen = -1", "invalid value for option \"listen\": must be > 0"},
		{"processes = -1", "invalid value for option \"processes\": must be > 0"},
		{"uid =", "user  not found"},
		{"chmod-socket = 0660", "invalid chmod value: 0660"},
		{"strict = true|buffer_size = 1", "[strict-mode] unknown config directive: buffer_size"},
		{"buffer_size = 1|no-server = true", "no-server mode requested"},
		{"strict = true|base = 1|chdir = %(base)", "[strict-mode] unknown config directive: base"},
		{"strict = true|if-env = HOME|env = A=1|end =", "[strict-mode] unknown config directive: end"},
		{"strict = true|set = a=b", "[strict-mode] unknown config directive: a"},
		{"strict = true|= b", "[strict-mode] unknown config directive: "},
		{"set-ph = a", "invalid placeholder/--set value"},
		{"static-map = /x", "invalid document root in static map"},
		{"cron = 0 3 x", "invalid cron syntax"},
		{"https-socket = :1,a", "invalid https-socket syntax must be socket,crt,key"},
		{"static-expires = ( 5", "pcre error"},
		{"route = ^/x", "invalid route syntax"},
		{"route-if = exists /x last:", "invalid route condition syntax"},
		{"route = ^/x nothing:y", "unable to register route"},
		{"socket =", "invalid/empty uwsgi socket name"},
		{"socket = =0", "unable to use shared socket 0"},
		{"socket = s|chdir =", "chdir(): No such file or directory"},
		{"socket = s|cheaper = 1", "invalid cheaper value: must be lower than processes"},
		{"socket = s|max-worker-lifetime = 10", "invalid min-worker-lifetime value (10), must be lower than max-worker-lifetime (10)"},
		{"socket = s|cheaper-rss-limit-hard = 1", "enabling cheaper-rss-limit-hard requires setting also cheaper-rss-limit-soft"},
		{"socket = s|processes = 2|cheaper = 1|cheaper-rss-limit-soft = 1", "enabling cheaper-rss-limit-soft requires enabling also memory-report"},
		{"socket = s|plugins = python3|mount = /x", "invalid mountpoint: /x"},
		{"env = A=1|spooler =", "[spooler directory] access(): No such file or directory"},
		{"strict = true|module = x|plugins = python3", "[strict-mode] unknown config directive: module"},
		{"strict = true|plugins = python3|module = x|exit = 1", "getting INI"},
		{"chdir = /tmp # the project", "chdir() to /tmp # the project"},
		{"for = a|for = b|x = 1", "recursive logic in options is not supported (option = for)"},
		{"ini = none.ini", "realpath() of none.ini failed: No such file or directory"},
		{"include = main.conf", "unable to load configuration from main.conf"},
		{"listen = %(n)|n = 20|socket = s|no-server = true", "backlog is limited to 0 connections"},
		{"processes = four|socket = s|no-server = true", "Operational MODE: no-workers"},
		{"socket = s|processes = 4294967296|no-server = true", "Operational MODE: no-workers"},
		{"socket = 8001|exec-pre-app = false", "bound to UNIX address 8001"},
		{"socket = 127.0.0.1|exec-pre-app = false", "bound to UNIX address 127.0.0.1"},
		{"socket = unix:/run/x.sock|exec-pre-app = false", "bound to TCP address unix:/run/x.sock"},
		{"socket = *:8001", "Cannot assign requested address"},
		{"socket = /a:b.sock|exec-pre-app = false", "bound to TCP address /a:b.sock"},
	} {
		t.Run(tc.lines, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			src := "[uwsgi]\n" + strings.ReplaceAll(tc.lines, "|", "\n") + "\n"
			if err := os.WriteFile(filepath.Join(dir, "x.ini"), []byte(src), 0o644); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			cmd := exec.CommandContext(ctx, program, "x.ini")
			cmd.Dir = dir
			out, _ := cmd.CombinedOutput() // most of them end with an exit code, and the log tells why
			if !strings.Contains(string(out), tc.log) {
				t.Errorf("uWSGI does not log %q:\n%s", tc.log, out)
			}
		})
	}
}

// Hostile files must not cost a rule more than a moment.
func TestHostile(t *testing.T) {
	t.Parallel()
	many := func(line string) string { return strings.Repeat(line, 100_000) }
	for name, src := range map[string]string{
		"unknown keys":  "[uwsgi]\n" + many("nothing like it = 1\n"),
		"duplicates":    "[uwsgi]\n" + many("master = true\n"),
		"headers":       many("[a\n[uwsgi]\nprocesses = 1\n")[:1<<20],
		"placeholders":  "[uwsgi]\nx = " + many("%(a ") + "\n" + many("y = %(x)\n"),
		"percent":       "[uwsgi]\nx = ://" + many("%a%40%z"),
		"semicolons":    "[uwsgi]\nchdir = " + many(";#"),
		"prose":         many("this is no configuration\n"),
		"immediate":     "[uwsgi]\n" + many("listen = %(a)\n"),
		"late plugins":  "[uwsgi]\nstrict = 1\n" + many("module = x\n")[:1<<19] + many("plugin = http\n")[:1<<19],
		"loop of flags": "[uwsgi]\nfor-times = 99999\nvacuum = maybe\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			findings(t, "x.ini", src, lint.Target{})
			// Far above what it takes, far below what a quadratic rule takes.
			if took := time.Since(start); took > 30*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func BenchmarkRules(b *testing.B) {
	src := "[uwsgi]\n" + service + "processes = 4\nthreads = 2\nbuffer-size = 65535\nharakiri = 30\nvacuum = true\nuid = www-data\nchdir = /srv/shop\n"
	var configs []*uwsgi.Config
	for i := range 2000 {
		configs = append(configs, uwsgi.LoadText(uwsgi.Parse(fmt.Sprintf("app%d.ini", i), src), "", uwsgi.LoadOptions{}))
	}
	p := pair.Join(nil, configs)
	b.ReportAllocs()
	for b.Loop() {
		if r := lint.Run(p, uwsgirule.Rules, lint.Options{}); r.Fails(diag.Error) {
			b.Fatal(r.Diagnostics[0])
		}
	}
}

package uwsgirule_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/internal/machine"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/rules/uwsgirule"
	"github.com/deployctl/deployctl/pair"
)

// pairFindings returns severity and rule of what the named rules find in files,
// by name, in order.
func pairFindings(t *testing.T, files map[string]string, opts pair.Options, target lint.Target, rules ...string) []string {
	t.Helper()
	var paths []string
	for name := range files {
		paths = append(paths, name)
	}
	opts.Overlay = files
	p, err := pair.Load(paths, opts)
	if err != nil {
		t.Fatal(err)
	}
	run := lint.Options{Target: target, Config: lint.Config{Select: rules}}
	if opts.Here {
		run.Machine = machine.Local()
	}
	r := lint.Run(p, uwsgirule.Rules, run)
	for _, b := range r.Broken {
		t.Fatalf("%s fails: %v\n%s", b.Rule, b.Reason, b.Stack)
	}
	var found []string
	for _, d := range r.Diagnostics {
		found = append(found, fmt.Sprintf("%d %s %s", d.File.Pos(d.Span.Start).Line, d.Severity, d.Rule))
	}
	return found
}

const unit = "[Service]\nType=notify\nExecStart=/usr/bin/uwsgi --ini /srv/shop/uwsgi.ini\n"

// The rules about whole applications, beside units and for targets.
func TestApplications(t *testing.T) {
	t.Parallel()
	const app = "[uwsgi]\nmaster = true\nsocket = 127.0.0.1:8001\nmodule = shop.wsgi\n"
	for _, tc := range []struct {
		name, rule string
		ini, unit  string
		file       string // uwsgi.ini
		target     lint.Target
		want       []string
	}{
		{name: "debian's own service", rule: "uwsgi-no-master", file: "/etc/uwsgi/apps-enabled/shop.ini", ini: "[uwsgi]\nmodule = shop.wsgi\n"},
		{name: "debian's account", rule: "uwsgi-runs-as-root", file: "/etc/uwsgi/apps-enabled/shop.ini", ini: app + "logto = /var/log/x.log\n"},
		{name: "a vassal", rule: "uwsgi-no-need-app", file: "/etc/uwsgi/vassals/shop.ini", ini: app},
		{name: "an emperor", rule: "uwsgi-no-app", ini: "[uwsgi]\nemperor = /etc/uwsgi/sites\nsocket = /run/x.sock\n"},
		{name: "a piece of options", rule: "uwsgi-no-need-app", ini: "[uwsgi]\nvacuum = true\n"},
		{name: "a template's line", rule: "uwsgi-no-need-app", ini: app + "{{ extra }}\n"},
		{name: "an include that is not here", rule: "uwsgi-no-need-app", ini: app + "ini = /etc/uwsgi/base.ini\n"},
		{name: "given on the unit's command line", rule: "uwsgi-no-need-app", ini: app, unit: unit[:len(unit)-1] + " --need-app\n"},
		{name: "an instance of a unit", rule: "uwsgi-die-on-term", ini: app, unit: "[Service]\nExecStart=/usr/bin/uwsgi --ini /etc/uwsgi/%i.ini\n", want: []string{"1 warning uwsgi-die-on-term"}},
		{name: "another program's unit", rule: "uwsgi-die-on-term", ini: app, unit: "[Service]\nExecStart=/usr/bin/celery -A shop uwsgi.ini\n"},

		{name: "an application below a prefix", rule: "uwsgi-no-need-app", ini: "[uwsgi]\nsocket = :1\nmount = /x=m\n"},
		{name: "a plugin that is loaded twice", rule: "uwsgi-option-order", ini: "[uwsgi]\nplugins = python3\nstrict = true\nmodule = m\nplugins = python3,http\n"},
		{name: "an option above strict", rule: "uwsgi-option-order", ini: "[uwsgi]\nmodule = m\nstrict = true\nplugins = python3\n"},
		{name: "forms that are fine", rule: "uwsgi-bad-value", ini: app + "cron = -1 -1 -1 -1 -1 true\nroute-run = log:x\nroute-label = here\nroute-if = equal:${PATH_INFO};/x last:\nroute-status = 404 log:x\nlog-route = errors ^5\nstatic-expires = ^/x 5\nset = a=b\nhttps-socket = :1,a,b\n"},
		{name: "a route's expression", rule: "uwsgi-bad-value", ini: app + "route-uri = ^/( last:\n", want: []string{"5 error uwsgi-bad-value"}},

		{name: "a socket that systemd removes elsewhere", rule: "uwsgi-no-vacuum", ini: app + "vacuum = false\nhttp-socket = /run/x/s\n"},
		{name: "an abstract socket", rule: "uwsgi-no-vacuum", ini: "[uwsgi]\nsocket = @shop\nmodule = m\n"},
		{name: "a pid file of root", rule: "uwsgi-no-vacuum", ini: app + "pidfile = /run/x.pid\nuid = www-data\n"},
		{name: "a pid file of the account", rule: "uwsgi-no-vacuum", ini: app + "pidfile2 = /run/x.pid\nuid = www-data\n", want: []string{"1 info uwsgi-no-vacuum"}},

		{name: "lazy in a new release", rule: "uwsgi-lazy-need-app", ini: app + "lazy-apps = true\nneed-app = true\n", target: lint.Target{Uwsgi: "2.0.26"}},
		{name: "lazy without a master", rule: "uwsgi-lazy-need-app", ini: "[uwsgi]\nsocket = :1\nmodule = m\nlazy-apps = true\nneed-app = true\n", target: lint.Target{Uwsgi: "2.0.21"}},
		{name: "lazy under supervisor", rule: "uwsgi-lazy-need-app", ini: app + "lazy-apps = true\nneed-app = true\n", target: lint.Target{Init: "supervisor"}, want: []string{"5 warning uwsgi-lazy-need-app"}},
		{name: "lazy who knows where", rule: "uwsgi-lazy-need-app", ini: app + "lazy-apps = true\nneed-app = true\n"},

		{name: "stopped by SIGINT", rule: "uwsgi-die-on-term", ini: app, unit: unit + "KillSignal=SIGINT\n"},
		{name: "stopped by a command", rule: "uwsgi-die-on-term", ini: app, unit: unit + "ExecStop=/bin/kill -INT $MAINPID\n"},
		{name: "stopped by the hook", rule: "uwsgi-die-on-term", ini: app + "hook-master-start = unix_signal:15 gracefully_kill_them_all\n", unit: unit},
		{name: "systemd with a unit that is not here", rule: "uwsgi-die-on-term", ini: app, target: lint.Target{Init: "systemd"}},
		{name: "supervisor", rule: "uwsgi-die-on-term", ini: app + "die-on-term = false\n", target: lint.Target{Init: "supervisor"}, want: []string{"5 warning uwsgi-die-on-term"}},

		{name: "no supervisor known", rule: "uwsgi-daemonize-supervised", ini: app + "daemonize = /x.log\n"},
		{name: "container", rule: "uwsgi-daemonize-supervised", ini: app + "daemonize = /x.log\n", target: lint.Target{Init: "container"}, want: []string{"5 error uwsgi-daemonize-supervised"}},

		{name: "harakiri that is off", rule: "uwsgi-harakiri-threads", ini: app + "threads = 2\nharakiri = 0\n"},
		{name: "threads that are not known", rule: "uwsgi-harakiri-threads", ini: app + "threads = $(N)\nharakiri = 9\n"},
		{name: "bodies that are read while they arrive", rule: "uwsgi-no-post-buffering", ini: app + "gevent = 10\n"},

		{name: "static files alone", rule: "uwsgi-no-app", ini: "[uwsgi]\nhttp-socket = :80\ncheck-static = /srv\n"},
		{name: "PHP", rule: "uwsgi-no-app", ini: "[uwsgi]\nplugins = php\nsocket = /run/x\n"},
		{name: "a router", rule: "uwsgi-no-app", ini: "[uwsgi]\nmaster = true\nhttp = :80\nhttp-to = 127.0.0.1:1\n"},
		{name: "an application over the router", rule: "uwsgi-no-app", ini: "[uwsgi]\nmaster = true\nhttp = :80\n", want: []string{"1 error uwsgi-no-app"}},
		{name: "on the command line", rule: "uwsgi-no-app", ini: "[uwsgi]\nmaster = true\nhttp = :80\n", unit: unit[:len(unit)-1] + " --module shop.wsgi\n"},

		{name: "graceful under no supervisor", rule: "uwsgi-graceful-stop", ini: app},
		{name: "graceful by SIGINT", rule: "uwsgi-graceful-stop", ini: app + "die-on-term = true\n", unit: unit + "KillSignal=SIGINT\n"},

		{name: "a variable of uWSGI's own", rule: "uwsgi-env-options", ini: app + "strict = true\nenv = UWSGI_RELOADS=1\n"},
		{name: "a variable without strict", rule: "uwsgi-env-options", ini: app + "env = UWSGI_STAGE=live\n"},
		{name: "options of the unit", rule: "uwsgi-env-options", ini: app, unit: unit + "Environment=UWSGI_PROCESSES=4\n"},

		{name: "a misspelling", rule: "uwsgi-no-strict", ini: app + "proceses = 2\n", want: []string{"1 info uwsgi-no-strict"}},
		{name: "strict that is off", rule: "uwsgi-no-strict", ini: app + "strict = false\n"},

		{name: "a variable that is longer than a day", rule: "uwsgi-harakiri-short", ini: app + "harakiri = 30\nenv = SESSION_TIMEOUT=86400\n"},
		{name: "a timeout in seconds", rule: "uwsgi-harakiri-short", ini: app + "harakiri = 30\nenv = DB_TIMEOUT=40s\n", want: []string{"5 info uwsgi-harakiri-short"}},
		{name: "threads that are always on", rule: "uwsgi-threads-off", ini: app + "env = SENTRY_DSN=x\n", target: lint.Target{Uwsgi: "2.0.27"}},
		{name: "threads by their number", rule: "uwsgi-threads-off", ini: app + "env = SENTRY_DSN=x\nthreads = 2\n"},
		{name: "two applications", rule: "uwsgi-single-interpreter", ini: app + "mount = /a=a\nmount = /b=b\n"},

		{name: "root by a port", rule: "uwsgi-runs-as-root", ini: "[uwsgi]\nhttp-socket = :443\nmodule = m\n", want: []string{"1 warning uwsgi-runs-as-root"}},
		{name: "who knows who starts it", rule: "uwsgi-runs-as-root", ini: app},
		{name: "an account of the unit", rule: "uwsgi-runs-as-root", ini: app + "uid = www-data\n", unit: unit + "User=www-data\n"},
		{name: "a dynamic account", rule: "uwsgi-runs-as-root", ini: app, unit: unit + "DynamicUser=yes\n"},
		{name: "both ids", rule: "uwsgi-runs-as-root", ini: app + "uid = 33\ngid = 33\nlogto = /var/log/x.log\n"},

		{name: "stats in a container", rule: "uwsgi-public-stats", ini: app + "stats = :9191\n", target: lint.Target{Init: "container"}},
		{name: "stats on a unix socket", rule: "uwsgi-public-stats", ini: app + "stats = /run/x\n"},
		{name: "a mode without a socket", rule: "uwsgi-world-socket", ini: app + "chmod-socket = 666\n"},
		{name: "a mode of 1", rule: "uwsgi-world-socket", ini: "[uwsgi]\nsocket = /run/x\nchmod-socket = 1\n", want: []string{"3 warning uwsgi-world-socket"}},

		{name: "a log device", rule: "uwsgi-log-growth", ini: app + "logto = /dev/stderr\n"},
		{name: "a log over the network", rule: "uwsgi-log-growth", ini: app + "logto = 10.0.0.1:514\n"},
		{name: "debian's logs", rule: "uwsgi-log-growth", ini: app + "logto = /var/log/uwsgi/x.log\n"},
		{name: "max-requests without the delta", rule: "uwsgi-max-requests-stampede", ini: app + "processes = 4\nmax-requests = 9\n", target: lint.Target{Uwsgi: "2.0.28"}},
		{name: "cheaper that is off", rule: "uwsgi-cheaper", ini: app + "cheaper = 0\n"},
		{name: "cheaper of who knows how many", rule: "uwsgi-cheaper", ini: app + "cheaper = 2\nprocesses = $(N)\n"},
		{name: "asynchronous with an engine", rule: "uwsgi-conflict", ini: app + "async = 10\nugreen = true\n"},
		{name: "lifetimes", rule: "uwsgi-conflict", ini: app + "max-worker-lifetime = 5\nmin-worker-lifetime = 1\n"},
		{name: "limits of memory", rule: "uwsgi-conflict", ini: app + "cheaper-rss-limit-soft = 2\ncheaper-rss-limit-hard = 1\nmemory-report = true\n", want: []string{"6 error uwsgi-conflict"}},
		{name: "a hard limit alone", rule: "uwsgi-conflict", ini: app + "cheaper-rss-limit-hard = 1\n", want: []string{"5 error uwsgi-conflict"}},
		{name: "one address twice", rule: "uwsgi-conflict", ini: app + "uwsgi-socket = 127.0.0.1:8001\n"},

		{name: "secrets that are none", rule: "uwsgi-secret-in-file", ini: app + "env = API_TOKEN=changeme\nenv = SECRET_KEY=$(KEY)\nenv = TOKEN_FILE=/run/t\nenv = PASSWORD_MIN=12\nenv = URL=http://h:80/a@b\nenv = KEYBOARD=qwerty\nenv = PUBLIC_KEY_TOKEN=abcdef\nenv = USE_TOKEN=false\n"},
		{name: "a key that is no option", rule: "uwsgi-secret-in-file", ini: app + "api_token = abcdef012\n", want: []string{"5 warning uwsgi-secret-in-file"}},
		{name: "folders of one's own", rule: "uwsgi-wide-python-path", ini: app + "pythonpath = /srv/tmp\nchdir = /tmpfiles\n"},
		{name: "a flask project", rule: "uwsgi-module-callable", ini: "[uwsgi]\nwsgi-file = /srv/notes/app.py\n", target: lint.Target{Module: "app:app"}, want: []string{"2 warning uwsgi-module-callable"}},
		{name: "a flask module", rule: "uwsgi-module-callable", ini: "[uwsgi]\nmodule = app\n", target: lint.Target{Module: "app:app"}, want: []string{"2 warning uwsgi-module-callable"}},
		{name: "a flask callable", rule: "uwsgi-module-callable", ini: "[uwsgi]\nmodule = app\ncallable = app\n", target: lint.Target{Module: "app:app"}},
		{name: "another module", rule: "uwsgi-module-callable", ini: "[uwsgi]\nmodule = other\n", target: lint.Target{Module: "app:app"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			name := tc.file
			if name == "" {
				name = "uwsgi.ini"
			}
			files := map[string]string{name: tc.ini}
			if tc.unit != "" {
				files["shop.service"] = tc.unit
			}
			if diff := cmp.Diff(tc.want, pairFindings(t, files, pair.Options{}, tc.target, tc.rule)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// A folder whose files an emperor runs holds no applications of their own.
func TestEmperorsFolder(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"/etc/uwsgi/emperor.ini":    "[uwsgi]\nemperor = /etc/uwsgi/sites/*.ini\n",
		"/etc/uwsgi/sites/shop.ini": "[uwsgi]\nsocket = 127.0.0.1:8001\nmodule = shop.wsgi\n",
	}
	if found := pairFindings(t, files, pair.Options{}, lint.Target{}, "uwsgi-no-"); found != nil {
		t.Error(found)
	}
}

// On the machine itself the rules look at the disk.
func TestHere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"shop/wsgi.py", "venv/lib/python3.11/site-packages/installed/__init__.py"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	wide := filepath.Join(dir, "wide")
	if err := os.Mkdir(wide, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(wide, 0o777); err != nil {
		t.Fatal(err)
	}
	base := "[uwsgi]\nchdir = " + dir + "\nvirtualenv = " + dir + "/venv\n"
	for _, tc := range []struct {
		name, ini, rule string
		want            []string
	}{
		{"all there", base + "module = shop.wsgi\n", "uwsgi-missing-path", nil},
		{"an installed module", base + "module = installed.wsgi\n", "uwsgi-missing-path", nil},
		{"no module", base + "module = other.wsgi\n", "uwsgi-missing-path", []string{"4 error uwsgi-missing-path"}},
		{"a relative file", base + "wsgi-file = shop/wsgi.py\n", "uwsgi-missing-path", nil},
		{"a relative file that is not there", base + "wsgi-file = shop/app.py\n", "uwsgi-missing-path", []string{"4 error uwsgi-missing-path"}},
		{"a placeholder", "[uwsgi]\nchdir = $(NOWHERE)/x\n", "uwsgi-missing-path", nil},
		{"another root", "[uwsgi]\nchroot = /jail\nchdir = /nonexistent\n", "uwsgi-missing-path", nil},
		{"a folder of the path", base + "pythonpath = " + dir + "/lib\n", "uwsgi-missing-path", []string{"4 warning uwsgi-missing-path"}},
		{"a folder that all may write to", base + "pythonpath = " + wide + "\n", "uwsgi-wide-python-path", []string{"4 info uwsgi-wide-python-path"}},
		{"a folder of one's own", base + "module = shop.wsgi\n", "uwsgi-wide-python-path", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			found := pairFindings(t, map[string]string{"uwsgi.ini": tc.ini}, pair.Options{Here: true}, lint.Target{}, tc.rule)
			if diff := cmp.Diff(tc.want, found); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

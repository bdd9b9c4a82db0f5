package uwsgirule

import (
	"strconv"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
)

// Conflict finds options that do not work together.
var Conflict = &lint.Rule{
	ID:       "uwsgi-conflict",
	Severity: diag.Error,
	Summary:  "options that exclude each other",
	Page:     page("uwsgi-conflict"),
	Check:    checkConflict,
}

func checkConflict(p *lint.Pass) {
	for _, c := range p.Uwsgi {
		if inherited(c) || isUnfinished(c) {
			continue
		}
		a := &application{Config: c}
		asyncThreads(p, a)
		lifetimes(p, a)
		chainReload(p, a)
		memoryLimits(p, a)
		sameAddress(p, c)
	}
}

// between reports that two options exclude each other, at the second of them.
func between(p *lint.Pass, o, other *uwsgi.Option, d diag.Diagnostic) {
	d.Location = o.KeyLocation()
	if other != nil {
		d.Related = []diag.Related{{Location: other.KeyLocation(), Message: diag.T("%s is set here", other.Key)}}
	}
	p.Report(d)
}

// asyncThreads: uWSGI makes room for the threads' requests alone and hands out
// those of async (core/init.c, sanitize_args; core/uwsgi.c, uwsgi_ignition).
func asyncThreads(p *lint.Pass, a *application) {
	name := "async"
	if a.Get("gevent") != nil {
		name = "gevent"
	}
	o, threads := a.Get(name), a.Get("threads")
	cores, ok := a.number(name)
	if o == nil || !ok || cores < 2 {
		return
	}
	if n, known := a.number("threads"); threads != nil && known && n > 1 {
		between(p, o, threads, diag.Diagnostic{
			Message: diag.T("%s = %d and threads = %d exclude each other", o.Key, cores, n),
			Why:     diag.T("uWSGI makes room for %d requests in a worker and hands out %d, and starts no thread: memory is overwritten", n, cores),
		})
		return
	}
	if name == "gevent" {
		return
	}
	for _, engine := range [...]string{"ugreen", "greenlet", "asyncio", "tornado", "loop", "fiber", "coroae", "python-worker-override"} {
		if !a.lacks(engine) {
			return
		}
	}
	for _, plugin := range a.All("plugin") {
		if !onlyPython(plugin.Value) {
			return
		}
	}
	between(p, o, nil, diag.Diagnostic{
		Severity: diag.Warning,
		Message:  diag.T("%s = %d without an engine that switches between requests", o.Key, cores),
		Why:      diag.T("uWSGI logs *** DANGER *** async mode without coroutine/greenthread engine loaded !!!, and an application that waits blocks all of them"),
		Help:     diag.T("write `gevent = %d`, or use threads", cores),
	})
}

// lifetimes: core/init.c, sanitize_args.
func lifetimes(p *lint.Pass, a *application) {
	const defaultLeast = 10 // core/init.c; the help of 2.0.21 says 60
	o := a.Get("max-worker-lifetime")
	longest, ok := a.number("max-worker-lifetime")
	least, known := a.number("min-worker-lifetime")
	if o == nil || !ok || !known || longest <= 0 {
		return
	}
	set := a.Get("min-worker-lifetime")
	if set == nil {
		least = defaultLeast
	}
	if least >= longest {
		between(p, o, set, diag.Diagnostic{
			Message: diag.T("max-worker-lifetime = %d is not above min-worker-lifetime, which is %d", longest, least),
			Why:     diag.T("uWSGI ends with exit code 1: invalid min-worker-lifetime value (%d), must be lower than max-worker-lifetime (%d)", least, longest),
		})
	}
}

// chainReload: workers that are replaced one by one load nothing by themselves.
func chainReload(p *lint.Pass, a *application) {
	o := a.Get("touch-chain-reload")
	if o == nil || o.Maybe || a.isOn("lazy-apps") || a.isOn("lazy") || !loads(a.Config) {
		return
	}
	between(p, o, a.Get("lazy-apps"), diag.Diagnostic{
		Severity: diag.Warning,
		Message:  diag.T("%s needs lazy-apps: the new workers have the old code", o.Key),
		Why:      diag.T("without lazy-apps the master has loaded the application, and the workers that replace the others are copies of it"),
		Help:     diag.T("write `lazy-apps = true`, or use touch-reload"),
	})
}

// memoryLimits: core/init.c, sanitize_args.
func memoryLimits(p *lint.Pass, a *application) {
	soft, hard := a.Get("cheaper-rss-limit-soft"), a.Get("cheaper-rss-limit-hard")
	least, ok := a.number("cheaper-rss-limit-soft")
	most, known := a.number("cheaper-rss-limit-hard")
	switch {
	case !ok || !known:
	case hard != nil && most > 0 && soft == nil:
		between(p, hard, nil, diag.Diagnostic{
			Message: diag.T("%s needs cheaper-rss-limit-soft", hard.Key),
			Why:     diag.T("uWSGI ends with exit code 1: enabling cheaper-rss-limit-hard requires setting also cheaper-rss-limit-soft"),
		})
	case soft != nil && least > 0 && a.lacks("memory-report") && a.lacks("force-get-memusage"):
		between(p, soft, nil, diag.Diagnostic{
			Message: diag.T("%s needs memory-report", soft.Key),
			Why:     diag.T("uWSGI ends with exit code 1: enabling cheaper-rss-limit-soft requires enabling also memory-report"),
			Help:    diag.T("write `memory-report = true`"),
		})
	case soft != nil && hard != nil && most > 0 && most <= least:
		between(p, hard, soft, diag.Diagnostic{
			Message: diag.T("%s = %d is not above %s = %d", hard.Key, most, soft.Key, least),
			Why:     diag.T("uWSGI ends with exit code 1: cheaper-rss-limit-hard value must be higher than cheaper-rss-limit-soft value"),
		})
	}
}

// sameAddress reports a router and a socket, or the statistics, on one address.
// Of two sockets of the same address uWSGI drops the second.
func sameAddress(p *lint.Pass, c *uwsgi.Config) {
	seen := map[string]*pair.Bind{}
	for _, b := range p.BindsOf(c) {
		if b.Unknown || b.Option.Maybe || b.Network != pair.TCP || b.Port == 0 {
			continue
		}
		key := b.Host + ":" + strconv.Itoa(b.Port)
		first := seen[key]
		if first == nil {
			seen[key] = b
			continue
		}
		if first.ForNginx && b.ForNginx || first.Option.Entry == b.Option.Entry {
			continue
		}
		between(p, b.Option, first.Option, diag.Diagnostic{
			Message: diag.T("%s and %s take one address, %s", first.Option.Key, b.Option.Key, b.Option.Value),
			Why:     diag.T("uWSGI ends with exit code 1: bind(): Address already in use"),
		})
	}
}

package uwsgirule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
)

// ModuleCallable finds applications that are named in a way that does not lead to them.
var ModuleCallable = &lint.Rule{
	ID:       "uwsgi-module-callable",
	Severity: diag.Warning,
	Summary:  "a module or callable that uWSGI cannot find, or that another one hides",
	Page:     page("uwsgi-module-callable"),
	Check:    checkModuleCallable,
}

func checkModuleCallable(p *lint.Pass) {
	for _, c := range p.Uwsgi {
		module, file, callable := plain(c, "module"), plain(c, "wsgi-file"), plain(c, "callable")
		if module != nil && file != nil {
			p.Report(diag.Diagnostic{
				Location: file.KeyLocation(),
				Message:  diag.T("%s = %s is not loaded: %s = %s is there first", file.Key, file.Value, module.Key, module.Value),
				Why:      diag.T("both stand for the application of /; uWSGI loads the module, logs mountpoint  already configured. skip., and drops the file"),
				Help:     diag.T("delete one of the two"),
				Related:  []diag.Related{{Location: module.KeyLocation(), Message: diag.T("%s is set here", module.Key)}},
			})
		}
		if module != nil {
			checkModule(p, module, callable)
		}
		if file != nil {
			checkFile(p, file)
		}
		if callable != nil && strings.ContainsAny(callable.Value, ":/") {
			p.Report(diag.Diagnostic{
				Location: callable.ValueLocation(),
				Message:  diag.T("callable takes a name alone, not %q", callable.Value),
				Why:      notLoaded(),
				Help:     diag.T("write `module = PACKAGE.MODULE:CALLABLE`"),
			})
		}
		flask(p, c, module, file, callable)
	}
}

// plain returns the option that decides a setting, when it is known.
func plain(c *uwsgi.Config, name string) *uwsgi.Option {
	o := c.Get(name)
	if o == nil || !isKnown(o) || o.Maybe || o.Value == "" {
		return nil
	}
	return o
}

func notLoaded() diag.Text {
	return diag.T("uWSGI logs unable to load app 0 (mountpoint='') (callable not found or import error), and requests end with 500")
}

// checkModule reports what is no module of an application.
func checkModule(p *lint.Pass, o, callable *uwsgi.Option) {
	name, inside, both := strings.Cut(o.Value, ":")
	d := diag.Diagnostic{Location: o.ValueLocation(), Why: notLoaded()}
	switch last := name[strings.LastIndexByte(name, '.')+1:]; {
	case strings.Contains(name, "/"):
		d.Message = diag.T("%s takes the name of a Python module, not the path %q", o.Key, name)
		d.Help = diag.T("write `wsgi-file = %s` for a file", name)
	case last == "py":
		d.Message = diag.T("%s takes the name of a Python module: %q is the module py of a package", o.Key, name)
		d.Why = diag.T("uWSGI logs ModuleNotFoundError: No module named '%s'; '%s' is not a package, and requests end with 500", name, strings.TrimSuffix(name, ".py"))
		d.Help = diag.T("write `module = %s`, or `wsgi-file = %s`", strings.TrimSuffix(name, ".py"), name)
	case last == "settings" && callable == nil && !both:
		d.Message = diag.T("%s is a Django project's settings, not its application", name)
		d.Help = diag.T("write `module = %s.wsgi:application`, and `env = DJANGO_SETTINGS_MODULE=%s`", strings.TrimSuffix(strings.TrimSuffix(name, "settings"), "."), name)
	case both && callable != nil && callable.Value != inside && inside != "":
		d.Location = callable.ValueLocation()
		d.Message = diag.T("callable = %s is not used: %s = %s names another one", callable.Value, o.Key, o.Value)
		d.Why = diag.Text{}
		d.Help = diag.T("delete the line, or write `module = %s:%s`", name, callable.Value)
		d.Related = []diag.Related{{Location: o.ValueLocation(), Message: diag.T("the callable after the colon counts")}}
	default:
		return
	}
	p.Report(d)
}

// checkFile reports what is no file of an application.
func checkFile(p *lint.Pass, o *uwsgi.Option) {
	name, callable, both := strings.Cut(o.Value, ":")
	if !both || strings.Contains(callable, "/") || !strings.HasSuffix(name, ".py") {
		return
	}
	p.Report(diag.Diagnostic{
		Location: o.ValueLocation(),
		Message:  diag.T("%s takes a path alone: there is no file called %q", o.Key, o.Value),
		Why:      notLoaded(),
		Help:     diag.T("write `wsgi-file = %s` and `callable = %s`", name, callable),
	})
}

// flask reports a Flask application whose callable is not the one that uWSGI
// looks for when nothing names it. The project's sources say what it is called.
func flask(p *lint.Pass, c *uwsgi.Config, module, file, callable *uwsgi.Option) {
	name, object, ok := strings.Cut(p.Target.Module, ":")
	if !ok || object == "application" || callable != nil {
		return
	}
	o := module
	switch {
	case o != nil && o.Value == name:
	case o == nil && file != nil && (file.Value == strings.ReplaceAll(name, ".", "/")+".py" || strings.HasSuffix(file.Value, "/"+strings.ReplaceAll(name, ".", "/")+".py")):
		o = file
	default:
		return
	}
	p.Report(diag.Diagnostic{
		Location: o.ValueLocation(),
		Message:  diag.T("the application of %s is called %s, and uWSGI looks for application", o.Value, object),
		Why:      diag.T("uWSGI logs unable to find \"application\" callable in file %s, and requests end with 500", name),
		Help:     diag.T("add `callable = %s`", object),
	})
}

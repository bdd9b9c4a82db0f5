"""Loading WSGI applications, and choosing the one that answers."""

import importlib
import os
import signal
import socket
import sys
import time
import types

from .log import log, print_exception
from .score import REQUESTS


class Applications:
    """The applications of a configuration."""

    def __init__(self, settings, score):
        self.settings, self.score = settings, score
        self.hostname = socket.gethostname()
        self.by_mount = {}  # mount point -> (number, callable)
        self.master, self.worker = os.getpid(), 0

    def prepare(self):
        s = self.settings
        os.environ.update(s["env"])
        for name in s["unset"]:
            os.environ.pop(name, None)
        if s["limit_as"]:
            import resource

            log("limiting address space of processes...")
            limit = s["limit_as"] * 1024 * 1024
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
            log("your process address space limit is %d bytes (%d MB)" % (limit, s["limit_as"]))
        if s["chdir"]:
            try:
                os.chdir(s["chdir"])
            except OSError as e:
                log("chdir(): %s" % e.strerror)
                os._exit(1)
        for path in reversed(s["pythonpath"]):
            sys.path.insert(0, path)
        if "" not in sys.path and "." not in sys.path:
            sys.path.insert(0, ".")
        log("Python version: %s" % sys.version.replace("\n", " "))
        if not (s["enable_threads"] or s["threads"] > 1):
            log("*** Python threads support is disabled. You can enable it with --enable-threads ***")
        sys.modules["uwsgi"] = self.module()

    def module(self):
        """Makes the module uwsgi, for applications that import it."""
        m = types.ModuleType("uwsgi", "What the embedded application server offers of uWSGI's API.")
        m.version = b"2.0"
        m.numproc, m.opt = self.settings["processes"], {k: v.encode() for k, v in self.settings["options"].items()}
        m.hostname, m.started_on = self.hostname.encode(), int(time.time())
        m.applications = {}
        m.worker_id = lambda: self.worker
        m.masterpid = lambda: self.master
        m.mypid = os.getpid
        m.log = lambda text: log(str(text))
        m.total_requests = lambda: self.score.total(REQUESTS)
        m.reload = lambda: os.kill(self.master, signal.SIGHUP)
        return m

    def load(self):
        """Loads the applications; what does not load is said in the log."""
        s, began = self.settings, time.time()
        for number, mount in enumerate(s["apps"]):
            point = mount["mount"]
            if point:
                log("mounting %s on %s" % (mount["target"], point))
            try:
                app = self.find(mount)
            except Exception:
                print_exception()
                app = None
            if app is None:
                log("unable to load app %d (mountpoint='%s') (callable not found or import error)" % (number, point))
                continue
            default = " (default app)" if not self.by_mount else ""
            log("WSGI app %d (mountpoint='%s') ready in %d seconds on interpreter 0x%x pid: %d%s"
                % (number, point, time.time() - began, id(sys), os.getpid(), default))
            self.by_mount[point] = (number, app)
        if not self.by_mount:
            if s["need_app"]:
                log("*** no app loaded. GAME OVER ***")
                sys.stdout.flush()
                os._exit(22)
            log("*** no app loaded. going in full dynamic mode ***")

    def find(self, mount):
        """Returns the callable that a module, a file or either with :name means."""
        target, name = mount["target"], mount["callable"] or "application"
        if mount["file"]:
            return self.find_in_file(target, name)
        module, _, attribute = target.partition(":")
        app = importlib.import_module(module)
        for part in (attribute or name).split("."):
            if part.endswith("()"):
                app = getattr(app, part[:-2])()
                continue
            app = getattr(app, part, None)
            if app is None:
                log('unable to find "%s" callable in module %s' % (attribute or name, module))
                return None
        return app

    def find_in_file(self, path, name):
        try:
            with open(path, "rb") as f:
                source = f.read()
        except OSError:
            log("failed to open python file %s" % path)
            return None
        module = types.ModuleType("uwsgi_file_" + "".join(c if c.isalnum() else "_" for c in path))
        module.__file__ = path
        sys.modules[module.__name__] = module
        exec(compile(source, path, "exec"), module.__dict__)
        app = getattr(module, name, None)
        if app is None:
            log('unable to find "application" callable in file %s' % path)
        return app

    def place(self, request):
        """Splits the path at a mount point, under manage-script-name."""
        environ = request.environ
        path = environ.get("PATH_INFO", "")
        if not self.settings["manage_script_name"] or len(path) < 2 or not self.by_mount:
            return
        best = ""
        for point in self.by_mount:
            if len(point) > len(best) and (path == point or path.startswith(point + "/")):
                best = point
        if "SCRIPT_NAME" not in environ:
            request.vars += 2  # uWSGI appends it
            environ["SCRIPT_NAME"] = ""
        if best:
            environ["SCRIPT_NAME"], environ["PATH_INFO"] = best, path[len(best) :]

    def choose(self, environ):
        """Returns the number and the callable that answer; None when there is none."""
        app = self.by_mount.get(environ.get("UWSGI_APPID") or environ.get("SCRIPT_NAME", ""))
        if app is None and self.by_mount and not self.settings["no_default_app"]:
            return next(iter(self.by_mount.values()))
        return app

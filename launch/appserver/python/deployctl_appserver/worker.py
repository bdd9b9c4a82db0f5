"""A worker: takes requests, and has the application answer them."""

import io
import json
import os
import signal
import socket
import sys
import tempfile
import threading
import time

from .channel import END, REOPEN, RETIRE, Channel
from .log import log, log_sent, print_exception
from .request import FileWrapper, Input, Refused, Request
from .score import BUSY, DEADLINE, EXCEPTIONS, PID, REQUESTS, SPAWNED
from .static import serve_file


# Signals that mean something else to the master; they are blocked while it
# forks, so that none is lost before a worker has its own handlers.
MASTERS_SIGNALS = (signal.SIGHUP, signal.SIGTERM)


class Worker:
    """Lives in a process of its own, from fork to exit."""

    def __init__(self, number, settings, control, applications, score):
        self.number, self.settings, self.applications, self.score = number, settings, applications, score
        self.control = control
        self.threads = settings["threads"]
        self.harakiri = settings["harakiri"]
        self.post_buffering = settings["post_buffering"]
        self.lock = threading.Lock()
        self.added = "%s: %d" % (settings["worker_header"], number) if settings["worker_header"] else None
        self.app_counts = {}
        self.served = 0
        self.done = self.told = False  # it has served max-requests; the log says so
        self.fixed = {
            "wsgi.version": (1, 0), "wsgi.multithread": self.threads > 1, "wsgi.multiprocess": settings["processes"] > 1,
            "wsgi.run_once": False, "wsgi.file_wrapper": FileWrapper, "uwsgi.version": b"2.0", "uwsgi.node": applications.hostname.encode(),
        }

    def run(self):
        """Is a worker until the supervisor says that it shall end, or is gone."""
        self.applications.worker = self.number
        self.hello = {"worker": self.number, "pid": os.getpid(), "born": time.time_ns()}
        signal.signal(signal.SIGHUP, self.retire)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, MASTERS_SIGNALS)
        hook = getattr(sys.modules["uwsgi"], "post_fork_hook", None)
        if self.settings["lazy_apps"]:
            self.applications.load()
        if hook:
            hook()
        if self.settings["py_autoreload"] and self.number == 1:
            threading.Thread(target=self.watch, daemon=True).start()
        self.set_spawned()
        threads = [threading.Thread(target=self.loop, args=(core,), daemon=True) for core in range(1, self.threads)]
        for t in threads:
            t.start()
        self.loop(0)
        for t in threads:
            t.join()
        sys.stdout.flush()
        sys.stderr.flush()

    def retire(self, signum, frame):
        """Asks the supervisor to hand on no more requests."""
        try:
            self.control.send(json.dumps(dict(self.hello, retire=True)).encode())
        except OSError:
            os._exit(0)

    def set_spawned(self):
        self.score.set(self.number, PID, os.getpid())
        self.score.set(self.number, SPAWNED, int(time.time()))

    def loop(self, core):
        """Answers requests, one after the other."""
        channel = Channel(self.control, self.hello, core, self.settings["socket_timeout"])
        while True:
            arrived = channel.next()
            if arrived is None:
                return
            self.serve(channel, *arrived)

    def watch(self):
        """Asks the master for a reload when a module's file changes."""
        seen = {}
        while True:
            for module in list(sys.modules.values()):
                path = getattr(module, "__file__", None)
                if not path:
                    continue
                try:
                    changed = os.stat(path).st_mtime
                except OSError:
                    continue
                if seen.setdefault(path, changed) != changed:
                    seen[path] = changed
                    log("[uwsgi-python-reloader] module/file %s has been modified" % path)
                    os.kill(os.getppid(), signal.SIGHUP)
            time.sleep(self.settings["py_autoreload"])

    def serve(self, channel, arrived, note, body):
        """Answers one request."""
        request = Request(channel, arrived[0], self.added)
        _, request.vars, request.size, request.length, *refusal = arrived
        request.body = body
        me, score = self.number, self.score
        try:
            try:
                if refusal:
                    raise Refused(*refusal)
                self.applications.place(request)
                self.begin(request, note)
                self.answer(request)
            except Refused as e:
                log(str(e))
                if e.status is None:
                    request.skipped = True
                    return
                request.code = e.status
            except socket.timeout:
                return
            except (BrokenPipeError, ConnectionResetError):
                self.write_error(request)
            except Exception:  # nothing that a client sends may end the worker
                request.code = 500
                print_exception()
            score.count(me, request.sent + request.head_bytes, int((time.time() - request.started) * 1000000))
            if self.logged(request.code):
                self.log_request(request)
        finally:
            score.set(me, BUSY, 0.0)
            if self.harakiri:
                score.set(me, DEADLINE, 0.0)  # as in uWSGI, for all threads of the worker
            self.end(request)

    def last(self, request):
        """Returns the flags of a response's last frame."""
        flags = END | REOPEN if request.unread() else END
        with self.lock:
            self.served += not request.skipped
            most = self.settings["max_requests"]
            if most and self.served >= most and time.time() - self.score.get(self.number, SPAWNED) >= self.settings["min_worker_lifetime"]:
                self.done = True
        return flags | RETIRE if self.done else flags

    def end(self, request):
        """Makes the channel ready for the next request."""
        if not request.ended and not request.broken:
            try:
                request.put(b"", self.last(request))
            except OSError:
                pass  # the client did not wait
        if self.done and not self.told:
            self.told = True
            log("...The work of process %d is done. Seeya!" % os.getpid())
        if request.broken or request.unread():
            request.channel.reopen()

    def begin(self, request, note):
        score = self.score
        score.set(self.number, BUSY, request.started)
        score.note(self.number, note)
        if self.harakiri:
            score.set(self.number, DEADLINE, request.started + self.harakiri)

    def answer(self, request):
        environ = request.environ
        if self.settings["static"] and serve_file(request, self.settings["static"]):
            return
        chosen = self.applications.choose(environ)
        if chosen is None:
            log("--- no python application found, check your startup logs for errors ---")
            request.status, request.code = "500 Internal Server Error", 500
            request.headers = [("Connection", "close"), ("Content-Type", "text/plain")]
            request.send(b"Internal Server Error")
            return
        request.app, app = chosen
        request.app_requests = self.count(request.app)
        request.input = body = Input(request.channel, request.body, request.length)
        if self.post_buffering and request.length:
            body = self.buffered(request)
        environ.update(self.fixed)
        environ["wsgi.input"] = body
        environ["wsgi.errors"] = sys.stderr
        scheme = environ.get("HTTP_X_FORWARDED_PROTO") or environ.get("UWSGI_SCHEME")
        secure = environ.get("HTTP_X_FORWARDED_SSL") or environ.get("HTTPS", "")
        environ["wsgi.url_scheme"] = scheme or ("https" if secure[:2].lower() == "on" or secure[:1] == "1" else "http")
        if self.threads > 1:
            environ["uwsgi.core"] = request.channel.core
        self.call(app, request)

    def call(self, app, request):
        result = None
        try:
            try:
                result = app(request.environ, request.start_response)
                self.stream(result, request)
            finally:
                if hasattr(result, "close"):
                    result.close()
        except (BrokenPipeError, ConnectionResetError):
            self.write_error(request)
        except SystemExit:
            print_exception()
        except Exception:
            if not request.head_sent:
                request.code, request.failed = 500, True
            self.score.add(self.number, EXCEPTIONS, 1)
            print_exception()

    def stream(self, result, request):
        if result is None:
            request.finish_head()
            return
        if type(result) in (list, tuple) and len(result) == 1 and type(result[0]) is bytes and result[0] and request.status is not None:
            # Nothing can follow: the end goes along.
            request.switches += 1
            request.send(result[0], self.last(request))
            return
        if isinstance(result, FileWrapper) and request.send_file(result):
            return
        if isinstance(result, (bytes, str)):
            result = [result]
        for chunk in result:
            request.switches += 1
            if isinstance(chunk, (bytes, bytearray)):
                if chunk:
                    request.send(chunk) if request.status is not None else request.send_headless(chunk)
            else:
                log("[ERROR] Unhandled object from iterator: %r (0x%x)" % (chunk, id(chunk)))
        request.finish_head()
        if request.status is None:
            request.code = 500

    def buffered(self, request):
        """Reads the whole body before the application is asked."""
        source, length = request.input, request.length
        target = io.BytesIO() if length <= self.post_buffering else tempfile.TemporaryFile()
        left = length
        while left:
            try:
                data = source.read(min(left, 65536))
            except OSError:
                raise Refused("[uwsgi-body-read] Error reading %d bytes. Content-Length: %d consumed: %d left: %d message: Client closed connection"
                              % (min(left, 65536), length, length - left, left), 500) from None
            target.write(data)
            left -= len(data)
        target.seek(0)
        return target

    def count(self, app):
        with self.lock:
            self.app_counts[app] = self.app_counts.get(app, 0) + 1
            return self.app_counts[app]

    def write_error(self, request):
        e = request.environ
        log_sent("SIGPIPE: writing to a closed pipe/socket/fd (probably the client disconnected) on request %s (ip %s) !!!"
            % (e.get("REQUEST_URI", ""), e.get("REMOTE_ADDR", "")))

    def logged(self, code):
        s = self.settings
        return not s["disable_logging"] or s["log_4xx"] and 400 <= code < 500 or s["log_5xx"] and code >= 500

    def log_request(self, r):
        e = r.environ
        log_sent("[pid: %d|app: %d|req: %d/%d] %s (%s) {%d vars in %d bytes} [%s] %s %s => generated %d bytes in %d msecs%s(%s %d) %d headers in %d bytes (%d switches on core %d)"
            % (os.getpid(), r.app, r.app_requests, self.score.total(REQUESTS), e.get("REMOTE_ADDR", ""), e.get("REMOTE_USER", ""), r.vars, r.size,
               time.strftime("%a %b %e %H:%M:%S %Y", time.localtime(r.started)), e.get("REQUEST_METHOD", ""), e.get("REQUEST_URI", ""),
               r.sent, (time.time() - r.started) * 1000, " via sendfile() " if r.sendfile else " ", e.get("SERVER_PROTOCOL", ""), r.code,
               r.head_count, r.head_bytes, r.switches, r.channel.core))

"""A worker: accepts connections, and has the application answer them."""

import io
import os
import select
import signal
import socket
import sys
import tempfile
import threading
import time

from .log import log, log_sent, print_exception
from .protocol import READERS, content_length
from .request import FileWrapper, Input, Refused, Request
from .score import BUSY, DEADLINE, EXCEPTIONS, PID, REQUESTS, RUNNING, SPAWNED, TX
from .static import serve_file


# Signals that mean something else to the master; they are blocked while it
# forks, so that none is lost before a worker has its own handlers.
MASTERS_SIGNALS = (signal.SIGHUP, signal.SIGTERM)


class Worker:
    """Lives in a process of its own, from fork to exit."""

    def __init__(self, number, settings, listeners, applications, score):
        self.number, self.settings, self.applications, self.score = number, settings, applications, score
        self.sockets = [(listener, READERS[protocol]) for listener, protocol in listeners]
        self.threads = settings["threads"]
        self.harakiri = settings["harakiri"]
        self.post_buffering = settings["post_buffering"]
        self.lock = threading.Lock()
        self.added = "%s: %d" % (settings["worker_header"], number) if settings["worker_header"] else None
        self.app_counts = {}
        self.served = 0
        self.stopping = False
        self.fixed = {
            "wsgi.version": (1, 0), "wsgi.multithread": self.threads > 1, "wsgi.multiprocess": settings["processes"] > 1,
            "wsgi.run_once": False, "wsgi.file_wrapper": FileWrapper, "uwsgi.version": b"2.0", "uwsgi.node": applications.hostname.encode(),
        }

    def run(self, alive):
        """Is a worker until it is told to stop, or its master is gone."""
        self.applications.worker = self.number
        stop, wake = os.pipe()
        os.set_blocking(wake, False)

        def finish(signum, frame):
            self.stopping = True
            try:
                os.write(wake, b"x")  # never read, so that every thread sees it
            except OSError:
                pass

        signal.signal(signal.SIGHUP, finish)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, MASTERS_SIGNALS)
        hook = getattr(sys.modules["uwsgi"], "post_fork_hook", None)
        if self.settings["lazy_apps"]:
            self.applications.load()
        if hook:
            hook()
        self.finish, self.alive, self.stop = finish, alive, stop
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

    def set_spawned(self):
        self.score.set(self.number, PID, os.getpid())
        self.score.set(self.number, SPAWNED, int(time.time()))

    def loop(self, core):
        """Accepts and answers connections, one after the other."""
        poll = select.poll()
        listeners = {}
        for listener, read in self.sockets:
            listeners[listener.fileno()] = (listener, read)
            poll.register(listener, select.POLLIN)
        poll.register(self.stop, select.POLLIN)
        poll.register(self.alive, select.POLLIN)
        most = self.settings["max_requests"]
        # A listener that is busy is asked again before the others are looked at.
        in_a_row = 8
        while not self.stopping:
            for fd, _ in poll.poll():
                if fd not in listeners:
                    if fd == self.alive:
                        os._exit(0)  # the master is gone
                    return
                listener, read = listeners[fd]
                for _ in range(in_a_row):
                    try:
                        conn, _ = listener.accept()
                    except OSError:
                        break  # another worker was faster
                    self.serve(conn, read, core)
                    if self.stopping:
                        return
                    if most and self.served >= most and time.time() - self.score.get(self.number, SPAWNED) >= self.settings["min_worker_lifetime"]:
                        log("...The work of process %d is done. Seeya!" % os.getpid())
                        self.finish(0, None)
                        return

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

    def serve(self, conn, read, core):
        """Answers the one request of a connection."""
        request = Request(conn, core, self.settings["socket_timeout"])
        request.added = self.added
        me, score = self.number, self.score
        try:
            try:
                if not read(self.settings, conn, request):
                    return
                self.applications.place(request)
                self.begin(request)
                self.answer(request)
            except Refused as e:
                log(str(e))
                if e.status is None:
                    return
                request.code = e.status
            except socket.timeout:
                return
            except (BrokenPipeError, ConnectionResetError):
                self.write_error(request)
            except Exception:  # nothing that a client sends may end the worker
                request.code = 500
                print_exception()
            if self.threads == 1:
                self.served += 1
            else:
                with self.lock:
                    self.served += 1
            score.add(me, REQUESTS, 1)
            score.add(me, TX, request.sent + request.head_bytes)
            score.add(me, RUNNING, int((time.time() - request.started) * 1000000))
            self.log_request(request)
        finally:
            score.set(me, BUSY, 0.0)
            if self.harakiri:
                score.set(me, DEADLINE, 0.0)  # as in uWSGI, for all threads of the worker
            try:
                conn.close()
            except OSError:
                pass

    def begin(self, request):
        me, score, environ = self.number, self.score, request.environ
        score.set(me, BUSY, request.started)
        score.note(me, "%s - %s %s" % (environ.get("REMOTE_ADDR", ""), environ.get("REQUEST_METHOD", ""), environ.get("REQUEST_URI", "")))
        if self.harakiri:
            score.set(me, DEADLINE, request.started + self.harakiri)

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
        length = content_length(environ)
        if self.post_buffering and length:
            body = self.buffered(request, length)
        else:
            body = Input(request.conn, request.body, length, request.timeout)
        environ.update(self.fixed)
        environ["wsgi.input"] = body
        environ["wsgi.errors"] = sys.stderr
        scheme = environ.get("HTTP_X_FORWARDED_PROTO") or environ.get("UWSGI_SCHEME")
        secure = environ.get("HTTP_X_FORWARDED_SSL") or environ.get("HTTPS", "")
        environ["wsgi.url_scheme"] = scheme or ("https" if secure[:2].lower() == "on" or secure[:1] == "1" else "http")
        if self.threads > 1:
            environ["uwsgi.core"] = request.core
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

    def buffered(self, request, length):
        """Reads the whole body before the application is asked."""
        source = Input(request.conn, request.body, length, request.timeout)
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

    def log_request(self, r):
        s = self.settings
        if s["disable_logging"] and not (s["log_4xx"] and 400 <= r.code < 500 or s["log_5xx"] and r.code >= 500):
            return
        e = r.environ
        log_sent("[pid: %d|app: %d|req: %d/%d] %s (%s) {%d vars in %d bytes} [%s] %s %s => generated %d bytes in %d msecs%s(%s %d) %d headers in %d bytes (%d switches on core %d)"
            % (os.getpid(), r.app, r.app_requests, self.score.total(REQUESTS), e.get("REMOTE_ADDR", ""), e.get("REMOTE_USER", ""), r.vars, r.size,
               time.strftime("%a %b %e %H:%M:%S %Y", time.localtime(r.started)), e.get("REQUEST_METHOD", ""), e.get("REQUEST_URI", ""),
               r.sent, (time.time() - r.started) * 1000, " via sendfile() " if r.sendfile else " ", e.get("SERVER_PROTOCOL", ""), r.code,
               r.head_count, r.head_bytes, r.switches, r.core))

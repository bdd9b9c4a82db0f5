"""The master: forks workers, and forks them again when they die."""

import gc
import json
import os
import select
import signal
import sys
import time

from .log import log, print_exception
from .score import BUSY, DEADLINE, EXCEPTIONS, HARAKIRIS, PID, REQUESTS, RUNNING, SPAWNED, TX
from .worker import MASTERS_SIGNALS, Worker


class Master:
    """Forks workers, and forks them again when they die."""

    def __init__(self, settings, control, applications, score, commands, events):
        self.settings, self.control, self.applications, self.score = settings, control, applications, score
        self.commands, self.events = commands, events
        self.workers = range(1, settings["processes"] + 1)
        self.pids, self.last = {}, {}  # pid -> worker, worker -> when it was forked
        self.respawns = dict.fromkeys(self.workers, 0)
        self.dying = {}
        self.stopping = False
        self.asked = b""

    def start(self):
        signal.signal(signal.SIGHUP, lambda *_: self.say({"event": "reload"}))
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: self.say({"event": "terminated"}))
        log("spawned uWSGI master process (pid: %d)" % os.getpid())
        gc.freeze()
        for worker in self.workers:
            pid = self.fork(worker)
            log("spawned uWSGI worker %d (pid: %d, cores: %d)" % (worker, pid, self.settings["threads"]))
        self.say({"event": "ready", "pid": os.getpid()})

    def fork(self, worker):
        sys.stdout.flush()
        sys.stderr.flush()
        signal.pthread_sigmask(signal.SIG_BLOCK, MASTERS_SIGNALS)
        pid = os.fork()
        if pid:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, MASTERS_SIGNALS)
            self.pids[pid] = worker
            self.last[worker] = time.time()
            self.score.set(worker, PID, pid)
            self.score.set(worker, SPAWNED, int(self.last[worker]))
            return pid
        code = 1
        try:
            for fd in (self.commands, self.events):
                os.close(fd)
            Worker(worker, self.settings, self.control, self.applications, self.score).run()
            code = 0
        except BaseException:
            print_exception()
        finally:
            sys.stderr.flush()
            os._exit(code)

    def say(self, message):
        try:
            os.write(self.events, json.dumps(message).encode() + b"\n")
        except OSError:
            pass

    def run(self):
        while self.pids or not self.stopping:
            readable, _, _ = select.select([self.commands], [], [], 0.1)
            if readable and not self.listen():
                self.kill(signal.SIGKILL)
                return
            self.reap()
            self.check()
        self.say({"event": "stopped"})

    def listen(self):
        """Does what the supervisor asks for; false when it is gone."""
        try:
            data = os.read(self.commands, 65536)
        except OSError:
            data = b""
        if not data:
            return False
        *lines, self.asked = (self.asked + data).split(b"\n")
        for line in lines:
            word = line.decode()
            if word == "stop":  # the supervisor lets the workers end
                self.stopping = True
                self.say({"event": "stopping"})
            elif word == "kill":
                self.stopping = True
                self.kill(signal.SIGKILL)
            elif word == "stats":
                self.say({"event": "stats", "workers": self.stats()})
        return True

    def kill(self, signum):
        for pid in self.pids:
            try:
                os.kill(pid, signum)
            except ProcessLookupError:
                pass

    def reap(self):
        while self.pids:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            worker = self.pids.pop(pid, 0)
            if not worker:
                continue
            for field in (BUSY, DEADLINE):
                self.score.set(worker, field, 0.0)
            if os.WIFSIGNALED(status) and not self.stopping:
                log("DAMN ! worker %d (pid: %d) died, killed by signal %d :( trying respawn ..." % (worker, pid, os.WTERMSIG(status)))
            elif os.WIFEXITED(status) and os.WEXITSTATUS(status) == 22:
                self.say({"event": "failed"})
                self.stopping = True
                self.kill(signal.SIGKILL)
            if self.stopping:
                continue
            if not self.settings["master"]:
                self.say({"event": "gone", "worker": worker})
                if not self.pids:
                    self.stopping = True
                continue
            # A worker that dies at once shall not be forked without end.
            if time.time() - self.last[worker] < 1:
                self.dying[worker] = time.time() + 1
            else:
                self.respawn(worker)

    def respawn(self, worker):
        self.respawns[worker] += 1
        pid = self.fork(worker)
        log("Respawned uWSGI worker %d (new pid: %d)" % (worker, pid))

    def check(self):
        now, score = time.time(), self.score
        for worker, when in list(self.dying.items()):
            if now >= when:
                del self.dying[worker]
                if not self.stopping:
                    self.respawn(worker)
        if not self.settings["harakiri"]:
            return
        for pid, worker in self.pids.items():
            deadline = score.get(worker, DEADLINE)
            if deadline and now > deadline:
                score.set(worker, DEADLINE, 0.0)
                score.set(worker, HARAKIRIS, score.get(worker, HARAKIRIS) + 1)
                stamp = time.strftime("%a %b %e %H:%M:%S %Y", time.localtime())
                log("%s - *** HARAKIRI ON WORKER %d (pid: %d, try: 1) ***" % (stamp, worker, pid))
                log("%s - HARAKIRI !!! worker %d status !!!" % (stamp, worker))
                log("%s - HARAKIRI [core 0] %s since %d" % (stamp, score.noted(worker), score.get(worker, BUSY)))
                log("%s - HARAKIRI !!! end of worker %d status !!!" % (stamp, worker))
                os.kill(pid, signal.SIGKILL)

    def stats(self):
        score, workers = self.score, []
        running = {worker: pid for pid, worker in self.pids.items()}
        for w in self.workers:
            requests = score.get(w, REQUESTS)
            busy = score.get(w, BUSY)
            workers.append({
                "id": w, "pid": running.get(w, 0), "requests": requests, "exceptions": score.get(w, EXCEPTIONS),
                "harakiri_count": score.get(w, HARAKIRIS), "busy_since": busy, "request": score.noted(w) if busy else "",
                "running_time": score.get(w, RUNNING), "last_spawn": score.get(w, SPAWNED), "respawn_count": self.respawns[w] + 1,
                "tx": score.get(w, TX), "avg_rt": score.get(w, RUNNING) // requests if requests else 0,
            })
        return workers

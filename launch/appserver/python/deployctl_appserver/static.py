"""Files that are served without the application: static-map, check-static."""

import mimetypes
import os
import stat
import time

from .log import log
from .request import FileWrapper


def serve_file(request, folders):
    """Answers a request for a file of static-map or check-static."""
    environ = request.environ
    path = environ.get("PATH_INFO", "").partition("\0")[0]  # as C has it
    for prefix, folder in folders:
        if not path.startswith(prefix):
            continue
        rest = path[len(prefix) :]
        full = os.path.realpath(os.path.join(folder, rest.lstrip("/"))) if rest else os.path.realpath(folder)
        base = os.path.realpath(folder)
        if full != base and not full.startswith(base.rstrip("/") + "/"):
            log("[uwsgi-fileserve] security error: %s is not under %s or a safe path" % (full, base))
            continue
        if environ.get("REQUEST_METHOD") not in ("GET", "HEAD"):
            continue
        try:
            fd = os.open(full, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))  # a pipe has no writer
        except OSError:
            continue
        info = os.fstat(fd)
        if not stat.S_ISREG(info.st_mode):
            os.close(fd)
            continue
        with os.fdopen(fd, "rb") as f:
            kind = mimetypes.guess_type(full)[0]
            modified = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(info.st_mtime))
            if unchanged(info.st_mtime, environ.get("HTTP_IF_MODIFIED_SINCE")):
                request.start_response("304 Not Modified", [])
                request.finish_head()
                return True
            headers = [("Content-Type", kind)] if kind else []
            headers += [("Content-Length", str(info.st_size)), ("Last-Modified", modified)]
            request.start_response("200 OK", headers)
            if environ.get("REQUEST_METHOD") == "HEAD" or not request.send_file(FileWrapper(f)):
                request.finish_head()
        return True
    return False


def unchanged(mtime, since):
    """Tells whether a client's copy from a date is as new as the file."""
    if not since:
        return False
    from email.utils import mktime_tz, parsedate_tz  # costs milliseconds, and few ask

    date = parsedate_tz(since)
    return date is not None and int(mtime) <= mktime_tz(date)

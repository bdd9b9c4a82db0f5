"""Files that are served without the application: static-map, check-static."""

import mimetypes
import os
import time

from .log import log
from .request import FileWrapper


def serve_file(request, folders):
    """Answers a request for a file of static-map or check-static."""
    environ = request.environ
    if environ.get("REQUEST_METHOD") not in ("GET", "HEAD"):
        return False
    path = environ.get("PATH_INFO", "")
    for prefix, folder in folders:
        if not path.startswith(prefix):
            continue
        rest = path[len(prefix) :]
        full = os.path.realpath(os.path.join(folder, rest.lstrip("/"))) if rest else os.path.realpath(folder)
        base = os.path.realpath(folder)
        if full != base and not full.startswith(base.rstrip("/") + "/"):
            log("[uwsgi-fileserve] security error: %s is not under %s or a safe path" % (full, base))
            continue
        try:
            fd = os.open(full, os.O_RDONLY)
        except OSError:
            continue
        with os.fdopen(fd, "rb") as f:
            info = os.fstat(f.fileno())
            if not os.path.isfile(full):
                continue
            kind = mimetypes.guess_type(full)[0]
            modified = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(info.st_mtime))
            if environ.get("HTTP_IF_MODIFIED_SINCE") == modified:
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

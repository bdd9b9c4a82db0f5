"""Reading requests off a connection: the uwsgi protocol, and HTTP."""

import socket
import struct
from urllib.parse import unquote_to_bytes

from .request import Refused

LENGTH = struct.Struct("<H").unpack_from  # of a string in the uwsgi protocol


def parse_vars(block, settings, request):
    """Reads the variables of a uwsgi packet into a request's environ."""
    text, environ = block.decode("latin-1"), request.environ
    most, limit_post = 4 * settings["max_vars"], settings["limit_post"]
    at, end, count, length = 0, len(text), 0, LENGTH
    try:
        while at + 2 <= end:
            n = length(block, at)[0]
            if n == 0:
                raise Refused("uwsgi key cannot be null. skip this var.", 500)
            value = at + 2 + n
            if value + 2 > end:
                raise Refused("invalid uwsgi request (current strsize: %d). skip." % n, 500)
            after = value + 2 + length(block, value)[0]
            if after > end:
                raise Refused("invalid uwsgi request (current strsize: %d). skip." % (after - value - 2), 500)
            if count >= most:
                raise Refused("max vec size reached. skip this var.", 500)
            key = text[at + 2 : value]
            environ[key] = text[value + 2 : after]
            if limit_post and key == "CONTENT_LENGTH" and content_length(environ) > limit_post:
                raise Refused(TOO_BIG, 500)
            count += 2
            at = after
    finally:
        request.vars = count


TOO_BIG = "Invalid (too big) CONTENT_LENGTH. skip."


def content_length(environ):
    """Returns the length of the body, in bytes."""
    try:
        return max(0, int(environ.get("CONTENT_LENGTH") or 0))
    except ValueError:
        return 0


def resolve(path):
    """Takes the dot segments out of a path."""
    kept = []
    for segment in path.split("/"):
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    return "/".join(kept) or path and "/"


def read_uwsgi(settings, conn, request):
    """Reads a request in the uwsgi protocol."""
    data = request.receive()
    while 0 < len(data) < 4:
        more = request.receive()
        if not more:
            break
        data += more
    if len(data) < 4:
        return False
    modifier, size = data[0], data[1] | data[2] << 8
    if size > settings["buffer_size"]:
        raise Refused("invalid request block size: %d (max %d)...skip" % (size, settings["buffer_size"]))
    while len(data) < 4 + size:
        more = request.receive()
        if not more:
            return False
        data += more
    if modifier != 0:
        raise Refused("-- unavailable modifier requested: %d --" % modifier)
    request.size = size
    if size == 0:
        raise Refused("Empty python request. skip.", 0)
    parse_vars(data[4 : 4 + size], settings, request)
    request.body = data[4 + size :]
    return True


def read_http(settings, conn, request):
    """Reads a request in HTTP, as an http-socket takes it."""
    data = b""
    while True:
        end = data.find(b"\r\n\r\n")
        if end >= 0:
            break
        if len(data) >= settings["buffer_size"]:
            raise Refused("invalid HTTP request size (max %d)...skip" % settings["buffer_size"])
        more = request.receive()
        if not more:
            return False
        data += more
    if end + 4 > settings["buffer_size"]:
        raise Refused("invalid HTTP request size (max %d)...skip" % settings["buffer_size"])
    lines = data[:end].decode("latin-1").split("\r\n")
    words = lines[0].split(" ", 2)
    if len(words) < 3:
        return False
    uri = words[1]
    path, _, query = uri.partition("?")
    path = path.partition("#")[0]
    host, port = conn.getsockname()[:2] if conn.family != socket.AF_UNIX else (conn.getsockname(), "")
    environ = request.environ
    environ |= {
        "REQUEST_METHOD": words[0],
        "REQUEST_URI": uri,
        "PATH_INFO": unquote_to_bytes(resolve(path).encode("latin-1")).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_PROTOCOL": words[2],
        "SERVER_NAME": socket.gethostname(),
        "SERVER_PORT": str(port),
        "REMOTE_ADDR": conn.getpeername()[0] if conn.family != socket.AF_UNIX else "",
    }
    if not settings["manage_script_name"]:
        environ["SCRIPT_NAME"] = ""
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon:
            return False
        key = name.strip().upper().replace("-", "_")
        value = value.lstrip(" \t")
        if key not in ("CONTENT_LENGTH", "CONTENT_TYPE"):
            key = "HTTP_" + key
            if key in environ:
                value = environ[key] + ", " + value
        environ[key] = value
    request.size = sum(4 + len(k) + len(v) for k, v in environ.items())
    most = 4 * settings["max_vars"]
    request.vars = min(2 * len(environ), most)
    if 2 * len(environ) > most:
        raise Refused("max vec size reached. skip this var.", 500)
    if settings["limit_post"] and content_length(environ) > settings["limit_post"]:
        request.vars -= 2
        raise Refused(TOO_BIG, 500)
    request.body = data[end + 4 :]
    return True


READERS = {"uwsgi": read_uwsgi, "http": read_http}

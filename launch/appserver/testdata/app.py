"""An application that does what applications do, right and wrong."""

import sys
import time
from wsgiref.validate import validator


def application(environ, start_response):
    path = environ["PATH_INFO"]
    handler = HANDLERS.get(path, hello)
    return handler(environ, start_response)


def hello(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"hello"]


def environ_text(environ, start_response):
    skip = ("wsgi.errors", "wsgi.input", "wsgi.file_wrapper", "uwsgi.version", "SERVER_PORT", "HTTP_HOST")
    body = "\n".join("%s=%r" % (k, v) for k, v in sorted(environ.items()) if k not in skip).encode()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [body]


def boom(environ, start_response):
    raise ValueError("boom")


def late(environ, start_response):
    start_response("200 OK", [("X", "1")])

    def parts():
        yield b"one"
        raise ValueError("late")

    return parts()


def nothing(environ, start_response):
    return []


def write(environ, start_response):
    send = start_response("201 Created", [("X", "1")])
    send(b"written ")
    return [b"rest"]


def text(environ, start_response):
    start_response("200 OK", [])
    return ["text"]


def headless(environ, start_response):
    return [b"no head"]


def error(environ, start_response):
    start_response("200 OK", [("X", "first")])
    try:
        raise KeyError("k")
    except KeyError:
        start_response("500 Oops", [("X", "second")], sys.exc_info())
    return [b"replaced"]


def file(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/x-python")])
    return environ["wsgi.file_wrapper"](open(__file__, "rb"), 4096)


def read(environ, start_response):
    source = environ["wsgi.input"]
    first = source.readline()
    rest = source.read(3) + b"|" + source.read()
    start_response("200 OK", [])
    return [first, b"|", rest]


def lines(environ, start_response):
    body = [b"<%s>" % line for line in environ["wsgi.input"]]
    start_response("200 OK", [])
    return body


def slow(environ, start_response):
    time.sleep(float(environ["QUERY_STRING"] or 1))
    return hello(environ, start_response)


class Closing:
    def __init__(self):
        self.sent = False

    def __iter__(self):
        yield b"closing"

    def close(self):
        print("closed the response", file=sys.stderr, flush=True)


def closing(environ, start_response):
    start_response("200 OK", [])
    return Closing()


def valid(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    environ["wsgi.input"].read(0)
    return [b"valid"]


HANDLERS = {
    "/environ": environ_text, "/boom": boom, "/late": late, "/nothing": nothing, "/write": write, "/text": text, "/headless": headless,
    "/error": error, "/file": file, "/read": read, "/lines": lines, "/slow": slow, "/closing": closing, "/valid": validator(valid),
}

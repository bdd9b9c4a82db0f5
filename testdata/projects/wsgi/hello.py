"""A WSGI application without a framework."""
import json
import time


def application(environ, start_response):
    if environ["PATH_INFO"] == "/api/slow":
        time.sleep(2)
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length) if length else b""
    answer = {
        "method": environ["REQUEST_METHOD"],
        "script": environ.get("SCRIPT_NAME", ""),
        "path": environ["PATH_INFO"],
        "scheme": environ["wsgi.url_scheme"],
        "host": environ.get("HTTP_HOST"),
        "forwarded": environ.get("HTTP_X_FORWARDED_FOR"),
        "body": len(body),
    }
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(answer).encode() + b"\n"]

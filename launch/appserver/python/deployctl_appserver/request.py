"""A request as WSGI sees it: its body, its file wrapper, and its response."""

import io
import os
import socket
import time


class Refused(Exception):
    """A request that is not answered; the text is what uWSGI logs. Where uWSGI
    writes a request line all the same, status is what stands in it."""

    def __init__(self, text, status=None):
        Exception.__init__(self, text)
        self.status = status


class Input:
    """wsgi.input that reads the body from the channel as it comes."""

    def __init__(self, channel, buffered, length):
        self.conn, self.buffer, self.left = channel.conn, buffered, length - len(buffered)
        if self.left:
            channel.hurry()

    def _more(self):
        if not self.left:
            return False
        try:
            data = self.conn.recv(min(self.left, 65536))
        except socket.timeout:
            raise OSError("error during read(%d) on wsgi.input" % self.left) from None
        if not data:
            raise OSError("error during read(%d) on wsgi.input" % self.left)
        self.left -= len(data)
        self.buffer += data
        return True

    def read(self, size=-1):
        if size is None or size < 0:
            size = len(self.buffer) + self.left
        while len(self.buffer) < size and self._more():
            pass
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def readline(self, size=-1):
        while True:
            end = self.buffer.find(b"\n") + 1
            if size is not None and 0 <= size <= (end or len(self.buffer)):
                end = size
            if end or not self._more():
                break
        if not end:
            end = len(self.buffer)
        data, self.buffer = self.buffer[:end], self.buffer[end:]
        return data

    def readlines(self, hint=-1):
        lines, total = [], 0
        for line in self:
            lines.append(line)
            total += len(line)
            if hint is not None and 0 < hint <= total:
                break
        return lines

    def __iter__(self):
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line


class FileWrapper:
    """wsgi.file_wrapper: sends a file without copying it, where it can."""

    def __init__(self, filelike, chunk=32768):
        self.filelike, self.chunk = filelike, chunk or 32768
        if hasattr(filelike, "close"):
            self.close = filelike.close

    def __iter__(self):
        return iter(lambda: self.filelike.read(self.chunk), b"")


class Request:
    """One request: its variables, and what became of the response."""

    # What most requests never change is the class's.
    vars = size = length = 0
    body, input = b"", None
    status, code, headers = None, 0, ()
    head_sent = ended = broken = False  # the response is complete; it can not become so
    skipped = False  # uWSGI does not count it
    sent = head_bytes = head_count = switches = 0
    app = app_requests = -1
    sendfile = failed = False

    def __init__(self, channel, environ, added):
        self.channel, self.environ = channel, environ
        self.added = added  # a line of the head that the server itself adds
        self.started = time.time()

    def unread(self):
        """Tells whether a part of the body is still to come."""
        return self.input.left > 0 if self.input else len(self.body) < self.length

    def start_response(self, status, headers, exc_info=None):
        if exc_info:
            try:
                if self.head_sent:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None
        elif self.status is not None:
            raise OSError("headers already set")
        if not isinstance(status, str):
            raise TypeError("http status must be a string")
        self.status, self.headers = status, list(headers)
        try:
            self.code = int(status[:3])
        except ValueError:
            self.code = 0
        return self.write

    def head(self):
        lines = ["%s %s" % (self.environ.get("SERVER_PROTOCOL") or "HTTP/1.0", self.status)]
        for header in self.headers:
            if not (isinstance(header, tuple) and len(header) == 2 and isinstance(header[0], str) and isinstance(header[1], str)):
                raise TypeError("http header must be a 2-item tuple of strings")
            lines.append("%s: %s" % header)
        if self.added:
            lines.append(self.added)
        lines.append("\r\n")
        self.head_sent = True
        self.head_count = len(self.headers)
        data = "\r\n".join(lines).encode("latin-1")
        self.head_bytes = len(data)
        return data

    def write(self, data):
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError("write() argument must be a bytes instance")
        self.send(data)

    def send(self, data, flags=0):
        head = b""
        if not self.head_sent:
            if self.status is None:
                raise OSError("start_response() was not called")
            head = self.head()
        self.sent += len(data)
        self.put(head + data if head else data, flags)

    def send_headless(self, chunk):
        """Sends a body without a head, as uWSGI does for an application that
        never calls start_response."""
        self.code = 500
        self.sent += len(chunk)
        self.put(chunk)

    def put(self, data, flags=0):
        if flags:
            self.ended = True
        try:
            self.channel.put(data, flags)
        except OSError:
            self.broken = True
            raise

    def finish_head(self):
        if not self.head_sent and self.status is not None:
            self.put(self.head())

    def send_file(self, wrapper):
        """Sends the rest of a file by its descriptor; false when it has none."""
        try:
            fd = wrapper.filelike.fileno()
            size = os.fstat(fd).st_size
            offset = wrapper.filelike.tell()
        except (AttributeError, OSError, io.UnsupportedOperation):
            return False
        if not hasattr(os, "sendfile"):
            return False
        self.finish_head()
        self.sendfile = True
        while offset < size and not self.broken:
            piece = min(size - offset, 1 << 20)
            try:
                n = self.channel.put_file(fd, offset, piece)
            except OSError:
                self.broken = True
                raise
            self.broken = n < piece  # the file has become shorter
            offset += n
            self.sent += n
        return True

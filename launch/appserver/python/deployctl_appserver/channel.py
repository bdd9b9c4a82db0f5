"""What a thread of a worker and the supervisor say to each other.

A request is a mark, three bytes of length (the first is the most significant),
that many bytes of JSON, two bytes of length (the first is the least significant),
that many bytes that describe the request in the log, and the body; length 0 tells
the thread to end. The response goes back in frames: a byte of flags, four bytes of
length, and that many bytes.

A request with a mark other than 0 comes while the thread is still busy, so that it
need not go to sleep between the two. It may be given to another thread that is free
before: whoever reads the mark out of the channel's pipe has it.
"""

import array
import json
import os
import socket
import struct

# Flags of a frame.
END = 1  # of the response
REOPEN = 2  # nothing else can follow here: a part of the body is unread
RETIRE = 4  # the worker takes no more requests

FRAME = struct.Struct(">BI").pack
LARGEST = 1 << 30
decode = json.JSONDecoder().raw_decode


class Channel:
    """One thread's connection to the supervisor."""

    def __init__(self, control, hello, core, timeout):
        self.control, self.hello, self.core, self.timeout = control, json.dumps(hello).encode(), core, timeout
        self.open()

    def open(self):
        """Makes a connection and a pipe, and gives the supervisor its ends."""
        self.conn, theirs = socket.socketpair()
        self.marks, giving = os.pipe()
        os.set_blocking(self.marks, False)
        self.mark = 0  # that was read, and whose request is still to come
        self.rest = b""  # what came behind a request without a body
        self.patient = True  # it waits without end
        with theirs:
            try:
                self.control.sendmsg([self.hello], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [theirs.fileno(), self.marks, giving]))])
            except OSError:
                os._exit(0)  # the supervisor is gone
        os.close(giving)

    def reopen(self):
        self.conn.close()
        os.close(self.marks)
        self.open()

    def next(self):
        """Waits for a request. Returns what the supervisor says of it, its
        description, and what is there of its body; None when the thread shall
        end."""
        if not self.patient:
            self.conn.settimeout(None)
            self.patient = True
        while True:
            data, self.rest = self.rest or self.receive(65536), b""
            data = self.fill(data, 4)
            if data[1:4] == b"\0\0\0":
                return None
            end = 4 + int.from_bytes(data[1:4], "big")
            if len(data) < end + 2:
                data = self.fill(data, end + 2)
            if data:
                note = end + 2 + int.from_bytes(data[end : end + 2], "little")
                if len(data) < note:
                    data = self.fill(data, note)
            if not data:
                self.reopen()
                continue
            if data[0] and not self.claim(data[0]):
                self.rest = data[note:]
                continue
            request = decode(data[4:end].decode("ascii"))[0]
            if request[3]:
                return request, data[end:note], data[note:]
            self.rest = data[note:]
            return request, data[end:note], b""

    def claim(self, mark):
        """Tells whether a request is still this thread's."""
        if not self.mark:
            try:
                read = os.read(self.marks, 1)
            except BlockingIOError:
                return False
            if not read:
                return False  # the supervisor has closed the connection
            self.mark = read[0]
        if self.mark != mark:
            return False
        self.mark = 0
        return True

    def fill(self, data, size):
        """Adds to what has come until it has a size; nothing is left of it when the
        supervisor has closed the connection."""
        while data and len(data) < size:
            more = self.receive(size - len(data))
            data = data + more if more else b""
        return data

    def receive(self, most):
        try:
            return self.conn.recv(most)
        except ConnectionError:
            return b""

    def hurry(self):
        """Lets what follows wait for socket-timeout at most."""
        if self.patient:
            self.conn.settimeout(self.timeout)
            self.patient = False

    def put(self, data, flags=0):
        """Sends a part of the response."""
        if len(data) > LARGEST:
            whole = memoryview(data)
            for at in range(0, len(data), LARGEST):
                part = whole[at : at + LARGEST]
                self.put(part, flags if at + LARGEST >= len(data) else 0)
            return
        if len(data) > 65536:
            self.send(FRAME(flags, len(data)))
            self.send(data)
            return
        self.send(FRAME(flags, len(data)) + data)

    def send(self, data):
        """Sends all of data. What the kernel takes at once is sent without a
        timeout, for which Python would ask the kernel once more."""
        try:
            n = self.conn.send(data, socket.MSG_DONTWAIT)
        except BlockingIOError:
            n = 0
        if n < len(data):
            self.hurry()
            self.conn.sendall(memoryview(data)[n:])

    def put_file(self, fd, offset, size):
        """Sends a piece of a file. Returns how many bytes it had; fewer than size
        leave the frame unfinished."""
        self.send(FRAME(0, size))
        self.conn.setblocking(True)
        self.patient = True
        sent = 0
        while sent < size:
            n = os.sendfile(self.conn.fileno(), fd, offset + sent, size - sent)
            if n == 0:
                break
            sent += n
        return sent

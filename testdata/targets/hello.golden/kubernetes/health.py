# 由 deployctl 根据 deployctl.ini 生成。请修改该文件后运行：deployctl gen
# deployctl:checksum de157c1e98ea13bab800b57acc0b76ea
"""Asks the application for its health as nginx would, and ends with 1 unless it is well."""
import socket
import struct
import sys

ADDRESS = ("127.0.0.1", 8001)
HOST = "hello.example"
PATH = "/"

variables = {
    "REQUEST_METHOD": "GET", "REQUEST_URI": PATH, "PATH_INFO": PATH, "QUERY_STRING": "", "CONTENT_LENGTH": "",
    "SERVER_PROTOCOL": "HTTP/1.1", "SERVER_NAME": HOST, "SERVER_PORT": "80", "HTTP_HOST": HOST,
    "REMOTE_ADDR": "127.0.0.1", "UWSGI_SCHEME": "http", "HTTP_X_FORWARDED_PROTO": "http",
}
packet = b"".join(struct.pack("<H", len(w)) + w for pair in variables.items() for w in (s.encode() for s in pair))
request = struct.pack("<BHB", 0, len(packet), 0) + packet

family = socket.AF_UNIX if isinstance(ADDRESS, str) else socket.AF_INET
with socket.socket(family, socket.SOCK_STREAM) as connection:
    connection.settimeout(4)
    connection.connect(ADDRESS)
    connection.sendall(request)
    head = connection.recv(4096).split(b"\r\n")[0].decode("latin-1")
status = head.split(" ")[1] if head.startswith("HTTP/") else ""
if not "200" <= status < "400":
    sys.exit(f"{PATH}: {head or 'no answer'}")

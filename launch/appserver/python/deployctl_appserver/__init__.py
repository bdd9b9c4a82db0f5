"""The Python half of deployctl's application server.

It loads a WSGI application, forks workers that share the listening sockets, and
answers requests as uWSGI 2.0 does: the same protocols, the same symptoms, the
same lines in the log. It needs the standard library alone.

It is started with the path of a JSON file of settings, and inherits the sockets.
The supervisor's commands come on standard input, a line each, and it is told
what happens through a pipe. When standard input ends, everything ends.
"""

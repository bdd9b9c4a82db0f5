"""The Python half of deployctl's application server.

It loads a WSGI application, forks workers, and answers requests as uWSGI 2.0
does: the same symptoms, the same lines in the log. It needs the standard library
alone.

It is started with the path of a JSON file of settings. The supervisor reads the
requests, and hands them to the threads of the workers; see channel.py. Its
commands come on standard input, a line each, and it is told what happens through
a pipe. When standard input ends, everything ends.
"""

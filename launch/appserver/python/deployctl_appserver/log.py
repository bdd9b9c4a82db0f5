"""The log: standard error, line by line."""

import os
import sys
import traceback


def log(text):
    """Writes one line to the log, in one piece."""
    write((text + "\n").encode("utf-8", "surrogateescape"))


def log_sent(text):
    """Writes one line that holds what a client has sent, byte for byte."""
    write((text + "\n").encode("latin-1", "replace"))


def write(data):
    try:
        os.write(2, data)
    except OSError:
        pass


def print_exception():
    """Prints the exception that is being handled, without the frames of this package."""
    kind, error, trace = sys.exc_info()
    here = os.path.dirname(__file__)
    while trace and trace.tb_next and os.path.dirname(trace.tb_frame.f_code.co_filename) == here:
        trace = trace.tb_next
    traceback.print_exception(kind, error, trace)
    sys.stderr.flush()

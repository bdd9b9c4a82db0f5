"""Starts a master with the settings of a file."""

import json
import os
import socket

from .application import Applications
from .master import Master
from .score import Score


def main(path):
    """Runs until the supervisor says stop, or is gone."""
    with open(path) as f:
        settings = json.load(f)
    control = socket.socket(fileno=settings["control_fd"])
    # The application shall find nothing on standard input.
    commands, nothing = os.dup(0), os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    events = settings["events_fd"]
    os.set_inheritable(events, False)
    control.set_inheritable(False)
    score = Score(settings["processes"])
    applications = Applications(settings, score)
    applications.prepare()
    if not settings["lazy_apps"]:
        applications.load()
    master = Master(settings, control, applications, score, commands, events)
    master.start()
    master.run()

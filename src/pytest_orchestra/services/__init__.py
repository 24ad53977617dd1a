"""Embedded servers and processes that end with the session, whatever ends it.

In: a lifeline and the name of a server, or a command. Out: addresses. What runs is not checked.
"""

from pytest_orchestra.services.embedded import EMBEDDED, EmbeddedService, start_embedded
from pytest_orchestra.services.lifeline import Lifeline
from pytest_orchestra.services.processes import StartedProcess, start_process

__all__ = [
    "EMBEDDED",
    "EmbeddedService",
    "Lifeline",
    "StartedProcess",
    "start_embedded",
    "start_process",
]

"""Ports of 127.0.0.1."""

from __future__ import annotations

import socket

HOST = "127.0.0.1"

_CONNECT_S = 1.0


def free_port() -> int:
    """Find a port that nobody listens on; somebody else may be faster to take it."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def is_open(port: int) -> bool:
    """Whether somebody listens on it."""
    try:
        socket.create_connection((HOST, port), _CONNECT_S).close()
    except OSError:
        return False
    return True

"""A request becomes a line for a shell that sends it again with curl.

Secrets stand in double quotes, so that the ``$NAME`` which replaces one is read by the shell.
"""

from __future__ import annotations

import re
from pathlib import Path
from shlex import quote
from urllib.parse import urlsplit

from pytest_orchestra.protocols.http.connection import Credential
from pytest_orchestra.protocols.http.request import Request
from pytest_orchestra.protocols.shell import quoted

_SPECIAL = re.compile(r'([\\"$`!])')
_BODY_METHOD, _PLAIN_METHOD = "POST", "GET"


def curl(request: Request, credential: Credential | None, *, verify: bool | Path) -> str:
    """Write the line.

    Args:
        request: with all its headers.
        credential: that it is sent with; its secrets stand in the line as they are.
        verify: of the connection.
    """
    words = ["curl", "-sS", "-i", *_method(request)]
    if verify is False and urlsplit(request.url).scheme == "https":
        words.append("-k")
    elif isinstance(verify, Path):
        words += ["--cacert", quote(str(verify))]
    words.append(quoted(request.url))
    for name, value in request.headers.items():
        if credential and credential.basic and name == "authorization" and name in request.hidden:
            user, password = credential.basic
            words += ["-u", f'"{_escaped(user)}:{password.get_secret_value()}"']
        elif name in request.hidden:
            words += ["-H", f'"{_escaped(name)}: {value}"']
        elif name not in {"accept-encoding", "user-agent"} and (name, value) != ("accept", "*/*"):
            words += ["-H", quoted(f"{name}: {value}" if value else f"{name};")]
    if request.content is not None:
        words += ["--data-raw", quoted(request.content.decode("utf-8", "replace"))]
    return " ".join(words)


def _method(request: Request) -> list[str]:
    if request.method == "HEAD":
        return ["-I"]
    if request.method == (_PLAIN_METHOD if request.content is None else _BODY_METHOD):
        return []
    return ["-X", quote(request.method)]


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)

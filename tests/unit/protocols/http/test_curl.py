"""Lines that people paste into a shell."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from pytest_orchestra.protocols.http.connection import Credential
from pytest_orchestra.protocols.http.curl import curl
from pytest_orchestra.protocols.http.request import Request

BASIC = Credential.model_validate({"basic": ["cl$erk", "t0p'secret"]})


def request(
    method: str = "GET",
    url: str = "http://h/x",
    content: bytes | None = None,
    hidden: Sequence[str] = (),
    **headers: str,
) -> Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(method=method, url=url, headers=named, hidden=frozenset(hidden), content=content)


@pytest.mark.parametrize(
    ("sent", "line"),
    [
        (request(), "curl -sS -i http://h/x"),
        (request("HEAD"), "curl -sS -i -I http://h/x"),
        (request("POST", content=b"a"), "curl -sS -i http://h/x --data-raw a"),
        (request("PUT", content=b""), "curl -sS -i -X PUT http://h/x --data-raw ''"),
        (request("GET", content=b"a"), "curl -sS -i -X GET http://h/x --data-raw a"),
        (request(url="http://h/x?a=1&b=2"), "curl -sS -i 'http://h/x?a=1&b=2'"),
        (request(accept="*/*", user_agent="x", accept_encoding="gzip"), "curl -sS -i http://h/x"),
        (request(accept="text/csv"), "curl -sS -i http://h/x -H 'accept: text/csv'"),
        (request(x_empty=""), "curl -sS -i http://h/x -H 'x-empty;'"),
        (
            request("POST", content=b"a\nb'\\\t"),
            "curl -sS -i http://h/x --data-raw $'a\\nb\\'\\\\\\x09'",
        ),
    ],
)
def test_a_line_has_what_was_sent_and_is_one_line(sent: Request, line: str) -> None:
    assert curl(sent, None, verify=True) == line


def test_secrets_stand_as_they_are_in_double_quotes() -> None:
    """The engine puts ``$NAME`` in their place, and the shell then reads it."""
    line = curl(request(hidden=["x-key"], x_key="t0p'$3cret"), None, verify=True)
    assert line.endswith(""" -H "x-key: t0p'$3cret\"""")
    basic = request(hidden=["authorization"], authorization="Basic eDp5")
    assert curl(basic, BASIC, verify=True).endswith(""" -u "cl\\$erk:t0p'secret\"""")


def test_a_header_of_the_step_comes_before_the_credential() -> None:
    line = curl(request(authorization="mine"), BASIC, verify=True)
    assert line.endswith(" -H 'authorization: mine'")


def test_how_certificates_are_judged_is_in_the_line() -> None:
    secure = request(url="https://h/")
    assert curl(secure, None, verify=False) == "curl -sS -i -k https://h/"
    assert curl(secure, None, verify=Path("ca.pem")) == "curl -sS -i --cacert ca.pem https://h/"
    assert " -k" not in curl(request(), None, verify=False)

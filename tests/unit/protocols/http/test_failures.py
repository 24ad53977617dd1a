"""What httpx raises, in words and with a code."""

from __future__ import annotations

import os
from errno import ECONNREFUSED

import httpx
import pytest

from pytest_orchestra.protocols.http.failures import explained


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (httpx.ConnectTimeout(""), "http.timeout", "GET http://h: no connection within 2 s"),
        (httpx.ReadTimeout(""), "http.timeout", "GET http://h: no reply within 2 s"),
        (TimeoutError(), "http.timeout", "GET http://h: no reply within 2 s"),
        (httpx.ReadError("x"), "http.disconnected", "GET http://h: the connection ended before"),
        (OSError("x"), "http.disconnected", "GET http://h: the connection ended before"),
        (httpx.ConnectError("no way"), "http.connect", "GET http://h: no connection: no way"),
        (httpx.RemoteProtocolError("x"), "http.protocol", "GET http://h: the reply is not HTTP"),
        (httpx.DecodingError("x"), "http.protocol", "GET http://h: the reply cannot be decom"),
    ],
)
def test_each_failure_has_a_code_and_may_pass_by(error: Exception, code: str, text: str) -> None:
    found = explained(error, "GET http://h", 2.0)
    assert found.code == code
    assert found.retriable
    assert str(found).startswith(text)


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        (OSError(ECONNREFUSED, "Connect call failed"), os.strerror(ECONNREFUSED)),
        (OSError(-2, "Name or service not known"), "Name or service not known"),
        (OSError("Multiple exceptions"), "All attempts failed"),
    ],
)
def test_the_reason_is_that_of_the_system_where_it_is_known(cause: OSError, reason: str) -> None:
    error = httpx.ConnectError("All attempts failed")
    error.__cause__ = cause
    assert explained(error, "GET http://h", 2.0).message == f"GET http://h: no connection: {reason}"


@pytest.mark.parametrize(
    "error",
    [
        httpx.UnsupportedProtocol("x"),
        httpx.InvalidURL("x"),
        httpx.LocalProtocolError("x b't0psecret'"),
    ],
)
def test_what_cannot_be_sent_will_not_be_sendable_later(error: Exception) -> None:
    found = explained(error, "GET http://h", 2.0)
    assert (found.code, found.retriable) == ("http.request", False)
    assert str(found) == "GET http://h cannot be sent: x"

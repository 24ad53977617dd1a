"""What comes over the wire becomes an observation."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from pytest_orchestra.protocols.http.reply import HttpObservation, Received, observed


def reply(
    content: bytes = b"",
    media_type: str = "application/json",
    *,
    status: int = 200,
    headers: Sequence[tuple[str, str]] = (),
) -> HttpObservation:
    own = [("Content-Type", media_type)] if media_type else []
    received = Received(status=status, headers=[*own, *headers], content=content, elapsed_ms=1.5)
    return observed(received, {"method": "GET"})


@pytest.mark.parametrize(
    ("content", "media_type", "body"),
    [
        (b'{"a": 12.10}', "application/json", {"a": Decimal("12.10")}),
        (b"\xef\xbb\xbf[1]", "application/json", [1]),
        ('"ü"'.encode("utf-16"), "application/problem+json", "ü"),
        (b"<a/>", "application/xml", "<a/>"),
        (b"\xfc", "text/plain; charset=latin-1", "ü"),
        (b"\xfc", 'application/x; charset="latin-1"', "ü"),
        (b"\xfc", "text/plain", "\ufffd"),
        (b"a", "text/plain; charset=klingon", "a"),
        (b"plain", "", "plain"),
        (b"", "application/json", None),
        (b"\x00\x01", "image/png", {"media_type": "image/png", "bytes": 2, "base64": "AAE="}),
        (b"\xff", "", {"media_type": "", "bytes": 1, "base64": "/w=="}),
    ],
)
def test_bodies_are_read_by_their_media_type(content: bytes, media_type: str, body: object) -> None:
    seen = reply(content, media_type)
    assert seen.value == body
    assert seen.unreadable == ""
    assert seen.empty is (content == b"")


@pytest.mark.parametrize("content", [b"{", b"[NaN]", b"\xff\xff", b"[" * 100_000, b"1" * 5000])
def test_json_that_is_none_stays_text_and_says_so(content: bytes) -> None:
    seen = reply(content)
    assert seen.value == content.decode("utf-8", "replace")
    assert seen.unreadable


def test_headers_are_given_as_sent_and_in_lower_case() -> None:
    seen = reply(b"{}", headers=[("X-A", "1"), ("x-a", "2"), ("ETag", "e")])
    assert seen.headers == {"Content-Type": "application/json", "X-A": "1, 2", "ETag": "e"}
    lowered = {"content-type": "application/json", "x-a": "1, 2", "etag": "e"}
    assert seen.roots["response"]["headers"] == lowered
    assert seen.evidence.response_headers == lowered


@pytest.mark.parametrize(("status", "failure"), [(399, ""), (400, "HTTP 400"), (503, "HTTP 503")])
def test_failures_begin_at_400(status: int, failure: str) -> None:
    assert reply(status=status).failure == failure

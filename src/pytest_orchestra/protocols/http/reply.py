"""What came back becomes an observation: JSON with exact fractions, text, or a word on bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pytest_orchestra.protocols.http.exact_json import json_value
from pytest_orchestra.protocols.http.openapi.description import essence, is_json
from pytest_orchestra.protocols.payloads import describe
from pytest_orchestra.results import Evidence, JsonLike
from pytest_orchestra.spi import Observation

FAILED_FROM = 400
"""The least status that says a call did not succeed (RFC 9110, 15.5)."""

_CHARSET = re.compile(r";\s*charset=\"?([\w.:-]+)", re.IGNORECASE)
_TEXTS = re.compile(
    r"text/.+|.+\+xml|multipart/.+"
    r"|application/(xml|javascript|x-www-form-urlencoded|x-ndjson|jsonl|yaml|x-yaml|graphql|sql)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpObservation(Observation):
    """A reply.

    Attributes:
        empty: no body came, not even ``null``.
        unreadable: why a body that calls itself JSON is none.
    """

    empty: bool = False
    unreadable: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A reply as it came over the wire; ``headers`` with names as sent, in order."""

    status: int
    headers: Sequence[tuple[str, str]]
    content: bytes
    elapsed_ms: float


def observed(received: Received, request: Mapping[str, JsonLike]) -> HttpObservation:
    """Make an observation of a reply.

    Args:
        received: the reply.
        request: what was sent, for the evidence.
    """
    named, lowered = _folded(received.headers)
    body, unreadable = _body(received.content, lowered.get("content-type", ""))
    status = received.status
    response = {
        "status": status,
        "headers": lowered,
        "body": body,
        "elapsed_ms": received.elapsed_ms,
    }
    return HttpObservation(
        roots={"response": response},
        status=status,
        value=body,
        headers=named,
        failure=f"HTTP {status}" if status >= FAILED_FROM else "",
        empty=not received.content,
        unreadable=unreadable,
        evidence=Evidence(
            request=request,
            actual_status_code=status,
            response_headers=lowered,
            response_body=body,
        ),
    )


def _folded(headers: Sequence[tuple[str, str]]) -> tuple[dict[str, str], dict[str, str]]:
    """Join headers that came several times by commas (RFC 9110, 5.2); names as sent, and lower."""
    names: dict[str, str] = {}
    lowered: dict[str, str] = {}
    for name, value in headers:
        lower = name.lower()
        names.setdefault(lower, name)
        lowered[lower] = f"{lowered[lower]}, {value}" if lower in lowered else value
    return {names[lower]: value for lower, value in lowered.items()}, lowered


def _body(content: bytes, media_type: str) -> tuple[JsonLike, str]:
    if not content:
        return None, ""
    if is_json(media_type):
        try:
            return json_value(content.decode(json.detect_encoding(content))), ""
        except ValueError as error:
            return content.decode("utf-8", "replace"), str(error)
    if (charset := _CHARSET.search(media_type)) or _TEXTS.fullmatch(essence(media_type)):
        return _text(content, charset[1] if charset else "utf-8"), ""
    if not media_type:
        try:
            return content.decode(), ""
        except UnicodeDecodeError:
            pass
    return {"media_type": essence(media_type), **describe(content)}, ""


def _text(content: bytes, charset: str) -> str:
    try:
        return content.decode(charset, "replace")
    except LookupError:
        return content.decode("utf-8", "replace")

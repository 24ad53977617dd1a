"""Values of path, query, headers and cookies as they stand on the wire (OpenAPI 3.1, 4.8.12).

In come values and, where a description has them, parameters; nothing is checked against schemas.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote
from uuid import UUID

from pytest_orchestra.errors import EvaluationError
from pytest_orchestra.protocols.http.openapi.description import Parameter
from pytest_orchestra.protocols.payloads import PayloadError, as_json

RESERVED = ":/?#[]@!$&'()*+,;="
"""What ``allowReserved`` leaves as it is (RFC 3986, 2.2)."""

_DELIMITERS = {"form": ",", "spaceDelimited": "%20", "pipeDelimited": "%7C"}
_COOKIE = "!#$&'()*+-./:<=>?@[]^_`{|}~"

Encode = Callable[[str], str]


def text_of(value: object) -> str:
    """Give a value as it stands in a URL or header: no quotes; null is empty.

    Raises:
        EvaluationError: it is a kind of value that has no text.
    """
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case dt.date() | dt.time():
            return value.isoformat()
        case UUID():
            return str(value)
        case _:
            try:
                return as_json(value)
            except PayloadError as error:
                raise EvaluationError(f"a value cannot be sent: {error}") from error


def path_text(name: str, value: object, parameter: Parameter | None) -> str:
    """Give a path field's value, percent-encoded, in the parameter's style."""
    explode = parameter is not None and parameter.explode
    style = parameter.style if parameter else "simple"
    prefix, delimiter = {"label": (".", "."), "matrix": (";", ";")}.get(style, ("", ","))
    if not explode and style != "simple":
        delimiter = ","
    pieces = _pieces(value, parameter, _strict, explode=explode)
    if style != "matrix":
        return prefix + delimiter.join(pieces)
    if isinstance(value, Mapping) and explode:
        return prefix + delimiter.join(pieces)
    return prefix + delimiter.join(f"{name}={piece}" for piece in _whole(pieces, explode=explode))


def header_text(value: object, parameter: Parameter | None) -> str:
    """Give a header's value in the style ``simple``: lists by commas.

    Raises:
        EvaluationError: it would end the header.
    """
    explode = parameter is not None and parameter.explode
    text = ",".join(_pieces(value, parameter, str, explode=explode)).strip(" \t")
    if any(sign in text for sign in "\r\n\0"):
        raise EvaluationError("a header's value has a line end in it")
    return text


def query_text(name: str, value: object, parameter: Parameter | None) -> Iterator[str]:
    """Give the ``name=value`` pairs of a query parameter, percent-encoded; none for null."""
    reserved = parameter is not None and parameter.reserved
    encode: Encode = (lambda text: quote(text, safe=RESERVED)) if reserved else _strict
    if parameter is not None and parameter.media_type:
        yield f"{_strict(name)}={encode(_json(value))}"
    elif parameter is None:
        yield from pairs(name, value, encode=encode)
    else:
        yield from pairs(
            name, value, style=parameter.style, explode=parameter.explode, encode=encode
        )


def cookie_text(name: str, value: object) -> str:
    """Give a cookie as ``name=value``; what a cookie cannot hold is percent-encoded."""
    return f"{name}={quote(','.join(_pieces(value, None, str, explode=False)), safe=_COOKIE)}"


def pairs(
    name: str,
    value: object,
    *,
    style: str = "deepObject",
    explode: bool = True,
    encode: Encode,
) -> Iterator[str]:
    """Give the ``name=value`` pairs that a query or form has for a value; none for null.

    Args:
        name: not yet encoded.
        value: a scalar, a list, or a mapping.
        style: ``form``, ``spaceDelimited``, ``pipeDelimited`` or ``deepObject``.
        explode: whether lists and mappings become several pairs.
        encode: of texts.
    """
    key = encode(name)
    if value is None:
        return
    if isinstance(value, Mapping):
        if style == "deepObject":
            for inner, part in value.items():
                yield from pairs(f"{name}[{inner}]", part, encode=encode)
        elif explode:
            yield from (f"{encode(str(k))}={encode(text_of(v))}" for k, v in value.items())
        else:
            flat = (part for item in value.items() for part in item)
            yield f"{key}={_DELIMITERS[style].join(encode(text_of(part)) for part in flat)}"
    elif isinstance(value, (list, tuple)):
        if explode or style == "deepObject":
            yield from (f"{key}={encode(text_of(part))}" for part in value)
        else:
            yield f"{key}={_DELIMITERS[style].join(encode(text_of(part)) for part in value)}"
    else:
        yield f"{key}={encode(text_of(value))}"


def _pieces(
    value: object, parameter: Parameter | None, encode: Encode, *, explode: bool
) -> list[str]:
    if parameter is not None and parameter.media_type:
        return [encode(_json(value))]
    if isinstance(value, Mapping):
        if explode:
            return [f"{encode(str(key))}={encode(text_of(part))}" for key, part in value.items()]
        return [encode(text_of(part)) for item in value.items() for part in item]
    if isinstance(value, (list, tuple)):
        return [encode(text_of(part)) for part in value]
    return [encode(text_of(value))]


def _whole(pieces: list[str], *, explode: bool) -> list[str]:
    return pieces if explode else [",".join(pieces)]


def _strict(text: str) -> str:
    return quote(text, safe="")


def _json(value: object) -> str:
    try:
        return as_json(value)
    except PayloadError as error:
        raise EvaluationError(f"a value cannot be sent: {error}") from error

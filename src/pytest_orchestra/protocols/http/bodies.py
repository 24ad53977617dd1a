"""Bodies of requests as bytes: JSON, forms, text as written; fractions keep every digit.

What is sent is decided here: by the step's content-type, else by the description, else JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote_plus

from pytest_orchestra.documents.schemas.references import Node
from pytest_orchestra.errors import EvaluationError
from pytest_orchestra.protocols.http.exact_json import json_bytes
from pytest_orchestra.protocols.http.openapi.description import Body, essence, is_json
from pytest_orchestra.protocols.http.parameters import pairs, text_of

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"

_CHARSET = re.compile(r";\s*charset=\"?([\w.:-]+)", re.IGNORECASE)


class Sent(NamedTuple):
    """A body as it goes over the wire."""

    content: bytes
    media_type: str


def media_type_of(declared: Body | None) -> str:
    """Give the media type of a body whose step names none: the only one declared, else JSON."""
    kinds = [kind for kind in declared.content if "*" not in kind] if declared else []
    if not kinds or any(map(is_json, kinds)):
        return next(filter(is_json, kinds), JSON)
    return kinds[0]


def sent(body: object, written: str | None, declared: Body | None) -> Sent:
    """Give a step's body as bytes.

    Args:
        body: JSON-like.
        written: the content-type that the step names; text is then sent as it is.
        declared: what the description has for the operation.

    Raises:
        EvaluationError: the body cannot be written in its media type.
    """
    media_type = written or media_type_of(declared)
    kind = essence(media_type)
    if isinstance(body, str) and (written or not is_json(kind)):
        return Sent(_encoded(body, media_type), media_type)
    if is_json(kind):
        return Sent(json_bytes(body), media_type)
    media = declared.media(kind) if declared else None
    if isinstance(body, Mapping) and kind == FORM:
        return Sent("&".join(_form(body, media)).encode(), media_type)
    if isinstance(body, Mapping) and kind == MULTIPART:
        return _multipart(body)
    what = "a mapping" if isinstance(body, Mapping) else f"a {type(body).__name__}"
    hint = "Give text, or a 'content-type' header that fits."
    raise EvaluationError(f"input.body: {what} cannot be sent as {kind}", hint=hint)


def _encoded(text: str, media_type: str) -> bytes:
    charset = found[1] if (found := _CHARSET.search(media_type)) else "utf-8"
    try:
        return text.encode(charset)
    except (LookupError, UnicodeEncodeError) as error:
        raise EvaluationError(f"input.body cannot be written in {charset}: {error}") from error


def _form(body: Mapping[str, object], media: Node | None) -> Iterator[str]:
    """Write a form; ``encoding`` of the description says how (OpenAPI 3.1, 4.8.15)."""
    for name, value in body.items():
        how = media.get("encoding").get(str(name)).value if media else None
        encoding = how if isinstance(how, dict) else {}
        style = str(encoding.get("style") or ("form" if encoding else "deepObject"))
        explode = encoding.get("explode")
        yield from pairs(
            str(name),
            value,
            style=style,
            explode=explode is True or (explode is None and style in {"form", "deepObject"}),
            encode=quote_plus,
        )


def _multipart(body: Mapping[str, object]) -> Sent:
    """Write a multipart form (RFC 7578): scalars as text, lists a part each, mappings as JSON.

    A mapping of ``filename``, ``content`` and perhaps ``content_type`` is a file.
    """
    parts = [part for name, value in body.items() for part in _parts(str(name), value)]
    boundary = f"orchestra-{sha256(b''.join(parts)).hexdigest()[:32]}"
    lines = b"".join(b"--%b\r\n%b\r\n" % (boundary.encode(), part) for part in parts)
    return Sent(lines + f"--{boundary}--\r\n".encode(), f"{MULTIPART}; boundary={boundary}")


def _parts(name: str, value: object) -> Iterator[bytes]:
    head = f'Content-Disposition: form-data; name="{_quoted(name)}"'
    match value:
        case None:
            return
        case {"filename": str(filename), "content": content, **rest}:
            kind = rest.get("content_type", "application/octet-stream")
            head += f'; filename="{_quoted(filename)}"\r\nContent-Type: {_quoted(str(kind))}'
            content = content if isinstance(content, str) else json_bytes(content).decode()
            yield f"{head}\r\n\r\n{content}".encode()
        case Mapping():
            yield f"{head}\r\nContent-Type: {JSON}\r\n\r\n".encode() + json_bytes(value)
        case list() | tuple():
            for part in value:
                yield from _parts(name, part)
        case _:
            yield f"{head}\r\n\r\n{text_of(value)}".encode()


def _quoted(text: str) -> str:
    """Escape what would end a name (HTML, 4.10.21.8)."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")

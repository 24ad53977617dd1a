"""What a description says of a service: operations, parameters, bodies and replies.

Parts are looked up when first asked for, so that a large file costs little to have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from pytest_orchestra.documents.schemas.references import Documents, Node

METHODS = ("GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE")
"""What a path item may have (OpenAPI 3.1, 4.8.9)."""

_STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
_BY_THE_BODY = frozenset({"accept", "content-type", "authorization"})
_FIELD = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter, or a reply's header, which is written like a parameter in ``header``.

    Attributes:
        place: ``path``, ``query``, ``header`` or ``cookie``.
        schema: its value None where there is none.
        media_type: where ``content`` says how it is written; else empty.
    """

    name: str
    place: str
    required: bool
    style: str
    explode: bool
    reserved: bool
    schema: Node
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What may be sent, or come back: media types (ranges too) in lower case to Media Types."""

    required: bool
    content: Mapping[str, Node]

    def media(self, media_type: str) -> Node | None:
        """Give the Media Type that fits ``media_type`` best (OpenAPI 3.1, 4.8.14): exact first."""
        kind = essence(media_type)
        for fitting in (kind, f"{kind.partition('/')[0]}/*", "*/*"):
            if fitting in self.content:
                return self.content[fitting]
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What comes back with one status."""

    body: Body
    headers: tuple[Parameter, ...]


class Operation:
    """One operation of a description.

    Args:
        documents: the files of the description.
        method: in upper case.
        template: the path as the description spells it, ``/orders/{id}``.
        item: the path item.
    """

    def __init__(self, documents: Documents, method: str, template: str, item: Node) -> None:
        self.method = method
        self.template = template
        self._documents = documents
        self._item = item
        self._node = item.get(method.lower())
        self._known: dict[int, Reply | None] = {}

    def __str__(self) -> str:
        return f"{self.method} {self.template}"

    @property
    def id(self) -> str:
        """The ``operationId``; empty if there is none."""
        return str(self._node.get("operationId").value or "")

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """Its own parameters, and those of its path that it does not override."""
        found: dict[tuple[str, str], Parameter] = {}
        for owner in (self._item, self._node):
            for part in owner.get("parameters").parts():
                node = self._documents.follow(part)
                parameter = self._parameter(node, str(node.get("in").value))
                if not (parameter.place == "header" and parameter.name.lower() in _BY_THE_BODY):
                    found[parameter.place, parameter.name] = parameter
        return tuple(found.values())

    def parameter(self, place: str, name: str) -> Parameter | None:
        """Give a parameter; in ``header`` by a name of any case."""
        return self._named.get((place, name.lower() if place == "header" else name))

    @cached_property
    def _named(self) -> Mapping[tuple[str, str], Parameter]:
        return {
            (each.place, each.name.lower() if each.place == "header" else each.name): each
            for each in self.parameters
        }

    @cached_property
    def body(self) -> Body | None:
        """What it takes; None if the description has no ``requestBody``."""
        node = self._documents.follow(self._node.get("requestBody"))
        return self._body(node) if isinstance(node.value, dict) else None

    @cached_property
    def statuses(self) -> tuple[str, ...]:
        """The declared statuses as written: ``200``, ``4XX``, ``default``."""
        return tuple(key for key, _ in self._replies() if not key.startswith("x-"))

    def reply(self, status: int) -> Reply | None:
        """Give what is declared for ``status``: itself, its range, or the default."""
        if status not in self._known:
            self._known[status] = self._reply(status)
        return self._known[status]

    def _reply(self, status: int) -> Reply | None:
        declared = {key.upper(): node for key, node in self._replies()}
        for key in (str(status), f"{status // 100}XX", "DEFAULT"):
            if key in declared:
                node = self._documents.follow(declared[key])
                return Reply(body=self._body(node), headers=tuple(self._headers(node)))
        return None

    def _replies(self) -> Iterator[tuple[str, Node]]:
        return self._node.get("responses").items()

    def _body(self, node: Node) -> Body:
        content = {
            essence(media_type): self._documents.follow(media)
            for media_type, media in node.get("content").items()
        }
        return Body(required=node.get("required").value is True, content=content)

    def _headers(self, node: Node) -> Iterator[Parameter]:
        for name, part in node.get("headers").items():
            if name.lower() != "content-type":
                yield self._parameter(self._documents.follow(part), "header", name)

    def _parameter(self, node: Node, place: str, name: str = "") -> Parameter:
        style = str(node.get("style").value or _STYLES.get(place, "form"))
        explode = node.get("explode").value
        media_type, media = next(node.get("content").items(), ("", None))
        return Parameter(
            name=name or str(node.get("name").value),
            place=place,
            required=node.get("required").value is True,
            style=style,
            explode=explode is True or (explode is None and style == "form"),
            reserved=node.get("allowReserved").value is True,
            schema=media.get("schema") if media else node.get("schema"),
            media_type=media_type,
        )


@lru_cache(maxsize=256)
def essence(media_type: str) -> str:
    """Give a media type without its parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()


@lru_cache(maxsize=256)
def is_json(media_type: str) -> bool:
    """Whether what is written so is JSON (RFC 6839 for ``+json``)."""
    kind = essence(media_type)
    return kind in {"application/json", "text/json"} or kind.endswith("+json")


def fields_of(template: str) -> tuple[str, ...]:
    """Give the names in the braces of a path."""
    return tuple(_FIELD.findall(template))


def shape_of(template: str) -> str:
    """Give a path without the names in its braces, to find one that names them otherwise."""
    return _FIELD.sub("{}", template)


def fit(template: str, path: str) -> Mapping[str, str] | None:
    """Give the values that make ``path`` of ``template``; None if it cannot be made so."""
    pieces = _FIELD.split(template)
    pattern = "".join(
        f"(?P<f{index}>[^/{{}}]+)" if index % 2 else re.escape(piece)
        for index, piece in enumerate(pieces)
    )
    if (found := re.fullmatch(pattern, path)) is None:
        return None
    return {pieces[int(group[1:])]: value for group, value in found.groupdict().items()}

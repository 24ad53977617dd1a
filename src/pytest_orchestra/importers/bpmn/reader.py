"""A BPMN file's XML becomes raw elements: those that the metamodel reads, with source lines.

Nothing is resolved or judged here; what is not read is noted, for the checker to say so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from pytest_orchestra.importers.bpmn import metamodel
from pytest_orchestra.importers.bpmn.markup import parse, refusal
from pytest_orchestra.importers.bpmn.metamodel import ElementType, Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml import etree

MAX_DEPTH = 100
"""Elements inside elements that are read; real models have under 20."""

_NOTHING: Mapping[str, str] = MappingProxyType({})
_BY_TAG = {f"{{{metamodel.NAMESPACE}}}{name}": row for name, row in metamodel.BY_NAME.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class RawElement:
    """An element as the file has it.

    Attributes:
        attributes: those without a namespace.
        vendor: those of other namespaces, ``{"camunda:topic": "pay"}``.
        text: all text inside, where the metamodel reads it; outer white space removed.
        children: elements that are read, in file order.
        line: from 1; 0 if unknown.
    """

    type: ElementType
    attributes: Mapping[str, str]
    vendor: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    text: str = ""
    children: tuple[RawElement, ...] = ()
    line: int = 0


class StrayReason(Enum):
    """Why an element is a stray."""

    UNKNOWN = "no element of BPMN 2.0"
    FOREIGN = "of another namespace, outside <extensionElements>"
    UNSUPPORTED = "not read"
    MISPLACED = "not where BPMN 2.0 has it"
    NO_NAMESPACE = "read, though it has no namespace"
    BETA = "read, though it is of a draft of BPMN 2.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """An element that was not read, or not as it stands.

    Attributes:
        name: local name.
        namespace: as in the file; empty if it has none.
        parent: local name of the element that holds it; empty for the root.
    """

    reason: StrayReason
    name: str
    namespace: str
    parent: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RawDocument:
    """A whole file: its root element, and what was not read as BPMN 2.0."""

    file: str
    root: RawElement
    strays: tuple[Stray, ...] = ()


def read(data: bytes, file: str) -> RawDocument:
    """Reads a BPMN 2.0 file.

    Args:
        data: the file's bytes.
        file: as given by the user, for messages.

    Raises:
        DefinitionError: not XML, not BPMN 2.0, or nested deeper than ``MAX_DEPTH``.
    """
    root = parse(data, file)
    reading = _Reading(file)
    row = _BY_TAG.get(root.tag) or reading.leniently(root, "")
    if row is None or row.role is not Role.DEFINITIONS:
        raise _not_bpmn(root, file)
    raw = reading.element(root, row, 1)
    return RawDocument(file=file, root=raw, strays=tuple(reading.strays))


class _Reading:
    """One walk over one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.strays: list[Stray] = []

    def element(self, element: etree._Element, row: ElementType, depth: int) -> RawElement:
        """The raw element and, unless it is one of text, those inside it."""
        if depth > MAX_DEPTH:
            raise refusal(
                "too-deep",
                f"elements are nested deeper than {MAX_DEPTH}",
                "Move the inner sub-processes into processes of their own and call them",
                file=self.file,
                line=element.sourceline or 0,
            )
        attributes, vendor = _attributes(element)
        children: list[RawElement] = []
        if not row.text:
            for child, child_row in self._parts(element, row):
                if child_row.role is Role.EXTENSION:
                    vendor = {**vendor, **_extension_values(child)}
                else:
                    children.append(self.element(child, child_row, depth + 1))
        return RawElement(
            type=row,
            attributes=attributes,
            vendor=vendor,
            text=_text(element) if row.text else "",
            children=tuple(children),
            line=element.sourceline or 0,
        )

    def _parts(
        self, element: etree._Element, row: ElementType
    ) -> Iterator[tuple[etree._Element, ElementType]]:
        """What is to be read inside an element; the rest is noted."""
        held = metamodel.HOLDS[row.role]
        for child in element:
            child_row = _BY_TAG.get(child.tag) or self.leniently(child, row.name)
            if child_row is None or child_row.role is Role.IGNORED:
                continue
            if child_row.role in held:
                yield child, child_row
            elif child_row.role is Role.UNSUPPORTED:
                self._note(StrayReason.UNSUPPORTED, child, row.name)
            else:
                self._note(StrayReason.MISPLACED, child, row.name)

    def leniently(self, element: etree._Element, parent: str) -> ElementType | None:
        """What an element means that is no element of BPMN 2.0, where that is beyond doubt."""
        namespace, name = _split(element.tag)
        if namespace in metamodel.DRAWING_NAMESPACES:
            return None
        row = metamodel.BY_NAME.get(name)
        if namespace == metamodel.NAMESPACE:
            self._note(StrayReason.UNKNOWN, element, parent)
        elif row is not None and namespace == metamodel.BETA_NAMESPACE:
            self._note(StrayReason.BETA, element, parent)
            return row
        elif row is not None and not namespace:
            self._note(StrayReason.NO_NAMESPACE, element, parent)
            return row
        else:
            self._note(StrayReason.FOREIGN, element, parent)
        return None

    def _note(self, reason: StrayReason, element: etree._Element, parent: str) -> None:
        namespace, name = _split(element.tag)
        line = element.sourceline or 0
        self.strays.append(
            Stray(reason=reason, name=name, namespace=namespace, parent=parent, line=line)
        )


def _split(tag: str) -> tuple[str, str]:
    namespace, _, name = tag.rpartition("}")
    return namespace[1:], name


def _attributes(element: etree._Element) -> tuple[dict[str, str], Mapping[str, str]]:
    plain: dict[str, str] = {}
    vendor: dict[str, str] = {}
    for key, value in element.items():
        if key[0] != "{":
            plain[key] = value
        elif not key.startswith("{" + metamodel.XML_SCHEMA_INSTANCE):
            vendor[_vendor_key(element, key)] = value
    return plain, vendor or _NOTHING


def _vendor_key(element: etree._Element, tag: str) -> str:
    namespace, name = _split(tag)
    prefix = metamodel.VENDOR_PREFIXES.get(namespace)
    if prefix is None:
        prefix = next((p for p, uri in element.nsmap.items() if uri == namespace and p), namespace)
    return f"{prefix}:{name}"


def _extension_values(element: etree._Element) -> dict[str, str]:
    values: dict[str, str] = {}
    for child in element:
        for attribute in metamodel.EXTENSION_VALUES.get(child.tag, ()):
            value = child.get(attribute)
            if value is not None:
                values.setdefault(f"{_vendor_key(child, child.tag)}/{attribute}", value)
    return values


def _text(element: etree._Element) -> str:
    text = element.text if not len(element) else "".join(element.itertext())
    return (text or "").strip()


def _not_bpmn(root: etree._Element, file: str) -> Exception:
    namespace, name = _split(root.tag)
    others = (
        what for start, what in metamodel.OTHER_FORMATS.items() if namespace.startswith(start)
    )
    what = next(others, f"XML with the root element <{name[:40]}>")
    hint = "Export the process as BPMN 2.0 XML"
    if namespace == metamodel.NAMESPACE:
        what, hint = f"a fragment: its root element is <{name}>", "Put it inside <definitions>"
    return refusal(
        "not-bpmn",
        f"the file is not BPMN 2.0 but {what}",
        hint,
        file=file,
        line=root.sourceline or 0,
    )

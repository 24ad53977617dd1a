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
from pytest_orchestra.importers.bpmn.tag_places import UNKNOWN, Place, TagPlaces

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml import etree

    from pytest_orchestra.errors import DefinitionError

MAX_DEPTH = 100
"""Elements inside elements that are read; real models have under 10."""

MAX_ELEMENTS = 50_000
"""Elements of one file that are read; real models have under 1,000."""

_NOTHING: Mapping[str, str] = MappingProxyType({})
_SCHEMA_ATTRIBUTE = f"{{{metamodel.XML_SCHEMA_INSTANCE}}}"
_BY_TAG = {f"{{{metamodel.NAMESPACE}}}{name}": row for name, row in metamodel.BY_NAME.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class RawElement:
    """An element as the file has it.

    Attributes:
        attributes: those without a namespace.
        vendor: those of other namespaces, ``{"camunda:topic": "pay"}``.
        text: all text inside, where the metamodel reads it; outer white space removed.
        children: elements that are read, in file order.
        place: of its start tag; where its text is read, of that.
        writes: names that vendors' elements inside write; ``*``: whatever there is.
        script: the texts of vendors' scripts inside.
    """

    type: ElementType
    attributes: Mapping[str, str]
    vendor: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    text: str = ""
    children: tuple[RawElement, ...] = ()
    place: Place = UNKNOWN
    writes: tuple[str, ...] = ()
    script: str = ""


class StrayReason(Enum):
    """Why an element is a stray."""

    UNKNOWN = "is no element of BPMN 2.0 and was not read"
    FOREIGN = "stands outside <extensionElements> and was not read"
    UNSUPPORTED = "was not read"
    MISPLACED = "was not read, since BPMN 2.0 has it elsewhere"
    NO_NAMESPACE = "has no namespace and was read as BPMN 2.0"
    BETA = "is of a draft of BPMN 2.0 and was read as BPMN 2.0"


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
    place: Place


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
        DefinitionError: not XML, not BPMN 2.0, past ``MAX_DEPTH`` or ``MAX_ELEMENTS``.
    """
    root = parse(data, file)
    reading = _Reading(file, TagPlaces(data, root))
    row = _BY_TAG.get(str(root.tag)) or reading.leniently(root, "")
    if row is None or row.role is not Role.DEFINITIONS:
        raise _not_bpmn(root, file)
    raw = reading.element(root, row, 1)
    return RawDocument(file=file, root=raw, strays=tuple(reading.strays))


class _Reading:
    """One walk over one file."""

    def __init__(self, file: str, places: TagPlaces) -> None:
        self._file = file
        self._places = places
        self._prefixes = dict(metamodel.VENDOR_PREFIXES)
        self._count = 0
        self.strays: list[Stray] = []

    def element(self, element: etree._Element, row: ElementType, depth: int) -> RawElement:
        """The raw element and, unless it is one of text, those inside it."""
        place = self._places.find(element)
        self._bound(depth, place)
        attributes, vendor = self._attributes(element)
        children: list[RawElement] = []
        extension: etree._Element | None = None
        text = ""
        if row.role in metamodel.TEXTS:
            text = (element.text if not len(element) else "".join(element.itertext())) or ""
            place = self._places.text_of(place)
        elif len(element):
            for child, child_row in self._parts(element, row):
                if child_row.role is Role.EXTENSION:
                    vendor = {**vendor, **self._extension_values(child)}
                    extension = child
                else:
                    children.append(self.element(child, child_row, depth + 1))
        return RawElement(
            type=row,
            attributes=attributes,
            vendor=vendor,
            text=text.strip(),
            children=tuple(children),
            place=place,
            writes=() if extension is None else tuple(_written(extension)),
            script="" if extension is None else _scripts(extension),
        )

    def leniently(self, element: etree._Element, parent: str) -> ElementType | None:
        """What an element means that is no element of BPMN 2.0, where that is beyond doubt."""
        namespace, name = _split(str(element.tag))
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

    def _parts(
        self, element: etree._Element, row: ElementType
    ) -> Iterator[tuple[etree._Element, ElementType]]:
        """What is to be read inside an element; the rest is noted."""
        held = metamodel.HOLDS[row.role]
        for child in element:
            child_row = _BY_TAG.get(str(child.tag)) or self.leniently(child, row.name)
            if child_row is None or child_row.role is Role.IGNORED:
                continue
            if child_row.role in held:
                yield child, child_row
            elif child_row.role is Role.UNSUPPORTED:
                self._note(StrayReason.UNSUPPORTED, child, row.name)
            else:
                self._note(StrayReason.MISPLACED, child, row.name)

    def _attributes(self, element: etree._Element) -> tuple[dict[str, str], Mapping[str, str]]:
        plain: dict[str, str] = {}
        vendor: dict[str, str] = {}
        for key, value in element.items():
            if key[0] != "{":
                plain[key] = value
            elif not key.startswith(_SCHEMA_ATTRIBUTE):
                vendor[self._vendor_key(element, key)] = value
        return plain, vendor or _NOTHING

    def _extension_values(self, element: etree._Element) -> dict[str, str]:
        values: dict[str, str] = {}
        for child in element:
            tag = str(child.tag)
            for attribute in metamodel.EXTENSION_VALUES.get(tag, ()):
                value = child.get(attribute)
                if value is not None:
                    values.setdefault(f"{self._vendor_key(child, tag)}/{attribute}", value)
        return values

    def _vendor_key(self, element: etree._Element, tag: str) -> str:
        """``camunda:topic``: the vendor's usual prefix, else the one the file uses first."""
        namespace, name = _split(tag)
        if namespace not in self._prefixes:
            declared = (prefix for prefix, uri in element.nsmap.items() if uri == namespace)
            self._prefixes[namespace] = next(filter(None, declared), namespace)
        return f"{self._prefixes[namespace]}:{name}"

    def _note(self, reason: StrayReason, element: etree._Element, parent: str) -> None:
        namespace, name = _split(str(element.tag))
        place = self._places.find(element)
        self._bound(0, place)
        self.strays.append(
            Stray(reason=reason, name=name, namespace=namespace, parent=parent, place=place)
        )

    def _bound(self, depth: int, place: Place) -> None:
        """Refuses a file that is nested too deep or has too many elements."""
        self._count += 1
        if depth > MAX_DEPTH:
            message = f"elements are nested deeper than {MAX_DEPTH}"
            hint = "Move the inner sub-processes into processes of their own and call them"
        elif self._count > MAX_ELEMENTS:
            message = f"the file has more than {MAX_ELEMENTS} elements"
            hint = "Split the model into several files"
        else:
            return
        raise refusal("model-too-large", message, hint, file=self._file, place=place)


def _written(extension: etree._Element) -> Iterator[str]:
    """The names that vendors' elements write, mapping by mapping."""
    for element in extension.iter():
        name = _split(str(element.tag))[1]
        if name == "out" and element.get("variables") == "all":
            yield "*"
        for attribute in metamodel.WRITTEN_VALUES.get(name, ()):
            value = element.get(attribute, "").strip()
            if value:
                yield value


def _scripts(extension: etree._Element) -> str:
    """The texts of vendors' scripts, of listeners for instance."""
    scripts = (each for each in extension.iter() if _split(str(each.tag))[1] == "script")
    return "\n".join(filter(None, ("".join(each.itertext()).strip() for each in scripts)))


def _split(tag: str) -> tuple[str, str]:
    namespace, _, name = tag.rpartition("}")
    return namespace[1:], name


def _not_bpmn(root: etree._Element, file: str) -> DefinitionError:
    namespace, name = _split(str(root.tag))
    others = (
        what for start, what in metamodel.OTHER_FORMATS.items() if namespace.startswith(start)
    )
    what = next(others, f"XML with the root element <{name[:40]}>")
    hint = "Export the process as BPMN 2.0 XML"
    if namespace == metamodel.NAMESPACE:
        what, hint = f"a fragment: its root element is <{name[:40]}>", "Put it inside <definitions>"
    return refusal(
        "not-bpmn",
        f"the file is not BPMN 2.0 but {what}",
        hint,
        file=file,
        place=Place(root.sourceline or 0),
    )

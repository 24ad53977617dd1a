"""The diagrams of a BPMN file: read when a picture is wanted, never to understand the process.

Elements go by local name, since modellers differ in the namespaces that they give to layout.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pytest_orchestra.importers.bpmn.markup import parse
from pytest_orchestra.importers.bpmn.references import find
from pytest_orchestra.model import ElementId, Problem, Severity, SourceLocation
from pytest_orchestra.model.drawing import Bounds, Diagram, Drawing, Edge, Shape

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from lxml import etree

MAX_DRAWN = 20_000
"""Shapes and edges of one file that are read; real models have under 1,000."""

MAX_WAYPOINTS = 1_000
"""Points of one edge that are read."""

MAX_COORDINATE = 1e7
"""What is farther away is no place in a picture."""


def read_diagrams(data: bytes, file: str) -> Drawing:
    """Reads how a file is drawn.

    Args:
        data: the whole file.
        file: what to call it in messages.

    Returns:
        The diagrams; a shape or edge without an element or a place is left out and told.

    Raises:
        DefinitionError: not XML.
    """
    root = parse(data, file)
    known = {value for value in root.xpath("//@id") if isinstance(value, str)}
    reading = _Reading(file, known)
    diagrams = tuple(
        reading.diagram(element) for element in root if _name(element) == "BPMNDiagram"
    )
    return Drawing(diagrams=diagrams, problems=tuple(reading.problems))


class _Reading:
    """One walk over the diagrams of a file."""

    def __init__(self, file: str, known: Container[str]) -> None:
        self._file = file
        self._known = known
        self._drawn = 0
        self.problems: list[Problem] = []

    def diagram(self, element: etree._Element) -> Diagram:
        shapes: list[Shape] = []
        edges: list[Edge] = []
        planes = [child for child in element if _name(child) == "BPMNPlane"]
        for child in (child for plane in planes for child in plane):
            self._drawn += 1
            if self._drawn == MAX_DRAWN + 1:
                self._note(
                    child, f"what follows the first {MAX_DRAWN} shapes and edges is not read"
                )
            elif self._drawn <= MAX_DRAWN and _name(child) == "BPMNShape":
                shapes.extend(self._shape(child))
            elif self._drawn <= MAX_DRAWN and _name(child) == "BPMNEdge":
                edges.extend(self._edge(child))
        return Diagram(
            plane=self._element(planes[0]) if planes else "",
            name=element.get("name", ""),
            shapes=tuple(shapes),
            edges=tuple(edges),
        )

    def _shape(self, raw: etree._Element) -> Iterator[Shape]:
        element, bounds = self._element(raw), _bounds(raw)
        if not element or bounds is None:
            self._note(raw, f"the shape of '{element[:60]}' has no element or no place")
            return
        yield Shape(
            element=element,
            bounds=bounds,
            label=_label(raw),
            expanded=raw.get("isExpanded") != "false",
            horizontal=raw.get("isHorizontal") != "false",
        )

    def _edge(self, raw: etree._Element) -> Iterator[Edge]:
        element = self._element(raw)
        points = [child for child in raw if _name(child) == "waypoint"]
        if len(points) > MAX_WAYPOINTS:
            self._note(raw, f"the edge of '{element[:60]}' has more than {MAX_WAYPOINTS} points")
        places = [
            (x, y)
            for point in points[:MAX_WAYPOINTS]
            if (x := _number(point, "x")) is not None and (y := _number(point, "y")) is not None
        ]
        if not element or len(places) < 2:  # noqa: PLR2004 - a line has two ends
            self._note(raw, f"the edge of '{element[:60]}' has no element or no two points")
            return
        yield Edge(element=element, waypoints=tuple(places), label=_label(raw))

    def _element(self, raw: etree._Element) -> ElementId:
        written = raw.get("bpmnElement", "")
        return find(written, self._known) or ElementId(written)

    def _note(self, raw: etree._Element, message: str) -> None:
        self.problems.append(
            Problem(
                severity=Severity.INFO,
                code="drawing-incomplete",
                message=message,
                hint="Nothing to do, unless it is missed in a picture",
                location=SourceLocation(file=self._file, line=raw.sourceline or 0),
            )
        )


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _bounds(raw: etree._Element) -> Bounds | None:
    element = next((child for child in raw if _name(child) == "Bounds"), None)
    if element is None:
        return None
    x, y, width, height = (_number(element, name) for name in ("x", "y", "width", "height"))
    if x is None or y is None or width is None or height is None or min(width, height) < 0:
        return None
    return Bounds(x=x, y=y, width=width, height=height)


def _label(raw: etree._Element) -> Bounds | None:
    label = next((child for child in raw if _name(child) == "BPMNLabel"), None)
    return None if label is None else _bounds(label)


def _number(raw: etree._Element, attribute: str) -> float | None:
    try:
        number = float(raw.get(attribute, ""))
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) <= MAX_COORDINATE else None

"""How files are drawn: shapes, edges, several diagrams, and what is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.importers import read_drawing
from pytest_orchestra.importers.bpmn.drawing import MAX_DRAWN, MAX_WAYPOINTS, read_diagrams
from pytest_orchestra.model.drawing import Bounds, Drawing, Shape

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:i="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:c="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:d="http://www.omg.org/spec/DD/20100524/DI">'
    '<process id="p"><task id="t"/><task id="u"/></process>'
)
BOUNDS = '<c:Bounds x="{}" y="{}" width="{}" height="{}"/>'
POINTS = '<d:waypoint x="1" y="2"/><d:waypoint x="3.5" y="-4"/>'


def drawn(*planes: str) -> Drawing:
    text = "".join(
        f'<i:BPMNDiagram name="D"><i:BPMNPlane bpmnElement="p">{plane}</i:BPMNPlane>'
        "</i:BPMNDiagram>"
        for plane in planes
    )
    return read_diagrams(f"{HEAD}{text}</definitions>".encode(), "shop.bpmn")


def test_shapes_have_a_place_and_labels() -> None:
    (diagram,) = drawn(
        '<i:BPMNShape bpmnElement="x:t" isExpanded="false" isHorizontal="false">'
        + BOUNDS.format(10, 20.5, 100, 80)
        + "<i:BPMNLabel>"
        + BOUNDS.format(-1, 0, 5, 5)
        + "</i:BPMNLabel></i:BPMNShape>"
    ).diagrams
    assert (diagram.plane, diagram.name, diagram.edges) == ("p", "D", ())
    (shape,) = diagram.shapes
    assert shape == Shape(
        element=shape.element,
        bounds=Bounds(x=10, y=20.5, width=100, height=80),
        label=Bounds(x=-1, y=0, width=5, height=5),
        expanded=False,
        horizontal=False,
    )
    assert shape.element == "t"


def test_edges_have_waypoints() -> None:
    (diagram,) = drawn(f'<i:BPMNEdge bpmnElement="f">{POINTS}<i:BPMNLabel/></i:BPMNEdge>').diagrams
    (edge,) = diagram.edges
    assert (edge.element, edge.waypoints, edge.label) == ("f", ((1, 2), (3.5, -4)), None)


def test_a_file_may_have_several_diagrams_or_none() -> None:
    assert len(drawn("", "").diagrams) == 2
    assert drawn() == Drawing()
    empty = read_diagrams(f"{HEAD}<i:BPMNDiagram/></definitions>".encode(), "shop.bpmn")
    assert [diagram.plane for diagram in empty.diagrams] == [""]


@pytest.mark.parametrize(
    "what",
    [
        f"<i:BPMNShape>{BOUNDS.format(1, 1, 1, 1)}</i:BPMNShape>",
        '<i:BPMNShape bpmnElement="t"/>',
        *(
            f'<i:BPMNShape bpmnElement="t">{BOUNDS.format(*numbers)}</i:BPMNShape>'
            for numbers in (("", 1, 1, 1), ("nan", 1, 1, 1), (1, "1e99", 1, 1), (1, 1, -1, 1))
        ),
        f"<i:BPMNEdge>{POINTS}</i:BPMNEdge>",
        '<i:BPMNEdge bpmnElement="f"><d:waypoint x="1" y="2"/><d:waypoint x="1"/></i:BPMNEdge>',
    ],
)
def test_what_has_no_element_or_place_is_left_out_and_told(what: str) -> None:
    got = drawn(what)
    assert (got.diagrams[0].shapes, got.diagrams[0].edges) == ((), ())
    assert [problem.code for problem in got.problems] == ["drawing-incomplete"]


def test_what_is_read_is_bounded() -> None:
    shape = f'<i:BPMNShape bpmnElement="t">{BOUNDS.format(1, 1, 1, 1)}</i:BPMNShape>'
    got = drawn(shape * (MAX_DRAWN + 2))
    assert len(got.diagrams[0].shapes) == MAX_DRAWN
    assert len(got.problems) == 1
    edge = f'<i:BPMNEdge bpmnElement="f">{POINTS * MAX_WAYPOINTS}</i:BPMNEdge>'
    long = drawn(edge)
    assert len(long.diagrams[0].edges[0].waypoints) == MAX_WAYPOINTS
    assert len(long.problems) == 1


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "shop.bpmn"
    file.write_text(f"{HEAD}</definitions>", encoding="utf-8")
    assert read_drawing(file) == Drawing()
    with pytest.raises(DefinitionError, match="suffix-unknown"):
        read_drawing(tmp_path / "shop.doc")

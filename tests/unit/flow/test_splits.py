"""Which flows a node may take."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_orchestra.flow.graph import index_process
from pytest_orchestra.flow.splits import alternatives
from pytest_orchestra.model import ElementId, Process

Draw = Callable[[str], Process]

THREE = "x: end\ny: end\nz: end\na: n -> x{a}\nb: n -> y{b}\nc: n -> z{c}"


def sets(draw: Draw, node: str, a: str = "", b: str = "", c: str = "") -> list[str]:
    graph = index_process(draw(f"{node}\n" + THREE.format(a=a, b=b, c=c)))
    return ["".join(flows) for flows in alternatives(graph, graph.nodes[ElementId("n")])]


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ("n: xor", ["a", "b", "c"]),
        ("n: events", ["a", "b", "c"]),
        ("n: and", ["abc"]),
        ("n: task", ["abc"]),
        ("n: or", ["a", "b", "c", "abc"]),
        ("n: or default=c", ["a", "b", "ab", "c"]),
        ("n: complex default=c", ["a", "b", "ab", "c"]),
    ],
)
def test_a_split_takes_what_its_kind_allows(draw: Draw, node: str, expected: list[str]) -> None:
    """One, all, or some of the flows."""
    assert sets(draw, node) == expected


def test_conditional_flows_of_an_activity_go_with_those_without_condition(draw: Draw) -> None:
    """Unconditional flows are always taken."""
    assert sets(draw, "n: task", a=" if x") == ["abc", "bc"]
    assert sets(draw, "n: task", a=" if x", b=" if y") == ["ac", "bc", "abc", "c"]


def test_the_default_of_an_activity_goes_where_no_condition_holds(draw: Draw) -> None:
    """It never goes together with a conditional flow."""
    assert sets(draw, "n: task default=c", a=" if x", b=" if y") == ["a", "b", "ab", "c"]
    assert sets(draw, "n: task default=c", a=" if x") == ["ab", "bc"]


def test_conditions_alone_leave_no_way_without_them(draw: Draw) -> None:
    """One of them must hold."""
    assert sets(draw, "n: task", a=" if x", b=" if y", c=" if z") == ["a", "b", "c", "abc"]


def test_one_flow_or_none_is_no_split(draw: Draw) -> None:
    """There is one way on."""
    graph = index_process(draw("n: xor\nx: end\na: n -> x"))
    assert alternatives(graph, graph.nodes[ElementId("n")]) == (("a",),)
    assert alternatives(graph, graph.nodes[ElementId("x")]) == ((),)

"""Where names get another value."""

from __future__ import annotations

from pytest_orchestra.model import (
    Association,
    DataObject,
    ElementId,
    FlowNode,
    NodeKind,
    Process,
)
from pytest_orchestra.suite.writes import find_writes

NAMES = frozenset({"amount", "Order total", "card", "paid"})


def node(node_id: str, kind: NodeKind = NodeKind.TASK, **others: object) -> FlowNode:
    given: dict[str, object] = {"id": ElementId(node_id), "kind": kind, "scope": ElementId("p")}
    return FlowNode(**(given | others))  # type: ignore[arg-type]


def test_the_model_says_what_it_writes() -> None:
    """Names in vendors' words and scripts, data objects, whatever a call hands back."""
    process = Process(
        id=ElementId("p"),
        nodes=(
            node("result", writes=("card", "other")),
            node("path", writes=("amount.net", "${paid}")),
            node("script", NodeKind.SCRIPT_TASK, script="execution.setVariable('paid', amounts)"),
            node("all", NodeKind.CALL_ACTIVITY, writes=("*",)),
            node("object"),
            node("nothing"),
        ),
        associations=(
            Association(id=ElementId("a"), source="object", target="d", carries_data=True),
            Association(id=ElementId("b"), source="nothing", target="d"),
        ),
        data_objects=(DataObject(id=ElementId("d"), kind="dataObject", name="order total"),),
    )
    assert find_writes(process, NAMES, processes={}) == {
        "result": {"card"},
        "path": {"amount", "paid"},
        "script": {"paid"},
        "all": NAMES,
        "object": {"Order total"},
    }


def test_a_called_process_writes_for_its_caller() -> None:
    inner = Process(
        id=ElementId("q"), nodes=(node("r", writes=("card",)), node("t", writes=("more",)))
    )
    process = Process(
        id=ElementId("p"), nodes=(node("c", NodeKind.CALL_ACTIVITY, called_element="q"),)
    )
    assert find_writes(process, NAMES, processes={"q": inner}) == {"c": {"card"}}

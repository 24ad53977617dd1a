"""What elements are called in a plan."""

from __future__ import annotations

from dataclasses import replace

from pytest_orchestra.cli.names import shown_names
from pytest_orchestra.model import ElementId, FlowNode, NodeKind, Process, SequenceFlow

ORDER = ElementId("order")


def node(node_id: str, name: str = "") -> FlowNode:
    return FlowNode(id=ElementId(node_id), kind=NodeKind.TASK, scope=ORDER, name=name)


def flow(flow_id: str, source: str, target: str, name: str = "") -> SequenceFlow:
    return SequenceFlow(
        id=ElementId(flow_id), source=ElementId(source), target=ElementId(target), name=name
    )


def test_names_stand_for_ids_where_they_tell_elements_apart() -> None:
    process = Process(
        id=ORDER,
        nodes=(node("a", "Amount?\n of it"), node("b"), node("c", "Ship"), node("d", "Ship")),
        flows=(
            flow("f1", "a", "b", "high"),
            flow("f2", "a", "b"),
            flow("f3", "b", "c"),
            flow("f4", "b", "d"),
        ),
    )
    assert shown_names(process) == {
        "a": "Amount? of it",
        "b": "b",
        "c": "Ship (c)",
        "d": "Ship (d)",
        "f1": "Amount? of it/high",
        "f2": "Amount? of it -> b",
        "f3": "b -> Ship (f3)",
        "f4": "b -> Ship (f4)",
    }


def test_an_event_sub_process_is_called_by_its_start() -> None:
    handler = replace(node("h"), kind=NodeKind.SUB_PROCESS, triggered_by_event=True)
    start = FlowNode(
        id=ElementId("s"), kind=NodeKind.START_EVENT, scope=handler.id, name="Time is up"
    )
    names = shown_names(Process(id=ORDER, nodes=(handler, start)))
    assert names["h"] == "Time is up (h)"

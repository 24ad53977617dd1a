"""The indexes of a process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pytest_orchestra.flow.graph import has_event, index_process
from pytest_orchestra.model import ElementId, EventKind, Process

Draw = Callable[[str], Process]


def ids(nodes: object) -> list[str]:
    return [node.id for node in nodes]  # type: ignore[attr-defined]  # any iterable of nodes


def test_neighbours_come_in_order_of_ids(draw: Draw) -> None:
    """The order of flows in the file has no say."""
    graph = index_process(
        draw("""
        g: xor
        a: task
        b: task
        f2: g -> a
        f1: g -> b
    """)
    )
    assert ids(graph.outgoing[ElementId("g")]) == ["f1", "f2"]
    assert ids(graph.children[ElementId("P")]) == ["a", "b", "g"]
    assert list(graph.successors(ElementId("g"))) == ["b", "a"]


def test_start_events_go_before_other_entries(draw: Draw) -> None:
    """Nodes without an incoming flow start a scope only where it has no start event."""
    with_start = index_process(draw("s: start\nt: task"))
    assert ids(with_start.entries(ElementId("P"))) == ["s"]
    without = index_process(draw("t: task\nu: task\nv: task\nt -> v"))
    assert ids(without.entries(ElementId("P"))) == ["t", "u"]


def test_what_cannot_start_by_itself_is_no_entry(draw: Draw) -> None:
    """Boundary events, link catches, handlers and event sub-processes wait for something."""
    graph = index_process(
        draw("""
        t: task
        b: boundary on t timer
        l: catch link=x
        h: task handler
        e: sub by-event
    """)
    )
    assert ids(graph.entries(ElementId("P"))) == ["t"]


def test_a_start_event_with_an_incoming_flow_is_passed(draw: Draw) -> None:
    """It neither starts the scope nor lets others start it."""
    graph = index_process(draw("t: task\ns: start\nt -> s"))
    assert graph.entries(ElementId("P")) == ()


def test_links_pair_by_name_within_a_scope(draw: Draw) -> None:
    """Several throws may lead to one catch; a catch in another scope is another."""
    graph = index_process(
        draw("""
        a: throw link=x
        b: throw "x" link
        c: catch link=x
        d: throw link=y
        sub: sub
        e: catch in sub link=y
    """)
    )
    assert graph.links == {"a": "c", "b": "c"}


def test_scopes_nest(draw: Draw) -> None:
    """A node knows the scopes around it, a scope all nodes inside."""
    graph = index_process(
        draw("""
        o: sub
        i: sub in o
        t: task in i
        u: task in o
    """)
    )
    task = graph.nodes[ElementId("t")]
    assert graph.scopes_around(task) == ("i", "o", "P")
    assert sorted(ids(graph.nodes_inside(ElementId("o")))) == ["i", "t", "u"]
    assert graph.is_opened(graph.nodes[ElementId("i")])


def test_a_sub_process_without_content_is_like_a_task(draw: Draw) -> None:
    """So is an ad-hoc one whose start event has no meaning."""
    graph = index_process(
        draw("""
        a: sub
        b: adhoc
        s: start in b
        c: adhoc
        t: task in c
    """)
    )
    opened = [node.id for node in graph.nodes.values() if graph.is_opened(node)]
    assert opened == ["c"]


def test_waits_are_where_time_may_pass(draw: Draw) -> None:
    """People, calls, events from outside; a link is none."""
    graph = index_process(
        draw("""
        u: user
        r: receive
        c: call
        m: catch message
        g: events
        t: task
        s: service
        l: catch link=x
    """)
    )
    assert sorted(n.id for n in graph.nodes.values() if graph.is_wait(n)) == [
        "c",
        "g",
        "m",
        "r",
        "u",
    ]


def test_loose_flows_and_double_ids_do_no_harm(draw: Draw) -> None:
    """Of two nodes with one id the first counts; a flow without both ends not at all."""
    process = draw('a: task "one"\na: task "two"\nf: a -> nowhere')
    graph = index_process(process)
    assert graph.nodes[ElementId("a")].name == "one"
    assert not graph.flows
    assert index_process(replace(process, nodes=())).nodes == {}


def test_events_are_told_by_their_definitions(draw: Draw) -> None:
    """A node has an event if any definition is of one of the kinds."""
    graph = index_process(draw("e: end error"))
    assert has_event(graph.nodes[ElementId("e")], EventKind.ERROR, EventKind.CANCEL)
    assert not has_event(graph.nodes[ElementId("e")], EventKind.TERMINATE)


def test_conditions_and_activities_are_looked_up(draw: Draw) -> None:
    """The nodes with a condition on a flow, and the activities."""
    graph = index_process(draw("g: xor\nt: task\ne: end\ng -> t if x > 1\nt -> e"))
    assert graph.conditional == {"g"}
    assert graph.activities == {"t"}

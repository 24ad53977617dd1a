"""The canonical order of tokens."""

from __future__ import annotations

from collections.abc import Callable

from pytest_orchestra.flow.graph import index_process
from pytest_orchestra.flow.order import TokenOrder, order_tokens
from pytest_orchestra.model import ElementId, Process

Draw = Callable[[str], Process]


def order_of(draw: Draw, text: str, **late: str) -> TokenOrder:
    ends = {ElementId(event): ElementId(scope) for event, scope in late.items()}
    return order_tokens(index_process(draw(text)), ends)


def ranked(order: TokenOrder) -> list[str]:
    return sorted(order.position, key=lambda node: order.position[node])


def test_branches_come_one_after_the_other(draw: Draw) -> None:
    """The branch of the lower flow id first, the join after both."""
    order = order_of(
        draw,
        """
        s: start
        f: and
        a: task
        a2: task
        b: task
        j: and
        s -> f
        f2: f -> a
        f1: f -> b
        a -> a2
        a2 -> j
        b -> j
    """,
    )
    assert ranked(order) == ["P", "s", "f", "b", "a", "a2", "j"]


def test_a_flow_that_turns_back_is_found(draw: Draw) -> None:
    """Self-loops count; a flow between branches does not."""
    order = order_of(
        draw,
        """
        s: start
        a: xor
        b: xor
        c: task
        s -> a
        a -> b
        b -> a
        a -> c
        b -> c
        own: c -> c
    """,
    )
    assert order.back == {"b->a", "own"}


def test_the_inside_of_a_sub_process_lies_between_it_and_its_end(draw: Draw) -> None:
    """What comes after a sub-process comes after its completion."""
    order = order_of(
        draw,
        """
        s: start
        x: sub
        i: task in x
        t: task
        s -> x
        x -> t
    """,
    )
    assert order.position[ElementId("x")] < order.position[ElementId("i")]
    assert order.position[ElementId("i")] < order.turning[ElementId("x")]
    assert order.turning[ElementId("x")] < order.parking[ElementId("x")]
    assert order.parking[ElementId("x")] < order.closing[ElementId("x")]
    assert order.closing[ElementId("x")] < order.position[ElementId("t")]


def test_what_ends_others_comes_last_in_its_scope(draw: Draw) -> None:
    """A terminate end waits for all branches, an error end for those of the host."""
    order = order_of(
        draw,
        """
        s: start
        f: and
        k: end terminate
        x: sub
        y: sub in x
        z: end in y error
        w: task in x
        t: task
        s -> f
        a: f -> k
        b: f -> x
        c: f -> t
        """,
        k="P",
        z="x",
    )
    assert order.turning[ElementId("P")] < order.position[ElementId("k")]
    assert order.position[ElementId("k")] < order.closing[ElementId("P")]
    assert order.position[ElementId("w")] < order.position[ElementId("z")]
    assert order.position[ElementId("z")] < order.closing[ElementId("x")]
    assert order.closing[ElementId("y")] < order.position[ElementId("z")]


def test_unreached_nodes_are_ranked_too(draw: Draw) -> None:
    """A circle that nothing leads to stands behind all that is led to."""
    order = order_of(draw, "s: start\na: task\nb: task\nb -> a\na -> b")
    assert ranked(order) == ["P", "s", "b", "a"]
    assert order.back == {"a->b"}


def test_a_long_chain_needs_no_deep_stack(draw: Draw) -> None:
    """Five thousand nodes in a row are no recursion."""
    lines = ["n0: start", *(f"n{i}: task" for i in range(1, 5000))]
    lines += [f"n{i} -> n{i + 1}" for i in range(4999)]
    order = order_of(draw, "\n".join(lines))
    assert ranked(order)[1:] == [f"n{i}" for i in range(5000)]

"""Which decisions stand on different branches."""

from __future__ import annotations

from collections.abc import Callable

from pytest_orchestra.flow.concurrency import concurrent_decisions
from pytest_orchestra.flow.graph import index_process
from pytest_orchestra.flow.tokens import TokenGame
from pytest_orchestra.model import Process

Draw = Callable[[str], Process]


def pairs(draw: Draw, text: str) -> set[tuple[str, str]]:
    game = TokenGame(index_process(draw(text)))
    found = concurrent_decisions(game.graph, game.decisions.decisions)
    return {tuple(sorted((one.at, other.at))) for one, other in found}  # type: ignore[misc]  # two


BLOCK = """
    s: start
    f: {fork}
    a: xor
    am: xor
    b: xor
    bm: xor
    j: {fork}
    c: xor
    e: end
    s -> f
    fa: f -> a
    fb: f -> b
    a1: a -> am
    a2: a -> am
    am -> j
    b1: b -> bm
    b2: b -> bm
    bm -> j
    j -> c
    c1: c -> e
    c2: c -> e
"""


def test_branches_of_a_parallel_block_are_concurrent(draw: Draw) -> None:
    """What lies behind the join is not."""
    assert pairs(draw, BLOCK.format(fork="and")) == {("a", "b")}


def test_branches_of_other_splits_are_not(draw: Draw) -> None:
    """They exclude each other or are chosen."""
    assert pairs(draw, BLOCK.format(fork="xor")) == set()
    assert pairs(draw, BLOCK.format(fork="or")) == set()


def test_a_loop_around_the_block_changes_nothing(draw: Draw) -> None:
    """The way back leads through the split."""
    assert pairs(draw, BLOCK.format(fork="and") + "m: xor\nc3: c -> m\nm -> f") == {("a", "b")}


def test_several_flows_from_an_activity_are_branches(draw: Draw) -> None:
    """So are several nodes that start alone."""
    assert pairs(draw, BLOCK.format(fork="and").replace("f: and", "f: task")) == {("a", "b")}
    implicit = "a: xor\nb: xor\nx: end\na1: a -> x\na2: a -> x\ny: end\nb1: b -> y\nb2: b -> y"
    assert pairs(draw, implicit) == {("a", "b")}


def test_the_inside_of_a_sub_process_belongs_to_its_branch(draw: Draw) -> None:
    """Also its own outcomes."""
    assert pairs(
        draw,
        """
        s: start
        f: and
        x: sub
        i: xor in x
        k: end in x
        i1: i -> k
        i2: i -> k
        late: boundary on x timer
        t: task
        u: boundary on t timer
        s -> f
        f -> x
        f -> t
        e: end
        late -> e
    """,
    ) == {("i", "t"), ("t", "x")}

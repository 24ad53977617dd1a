"""The state space: what is followed, and what is cut off and said so."""

from __future__ import annotations

from collections.abc import Callable

from pytest_orchestra.flow.graph import index_process
from pytest_orchestra.flow.routes import Routes
from pytest_orchestra.flow.space import MAX_TOKENS, StateSpace
from pytest_orchestra.flow.tokens import TokenGame
from pytest_orchestra.model import Process

Draw = Callable[[str], Process]


def explored(process: Process) -> StateSpace:
    space = StateSpace(TokenGame(index_process(process)))
    Routes(space, frozenset())
    return space


def test_more_tokens_than_can_be_followed_are_cut_off(draw: Draw) -> None:
    """In one step, since a state of very many tokens is slow to look at."""
    arcs = "".join(f"f{n}: s -> t\n" for n in range(MAX_TOKENS + 1))
    space = explored(draw("s: start\nt: task\n" + arcs))
    assert space.is_cut
    assert len(space.states) == 1


def test_tokens_that_pile_up_are_not_followed_for_ever(draw: Draw) -> None:
    """A split that turns back makes ever more of them before the join that lacks one."""
    space = explored(
        draw(
            "s: start\nm: xor\nf: and\nw: and\nv: task\ns -> m\nm -> f\na: f -> m\nb: f -> w\n"
            "v -> w\nv -> v"
        )
    )
    assert not space.is_cut
    assert {space.game.places.listed[place].element for place in space.growing} == {"b"}


def test_what_is_remembered_does_not_count_as_piling_up(draw: Draw) -> None:
    """Two tokens on one way, one of which completes what may be undone, go on."""
    space = explored(
        draw(
            "s: start\na: task\nab: boundary on a compensate\nh: task handler\nab .. h\n"
            "u: task\nm: xor\nt: end compensate\none: s -> a\ntwo: s -> u\na -> m\nu -> m\nm -> t"
        )
    )
    assert not space.growing
    assert not space.stuck

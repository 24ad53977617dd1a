"""Two runs become one."""

from __future__ import annotations

from pytest_orchestra.flow.move import Move, MoveKind
from pytest_orchestra.flow.space import Edge, Run
from pytest_orchestra.flow.splicing import base_run, can_splice, splice
from pytest_orchestra.model import ElementId


def run(*steps: tuple[int, int, int, int]) -> Run:
    """Edges as number, source, target and outcome."""
    return tuple(
        Edge(
            number,
            source,
            target,
            Move(kind=MoveKind.VISIT, element=ElementId("n"), outcomes=(outcome,)),
            (),
        )
        for number, source, target, outcome in steps
    )


FIRST = base_run(run((1, 0, 1, 7), (2, 1, 2, 8), (3, 2, 3, 0), (4, 3, 9, 0)), 8)
SECOND = base_run(run((5, 0, 1, 0), (6, 1, 2, 0), (7, 2, 4, 5), (8, 4, 9, 0)), 5)


def test_a_base_run_knows_where_it_takes_its_outcome() -> None:
    """And where it comes afterwards."""
    assert FIRST.at == 1
    assert FIRST.state == 1
    assert FIRST.later == {2, 3, 9}


def test_one_run_is_followed_to_where_the_other_takes_its_outcome() -> None:
    """Whichever is named first."""
    assert can_splice(FIRST, SECOND)
    assert [edge.number for edge in splice(FIRST, SECOND)] == [1, 2, 7, 8]
    assert [edge.number for edge in splice(SECOND, FIRST)] == [1, 2, 7, 8]


def test_runs_that_part_at_one_place_cannot_be_spliced() -> None:
    """Neither comes to where the other decides."""
    other = base_run(run((9, 0, 1, 0), (10, 1, 6, 4), (11, 6, 9, 0)), 4)
    assert not can_splice(FIRST, other)

"""Runs that were chosen, and those left out."""

from __future__ import annotations

from functools import cache

from pytest_orchestra.flow.decisions import Outcome
from pytest_orchestra.flow.move import Move, MoveKind
from pytest_orchestra.flow.scenario import LeftOut
from pytest_orchestra.flow.search import Finding
from pytest_orchestra.flow.selection import Selection
from pytest_orchestra.flow.space import Edge, Run
from pytest_orchestra.model import ElementId


@cache
def run(number: int, *outcomes: int) -> Run:
    flow = ElementId(f"f{number}")
    move = Move(
        kind=MoveKind.VISIT, element=ElementId("t"), flows=(flow, flow), outcomes=tuple(outcomes)
    )
    return (Edge(number, 0, 1, move, ()),)


def test_a_run_is_chosen_once() -> None:
    """A double is neither chosen nor left out."""
    selection = Selection(2)
    selection.add(Finding(run=run(1)))
    selection.add(Finding(run=run(1)))
    assert len(selection.runs) == 1
    assert selection.left_out == LeftOut()


def test_what_there_is_no_room_for_is_counted() -> None:
    """Once each."""
    selection = Selection(1)
    for number in (1, 2, 3, 2):
        selection.add(Finding(run=run(number)))
    assert selection.is_full
    assert selection.left_out == LeftOut(number=2, exact=True)
    assert selection.flows == {"f1"}


def test_a_search_that_was_cut_makes_the_number_a_lower_bound() -> None:
    """One that proved that there is nothing does not."""
    selection = Selection(1)
    selection.add(Finding(is_proved=True))
    assert selection.left_out == LeftOut()
    selection.add(Finding())
    assert selection.left_out == LeftOut(number=0, exact=False)


def test_runs_that_are_not_looked_for_count_if_they_are_sure_to_be() -> None:
    """Else the number is only a lower bound."""
    selection = Selection(1)
    selection.leave_out(is_certain=True)
    assert selection.left_out == LeftOut(number=1, exact=True)
    selection.leave_out(is_certain=False)
    assert selection.left_out == LeftOut(number=1, exact=False)


def test_outcomes_and_turns_of_chosen_runs_are_known() -> None:
    """Two outcomes are had together only in one run."""
    selection = Selection(9)
    selection.add(Finding(run=run(1, 4, 5)))
    selection.add(Finding(run=run(2, 6)))
    assert selection.has(4, 5)
    assert not selection.has(4, 6)
    assert not selection.has(7)
    assert selection.turns == {("f1", 2), ("f2", 2)}


def test_what_is_ruled_out_says_why() -> None:
    """With the outcomes that it is about."""
    selection = Selection(1)
    outcome = Outcome(index=0, at=ElementId("g"), flows=(ElementId("f"),), event=ElementId("e"))
    selection.rule_out("no run takes both", outcome, outcome)
    (ruled,) = selection.infeasible
    assert [(taken.at, taken.flows, taken.event) for taken in ruled.decisions] == [
        ("g", ("f",), "e")
    ] * 2
    assert ruled.why == "no run takes both"

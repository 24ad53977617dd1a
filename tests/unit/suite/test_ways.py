"""What binding asks of a scenario's way."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_orchestra.flow.scenario import Moment, Passage, Scenario
from pytest_orchestra.model import ElementId
from pytest_orchestra.suite.ways import BEFORE_ALL, Way

MakeScenario = Callable[..., Scenario]


@pytest.fixture
def looped(make_scenario: MakeScenario) -> Way:
    """Enters a; then three turns of b, c after the first, d after the second."""
    return Way(make_scenario("+a", "+b", ">c", "+b", ">d", "+b", "+e"))


@pytest.mark.parametrize(
    ("visit", "others", "passes"),
    [
        (1, ["c"], True),
        (2, ["c"], False),
        (3, ["c"], False),
        (1, ["d"], False),
        (2, ["d"], True),
        (3, ["e"], True),
        (2, ["e"], False),
        (1, ["a"], True),
        (3, ["a"], True),
        (1, ["a", "c"], True),
        (1, ["a", "d"], False),
        (1, ["b"], True),
        (1, ["nowhere"], False),
        (2, [], True),
    ],
)
def test_a_stretch_goes_to_the_next_visit_and_has_what_lies_before_the_first(
    looped: Way, visit: int, others: list[str], *, passes: bool
) -> None:
    names = [ElementId(other) for other in others]
    assert looped.stretch_passes(ElementId("b"), visit, names) is passes


def test_the_whole_way_passes_what_is_on_it(looped: Way) -> None:
    assert looped.passes([ElementId("a"), ElementId("d")])
    assert not looped.passes([ElementId("a"), ElementId("x")])


def test_an_activity_of_no_turns_is_not_passed() -> None:
    moment = Moment(passage=Passage.ENTERED, element=ElementId("a"), visit=0)
    scenario = Scenario(key="k", name="k", process_id=ElementId("p"), moments=(moment,))
    assert not Way(scenario).passes([ElementId("a")])


def test_leaving_is_no_visit(make_scenario: MakeScenario) -> None:
    way = Way(make_scenario("+a", "-a", "+a", "!a"))
    assert way.passed == {ElementId("a"): [0, 2]}


def test_only_causes_surely_come_before(make_scenario: MakeScenario) -> None:
    way = Way(make_scenario("+fork", "+a<fork", "+b<fork", "+a2<a", "+join<a2<b", "+end"))
    fork, a, b, a2, join, end = range(6)
    assert way.surely_before(fork, b)
    assert way.surely_before(a, a2)
    assert not way.surely_before(a, b)
    assert not way.surely_before(b, a2)
    assert way.surely_before(b, end)
    assert way.surely_before(a, join)
    assert not way.surely_before(end, a)
    assert not way.surely_before(a, a)


def test_the_process_surrounds_all(make_scenario: MakeScenario) -> None:
    way = Way(make_scenario("+a", "+b"))
    assert way.surely_before(BEFORE_ALL, 0)
    assert way.surely_before(BEFORE_ALL, way.after_all)
    assert way.surely_before(1, way.after_all)
    assert not way.surely_before(way.after_all, 0)
    assert not way.surely_before(0, BEFORE_ALL)
    assert not way.surely_before(BEFORE_ALL, BEFORE_ALL)
    assert not way.surely_before(way.after_all, way.after_all)

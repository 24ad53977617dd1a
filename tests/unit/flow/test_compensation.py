"""Compensation: who undoes whom, and the ways on which that happens."""

from __future__ import annotations

from collections.abc import Callable

from pytest_orchestra.flow.compensation import match_compensation
from pytest_orchestra.flow.graph import index_process
from pytest_orchestra.flow.scenario import Criterion, Passage, Scenario, ScenarioSet
from pytest_orchestra.model import Process

Draw = Callable[[str], Process]
Plan = Callable[..., ScenarioSet]

BOOKING = """
s: start
a: task
b: task
ab: boundary on a compensate
bb: boundary on b compensate
ha: task handler
hb: task handler
ab .. ha
bb .. hb
s -> a
a -> b
"""


def ways(found: ScenarioSet) -> list[str]:
    return [" ".join(scenario.nodes) for scenario in found.scenarios]


def causes_of(scenario: Scenario, element: str) -> set[str]:
    """The elements of all moments that surely come before an element is entered."""
    todo = [m for m in scenario.moments if m.passage is Passage.ENTERED and m.element == element]
    found: set[str] = set()
    while todo:
        for index in todo.pop().causes:
            found.add(scenario.moments[index].element)
            todo.append(scenario.moments[index])
    return found


def test_the_last_that_completed_is_undone_first(plan: Plan) -> None:
    """The throw goes on when all is undone."""
    found = plan(BOOKING + "t: throw compensate\ne: end\nb -> t\nt -> e")
    assert ways(found) == ["s a b t hb ha e"]
    (scenario,) = found.scenarios
    assert causes_of(scenario, "e") >= {"t", "hb", "ha"}
    assert causes_of(scenario, "ha") >= {"a", "hb", "t"}
    assert found.problems == ()


def test_paths_take_no_such_way_twice(plan: Plan) -> None:
    """What is undone is the same way whenever it is looked at."""
    found = plan(BOOKING + "t: throw compensate\ne: end\nb -> t\nt -> e", Criterion.PATHS)
    assert [scenario.key for scenario in found.scenarios] == ["main"]


def test_only_what_completed_is_undone(plan: Plan) -> None:
    """By a throw that two ways lead to."""
    found = plan(
        "s: start\ng: xor\na: task\nb: task\nm: xor\nt: end compensate\n"
        "ab: boundary on a compensate\nbb: boundary on b compensate\n"
        "ha: task handler\nhb: task handler\nab .. ha\nbb .. hb\n"
        "s -> g\n1: g -> a\n2: g -> b\na -> m\nb -> m\nm -> t"
    )
    assert ways(found) == ["s g a m t ha", "s g b m t hb"]


def test_a_throw_may_name_what_it_undoes(plan: Plan) -> None:
    """The rest stays done."""
    found = plan(BOOKING + "t: end compensate=a\nb -> t")
    assert ways(found) == ["s a b t ha"]


def test_nothing_is_undone_twice(plan: Plan) -> None:
    """The second throw finds nothing."""
    found = plan(BOOKING + "t: throw compensate\nu: end compensate\nb -> t\nt -> u")
    assert ways(found) == ["s a b t hb ha u"]


def test_what_completed_several_times_is_undone_as_often(plan: Plan) -> None:
    """Once for each turn of a loop."""
    found = plan(
        "s: start\nm: xor\na: task\ng: xor\nt: end compensate\nab: boundary on a compensate\n"
        "ha: task handler\nab .. ha\ns -> m\nm -> a\na -> g\nz: g -> m\ny: g -> t"
    )
    assert ways(found) == [
        "s m a g t ha",
        "s m a g m a g t ha ha",
        "s m a g m a g m a g t ha ha ha",
    ]


def test_a_process_that_compensates_nothing_ends_all_the_same(plan: Plan) -> None:
    """What was remembered is forgotten with the last token."""
    found = plan(
        "s: start\na: task\nab: boundary on a compensate\nha: task handler\nab .. ha\n"
        "g: xor\nt: end compensate\ne: end\ns -> a\na -> g\n1: g -> e\n2: g -> t"
    )
    assert ways(found) == ["s a g e", "s a g t ha"]


def test_a_throw_speaks_of_its_own_scope(plan: Plan) -> None:
    """What completed outside is not undone."""
    found = plan(
        "s: start\na: task\nab: boundary on a compensate\nha: task handler\nab .. ha\n"
        "x: sub\ns -> a\na -> x\n"
        "xs: start in x\nb: task in x\nbb: boundary on b compensate in x\nhb: task handler in x\n"
        "t: end in x compensate\nbb .. hb\nxs -> b\nb -> t"
    )
    assert ways(found) == ["s a x xs b t hb"]


def test_what_completed_in_a_sub_process_is_undone_from_outside(plan: Plan) -> None:
    """Unless the sub-process has a handler of its own."""
    inner = (
        "s: start\nx: sub\nt: end compensate\ns -> x\nx -> t\n"
        "xs: start in x\nb: task in x\nbb: boundary on b compensate in x\nhb: task handler in x\n"
        "bb .. hb\nxs -> b\n"
    )
    assert ways(plan(inner)) == ["s x xs b t hb"]
    own = plan(inner + "xb: boundary on x compensate\nhx: task handler\nxb .. hx")
    assert ways(own) == ["s x xs b t hx"]


def test_a_handler_may_be_a_sub_process(plan: Plan) -> None:
    """Its inside is walked before the throw goes on."""
    found = plan(
        "s: start\na: task\nab: boundary on a compensate\nh: sub handler\nab .. h\n"
        "t: throw compensate\ne: end\ns -> a\na -> t\nt -> e\n"
        "hs: start in h\nu: task in h\nhs -> u"
    )
    assert ways(found) == ["s a t h hs u e"]
    (scenario,) = found.scenarios
    assert causes_of(scenario, "e") >= {"t", "h", "u"}


def test_a_handler_may_be_interrupted(plan: Plan) -> None:
    """The throw goes on all the same."""
    found = plan(
        "s: start\na: task\nab: boundary on a compensate\nh: user handler\nab .. h\n"
        "hb: boundary on h timer\nz: task\nhb -> z\nt: throw compensate\ne: end\n"
        "s -> a\na -> t\nt -> e"
    )
    assert [sorted(way.split()) for way in ways(found)] == [
        ["a", "e", "h", "s", "t"],
        ["a", "e", "h", "hb", "s", "t", "z"],
    ]


def test_a_compensation_event_sub_process_undoes_its_sub_process(plan: Plan) -> None:
    """It does not come by itself."""
    found = plan(
        "s: start\nx: sub\nt: end compensate\ns -> x\nx -> t\nxs: start in x\nb: task in x\n"
        "xs -> b\nh: sub by-event in x\nhs: start in h compensate\nu: task in h\nhs -> u"
    )
    assert ways(found) == ["s x xs b t h hs u"]


def test_an_event_sub_process_undoes_what_completed_around_it(plan: Plan) -> None:
    """As the handling of an error does."""
    found = plan(
        "s: start\na: task\nab: boundary on a compensate\nha: task handler\nab .. ha\n"
        "u: user\ne: end\ns -> a\na -> u\nu -> e\n"
        "h: sub by-event\nhs: start in h error\nt: end in h compensate\nhs -> t"
    )
    assert ways(found) == ["s a u e", "s a u h hs t ha"]


def test_what_runs_is_not_undone(plan: Plan) -> None:
    """A sub-process that another branch throws beside keeps what completed in it."""
    found = plan(
        "s: start\nf: and\nx: sub\nt: end compensate\ns -> f\n2: f -> x\n1: f -> t\n"
        "xs: start in x\nb: task in x\nbb: boundary on b compensate in x\nhb: task handler in x\n"
        "bb .. hb\nxs -> b"
    )
    assert ways(found) in (["s f t x xs b"], ["s f x xs b t hb"])


TRIP = """
s: start
x: transaction
e: end
f: end
s -> x
x -> e
xs: start in x
a: task in x
ab: boundary on a compensate in x
ha: task handler in x
ab .. ha
g: xor in x
xe: end in x
xc: end in x cancel
xs -> a
a -> g
1: g -> xe
2: g -> xc
"""


def test_a_cancelled_transaction_is_undone_before_it_is_left(plan: Plan) -> None:
    """By its cancel event."""
    found = plan(TRIP + "c: boundary on x cancel\nc -> f")
    assert ways(found) == ["s x xs a g xe e", "s x xs a g xc ha c f"]
    assert causes_of(found.scenarios[1], "f") >= {"ha", "xc", "c"}


def test_a_cancel_that_nothing_catches_still_undoes(plan: Plan) -> None:
    """And is read as a plain end."""
    found = plan(TRIP)
    assert ways(found) == ["s x xs a g xe e", "s x xs a g xc ha e"]


def test_what_was_interrupted_cannot_be_undone(plan: Plan) -> None:
    """An error at the border ends its host without completing it."""
    found = plan(
        "s: start\nx: sub\nt: end compensate\ne: end\ns -> x\nx -> e\n"
        "xs: start in x\nb: task in x\nbb: boundary on b compensate in x\nhb: task handler in x\n"
        "bb .. hb\nk: end in x error\nxs -> b\nb -> k\nxe: boundary on x error\nxe -> t"
    )
    assert ways(found) == ["s x xs b k xe t"]


def test_a_compensation_event_may_have_a_flow_of_its_own(plan: Plan) -> None:
    """Which some draw instead of an association."""
    found = plan(
        "s: start\na: task\nab: boundary on a compensate\nu: task\nt: end compensate\n"
        "s -> a\na -> t\nab -> u"
    )
    assert ways(found) == ["s a t ab u"]


def test_handlers_and_throws_are_matched(draw: Draw) -> None:
    """An association counts in both directions, and only with a handler of its process."""
    graph = index_process(
        draw(
            "a: task\nab: boundary on a compensate\nha: task handler\nha .. ab\n"
            "b: task\nbb: boundary on b compensate\nc: task\nbb .. c\nbb .. note\n"
            "t: throw compensate\nu: throw compensate=c\nk: end cancel"
        )
    )
    matched = match_compensation(graph)
    assert matched.handlers == {"a": "ha"}
    assert matched.undone == {"t": ("a",)}
    assert matched.remembered == {"a"}

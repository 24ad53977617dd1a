"""Which moments are over before which, where branches go at their own pace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pytest_orchestra.flow.generation import generate_scenarios
from pytest_orchestra.flow.precedence import Precedence
from pytest_orchestra.flow.scenario import Criterion, Scenario, WayCondition
from pytest_orchestra.model import ElementId, MessageFlow, Participant, Process, ProcessModel

Draw = Callable[..., Process]

SPLIT = """
    s: start
    fork: and
    a: task
    b: task
    join: and
    c: task
    e: end
    s -> fork
    fork -> a
    fork -> b
    a -> join
    b -> join
    join -> c
    c -> e
"""


class Ways:
    """Asks what is over before what, by ``+entered`` and ``-left`` of the last visit."""

    def __init__(
        self, process: Process, key: str, called: tuple[Process, ...], model: ProcessModel
    ) -> None:
        found = generate_scenarios(
            process,
            criterion=Criterion.BRANCHES,
            processes={each.id: each for each in (process, *called)},
        )
        self.scenario = next(each for each in found.scenarios if each.key == key)
        self.precedence = Precedence(process, called, model)

    def orders(self, first: str, second: str, scenario: Scenario | None = None) -> bool:
        """Whether the second waits for the first."""
        before = self.precedence.before(scenario or self.scenario)
        return bool(before[self._at(second)] >> self._at(first) & 1)

    def are_free(self, first: str, second: str) -> bool:
        """Whether none waits for the other."""
        return not self.orders(first, second) and not self.orders(second, first)

    def _at(self, word: str) -> int:
        passage = {"+": "entered", "-": "left", ">": "taken"}[word[0]]
        element, _, visit = word[1:].partition("#")
        return max(
            index
            for index, each in enumerate(self.scenario.moments)
            if (each.passage.value, each.element) == (passage, element)
            and (not visit or each.visit == int(visit))
        )


@pytest.fixture
def ways(draw: Draw) -> Callable[..., Ways]:
    """Draws a process, those that it calls, and its message flows ``A => B``."""

    def make(text: str, *flows: str, key: str = "main", **called: str) -> Ways:
        process = draw(text)
        others = tuple(draw(each, name) for name, each in called.items())
        model = ProcessModel(
            file="",
            digest="",
            processes=(process, *others),
            participants=(
                Participant(id=ElementId("Shop"), process_id=process.id),
                Participant(id=ElementId("Bank")),
                Participant(id=ElementId("Post")),
            ),
            message_flows=tuple(
                MessageFlow(id=ElementId(flow), source=flow.split()[0], target=flow.split()[2])
                for flow in flows
            ),
        )
        return Ways(process, key, others, model)

    return make


MakeWays = Callable[..., Ways]


def test_branches_are_free_and_meet_where_they_join(ways: MakeWays) -> None:
    way = ways(SPLIT)
    assert way.are_free("-a", "+b")
    assert way.are_free("+a", "-b")
    assert way.orders("-a", "+c")
    assert way.orders("-b", "+c")
    assert way.orders("+fork", "+a")
    assert way.orders("+a", "-a")


def test_branches_in_a_sub_process_are_free_of_those_around_it(ways: MakeWays) -> None:
    inner = """
    i: start in a
    f: and in a
    x: task in a
    y: task in a
    j: and in a
    o: end in a
    i -> f
    f -> x
    f -> y
    x -> j
    y -> j
    j -> o
    """
    way = ways(SPLIT.replace("a: task", "a: sub") + inner)
    assert way.are_free("+x", "+y")
    assert way.are_free("-x", "+b")
    assert way.are_free("-y", "+b")
    assert way.orders("+a", "+x")
    assert way.orders("-x", "-a")
    assert way.orders("-y", "-a")
    assert way.orders("-y", "+c")


def test_branches_of_a_turn_of_a_loop_wait_for_those_of_the_turn_before(ways: MakeWays) -> None:
    again = 'h: xor\ng: xor "Again?" default=no\nno: g -> c "no"\nyes: g -> h "yes"\nh -> fork'
    text = SPLIT.replace("join -> c", "join -> g").replace("s -> fork", "s -> h")
    way = ways(f"{text}\n{again}", key="again-yes")
    for turn in (1, 2):
        assert way.are_free(f"-a#{turn}", f"+b#{turn}")
    assert way.orders("-a#1", "+b#2")
    assert way.orders("-b#1", "+a#2")


def test_an_inclusive_join_waits_also_for_what_goes_elsewhere(ways: MakeWays) -> None:
    """It cannot go on before it is known that nothing more comes."""
    text = SPLIT.replace("join: and", 'join: or\ng: xor "G?" default=on\nf: end')
    text = text.replace("b -> join", 'b -> g\non: g -> join "on"\ngone: g -> f "gone"')
    way = ways(text, key="g-gone")
    assert way.are_free("-a", "+b")
    assert way.orders("-b", "+join")


def test_what_ends_all_comes_after_all(ways: MakeWays) -> None:
    """Also after a branch that had come to its own end before."""
    way = ways(
        """
        s: start
        a: task
        b: task
        f: end
        t: end terminate
        s -> a
        s -> b
        a -> f
        b -> t
        """
    )
    assert way.are_free("-a", "+b")
    assert way.orders("+f", "+t")


def test_an_event_parts_what_lies_before_it_from_what_follows(ways: MakeWays) -> None:
    """It comes while its host is active, so before that can come to its end."""
    way = ways(
        """
        s: start
        fork: and
        sub: sub
        i: start in sub
        t: user in sub
        u: task in sub
        o: end in sub
        late: boundary "Late" on sub timer calm
        warn: task
        x: end
        a: task
        e: end
        f: end
        s -> fork
        fork -> a
        a -> f
        fork -> sub
        i -> t
        t -> u
        u -> o
        sub -> e
        late -> warn
        warn -> x
        """,
        key="late",
    )
    assert way.orders("+t", "+late")
    assert way.orders("+late", "-t")
    assert way.orders("+late", "-sub")
    assert way.orders("-a", "+late")
    assert way.are_free("+warn", "+u")


def test_visits_of_an_element_follow_each_other(ways: MakeWays) -> None:
    """Two tokens on one way do not overtake each other; each element has one at a time."""
    way = ways(
        """
        s: start
        a: task
        b: task
        m: task
        n: task
        e: end
        s -> a
        s -> b
        a -> m
        b -> m
        m -> n
        n -> e
        """
    )
    assert way.are_free("-a", "+b")
    assert way.orders("+m#1", "+m#2")
    assert way.orders("+n#1", "+n#2")
    assert way.orders("-m#1", "+m#2")
    assert way.are_free("+n#1", "-m#2")


def test_instances_at_the_same_time_are_free(ways: MakeWays) -> None:
    """And meet before what follows; turns one after the other are not free."""
    text = "s: start\na: task {}\nb: task\ne: end\ns -> a\na -> b\nb -> e"
    way = ways(text.format("all"), key="a-x2")
    assert way.are_free("+a#1", "+a#2")
    assert way.are_free("-a#1", "+a#2")
    assert way.orders("-a#1", "+b")
    assert way.orders("-a#2", "+b")
    assert ways(text.format("each"), key="a-x2").orders("-a#1", "+a#2")


SPEAK = """
    s: start
    fork: and
    a: throw {said}
    b: catch {heard}
    e: end
    f: end
    s -> fork
    fork -> a
    fork -> b
    a -> e
    b -> f
"""


@pytest.mark.parametrize(
    ("said", "heard", "is_heard"),
    [
        ("signal=Go", "signal=Go", True),
        ("signal=Go", "signal=Stop", False),
        ("message=Go", "message=Go", True),
        ("message=Go", "signal=Go", False),
        ("signal=Go", "timer", False),
        ("message=Go", "conditional", True),
    ],
)
def test_what_is_heard_comes_after_what_was_said(
    ways: MakeWays, said: str, heard: str, *, is_heard: bool
) -> None:
    """What a condition looks at may be anything before it."""
    way = ways(SPEAK.format(said=said, heard=heard))
    assert way.orders("+a", "+b") is is_heard


@pytest.mark.parametrize(
    ("flows", "is_heard"),
    [
        (("a => Bank", "Bank => b"), True),
        (("a => Bank", "Post => b"), False),
        (("a => bank_start", "bank_end => b"), True),
        (("a => b",), True),
        (("Bank => a", "b => Bank"), False),
        (("Bank => b",), False),
    ],
)
def test_an_answer_of_a_pool_comes_after_what_was_sent_there(
    ways: MakeWays, flows: tuple[str, ...], *, is_heard: bool
) -> None:
    bank = "bank_start: start\nbank_end: end\nbank_start -> bank_end"
    way = ways(SPLIT, *flows, bank=bank)
    assert way.orders("-a", "+b") is is_heard


def test_what_is_undone_is_undone_in_order(ways: MakeWays) -> None:
    """From a throw of compensation on one comes after the other."""
    way = ways(
        """
        s: start
        fork: and
        a: task
        b: task
        join: and
        fa: boundary on a compensate
        fb: boundary on b compensate
        ua: task handler
        ub: task handler
        t: throw compensate
        e: end
        s -> fork
        fork -> a
        fork -> b
        a -> join
        b -> join
        join -> t
        t -> e
        fa .. ua
        fb .. ub
        """
    )
    assert way.are_free("-a", "+b")
    assert way.orders("-ua", "+ub") != way.orders("-ub", "+ua")
    assert way.orders("-ua", "+e")
    assert way.orders("-ub", "+e")


def test_what_is_not_undone_begins_after_the_throw(ways: MakeWays) -> None:
    """Had it been completed before, it would be undone, too."""
    way = ways(
        """
        s: start
        fork: and
        a: task
        fa: boundary on a compensate
        ua: task handler
        t: throw compensate
        e: end
        d: task
        o: end
        s -> fork
        fork -> a
        a -> t
        t -> e
        fork -> d
        d -> o
        fa .. ua
        """
    )
    assert way.orders("+t", "+d")


def test_a_called_process_is_part_of_its_branch(ways: MakeWays) -> None:
    way = ways(
        SPLIT.replace("b: task", "b: call calls=stock"),
        stock="i: start\nget: task\no: end\ni -> get\nget -> o",
    )
    assert way.orders("+b", "+stock/get")
    assert way.orders("-stock/get", "-b")
    assert way.are_free("-stock/get", "+a")


def test_a_condition_on_what_the_way_has_written_waits_for_all_before_it(ways: MakeWays) -> None:
    """Whoever wrote it stands somewhere before."""
    way = ways(SPLIT)
    assert way.are_free("+a", "+b")
    asks = next(n for n, m in enumerate(way.scenario.moments) if m.element == "b")
    condition = WayCondition(
        element=ElementId("f"), at=ElementId("b"), visit=1, text="x > 1", moment=asks
    )
    fixed = replace(way.scenario, conditions=(condition,))
    assert not way.orders("+a", "+b", fixed)
    free = replace(condition, free=frozenset({"x"}))
    assert way.orders("+a", "+b", replace(way.scenario, conditions=(free,)))

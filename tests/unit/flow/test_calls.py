"""What is told of called processes inside a scenario."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from pytest_orchestra.flow import calls as calls_module
from pytest_orchestra.flow.generation import generate_scenarios
from pytest_orchestra.flow.scenario import CalledWay, Criterion, Passage, Scenario, ScenarioSet
from pytest_orchestra.model import Process

Draw = Callable[..., Process]
Judge = Callable[[Process, Scenario], None]
Plan = Callable[..., ScenarioSet]

ORDER = """
    s: start
    take: call "Take stock" calls=stock
    g: xor "More?" default=no
    e: end
    s -> take
    take -> g
    no: g -> e "no" if n < 2
    yes: g -> take "yes"
"""
STOCK = """
    a: start
    there: xor "There?" default=yes
    get: task "Get it"
    b: end
    gone: end error=Gone
    a -> there
    yes: there -> get "yes" if stock > 0
    no: there -> gone "no"
    get -> b
"""
CATCH = 'bad: boundary "Gone" on take error=Gone\nf: end\nbad -> f'


@pytest.fixture
def called(draw: Draw, judge: Judge) -> Plan:
    """Generates the scenarios of the first process of several drawn ones, less what is called."""

    def generate(criterion: Criterion = Criterion.BRANCHES, **texts: str) -> ScenarioSet:
        drawn = {name: draw(text, name) for name, text in texts.items()}
        first = next(iter(drawn.values()))
        found = generate_scenarios(first, criterion=criterion, processes=drawn)
        alone = generate_scenarios(first, criterion=criterion)
        assert [(s.key, s.nodes, s.flows) for s in found.scenarios] == [
            (s.key, s.nodes, s.flows) for s in alone.scenarios
        ]
        for scenario in alone.scenarios:
            judge(first, scenario)
        for scenario in found.scenarios:
            assert all(cause < n for n, m in enumerate(scenario.moments) for cause in m.causes)
        return found

    return generate


def by_key(found: ScenarioSet, key: str) -> Scenario:
    return next(scenario for scenario in found.scenarios if scenario.key == key)


def inner(scenario: Scenario) -> list[str]:
    """The moments of called processes, with the visit and the element that called."""
    return [
        f"{m.passage.value} {m.element} {m.visit} in {scenario.moments[m.caller].element}"
        for m in scenario.moments
        if m.caller is not None
    ]


def causes(scenario: Scenario, passage: Passage, element: str, visit: int = 1) -> set[str]:
    """The elements of the moments that led to one."""
    (moment,) = (
        m for m in scenario.moments if (m.passage, m.element, m.visit) == (passage, element, visit)
    )
    return {scenario.moments[cause].element for cause in moment.causes}


def test_a_called_process_goes_its_main_inside_the_call(called: Plan) -> None:
    """It begins because the call is entered, and the call is left because it ended."""
    main = by_key(called(order=ORDER, stock=STOCK), "main")
    assert inner(main) == [
        "entered stock/a 1 in take",
        "taken stock/a->there 1 in take",
        "entered stock/there 1 in take",
        "taken stock/yes 1 in take",
        "entered stock/get 1 in take",
        "left stock/get 1 in take",
        "taken stock/get->b 1 in take",
        "entered stock/b 1 in take",
    ]
    assert causes(main, Passage.ENTERED, "stock/a") == {"take"}
    assert causes(main, Passage.LEFT, "take") == {"take", "stock/b"}
    assert main.calls == (
        CalledWay(
            at="take",
            process_id="stock",
            nodes=("a", "there", "get", "b"),
            flows=("a->there", "yes", "get->b"),
        ),
    )


def test_visits_of_a_called_element_count_on(called: Plan) -> None:
    """From call to call; a condition of the caller stays with its moment."""
    twice = by_key(called(order=ORDER, stock=STOCK), "more-yes")
    assert [line for line in inner(twice) if "stock/get " in line] == [
        "entered stock/get 1 in take",
        "left stock/get 1 in take",
        "entered stock/get 2 in take",
        "left stock/get 2 in take",
    ]
    assert len(twice.calls) == 2
    assert [twice.moments[c.moment].element for c in twice.conditions] == ["g", "g"]


def test_the_nearest_way_that_throws_is_gone_where_the_caller_catches(called: Plan) -> None:
    """The throw leads to the event that ends the call; the other scenarios go the main way."""
    found = called(order=ORDER + CATCH, stock=STOCK)
    gone = by_key(found, "gone")
    assert gone.calls[0].nodes == ("a", "there", "gone")
    assert causes(gone, Passage.ENTERED, "bad") == {"take", "stock/gone"}
    assert by_key(found, "main").calls[0].nodes[-1] == "b"


def test_what_is_thrown_beside_other_branches_ends_the_called_way(called: Plan) -> None:
    """Nothing of the called process comes after it."""
    stock = "x: and\na: start\na -> x\nt: task\nx -> t\nb: end\nt -> b\ng: xor\nx -> g\n"
    stock += "gone: end error=Gone\nno: g -> gone\nc: end\nyes: g -> c\n"
    gone = by_key(called(order=ORDER + CATCH, stock=stock), "gone")
    assert gone.calls[0].nodes[-1] == "gone"


def test_an_escalation_that_is_caught_without_an_end_lets_the_way_go_on(called: Plan) -> None:
    """The event is told after the called way, and because of the throw."""
    order = ORDER + 'note: boundary "Low" on take escalation=Low calm\nf: end\nnote -> f'
    stock = "a: start\ng: xor\nt: throw escalation=Low\nb: end\na -> g\nyes: g -> b\n"
    stock += "no: g -> t\nt -> b\n"
    low = by_key(called(order=order, stock=stock), "low")
    assert low.calls[0].nodes == ("a", "g", "t", "b")
    assert causes(low, Passage.ENTERED, "note") == {"take", "stock/t"}
    assert "stock/b" in causes(low, Passage.LEFT, "take")


def test_an_escalation_that_ends_the_call_cuts_the_way(called: Plan) -> None:
    """What would come after the throw does not."""
    order = ORDER + 'note: boundary "Low" on take escalation=Low\nf: end\nnote -> f'
    stock = "a: start\nt: throw escalation=Low\nb: end\na -> t\nt -> b\n"
    assert by_key(called(order=order, stock=stock), "low").calls[0].nodes == ("a", "t")


def test_what_the_called_process_catches_itself_is_not_thrown_to_the_caller(called: Plan) -> None:
    """Then nothing throws what the caller takes, and it is told."""
    stock = """
    a: start
    sub: sub
    i: start in sub
    gone: end in sub error=Gone
    own: boundary on sub error=Gone
    b: end
    a -> sub
    sub -> b
    i -> gone
    own -> b
    """
    found = called(order=ORDER + CATCH, stock=stock)
    assert by_key(found, "gone").calls[0].nodes == ()
    assert [(p.code, p.element_id) for p in found.problems] == [("call-throws-nothing", "bad")]


def test_a_call_that_a_timer_ends_ends_before_its_process_begins(called: Plan) -> None:
    """Nothing is told of what may have happened until then."""
    order = ORDER + 'late: boundary "Late" on take timer\nf: end\nlate -> f'
    late = by_key(called(order=order, stock=STOCK), "late")
    assert inner(late) == []
    assert late.calls == (CalledWay(at="take", process_id="stock"),)
    assert causes(late, Passage.ENTERED, "late") == {"take"}


CHAIN = {
    "order": ORDER,
    "stock": "a: start\nask: call calls=t:supply\nask2: call calls=supply\na -> ask\nask -> ask2",
    "supply": "x: start\ny: task\nx -> y",
}


def test_calls_within_calls_are_told_too(called: Plan) -> None:
    """Each inside its own; a prefix of the called id is dropped."""
    main = by_key(called(**CHAIN), "main")
    assert [line for line in inner(main) if "entered" in line] == [
        "entered stock/a 1 in take",
        "entered stock/ask 1 in take",
        "entered supply/x 1 in stock/ask",
        "entered supply/y 1 in stock/ask",
        "entered stock/ask2 1 in take",
        "entered supply/x 2 in stock/ask2",
        "entered supply/y 2 in stock/ask2",
    ]
    assert causes(main, Passage.LEFT, "stock/ask2") == {"stock/ask2", "supply/y"}
    (stock,) = main.calls
    assert stock.nodes == ("a", "ask", "ask2")
    assert [(each.at, each.nodes) for each in stock.calls] == [
        ("ask", ("x", "y")),
        ("ask2", ("x", "y")),
    ]


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        ({"order": ORDER}, [("call-opaque", "take")]),
        ({"order": "s: start\nc: call\ns -> c"}, [("call-opaque", "c")]),
        ({"order": "s: start\nc: call calls=order\ns -> c"}, [("call-recursive", "c")]),
        (
            {"order": ORDER, "stock": "a: start\nback: call calls=order\na -> back"},
            [("call-recursive", "back")],
        ),
        (
            {"order": ORDER, "stock": "a: start\nj: and\nx: xor\na -> x\nx -> j\n1: x -> j"},
            [("call-without-way", "take")],
        ),
    ],
    ids=["unknown", "nameless", "itself", "round", "stuck"],
)
def test_what_is_not_looked_into_is_told(
    called: Plan, texts: dict[str, str], told: list[tuple[str, str]]
) -> None:
    """The call is then a task like any other."""
    found = called(**texts)
    assert [(p.code, p.element_id) for p in found.problems] == told
    main = by_key(found, "main")
    assert not any("/" in line for line in inner(main) if told[0][1] != "back")


def test_coverage_counts_for_the_process_itself(called: Plan) -> None:
    """What is taken in a called one does not."""
    coverage = called(Criterion.FLOWS, order=ORDER, stock=STOCK).coverage
    assert (coverage.total, coverage.covered) == (4, 4)


def test_calls_without_end_are_cut_and_told(called: Plan) -> None:
    """Ten processes that each call the next ten times would be told for ever."""
    texts: Iterable[tuple[str, str]] = (
        (
            f"p{n}",
            "s: start\n"
            + "\n".join(f"c{k}: call calls=p{n + 1}" for k in range(10))
            + "\ns -> c0\n"
            + "\n".join(f"c{k} -> c{k + 1}" for k in range(9)),
        )
        for n in range(10)
    )
    found = called(**dict(texts))
    assert "calls-cut" in {problem.code for problem in found.problems}
    assert len(found.scenarios[0].moments) <= 2 * calls_module.MAX_MOMENTS


SHOP = "qs: start\nask: call calls=stock\nqe: end\nqs -> ask\nask -> qe\n"


def test_an_error_passes_calls_that_do_not_catch_it(called: Plan) -> None:
    """Nothing of a process on its way comes after it."""
    found = called(order=ORDER.replace("=stock", "=shop") + CATCH, shop=SHOP, stock=STOCK)
    assert "call-throws-nothing" not in {problem.code for problem in found.problems}
    gone = by_key(found, "gone")
    (shop,) = gone.calls
    assert shop.nodes == ("qs", "ask")
    assert [way.nodes for way in shop.calls] == [("a", "there", "gone")]
    assert causes(gone, Passage.ENTERED, "bad") == {"take", "stock/gone"}
    assert by_key(found, "main").calls[0].nodes == ("qs", "ask", "qe")


def test_an_escalation_passes_calls_that_go_on(called: Plan) -> None:
    """All on its way come to their ends."""
    stock = STOCK.replace("gone: end error=Gone", "gone: end escalation=Gone")
    order = ORDER.replace("=stock", "=shop") + CATCH.replace("error=Gone", "escalation=Gone calm")
    gone = by_key(called(order=order, shop=SHOP, stock=stock), "gone")
    assert gone.calls[0].nodes == ("qs", "ask", "qe")
    assert gone.calls[0].calls[0].nodes == ("a", "there", "gone")
    assert causes(gone, Passage.ENTERED, "bad") == {"take", "stock/gone"}


@pytest.mark.parametrize(
    "catch",
    ["c: boundary on ask error=Gone\nf: end\nc -> f", "h: sub by-event\nc: start in h error"],
)
def test_an_error_that_is_caught_further_in_goes_no_further(called: Plan, catch: str) -> None:
    """At the call that throws it, or around it."""
    found = called(order=ORDER.replace("=stock", "=shop") + CATCH, shop=SHOP + catch, stock=STOCK)
    assert "call-throws-nothing" in {problem.code for problem in found.problems}
    assert by_key(found, "gone").calls[0].nodes == ()


def test_a_process_may_throw_at_once(called: Plan) -> None:
    """No flow leads to what throws."""
    found = called(order=ORDER + CATCH, stock="gone: end error=Gone")
    assert by_key(found, "gone").calls[0].nodes == ("gone",)

"""Ways whose conditions contradict each other are none."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pytest_orchestra.expressions import parse_condition
from pytest_orchestra.flow.conditions import OutcomeConditions
from pytest_orchestra.flow.generation import generate_scenarios
from pytest_orchestra.flow.scenario import (
    Criterion,
    LeftOut,
    Moment,
    Scenario,
    ScenarioSet,
    WayCondition,
)
from pytest_orchestra.flow.steering import Steering
from pytest_orchestra.model import ElementId, Process

Plan = Callable[..., ScenarioSet]


def of(constants: str, /, **texts: str) -> OutcomeConditions:
    """Conditions by element; ``constants`` are the names that the data holds."""
    return OutcomeConditions(
        by_element={ElementId(k): parse_condition(v, "plain") for k, v in texts.items()},
        constants=frozenset(constants.split()),
    )


def writing(conditions: OutcomeConditions, **names: str) -> OutcomeConditions:
    writes = {ElementId(k): frozenset(v.split()) for k, v in names.items()}
    return replace(conditions, writes=writes)


def keys(found: ScenarioSet) -> list[str]:
    return [scenario.key for scenario in found.scenarios]


def impossible(found: ScenarioSet) -> dict[str, str]:
    return {
        " with ".join(d.event or "+".join(d.flows) or d.at for d in each.decisions): each.why
        for each in found.infeasible
    }


TWO = """
    s: start
    g: xor "Amount?" default=low
    m: task
    h: xor "Check?" default=none
    e: end
    s -> g
    high: g -> m "high"
    low: g -> m "low"
    m -> h
    all: h -> e "high"
    none: h -> e "low"
"""
SAME = of("amount", high="amount > 1000", all="amount > 1000")
CLASH = {
    "high with none": (
        "amount > 1000 (Amount?/high) and not (amount > 1000) (Check?/low) cannot both be so"
    ),
    "low with all": (
        "not (amount > 1000) (Amount?/low) and amount > 1000 (Check?/high) cannot both be so"
    ),
}


@pytest.mark.parametrize("criterion", Criterion)
def test_two_gateways_that_ask_the_same_agree(plan: Plan, criterion: Criterion) -> None:
    """Low-low and high-high, whatever the criterion."""
    found = plan(TWO, criterion, conditions=SAME)
    assert keys(found) == ["main", "amount-high-check-high"]
    assert found.coverage.covered == found.coverage.total
    assert found.left_out == LeftOut()


def test_what_cannot_be_is_told_with_what_clashes(plan: Plan) -> None:
    """Pairs by both outcomes, ways by those that are not the default."""
    assert not impossible(plan(TWO, conditions=SAME))
    assert impossible(plan(TWO, Criterion.PAIRS, conditions=SAME)) == CLASH
    assert impossible(plan(TWO, Criterion.PATHS, conditions=SAME)) == {
        "high": CLASH["high with none"],
        "all": CLASH["low with all"],
    }


def test_names_that_no_data_holds_are_free(plan: Plan) -> None:
    """At each moment anew."""
    everything = ["main", "amount-high", "amount-high-check-high", "check-high"]
    free = replace(SAME, constants=frozenset({"other"}))
    assert keys(plan(TWO, Criterion.PATHS, conditions=free)) == everything
    mixed = of("limit", high="amount > limit", all="amount > limit")
    assert keys(plan(TWO, Criterion.PATHS, conditions=mixed)) == everything


@pytest.mark.parametrize("writer", ["g", "m", "low", "h", "P"])
def test_a_name_that_is_written_between_is_free_again(plan: Plan, writer: str) -> None:
    """By whatever lies on the way; the way over another element keeps the name."""
    found = keys(plan(TWO, Criterion.PATHS, conditions=writing(SAME, **{writer: "amount"})))
    if writer == "low":
        assert found == ["main", "amount-high-check-high", "check-high"]
    else:
        assert found == ["main", "amount-high", "amount-high-check-high", "check-high"]


def test_a_condition_that_can_never_be_so_is_told_alone(plan: Plan) -> None:
    found = plan(TWO, conditions=of("amount", high="amount > 5 and amount < 3", all="x"))
    why = "amount > 5 and amount < 3 (Amount?/high) can never be so"
    assert keys(found) == ["main", "check-high"]
    assert impossible(found) == {"high": why}
    assert [(each.id, each.why) for each in found.coverage.uncovered] == [("high", why)]


def test_main_is_the_nearest_way_that_can_be(plan: Plan) -> None:
    """Where the defaults clash."""
    clashing = of("amount", low="amount <= 5", none="amount > 5", high="amount > 5", all="true")
    found = plan(TWO, conditions=clashing)
    assert found.scenarios[0].flows == ("s->g", "high", "m->h", "none") or keys(found)[0] == "main"
    assert "low" not in found.scenarios[0].flows or "none" not in found.scenarios[0].flows


def test_what_the_suite_adds_is_refused_with_what_clashes(plan: Plan) -> None:
    """And found where data allows it."""
    places = (ElementId("high"), ElementId("none"))
    found = plan(TWO, conditions=SAME, steering=Steering(add={"odd": places}))
    assert [(fault.name, fault.why) for fault in found.faults] == [("odd", CLASH["high with none"])]
    places = (ElementId("high"), ElementId("all"))
    found = plan(TWO, conditions=SAME, steering=Steering(add={"dear": places}))
    assert keys(found) == ["main", "dear"]


def test_an_undone_activity_and_a_link_do_not_hide_what_is_asked(plan: Plan) -> None:
    """What is asked before a throw holds in the handler, and behind a link."""
    found = plan(
        """
        s: start
        g: xor "G" default=low
        t: task
        c: boundary on t compensate
        h: sub "H" handler
        hs: start in h
        k: xor "K" in h default=small
        big: k -> he "big"
        small: k -> he "small"
        he: end in h
        hs -> k
        c .. h
        u: throw compensate
        o: throw link=L
        i: catch link=L
        z: xor "Z" default=none
        e: end
        s -> g
        high: g -> t "high"
        low: g -> t "low"
        t -> u
        u -> o
        i -> z
        all: z -> e "all"
        none: z -> e "none"
        """,
        Criterion.PATHS,
        conditions=of("a", high="a > 1", big="a > 1", all="a > 1"),
    )
    assert [{"high", "big", "all"} & set(scenario.flows) for scenario in found.scenarios] == [
        set(),
        {"high", "big", "all"},
    ]


def test_where_no_way_can_be_it_is_said(plan: Plan) -> None:
    found = plan(TWO, conditions=of("a", high="a > 1", low="a > 1", all="a < 1", none="a < 1"))
    assert not found.scenarios
    (problem,) = found.problems
    assert problem.code == "conditions-clash"
    assert "cannot both be so" in problem.message
    assert found.coverage.reachable == 0


LOOP = """
    s: start
    t: task "T"
    g: xor "Again?" default=no
    e: end
    s -> t
    t -> g
    yes: g -> t "yes"
    no: g -> e "no"
"""


def test_a_loop_on_a_free_variable_stays(plan: Plan) -> None:
    """It is asked at stay and leave; so it does where something in the loop writes it."""
    loops = ["main", "again-yes", "again-yes-x2"]
    assert keys(plan(LOOP, conditions=of("other", yes="x", no="!x && other"))) == loops
    assert keys(plan(LOOP, conditions=of("x", yes="x", no="not(x)"))) == ["main"]
    written = writing(of("x", yes="x", no="not(x)"), t="x")
    assert keys(plan(LOOP, conditions=written)) == loops


@pytest.mark.parametrize(("turns", "taken"), [(2, 3), (3, 3), (5, 3)])
def test_a_visit_is_counted(plan: Plan, turns: int, taken: int) -> None:
    """The bound gives way where no run keeps to it."""
    found = plan(LOOP, conditions=of("", no="visit == 4"), max_loop_iterations=turns)
    assert keys(found) == ["main"]
    assert found.scenarios[0].flows.count(ElementId("yes")) == taken


def test_what_stands_within_a_filter_leaves_all_ways(plan: Plan) -> None:
    """Nobody knows whether it is a name or a key of what is filtered; nor which visit it is."""
    asked = of("cards", yes='cards[visit] = "a"', no='not(cards[visit] = "a")')
    assert keys(plan(LOOP, conditions=asked)) == ["main", "again-yes", "again-yes-x2"]
    asked = of("cards k", yes='cards[k] = "a"', no='not(cards[k] = "a")')
    found = keys(plan(LOOP, conditions=asked))
    assert found[0] == "main"
    assert len(keys(plan(LOOP, conditions=writing(asked, t="k")))) == 3


GIVING_UP = LOOP + 'f: end "F"\nlost: g -> f "lost"'


def test_what_only_a_late_visit_brings_is_told(plan: Plan) -> None:
    late = of("", lost="visit >= 4")
    why = "only runs that turn back more often than max_loop_iterations take it"
    assert impossible(plan(GIVING_UP, conditions=late)) == {"lost": why}
    found = plan(GIVING_UP, conditions=late, max_loop_iterations=3)
    assert "lost" in {flow for scenario in found.scenarios for flow in scenario.flows}
    assert not found.infeasible
    never = plan(GIVING_UP, conditions=of("", lost="visit < 1"))
    assert impossible(never) == {"lost": "visit < 1 (Again?/lost, visit 1) cannot be so"}


HOST = """
    s: start
    g: xor "G" default=low
    t: task "T"
    x: boundary "X" on t timer
    y: boundary "Y" on t message calm
    e: end
    f: end
    s -> g
    high: g -> t "high"
    low: g -> t "low"
    t -> e
    x -> f
    y -> f
"""


def test_an_event_comes_where_its_condition_is_so(plan: Plan) -> None:
    """And where it is, the event comes."""
    found = plan(HOST, conditions=of("card", high="card == 2", x="card == 2", y="card == 3"))
    assert keys(found) == ["main", "g-high-x", "y"]
    found = plan(HOST, Criterion.PAIRS, conditions=of("card", x="card == 2", y="card == 2"))
    assert not {"x", "y"} & set(keys(found))
    assert "both" in impossible(found)["x with y"] if "x with y" in impossible(found) else True


INNER = """
    s: start
    u: sub "U" {marker}
    i: start in u
    w: user "W" in u
    k: xor "K" in u default=calm
    j: end in u
    i -> k
    loud: k -> w "loud"
    calm: k -> w "calm"
    w -> j
    h: sub "H" in u by-event
    hs: start in h message calm
    he: end in h
    hs -> he
    x: boundary "X" on u timer
    e: end
    f: end
    s -> u
    u -> e
    x -> f
"""


def test_an_event_of_a_sub_process_belongs_to_its_visit(plan: Plan) -> None:
    """It may not come where it clashes, and must where its condition is asked before."""
    asked = of("a", h="a > 1", loud="a > 1")
    assert keys(plan(INNER.format(marker=""), conditions=asked)) == ["main", "x", "k-loud-h"]
    asked = of("a", x="a > 1", loud="a > 1")
    assert keys(plan(INNER.format(marker=""), conditions=asked)) == ["main", "h", "k-loud-x"]
    first = plan(INNER.format(marker="each"), conditions=of("", x="visit == 1"))
    assert {"main", "u-x1-x"} <= set(keys(first))
    assert all("x" in scenario.nodes or "w" not in scenario.nodes for scenario in first.scenarios)
    assert first.left_out == LeftOut()


def test_branches_at_the_same_time_agree(plan: Plan) -> None:
    """And a name that one of them writes is free in the other."""
    text = """
        s: start
        p: and
        g: xor "G" default=low
        h: xor "H" default=none
        t: task
        a: xor
        b: xor
        q: and
        e: end
        s -> p
        p -> g
        p -> t
        t -> h
        high: g -> a "high"
        low: g -> a "low"
        all: h -> b "all"
        none: h -> b "none"
        a -> q
        b -> q
        q -> e
    """
    asked = of("x", high="x", all="x")
    assert keys(plan(text, conditions=asked)) == ["main", "g-high-h-all"]
    everything = ["main", "g-high", "g-high-h-all", "h-all"]
    assert keys(plan(text, conditions=writing(asked, t="x"))) == everything


def test_flows_of_an_inclusive_split_agree(plan: Plan) -> None:
    """Also in names that are free: they are asked at one moment."""
    text = """
        s: start
        g: or "G"
        j: or
        e: end
        s -> g
        a: g -> j "a"
        b: g -> j "b"
        c: g -> j "c"
        j -> e
    """
    asked = of("k", a="x", b="not(x)", c="k")
    assert keys(plan(text, Criterion.PATHS, conditions=asked)) == ["main", "g-a-c", "g-b", "g-b-c"]


def chain(number: int) -> str:
    gateways = "\n".join(
        f'g{n}: xor "G{n}" default=l{n}\nm{n}: xor\nh{n}: g{n} -> m{n} "high"\nl{n}: g{n} -> m{n}'
        for n in range(number)
    )
    between = "\n".join(f"m{n} -> g{n + 1}" for n in range(number - 1))
    return f"s: start\ne: end\n{gateways}\ns -> g0\n{between}\nm{number - 1} -> e"


def test_a_chain_of_ten_has_as_many_ways_as_ranges(plan: Plan) -> None:
    """On one name one more than limits; on two names each range of one with each of the other."""
    one = of("a", **{f"h{n}": f"a > {n * 7 % 10}" for n in range(10)})
    found = plan(chain(10), Criterion.PATHS, conditions=one)
    assert len(found.scenarios) == 11
    assert len(impossible(found)) == 101
    assert found.infeasible[-1].why == "913 more that no run takes, or not together"
    two = of("a b", **{f"h{n}": f"{'ab'[n % 2]} > {n}" for n in range(10)})
    assert len(plan(chain(10), Criterion.PATHS, conditions=two).scenarios) == 36


@pytest.mark.parametrize("criterion", [Criterion.FLOWS, Criterion.PAIRS, Criterion.PATHS])
def test_where_there_are_too_many_states_runs_are_checked(
    draw: Callable[[str], Process], criterion: Criterion
) -> None:
    """What is told is possible, every flow is covered, and that some may be missing is said."""
    names = " ".join(f"x{n}" for n in range(13))
    asked = of(names, **{f"h{n}": f"x{n % 13} > {n}" for n in range(26)})
    found = generate_scenarios(
        draw(chain(26)), criterion=criterion, conditions=asked, max_scenarios=50
    )
    assert not found.left_out.exact
    assert found.coverage.covered == found.coverage.total
    for scenario in found.scenarios:
        holding = {int(c.element[1:]) for c in scenario.conditions if c.holds}
        assert not any(n + 13 in holding and n not in holding for n in range(13))


def test_without_conditions_over_data_no_solver_is_imported() -> None:
    """Nor the language of conditions: a session with none of them does not pay."""
    code = (
        "import sys, pytest_orchestra.flow.generation\n"
        "print([n for n in sys.modules if n.startswith('pytest_orchestra.expressions')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# -- every way, one by one ------------------------------------------------------------------------


class Unlooked(OutcomeConditions):
    """Conditions that are told and leave no way out."""

    @property
    def ask_of_data(self) -> bool:
        return False


VALUES: dict[str, tuple[object, ...]] = {
    "a": (0, 1, Decimal("1.5"), 2, 3),
    "b": (True, False),
    "x": (True, False),
}
TEXTS = st.sampled_from(["a > 1", "a > 2", "a < 2", "b", "not(b)", "a > 1 and b", "x", "b or x"])


def choices(names: Iterable[str]) -> Iterator[dict[str, object]]:
    listed = sorted(names)
    for values in product(*(VALUES[name] for name in listed)):
        yield dict(zip(listed, values, strict=True))


def some_data_fits(scenario: Scenario) -> bool:
    """Tried out value by value; what is free has one at each moment."""
    moments: defaultdict[object, list[WayCondition]] = defaultdict(list)
    for each in scenario.conditions:
        moments[each.at, each.visit, each.element.startswith("t")].append(each)
    return any(
        all(is_so(asked, data) for asked in moments.values()) for data in choices(("a", "b"))
    )


def is_so(asked: list[WayCondition], data: dict[str, object]) -> bool:
    free = {"x"}.union(*(each.free for each in asked))
    for values in choices(free):
        if all(
            (
                condition.holds({**data, "x": values["x"], **{n: values[n] for n in each.free}})
                is True
            )
            is each.holds
            for each in asked
            if (condition := each.condition)
        ):
            return True
    return False


SHAPES = {
    "task": "j{n}: task\nk{n} -> j{n}",
    "xor": (
        "g{n}: xor default=q{n}\nj{n}: task\nk{n} -> g{n}\np{n}: g{n} -> j{n}\nq{n}: g{n} -> j{n}"
    ),
    "or": "g{n}: or\nj{n}: or\nk{n} -> g{n}\np{n}: g{n} -> j{n}\nq{n}: g{n} -> j{n}",
    "loop": "g{n}: xor\nj{n}: task\nk{n} -> g{n}\np{n}: g{n} -> j{n}\nq{n}: g{n} -> k{n}",
    "host": "t{n}: boundary on k{n} timer\nj{n}: task\nk{n} -> j{n}\nt{n} -> j{n}",
    "both": (
        "f{n}: and\ng{n}: xor default=q{n}\nm{n}: task\nw{n}: task\nj{n}: and\nk{n} -> f{n}\n"
        "f{n} -> g{n}\nf{n} -> w{n}\np{n}: g{n} -> m{n}\nq{n}: g{n} -> m{n}\nm{n} -> j{n}\n"
        "w{n} -> j{n}"
    ),
}


@st.composite
def conditional(draw: st.DrawFn) -> tuple[str, OutcomeConditions]:
    """A row of splits, loops and hosts; some outcomes have conditions, some tasks write names."""
    text, texts, writes, last = "s: start", {}, {}, "s"
    for n, shape in enumerate(draw(st.lists(st.sampled_from(sorted(SHAPES)), max_size=4))):
        text += f"\n{last} -> k{n}\nk{n}: task\n{SHAPES[shape].format(n=n)}"
        names = {line.partition(":")[0] for line in text.splitlines() if ":" in line}
        texts |= {
            f"{c}{n}": draw(TEXTS) for c in "pqt" if f"{c}{n}" in names and draw(st.booleans())
        }
        writer = draw(st.sampled_from([None, None, f"k{n}", f"p{n}", f"w{n}"]))
        if writer in names:
            writes[writer] = draw(st.sampled_from("ab"))
        last = f"j{n}"
    return f"{text}\n{last} -> e\ne: end", writing(of("a b", **texts), **writes)


@settings(max_examples=40, deadline=None)
@given(drawn=conditional(), turns=st.integers(0, 1))
def test_the_ways_are_all_for_which_there_is_data(
    draw: Callable[[str], Process], drawn: tuple[str, OutcomeConditions], turns: int
) -> None:
    """All others are among what cannot be, or their number is."""
    text, asked = drawn
    assume(asked.ask_of_data)

    def ways(conditions: OutcomeConditions) -> dict[tuple[Moment, ...], Scenario]:
        found = generate_scenarios(
            draw(text),
            criterion=Criterion.PATHS,
            conditions=conditions,
            max_loop_iterations=turns,
            max_scenarios=300,
        )
        assume(found.left_out == LeftOut())
        return {scenario.moments: scenario for scenario in found.scenarios}

    fields = {"by_element": asked.by_element, "writes": asked.writes}
    every = ways(Unlooked(constants=asked.constants, **fields))
    wanted = {moments for moments, scenario in every.items() if some_data_fits(scenario)}
    assert wanted == ways(asked).keys() or not wanted

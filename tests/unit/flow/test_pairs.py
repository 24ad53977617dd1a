"""The criterion ``pairs``: every two outcomes that can occur together."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest

from pytest_orchestra.flow.scenario import Criterion, LeftOut, ScenarioSet

Plan = Callable[..., ScenarioSet]


def chain(splits: int, ways: int) -> str:
    """Exclusive splits one after the other."""
    lines = ["s: start", "e: end", "s -> g0"]
    for n in range(splits):
        lines.append(f'g{n}: xor "G{n}"')
        target = f"g{n + 1}" if n + 1 < splits else "e"
        lines.extend(f'w{n}{way}: g{n} -> {target} "{way}"' for way in range(ways))
    return "\n".join(lines)


def pairs_of(found: ScenarioSet) -> set[tuple[str, str]]:
    """The pairs of flows that are taken as outcomes of one scenario."""
    return {
        pair
        for scenario in found.scenarios
        for pair in combinations(sorted({t.flows[0] for t in scenario.decisions if t.flows}), 2)
    }


@pytest.mark.parametrize(
    ("splits", "ways", "fewest", "most"),
    [(2, 3, 9, 9), (3, 2, 4, 5), (4, 3, 9, 13), (13, 3, 15, 25), (30, 2, 8, 13)],
)
def test_every_pair_is_taken_by_few_scenarios(
    plan: Plan, splits: int, ways: int, fewest: int, most: int
) -> None:
    """All pairs of different splits; not many more than the best known covering arrays have."""
    found = plan(chain(splits, ways), Criterion.PAIRS)
    assert len(pairs_of(found)) == splits * (splits - 1) // 2 * ways**2
    assert fewest <= len(found.scenarios) <= most
    assert found.scenarios[0].key == "main"
    assert found.infeasible == ()
    assert found.left_out == LeftOut()


def test_a_lone_decision_has_all_its_outcomes(plan: Plan) -> None:
    """An outcome counts without a partner."""
    found = plan(chain(1, 4), Criterion.PAIRS)
    assert [scenario.key for scenario in found.scenarios] == ["main", "g0-1", "g0-2", "g0-3"]


LOOP = """
    s: start
    pay: task
    g: xor "Payment"
    fix: task
    other: task
    e: end
    s -> pay
    pay -> g
    again: g -> fix "refused"
    else: g -> other "unclear"
    back: fix -> pay
    back2: other -> pay
    done: g -> e "taken"
"""


def test_outcomes_of_different_visits_are_a_pair(plan: Plan) -> None:
    """In a loop one decision may go both ways; and loops turn back once and N times."""
    found = plan(LOOP, Criterion.PAIRS, max_loop_iterations=3)
    assert ("again", "else") in pairs_of(found)
    assert {scenario.flows.count("back") for scenario in found.scenarios} >= {0, 1, 3}
    assert {scenario.flows.count("back2") for scenario in found.scenarios} >= {0, 1, 3}
    assert found.infeasible == ()


def test_without_turns_such_a_pair_is_ruled_out(plan: Plan) -> None:
    """What only turns back is not there at all."""
    found = plan(LOOP, Criterion.PAIRS, max_loop_iterations=0)
    assert [scenario.key for scenario in found.scenarios] == ["main"]
    assert {ruled.decisions[0].flows for ruled in found.infeasible} == {("again",), ("else",)}
    assert all("max_loop_iterations" in ruled.why for ruled in found.infeasible)


def test_outcomes_of_which_one_leads_round_the_other_are_ruled_out(plan: Plan) -> None:
    """The reason is shown, once a pair; two ways of one split are no pair at all."""
    found = plan(
        """
        s: start
        g: xor "G"
        h: xor "H"
        e: end
        s -> g
        a: g -> e "a"
        b: g -> h "b"
        c: h -> e "c"
        d: h -> e "d"
    """,
        Criterion.PAIRS,
    )
    assert [scenario.key for scenario in found.scenarios] == ["main", "g-b", "g-b-h-d"]
    assert [
        (ruled.decisions[0].flows, ruled.decisions[1].flows, ruled.why)
        for ruled in found.infeasible
    ] == [(("a",), ("c",), "no run takes both"), (("a",), ("d",), "no run takes both")]


def test_many_impossible_pairs_are_counted(plan: Plan) -> None:
    """The list is bounded and says how many more there are."""
    lines = ["s: start", 'g: xor "G"', "e: end", "s -> g"]
    for n in range(6):
        lines += [f'h{n}: xor "H{n}"', f'g -> h{n} "to {n}"']
        lines += [f'h{n} -> e "a{n}"', f'h{n} -> t{n} "b{n}"', f"t{n}: task", f"t{n} -> e"]
    found = plan("\n".join(lines), Criterion.PAIRS)
    listed, more = found.infeasible[:-1], found.infeasible[-1]
    between = 6 * 5 // 2 * 4
    beside = 6 * 5 * 2
    assert len(listed) + int(more.why.split()[0]) == between + beside
    assert more.decisions == ()


def test_concurrent_outcomes_are_pairs_too(plan: Plan) -> None:
    """Two splits on parallel branches: three by two outcomes."""
    found = plan(
        """
        s: start
        f: and
        a: xor "A"
        b: xor "B"
        am: xor
        bm: xor
        j: and
        e: end
        s -> f
        f -> a
        f -> b
        a1: a -> am "1"
        a2: a -> am "2"
        a3: a -> am "3"
        b1: b -> bm "1"
        b2: b -> bm "2"
        am -> j
        bm -> j
        j -> e
    """,
        Criterion.PAIRS,
    )
    assert len(found.scenarios) == 6


def test_an_event_that_comes_elsewhere_than_it_should_is_searched_for(plan: Plan) -> None:
    """Two events of one scope that end it in turn come together only out of place."""
    found = plan(
        """
        s: start
        x: sub
        e: end
        f: end
        is: start in x
        u: user in x
        v: user in x
        ie: end in x
        cut: boundary "Cut" on x timer
        w: boundary "W" on u timer in x
        ue: task in x
        s -> x
        x -> e
        cut -> f
        is -> u
        u -> v
        v -> ie
        w -> ue
        ue -> ie
    """,
        Criterion.PAIRS,
    )
    together = [
        scenario
        for scenario in found.scenarios
        if {"cut", "w"} <= {taken.event for taken in scenario.decisions}
    ]
    assert together


def test_where_there_is_no_room_flows_come_first(plan: Plan) -> None:
    """And how many were left out is a lower bound."""
    found = plan(chain(2, 8), Criterion.PAIRS, max_scenarios=9)
    assert len(found.scenarios) == 9
    assert found.coverage.covered == found.coverage.total
    assert found.left_out.number >= 1
    assert not found.left_out.exact


def test_a_pair_that_turning_back_forbids_is_ruled_out(plan: Plan) -> None:
    """Both ways back by the same flow, which may be taken once."""
    found = plan(
        """
        s: start
        m: xor
        g: xor "G"
        h: xor
        e: end
        s -> m
        m -> g
        a: g -> h "a"
        b: g -> h "b"
        done: g -> e "done"
        back: h -> m
    """,
        Criterion.PAIRS,
        max_loop_iterations=1,
    )
    ruled = {(one.decisions[0].flows, one.decisions[1].flows) for one in found.infeasible}
    assert ruled == {(("a",), ("b",))}


@pytest.mark.parametrize("host", ["x: user", "x: sub\ni: user in x"])
def test_an_event_may_come_before_one_that_interrupts(plan: Plan, host: str) -> None:
    """Both at the same host, and the one that interrupts nothing first."""
    text = f"""
        s: start
        {host}
        s -> x
        n: boundary "Late" on x timer calm
        b: boundary "Stop" on x message
        n -> late
        b -> stop
        late: end
        stop: end
    """
    found = plan(text, Criterion.PAIRS)
    assert "late-stop" in {scenario.key for scenario in found.scenarios}
    found = plan(text)
    assert [scenario.key for scenario in found.scenarios] == ["main", "stop", "late"]

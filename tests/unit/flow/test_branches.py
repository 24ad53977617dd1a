"""Base choice: which scenarios ``branches`` chooses, and what each of them passes."""

from __future__ import annotations

from collections.abc import Callable

from pytest_orchestra.flow.scenario import Infeasible, LeftOut, ScenarioSet

Plan = Callable[..., ScenarioSet]

AMOUNT = """
    s: start
    g: xor "Amount"
    low: task "Approve"
    high: task "Ask the boss"
    more: task
    e: end
    s -> g
    g -> low "low"
    g -> high "high"
    high -> more
    low -> e
    more -> e
"""


def keys(found: ScenarioSet) -> list[str]:
    return [scenario.key for scenario in found.scenarios]


def test_a_split_gives_main_and_the_other_outcome(plan: Plan) -> None:
    """The shorter way is the default."""
    found = plan(AMOUNT)
    assert keys(found) == ["main", "amount-high"]
    assert [scenario.name for scenario in found.scenarios] == ["Main", "Amount: high"]
    assert found.scenarios[0].nodes == ("s", "g", "low", "e")
    assert found.scenarios[1].flows == ("s->g", "g->high", "high->more", "more->e")


def test_only_one_decision_differs_from_main(plan: Plan) -> None:
    """Two splits in a row give three scenarios, not four."""
    found = plan("""
        s: start
        g: xor "A"
        h: xor "B"
        e: end
        s -> g
        f1: g -> h "a1"
        f2: g -> h "a2"
        f3: h -> e "b1"
        f4: h -> e "b2"
    """)
    assert keys(found) == ["main", "a-a2", "b-b2"]
    assert found.scenarios[0].flows == ("s->g", "f1", "f3")


LOOP = """
    s: start
    pay: task
    g: xor "Payment"
    fix: task
    e: end
    s -> pay
    pay -> g
    g -> fix "refused"
    fix -> pay
    g -> e "taken"
"""


def test_a_loop_turns_back_never_once_and_often(plan: Plan) -> None:
    """The scenarios turn back 0, 1 and N times."""
    found = plan(LOOP, max_loop_iterations=3)
    assert keys(found) == ["main", "payment-refused", "payment-refused-x3"]
    turns = [scenario.flows.count("fix->pay") for scenario in found.scenarios]
    assert turns == [0, 1, 3]


def test_a_loop_that_may_not_turn_back_says_so(plan: Plan) -> None:
    """With ``max_loop_iterations`` 0 the outcome that turns back is infeasible."""
    found = plan(LOOP, max_loop_iterations=0)
    assert keys(found) == ["main"]
    (infeasible,) = found.infeasible
    assert infeasible.decisions[0].flows == ("g->fix",)
    assert "max_loop_iterations" in infeasible.why
    assert {missing.id for missing in found.coverage.uncovered} == {"fix->pay", "g->fix"}
    assert all("max_loop_iterations" in missing.why for missing in found.coverage.uncovered)


def test_one_turn_makes_no_second_scenario(plan: Plan) -> None:
    """With ``max_loop_iterations`` 1 once and N times are the same."""
    assert keys(plan(LOOP, max_loop_iterations=1)) == ["main", "payment-refused"]


PARALLEL = """
    s: start
    fork: and
    a: xor "Stock"
    a1: task
    a2: xor
    b: xor "Card"
    b1: task
    b2: xor
    join: and
    e: end
    s -> fork
    fork -> a
    fork -> b
    a -> a2 "there"
    a -> a1 "missing"
    a1 -> a2
    a2 -> join
    b -> b2 "good"
    b -> b1 "bad"
    b1 -> b2
    b2 -> join
    join -> e
"""


def test_concurrent_outcomes_make_a_pair(plan: Plan) -> None:
    """Two outcomes of concurrent branches that are both not the default meet in one scenario."""
    found = plan(PARALLEL)
    assert keys(found) == ["main", "stock-missing", "stock-missing-card-bad", "card-bad"]


def test_outcomes_in_a_row_make_no_pair(plan: Plan) -> None:
    """Decisions on the same branch are not combined."""
    found = plan("""
        s: start
        fork: and
        a: xor "A"
        b: xor "B"
        t: task
        m: xor
        join: and
        e: end
        s -> fork
        fork -> a
        fork -> t
        a1: a -> b "1"
        a2: a -> b "2"
        b1: b -> m "1"
        b2: b -> m "2"
        m -> join
        t -> join
        join -> e
    """)
    assert keys(found) == ["main", "a-2", "b-2"]


def test_two_errors_at_once_make_a_pair(plan: Plan) -> None:
    """Both branches go wrong; the first to say so ends the other."""
    found = plan("""
        s: start
        sub: sub
        e: end
        f: end
        is: start in sub
        fork: and in sub
        a: xor "A" in sub
        b: xor "B" in sub
        ie: end in sub
        x: end in sub error=x
        y: end in sub error=y
        ex: boundary "X" on sub error=x
        ey: boundary "Y" on sub error=y
        s -> sub
        sub -> e
        ex -> f
        ey -> f
        is -> fork
        fork -> a
        fork -> b
        a1: a -> ie "ok"
        a2: a -> x "broken"
        b1: b -> ie "ok"
        b2: b -> y "broken"
    """)
    assert keys(found) == ["main", "a-broken", "a-broken-b-broken", "b-broken"]
    assert [scenario.nodes[-2:] for scenario in found.scenarios] == [
        ("ie", "e"),
        ("ex", "f"),
        ("ex", "f"),
        ("ey", "f"),
    ]


def test_a_pair_that_cannot_be_is_ruled_out(plan: Plan) -> None:
    """Where both outcomes need the one token of a third branch, no run takes both."""
    found = plan("""
        s: start
        fork: and
        a: xor "A"
        b: xor "B"
        r: xor "R"
        ka: and
        kb: and
        e: end
        s -> fork
        fork -> a
        fork -> b
        fork -> r
        a1: a -> e "1"
        a2: a -> ka "2"
        b1: b -> e "1"
        b2: b -> kb "2"
        r1: r -> e "1"
        r2: r -> ka "2"
        r3: r -> kb "3"
        ka -> e
        kb -> e
    """)
    assert keys(found) == ["main", "a-2-r-2", "b-2-r-3"]
    assert {
        (one.decisions[0].flows, one.decisions[1].flows)
        for one in found.infeasible
        if one.why == "no run takes both"
    } >= {(("a2",), ("b2",))}


def test_a_nested_decision_is_taken_with_what_leads_to_it(plan: Plan) -> None:
    """An outcome off main's way changes only what leads there."""
    found = plan("""
        s: start
        g: xor "A"
        h: xor "B"
        t: task
        e: end
        s -> g
        g1: g -> e "no"
        g2: g -> h "yes"
        h1: h -> e "fast"
        h2: h -> t "slow"
        t -> e
    """)
    assert keys(found) == ["main", "a-yes", "a-yes-b-slow"]


def test_a_boundary_event_is_an_outcome_of_its_host(plan: Plan) -> None:
    """An interrupting event ends its host, another does not."""
    found = plan("""
        s: start
        t: user "Review"
        late: boundary on t timer
        ask: boundary "Question" on t message calm
        e: end
        f: end
        s -> t
        t -> e
        late -> f
        ask -> f
    """)
    assert keys(found) == ["main", "question", "timer-review"]
    by_key = {scenario.key: scenario for scenario in found.scenarios}
    assert by_key["timer-review"].nodes == ("s", "t", "late", "f")
    assert by_key["question"].nodes == ("s", "t", "ask", "e", "f")
    fired = by_key["timer-review"].decisions
    assert [(taken.at, taken.event, taken.flows, taken.default) for taken in fired] == [
        ("t", "late", ("late->f",), False)
    ]


def test_a_loop_by_a_boundary_event_counts(plan: Plan) -> None:
    """Where the event turns back, it comes once and N times."""
    found = plan("""
        s: start
        t: service "Try"
        failed: boundary "Failed" on t error
        e: end
        s -> t
        t -> e
        failed -> t
    """)
    assert keys(found) == ["main", "failed", "failed-x2"]


def test_several_start_events_are_outcomes(plan: Plan) -> None:
    """Each start event has a scenario; the nearest to the end is main."""
    found = plan("""
        a: start "By mail"
        b: start "By phone" message
        t: task
        e: end
        a -> t
        b -> e
        t -> e
    """)
    assert keys(found) == ["main", "by-mail"]
    assert found.scenarios[0].nodes == ("b", "e")


def test_inclusive_flows_go_alone_and_together(plan: Plan) -> None:
    """An inclusive split takes each flow alone, all together, and the default."""
    found = plan("""
        s: start
        g: or "Send" default=none
        m: task
        p: task
        j: or
        e: end
        s -> g
        mail: g -> m "mail"
        post: g -> p "post"
        none: g -> j "nothing"
        m -> j
        p -> j
        j -> e
    """)
    assert keys(found) == ["main", "send-mail", "send-mail-post", "send-post"]
    assert found.scenarios[0].flows == ("s->g", "none", "j->e")


def test_an_outcome_that_gets_stuck_is_ruled_out(plan: Plan) -> None:
    """A split into a parallel join has no legal run."""
    found = plan("""
        s: start
        g: xor "G"
        a: task
        b: task
        j: and
        e: end
        out: end
        s -> g
        g1: g -> a "1"
        g2: g -> b "2"
        g3: g -> out "3"
        a -> j
        b -> j
        j -> e
    """)
    assert keys(found) == ["main"]
    assert [ruled.why for ruled in found.infeasible] == [
        "every run that takes it gets stuck before the end"
    ] * 2
    assert {problem.code for problem in found.problems} == {"deadlock"}


def test_an_outcome_that_nothing_leads_to_is_ruled_out(plan: Plan) -> None:
    """A decision in a dead part has no scenario."""
    found = plan("""
        s: start
        e: end
        s -> e
        w: task
        v: task
        w -> v
        v -> w
        g: xor
        v2: w -> g
        g1: g -> v "1"
        g2: g -> e "2"
    """)
    assert keys(found) == ["main"]
    assert {ruled.why for ruled in found.infeasible} == {"no run comes to it"}


def test_main_is_what_ends_well_even_if_its_flows_are_longer(plan: Plan) -> None:
    """Where the shortest way leads into a deadlock the default is another."""
    found = plan("""
        s: start
        g: xor "G"
        j: and
        t: task
        u: task
        e: end
        s -> g
        g1: g -> j "short"
        g2: g -> t "long"
        t -> u
        u -> e
        j -> e
        dead: task
        dead2: task
        dead -> dead2
        dead2 -> dead
        d: dead -> j
    """)
    assert keys(found) == ["main"]
    assert found.scenarios[0].nodes == ("s", "g", "t", "u", "e")
    assert found.scenarios[0].decisions[0].default


def test_a_join_outside_needs_one_loop_first(plan: Plan) -> None:
    """A run that must turn back is main where there is no other."""
    found = plan("""
        s: start
        fork: and
        g: xor "G"
        t: task
        j: and
        e: end
        s -> fork
        fork -> g
        fork -> j
        g1: g -> t "again"
        t -> j
        g2: g -> e "never"
        j -> e
    """)
    assert "main" in keys(found)


def test_bounds_are_kept(plan: Plan) -> None:
    """What there is no room for is counted, and flows stay covered."""
    found = plan(PARALLEL, max_scenarios=2)
    assert len(found.scenarios) == 2
    assert found.left_out == LeftOut(number=2, exact=True)
    assert found.coverage.covered == found.coverage.total


def test_pairs_past_the_bound_are_counted(plan: Plan) -> None:
    """A pair for which there is no room is left out."""
    found = plan(PARALLEL, max_scenarios=3)
    assert keys(found) == ["main", "stock-missing", "card-bad"]
    assert found.left_out == LeftOut(number=1, exact=True)


def test_default_flow_is_main_where_it_leads_on(plan: Plan) -> None:
    """The marked default goes before the shorter way."""
    found = plan("""
        s: start
        g: xor "G" default=long
        t: task
        e: end
        s -> g
        short: g -> e "short"
        long: g -> t "long"
        t -> e
    """)
    assert keys(found) == ["main", "g-short"]
    assert "t" in found.scenarios[0].nodes


def test_infeasible_is_empty_for_a_sound_process(plan: Plan) -> None:
    """Nothing is ruled out where all can be."""
    assert plan(AMOUNT).infeasible == ()
    assert isinstance(plan(LOOP, max_loop_iterations=0).infeasible[0], Infeasible)

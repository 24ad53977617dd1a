"""Loop and multi-instance markers: how many turns, which scenarios, what they tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from pytest_orchestra.flow.generation import find_main, generate_scenarios
from pytest_orchestra.flow.graph import index_process
from pytest_orchestra.flow.scenario import Criterion, Passage, Scenario, ScenarioSet
from pytest_orchestra.flow.search import Demand
from pytest_orchestra.flow.steering import Steering
from pytest_orchestra.flow.telling import tell_run
from pytest_orchestra.flow.turns import allowed_turns
from pytest_orchestra.model import ElementId, Process

Draw = Callable[..., Process]
Plan = Callable[..., ScenarioSet]

TASK = 's: start\nt: task "List" {}\ne: end\ns -> t\nt -> e\n'
SUB = """
    s: start
    x: sub "Items" {}
    i: start in x
    u: user "Look" in x
    g: xor "Fine?" in x
    k: end in x
    l: end in x
    e: end
    f: end
    s -> x
    i -> u
    u -> g
    yes: g -> k "yes"
    no: g -> l "no"
    x -> e
"""


@pytest.mark.parametrize(
    ("marker", "numbers"),
    [
        ("loop", (1, 2)),
        ("while", (1, 2, 0)),
        ("each", (1, 2, 0)),
        ("all", (1, 2, 0)),
        ("loop most=1", (1,)),
        ("loop most=0", (1,)),
        ("while most=0", (0,)),
        ("each most=5", (1, 2)),
        ("all most=1", (1,)),
        ("all most=0", (0,)),
    ],
)
def test_a_marker_says_how_many_turns_there_may_be(
    draw: Draw, marker: str, numbers: tuple[int, ...]
) -> None:
    """None only where it allows that; N is bounded by a literal number."""
    graph = index_process(draw(TASK.format(marker)))
    assert allowed_turns(graph, 2, {}) == {"t": numbers}


@pytest.mark.parametrize(
    ("most", "of_single", "numbers"),
    [(0, {}, (1, 0)), (1, {}, (1, 0)), (3, {}, (1, 2, 3, 0)), (2, {"t": 4}, (1, 2, 3, 4, 0))],
)
def test_every_number_may_be_wanted(
    draw: Draw, most: int, of_single: Mapping[ElementId, int], numbers: tuple[int, ...]
) -> None:
    """Up to the bound of all activities or its own."""
    graph = index_process(draw(TASK.format("each")))
    assert allowed_turns(graph, most, of_single, every=True) == {"t": numbers}


def test_an_activity_without_a_marker_is_not_among_them(draw: Draw) -> None:
    """Nor is an event sub-process, which no flow leads to."""
    text = TASK.format("") + "h: sub by-event loop\nhs: start in h timer\n"
    assert allowed_turns(index_process(draw(text)), 2, {}) == {}


def test_every_turn_is_among_the_outcomes_of_wide_criteria(draw: Draw) -> None:
    """Those of a single activity too."""
    steering = Steering(max_loop_iterations={ElementId("t"): 3})
    finder, _ = find_main(index_process(draw(TASK.format("each"))), 1, steering, every_way=True)
    outcomes = finder.routes.space.game.decisions.outcomes
    assert [outcome.turns for outcome in outcomes] == [1, 2, 3, 0]


# -- which scenarios there are ---------------------------------------------------------------


def keys(found: ScenarioSet) -> list[str]:
    return [scenario.key for scenario in found.scenarios]


def one(found: ScenarioSet, key: str) -> Scenario:
    (scenario,) = (scenario for scenario in found.scenarios if scenario.key == key)
    return scenario


def story(scenario: Scenario) -> list[str]:
    signs = {Passage.ENTERED: "+", Passage.LEFT: "-", Passage.INTERRUPTED: "!"}
    return [
        f"{signs[moment.passage]}{moment.element}#{moment.visit}"
        for moment in scenario.moments
        if moment.passage in signs
    ]


def test_each_number_of_turns_is_an_outcome(plan: Plan) -> None:
    """One is the default; keys and names tell the others."""
    found = plan(TASK.format("each"))
    assert keys(found) == ["main", "list-x0", "list-x2"]
    assert [scenario.name for scenario in found.scenarios] == ["Main", "List x0", "List x2"]
    taken = [[(d.at, d.turns, d.default) for d in each.decisions] for each in found.scenarios]
    assert taken == [[("t", 1, True)], [("t", 0, False)], [("t", 2, False)]]


def test_an_activity_without_a_name_is_called_by_its_id(plan: Plan) -> None:
    """And so are two of one name."""
    assert keys(plan("s: start\nt: task each\ns -> t")) == ["main", "t-x0", "t-x2"]
    two = plan('s: start\nt: task "A" loop\nu: task "A" loop\ns -> t\nt -> u')
    assert keys(two) == ["main", "t-x2", "u-x2"]


def test_the_bound_is_the_suites(draw: Draw) -> None:
    """Of all loops, or of one activity."""
    process = draw(TASK.format("loop"))
    assert keys(generate_scenarios(process, max_loop_iterations=4)) == ["main", "list-x4"]
    assert keys(generate_scenarios(process, max_loop_iterations=0)) == ["main"]
    steering = Steering(max_loop_iterations={ElementId("t"): 3})
    assert keys(generate_scenarios(process, steering=steering)) == ["main", "list-x3"]


def test_no_turn_at_all_may_be_all_there_is(plan: Plan) -> None:
    """A literal cardinality of zero: nothing is decided there."""
    found = plan(SUB.format("each most=0"))
    assert keys(found) == ["main"]
    assert story(found.scenarios[0]) == ["+s#1", "+x#0", "+e#1"]
    assert found.scenarios[0].decisions == ()
    assert [missing.id for missing in found.coverage.uncovered] == ["i->u", "no", "u->g", "yes"]


def test_main_takes_no_turn_where_one_leads_to_no_end(plan: Plan) -> None:
    """Then a turn is what differs, and gets stuck."""
    found = plan("""
        s: start
        x: sub each
        a: xor in x
        i: start in x
        t: task in x
        u: task in x
        j: and in x
        i -> a
        a -> t
        a -> u
        t -> j
        u -> j
        s -> x
    """)
    assert keys(found) == ["main"]
    assert story(found.scenarios[0]) == ["+s#1", "+x#0"]
    stuck = [(each.decisions[0].at, each.decisions[0].turns) for each in found.infeasible]
    assert {("x", 1), ("x", 2)} <= set(stuck)


def test_turns_of_concurrent_activities_are_taken_together(plan: Plan) -> None:
    """As any two outcomes that are both not the default."""
    found = plan("""
        s: start
        a: task "A" loop
        b: task "B" while
        j: and
        f: and
        s -> f
        f -> a
        f -> b
        a -> j
        b -> j
    """)
    assert keys(found) == ["main", "a-x2", "a-x2-b-x0", "a-x2-b-x2", "b-x0", "b-x2"]


def test_few_scenarios_need_no_further_turns(plan: Plan) -> None:
    """They would make ways longer than they have to be, with names that say nothing."""
    found = plan(SUB.format("each"), criterion=Criterion.FLOWS)
    assert keys(found) == ["main", "fine-yes"]


def test_inner_decisions_may_differ_from_turn_to_turn(draw: Draw) -> None:
    """A run goes one way in the first turn and another in the second."""
    finder, _ = find_main(index_process(draw(SUB.format("loop"))), 2)
    outcomes = finder.routes.space.game.decisions.outcomes
    demand = Demand(outcomes=tuple(o.index for o in outcomes if o.turns != 1 and o.at != "x"))
    run = finder.find(demand).run
    assert run
    assert [turns for edge in run if (turns := edge.move.turns) > 1] == [2]
    assert {"yes", "no"} <= {flow for edge in run for flow in edge.move.taken}


# -- what they tell --------------------------------------------------------------------------


def causes(scenario: Scenario, word: str) -> list[str]:
    """What led directly to the moment that ``story`` tells so."""
    signs = {
        Passage.ENTERED: "+",
        Passage.LEFT: "-",
        Passage.INTERRUPTED: "!",
        Passage.TAKEN: ">",
    }
    words = [f"{signs[m.passage]}{m.element}#{m.visit}" for m in scenario.moments]
    return [words[n] for n in scenario.moments[words.index(word)].causes]


def test_turns_in_sequence_follow_each_other(plan: Plan) -> None:
    """Each is a visit that is entered and left."""
    twice = one(plan(TASK.format("each")), "list-x2")
    assert story(twice) == ["+s#1", "+t#1", "-t#1", "+t#2", "-t#2", "+e#1"]
    assert twice.nodes == ("s", "t", "t", "e")
    assert twice.flows == ("s->t", "t->e")
    assert causes(twice, "+t#2") == ["-t#1"]
    assert causes(twice, ">t->e#1") == ["-t#2"]


def test_instances_at_the_same_time_are_not_ordered(plan: Plan) -> None:
    """They are told one by one; what follows waits for all."""
    twice = one(plan(TASK.format("all")), "list-x2")
    assert story(twice) == ["+s#1", "+t#1", "-t#1", "+t#2", "-t#2", "+e#1"]
    assert causes(twice, "+t#2") == causes(twice, "+t#1") == [">s->t#1"]
    assert causes(twice, ">t->e#1") == ["-t#1", "-t#2"]


def test_without_a_turn_an_activity_is_only_come_by(plan: Plan) -> None:
    """It stands in the nodes once and has no visit; flows go on from there."""
    none = one(plan(TASK.format("while")), "list-x0")
    assert story(none) == ["+s#1", "+t#0", "+e#1"]
    assert none.nodes == ("s", "t", "e")
    assert causes(none, ">t->e#1") == ["+t#0"]


def test_a_sub_process_repeats_its_inside(plan: Plan) -> None:
    """In sequence, each turn from its start event on."""
    found = plan(SUB.format("each"))
    assert keys(found) == ["main", "items-x0", "items-x2", "fine-yes"]
    twice = one(found, "items-x2")
    inside = ["+i#{0}", "+u#{0}", "-u#{0}", "+g#{0}", "+l#{0}"]
    turns = [word.format(n) for n in (1, 2) for word in ("+x#{0}", *inside, "-x#{0}")]
    assert story(twice) == ["+s#1", *turns, "+e#1"]
    assert causes(twice, "+x#2") == ["-x#1"]
    assert causes(twice, "+i#2") == ["+x#2"]
    assert causes(twice, ">x->e#1") == ["-x#2"]
    assert story(one(found, "items-x0")) == ["+s#1", "+x#0", "+e#1"]


def test_instances_of_a_sub_process_are_not_ordered(plan: Plan) -> None:
    """The second begins because of what let the first begin."""
    thrice = one(plan(SUB.format("all"), max_loop_iterations=3), "items-x3")
    assert causes(thrice, "+x#1") == causes(thrice, "+x#2") == causes(thrice, "+x#3")
    assert causes(thrice, ">x->e#1") == ["-x#1", "-x#2", "-x#3"]


def test_markers_stand_inside_markers(plan: Plan) -> None:
    """Each keeps its own count."""
    found = plan("""
        s: start
        x: sub "X" loop
        y: sub "Y" all in x
        t: task "T" loop in y
        s -> x
    """)
    assert keys(found) == ["main", "x-x2", "y-x0", "y-x2", "t-x2"]
    assert one(found, "x-x2").nodes == ("s", "x", "y", "t", "x", "y", "t")
    assert one(found, "y-x2").nodes == ("s", "x", "y", "t", "y", "t")
    assert one(found, "y-x0").nodes == ("s", "x", "y")


def test_a_loop_of_flows_goes_round_markers(plan: Plan) -> None:
    """The decision is met once each time round, whatever the number of turns."""
    found = plan("""
        s: start
        t: task "T" loop
        g: xor "Again?"
        s -> t
        t -> g
        back: g -> t "yes"
        out: g -> e "no"
        e: end
    """)
    assert keys(found) == ["main", "t-x2", "again-yes", "again-yes-x2"]
    met = [(d.turns, d.visit) for d in one(found, "again-yes-x2").decisions if d.at == "t"]
    assert met == [(1, 1), (1, 2), (1, 3)]


# -- events ----------------------------------------------------------------------------------

HOST = """
    s: start
    t: user "T" each
    e: end
    b: boundary "Late" on t timer
    c: boundary "Note" on t message calm
    s -> t
    t -> e
    b -> e
"""


def test_events_come_in_the_first_turn(plan: Plan) -> None:
    """One that interrupts ends all turns."""
    found = plan(HOST)
    assert keys(found) == ["main", "t-x0", "t-x2", "late", "note"]
    assert story(one(found, "late")) == ["+s#1", "+t#1", "+b#1", "!t#1", "+e#1"]
    assert story(one(found, "note")) == ["+s#1", "+t#1", "+c#1", "-t#1", "+e#1"]


def told(draw: Draw, text: str, *wanted: str | tuple[str, int]) -> Scenario:
    """The nearest way with these events and numbers of turns."""
    finder, _ = find_main(index_process(draw(text)), 2)
    game = finder.routes.space.game
    named = {o.event or (o.at, o.turns): o.index for o in game.decisions.outcomes}
    run = finder.find(Demand(outcomes=tuple(named[each] for each in wanted))).run
    assert run
    way = tell_run(game, run, finder.routes.defaults)
    return Scenario(key="", name="", process_id=game.graph.process.id, moments=way.moments)


@pytest.mark.parametrize(("marker", "before"), [("each", ["+t#2"]), ("all", ["-t#1", "+t#2"])])
def test_of_several_turns_events_meet_the_last(draw: Draw, marker: str, before: list[str]) -> None:
    """Of instances at the same time all that happened comes before what ends them."""
    late = told(draw, HOST.replace("each", marker), "b", ("t", 2))
    assert story(late) == ["+s#1", "+t#1", "-t#1", "+t#2", "+b#1", "!t#2", "+e#1"]
    assert causes(late, "+b#1") == before
    note = told(draw, HOST.replace("each", marker), "c", ("t", 2))
    assert story(note) == ["+s#1", "+t#1", "-t#1", "+t#2", "+c#1", "-t#2", "+e#1"]


AROUND = """
    s: start
    x: sub "X" {}
    u: user "U" in x
    h: sub "H" in x by-event
    hs: start in h timer
    b: boundary "B" on x timer
    e: end
    s -> x
    x -> e
    b -> e
"""


def test_an_event_at_a_sub_process_ends_all_its_turns(plan: Plan, draw: Draw) -> None:
    """It comes in the last that begins: none is cut off unseen."""
    found = plan(AROUND.format("all"))
    assert keys(found) == ["main", "x-x0", "x-x2", "b", "h"]
    assert story(one(found, "b")) == ["+s#1", "+x#1", "+u#1", "+b#1", "!u#1", "!x#1", "+e#1"]
    first, last = ["+x#1", "+u#1", "-u#1", "-x#1"], ["+x#2", "+u#2", "+b#1", "!u#2", "!x#2"]
    begun = told(draw, AROUND.format("all"), ("x", 2), "b")
    assert story(begun) == ["+s#1", *first, *last, "+e#1"]
    assert causes(begun, "+b#1") == ["-x#1", "+u#2"]


def test_an_event_inside_ends_the_turn_in_which_it_comes(draw: Draw) -> None:
    """The others follow."""
    first = told(draw, AROUND.format("each"), ("x", 2), "h")
    inner = ["+x#1", "+u#1", "+h#1", "!u#1", "+hs#1", "-h#1", "-x#1", "+x#2", "+u#2", "-u#2"]
    assert [word for word in story(first) if word[1] != "e"] == ["+s#1", *inner, "-x#2"]


def test_what_ended_of_all_instances_comes_before_what_ends_them(draw: Draw) -> None:
    """An error in the last turn ends the sub-process; the first turn was before."""
    text = """
        s: start
        x: sub all
        u: user in x
        g: xor in x
        ok: end in x
        k: end in x error
        b: boundary on x error
        u -> g
        fine: g -> ok
        wrong: g -> k
        s -> x
    """
    finder, _ = find_main(index_process(draw(text)), 2)
    game = finder.routes.space.game
    named = {o.turns or o.flows: o.index for o in game.decisions.outcomes}
    run = finder.find(Demand(outcomes=(named[2], named["fine",], named["wrong",]))).run
    assert run
    way = tell_run(game, run, finder.routes.defaults)
    failed = Scenario(key="", name="", process_id=game.graph.process.id, moments=way.moments)
    assert story(failed)[-3:] == ["+k#1", "+b#1", "!x#2"]
    assert causes(failed, "+b#1") == ["-x#1", "+k#1"]


def test_without_a_turn_nothing_can_come_around_it(draw: Draw) -> None:
    """An event at the scope around waits for what really runs."""
    text = """
        s: start
        x: sub "X"
        t: user "T" in x each
        u: user "U" in x
        t -> u
        b: boundary "B" on x timer
        s -> x
    """
    late = told(draw, text, ("t", 0), "b")
    assert story(late) == ["+s#1", "+x#1", "+t#0", "+u#1", "+b#1", "!u#1", "!x#1"]


# -- calls -----------------------------------------------------------------------------------


def test_each_turn_of_a_call_walks_the_called_process(draw: Draw) -> None:
    """Without a turn nothing is called; inside, what takes no turn has no visit either."""
    caller = draw('s: start\nc: call "Pay" all calls=pay\ns -> c')
    called = draw("a: task\nn: task each most=0\na -> n", "pay")
    found = generate_scenarios(caller, processes={"pay": called})
    assert story(one(found, "pay-x0")) == ["+s#1", "+c#0"]
    first = ["+c#1", "+pay/a#1", "-pay/a#1", "+pay/n#0", "-c#1"]
    second = ["+c#2", "+pay/a#2", "-pay/a#2", "+pay/n#0", "-c#2"]
    assert story(one(found, "pay-x2")) == ["+s#1", *first, *second]
    assert [call.at for call in one(found, "pay-x2").calls] == ["c", "c"]
    assert one(found, "pay-x0").calls == ()


# -- compensation ----------------------------------------------------------------------------

UNDONE = """
    s: start
    a: {}
    ab: boundary on a compensate
    h: task handler
    ab .. h
    t: throw compensate
    s -> a
    a -> t
"""


@pytest.mark.parametrize("host", ['task "A" each', 'sub "A" all\n i: task in a'])
def test_each_turn_is_compensated(plan: Plan, host: str) -> None:
    """And where there was none, nothing is."""
    found = plan(UNDONE.format(host))
    assert keys(found) == ["main", "a-x0", "a-x2"]
    undone = [scenario.nodes.count(ElementId("h")) for scenario in found.scenarios]
    assert undone == [1, 0, 2]

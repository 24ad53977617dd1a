"""What a suite wants of the scenarios: other defaults, outcomes left out, runs added."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_orchestra.flow.generation import find_main, generate_scenarios
from pytest_orchestra.flow.graph import index_process
from pytest_orchestra.flow.scenario import Criterion, ScenarioSet
from pytest_orchestra.flow.search import Demand, RunFinder
from pytest_orchestra.flow.steering import Steering
from pytest_orchestra.model import ElementId, Process

Draw = Callable[[str], Process]
Plan = Callable[..., ScenarioSet]

ORDER = """
s: start
place: user "Place order"
amount: xor "Amount?" default=low
review: user "Review"
refund: xor "Refund?"
pay: user "Pay back"
e: end
s -> place
place -> amount
low: amount -> refund "low"
high: amount -> review "high"
review -> refund
no: refund -> e "no"
yes: refund -> pay "yes"
pay -> e
late: boundary "Too late" on place timer
l: end
late->l: late -> l
remind: boundary "Remind" on review timer calm
r: end
remind -> r
"""

LOOP = """
s: start
t: task "Work"
more: xor "More?"
again: task "Rest"
e: end
s -> t
t -> more
done: more -> e "done"
yes: more -> again "yes"
back: again -> t
"""


def steer(**said: object) -> Steering:
    return Steering(**said)  # type: ignore[arg-type]  # ids as plain text


def keys(found: ScenarioSet) -> list[str]:
    return [scenario.key for scenario in found.scenarios]


def test_main_takes_what_the_suite_names_before_what_is_marked(plan: Plan) -> None:
    """The marked default becomes an outcome like any other."""
    found = plan(ORDER, steering=steer(main=("high", "yes")))
    assert found.scenarios[0].flows[2:5] == ("high", "review->refund", "yes")
    assert keys(found) == ["main", "too-late", "amount-low", "remind", "refund-no"]
    assert not found.faults


def test_main_takes_an_event_that_interrupts(plan: Plan) -> None:
    """Then it is the other events and ways that are named."""
    found = plan(ORDER, steering=steer(main=("late",)))
    assert found.scenarios[0].nodes == ("s", "place", "late", "l")


@pytest.mark.parametrize("criterion", list(Criterion))
def test_of_an_inclusive_split_main_takes_one_flow_or_all(plan: Plan, criterion: Criterion) -> None:
    """All where several are named, as under the criteria that know no other sets."""
    text = """
    s: start
    o: or
    j: or
    e: end
    s -> o
    a: o -> j
    b: o -> j
    c: o -> j
    j -> e
    """
    one = plan(text, criterion, steering=steer(main=("b",)))
    several = plan(text, criterion, steering=steer(main=("a", "b")))
    if criterion is not Criterion.FLOWS:
        assert one.scenarios[0].flows == ("s->o", "b", "j->e")
    assert set(several.scenarios[0].flows) >= {"a", "b", "c"}
    assert not one.faults + several.faults


@pytest.mark.parametrize(
    ("text", "said", "why"),
    [
        (ORDER, {"main": ("high",), "without": {"high": "no"}}, "'without' leaves it out"),
        (LOOP, {"main": ("back",)}, "it turns back"),
        (LOOP, {"main": ("yes",)}, "no run with it as default comes to the end"),
    ],
)
def test_what_cannot_be_the_default_is_told(
    plan: Plan, text: str, said: dict[str, object], why: str
) -> None:
    """And main is as without it."""
    found = plan(text, steering=steer(**said))
    assert [(fault.part, fault.why) for fault in found.faults] == [("main", why)]
    assert found.scenarios[0].flows == plan(text).scenarios[0].flows


def test_of_two_that_main_names_at_one_place_one_is_told(plan: Plan) -> None:
    """With the other's id."""
    found = plan(ORDER, steering=steer(main=("no", "yes")))
    assert [(fault.name, fault.why) for fault in found.faults] == [
        ("yes", "'main' names no there as well")
    ]


def test_where_all_ways_on_are_left_out_that_is_the_reason(plan: Plan) -> None:
    """Not that something gets stuck."""
    found = plan(ORDER, steering=steer(without={"no": "a", "yes": "b"}))
    why = "every run that takes it comes where the suite leaves out all ways on"
    assert {each.why for each in found.coverage.uncovered} == {"a", "b", why}
    found = plan(ORDER, steering=steer(without={"no": "a", "yes": "b", "late": "c"}))
    assert [(problem.code, problem.hint) for problem in found.problems] == [
        ("no-end", "Look at what 'scenarios.without' leaves out")
    ]


def test_where_some_runs_get_stuck_too_both_are_told(draw: Draw) -> None:
    """They are not told apart."""
    text = "s: start\ng: xor\nj: and\nk: and\ne: end\ns -> g\ng -> j\nx: g -> k\nj -> k\nk -> e"
    found = generate_scenarios(
        draw(f"{text}\nh: xor\ng -> h\ny: h -> e"), steering=steer(without={"y": "no"})
    )
    assert {each.id: each.why for each in found.coverage.uncovered}["s->g"] == (
        "every run that takes it gets stuck, or comes where the suite leaves out all ways on"
    )


@pytest.mark.parametrize("criterion", list(Criterion))
def test_what_is_left_out_is_never_taken_and_gives_its_reason(
    plan: Plan, criterion: Criterion
) -> None:
    """Under coverage for every flow that only it leads to, and as an outcome."""
    found = plan(ORDER, criterion, steering=steer(without={"high": "no clerk", "late": "no clock"}))
    assert not any({"high", "late"} & {*each.nodes, *each.flows} for each in found.scenarios)
    assert {each.id: each.why for each in found.coverage.uncovered} == {
        "high": "no clerk",
        "review->refund": "no clerk",
        "remind->r": "no clerk",
        "late->l": "no clock",
    }
    reasons = {
        (each.decisions[0].event or each.decisions[0].flows[0], each.why)
        for each in found.infeasible[:2]
    }
    assert reasons == {("late", "no clock"), ("high", "no clerk")}
    assert found.coverage.covered == found.coverage.reachable


def test_main_goes_round_what_is_left_out(plan: Plan) -> None:
    """Also where it is the marked default."""
    found = plan(ORDER, steering=steer(without={"low": "no small orders"}))
    assert keys(found) == ["main", "too-late", "remind", "refund-yes"]
    assert "high" in found.scenarios[0].flows


def test_an_event_that_is_thrown_inside_can_be_left_out(plan: Plan) -> None:
    """The way that throws it is then none."""
    text = """
    s: start
    sub: sub
    i: start in sub
    g: xor "Fine?" in sub
    ok: end in sub
    bad: end in sub error=E
    caught: boundary "Declined" on sub error=E
    e: end
    f: end
    s -> sub
    sub -> e
    i -> g
    yes: g -> ok "yes"
    no: g -> bad "no"
    caught -> f
    """
    assert keys(plan(text)) == ["main", "fine-no"]
    found = plan(text, steering=steer(without={"caught": "later"}))
    assert keys(found) == ["main"]
    (left_out,) = (each for each in found.infeasible if each.why == "later")
    assert (left_out.decisions[0].event, left_out.decisions[0].flows) == ("caught", ("caught->f",))
    added = plan(text, steering=steer(add={"refused": ("caught",)}))
    assert keys(added) == ["main", "refused"]


@pytest.mark.parametrize("criterion", list(Criterion))
def test_an_added_run_takes_all_that_it_names_and_has_its_key(
    plan: Plan, criterion: Criterion
) -> None:
    """As few other outcomes as can be; the other keys stay."""
    found = plan(ORDER, criterion, steering=steer(add={"both": ("high", "yes", "remind")}))
    (both,) = (scenario for scenario in found.scenarios if scenario.key == "both")
    assert {"high", "yes", "remind->r"} <= set(both.flows)
    assert both.name == "Amount? high, Remind, Refund? yes"
    if criterion is Criterion.BRANCHES:
        assert set(keys(found)) == {*keys(plan(ORDER)), "both"}


def test_a_generated_run_that_is_added_has_the_added_key(plan: Plan) -> None:
    """And is there once."""
    found = plan(ORDER, steering=steer(add={"clerk": ("high",)}))
    assert keys(found) == ["main", "too-late", "clerk", "amount-high-remind", "refund-yes"]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"add": {"x": ("late", "high")}}, "no run takes all of these outcomes"),
        ({"add": {"x": ("late",)}, "without": {"late": "no clock"}}, "late is left out: no clock"),
        ({"add": {"x": ("low",)}}, "the nearest run that takes these outcomes is 'main'"),
        (
            {"add": {"too-late": ("high", "yes")}},
            "another scenario is called so by its outcomes",
        ),
    ],
)
def test_what_cannot_be_added_is_told(draw: Draw, said: dict[str, object], why: str) -> None:
    """With its key."""
    found = generate_scenarios(draw(ORDER), steering=steer(**said))
    assert [(fault.part, fault.why) for fault in found.faults] == [("add", why)]


def test_two_added_runs_that_are_one_are_told(plan: Plan) -> None:
    """The first has it."""
    found = plan(ORDER, steering=steer(add={"a": ("high",), "b": ("high",)}))
    assert [fault.why for fault in found.faults] == [
        "the nearest run that takes these outcomes is 'a'"
    ]


def test_an_added_run_is_kept_where_there_is_room_for_few(plan: Plan) -> None:
    """It counts among them."""
    found = plan(ORDER, steering=steer(add={"a": ("high", "yes")}), max_scenarios=2)
    assert keys(found) == ["main", "a"]


@pytest.mark.parametrize("name", ["back", "again", "t"])
def test_a_loop_has_a_bound_of_its_own(plan: Plan, name: str) -> None:
    """By the flow that turns back, its source or its target."""
    found = plan(LOOP, steering=steer(max_loop_iterations={name: 4}))
    assert keys(found) == ["main", "more-yes", "more-yes-x4"]
    none = plan(LOOP, steering=steer(max_loop_iterations={name: 0}))
    assert keys(none) == ["main"]


def test_a_bound_that_no_run_keeps_gives_way(draw: Draw) -> None:
    """As the common one does."""
    steering = steer(max_loop_iterations={"t": 0})
    finder, _ = find_main(index_process(draw(LOOP)), 0, steering)
    run = RunFinder(finder.routes, finder.back, 2).find(Demand(flows=(ElementId("yes"),))).run
    assert run
    assert finder.overturned(run) == {"back"}
    finder.allow(run)
    assert not finder.overturned(run)


def test_every_way_up_to_a_loops_own_bound_is_a_path(plan: Plan) -> None:
    """And none beyond it."""
    found = plan(LOOP, Criterion.PATHS, steering=steer(max_loop_iterations={"back": 4}))
    assert sorted(each.flows.count("back") for each in found.scenarios) == [0, 1, 2, 3, 4]

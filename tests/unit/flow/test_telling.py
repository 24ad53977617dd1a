"""What a scenario tells: moments, causes, decisions."""

from __future__ import annotations

from collections.abc import Callable

from pytest_orchestra.flow.scenario import Passage, Scenario, ScenarioSet, TakenOutcome

Plan = Callable[..., ScenarioSet]


def story(scenario: Scenario) -> list[str]:
    return [f"{moment.passage.value} {moment.element}" for moment in scenario.moments]


def one(found: ScenarioSet, key: str) -> Scenario:
    (scenario,) = (scenario for scenario in found.scenarios if scenario.key == key)
    return scenario


def causes(scenario: Scenario, passage: Passage, element: str) -> set[str]:
    """The elements of the moments that led directly to the last such moment."""
    moments = [m for m in scenario.moments if m.passage is passage and m.element == element]
    return {
        f"{scenario.moments[n].passage.value} {scenario.moments[n].element}"
        for n in moments[-1].causes
    }


def before(scenario: Scenario, element: str) -> set[str]:
    """All elements that surely come before an element is entered."""
    (index, *_) = (
        n
        for n, moment in enumerate(scenario.moments)
        if moment.element == element and moment.passage is Passage.ENTERED
    )
    seen, todo = set(), [index]
    while todo:
        todo.extend(scenario.moments[todo[0]].causes)
        seen.add(scenario.moments[todo.pop(0)].element)
    return seen - {element}


def test_a_task_is_entered_and_left(plan: Plan) -> None:
    """Events and gateways are only entered; flows are taken."""
    found = plan("s: start\nt: task\ne: end\ns -> t\nt -> e")
    main = found.scenarios[0]
    assert story(main) == [
        "entered s",
        "taken s->t",
        "entered t",
        "left t",
        "taken t->e",
        "entered e",
    ]
    assert [moment.causes for moment in main.moments] == [(), (0,), (1,), (2,), (3,), (4,)]
    assert (main.nodes, main.flows) == (("s", "t", "e"), ("s->t", "t->e"))


def test_branches_are_not_ordered_with_each_other(plan: Plan) -> None:
    """A join has a cause in each of them."""
    found = plan(
        "s: start\nf: and\na: task\nb: task\nj: and\ne: end\n"
        "s -> f\nf -> a\nf -> b\na -> j\nb -> j\nj -> e"
    )
    main = found.scenarios[0]
    assert causes(main, Passage.ENTERED, "j") == {"taken a->j", "taken b->j"}
    assert "a" not in before(main, "b")
    assert {"a", "b"} <= before(main, "e")


def test_visits_are_counted(plan: Plan) -> None:
    """Each time round a loop has its own number, and follows the one before."""
    found = plan("s: start\nt: task\ng: xor\ne: end\ns -> t\nt -> g\nback: g -> t\nout: g -> e")
    twice = one(found, found.scenarios[-1].key)
    entered = [m.visit for m in twice.moments if m.element == "t" and m.passage is Passage.ENTERED]
    left = [m.visit for m in twice.moments if m.element == "t" and m.passage is Passage.LEFT]
    assert entered == left == [1, 2, 3]
    assert [taken.visit for taken in twice.decisions] == [1, 2, 3]
    assert [taken.default for taken in twice.decisions] == [False, False, True]


SUB = """
    s: start
    x: sub "Order"
    i: start in x
    a: service in x
    u: user "Ask" in x
    k: end in x
    e: end
    f: end
    late: boundary "Too late" on x timer
    s -> x
    i -> a
    a -> u
    u -> k
    x -> e
    late -> f
"""


def test_a_sub_process_is_left_after_all_that_ends_in_it(plan: Plan) -> None:
    """Its inner end is the cause."""
    main = plan(SUB).scenarios[0]
    assert causes(main, Passage.LEFT, "x") == {"entered k"}
    assert main.decisions == (TakenOutcome(at="x", flows=("x->e",), default=True),)


def test_an_event_interrupts_at_the_first_wait(plan: Plan) -> None:
    """The user task and its sub-process are ended, never left."""
    late = one(plan(SUB), "too-late")
    assert late.nodes == ("s", "x", "i", "a", "u", "late", "f")
    assert "left x" not in story(late)
    assert story(late)[-4:-2] == ["interrupted u", "interrupted x"]
    assert causes(late, Passage.INTERRUPTED, "x") == {"entered late"}
    assert causes(late, Passage.TAKEN, "late->f") == {"entered late"}


def test_without_a_wait_it_comes_at_the_first_activity(plan: Plan) -> None:
    """Without an activity at the first node; a catch event that is cut off does not occur."""
    service = plan(SUB.replace("u: user", "u: service"))
    assert one(service, "too-late").nodes == ("s", "x", "i", "a", "late", "f")
    caught = plan(SUB.replace("u: user", "u: catch").replace("a: service", "a: throw"))
    assert one(caught, "too-late").nodes == ("s", "x", "i", "a", "late", "f")
    bare = plan(SUB.replace("u: user", "u: throw").replace("a: service", "a: throw"))
    assert one(bare, "too-late").nodes == ("s", "x", "late", "f")


def test_where_the_way_has_no_wait_the_activity_will_do(plan: Plan) -> None:
    """An event does not change the way inside to be placed better."""
    found = plan("""
        s: start
        x: sub
        i: start in x
        g: xor "Who" in x
        a: service in x
        u: user in x
        v: user in x
        k: end in x
        e: end
        late: boundary "Late" on x timer
        s -> x
        i -> g
        g1: g -> a "us"
        g2: g -> u "you"
        u -> v
        v -> k
        a -> k
        x -> e
        late -> e
    """)
    assert one(found, "late").nodes == ("s", "x", "i", "g", "a", "late", "e")


def test_an_event_beside_a_sub_process_comes_once(plan: Plan) -> None:
    """At its first wait, and before it is left."""
    found = plan(SUB.replace("timer", "timer calm"))
    late = one(found, "too-late")
    assert late.nodes.count("late") == 1
    assert late.nodes.index("late") > late.nodes.index("u")
    assert "interrupted x" not in story(late)
    assert "entered late" in causes(late, Passage.LEFT, "x")


def test_an_event_beside_a_task_comes_before_it_is_left(plan: Plan) -> None:
    """It could not come afterwards."""
    found = plan(
        's: start\nt: user\nb: boundary "Nudge" on t timer calm\ne: end\nf: end\n'
        "s -> t\nt -> e\nb -> f"
    )
    assert causes(one(found, "nudge"), Passage.LEFT, "t") == {"entered t", "entered b"}


ERROR = """
    s: start
    x: sub
    i: start in x
    f: and in x
    u: user in x
    g: xor "Card" in x
    ok: end in x
    k: end in x error
    m: end in x
    b: boundary "Declined" on x error
    e: end
    z: end
    s -> x
    i -> f
    f -> u
    f -> g
    u -> m
    g1: g -> ok "good"
    g2: g -> k "bad"
    x -> e
    b -> z
"""


def test_an_error_is_caught_at_the_border(plan: Plan) -> None:
    """All that happened inside comes before the catch, and the catch is no choice."""
    bad = one(plan(ERROR), "card-bad")
    assert bad.nodes[-3:] == ("k", "b", "z")
    assert {"u", "k"} <= before(bad, "b")
    assert bad.decisions[-1] == TakenOutcome(at="x", flows=("b->z",), event="b", default=True)


def test_a_terminate_end_comes_after_all_that_it_ends(plan: Plan) -> None:
    """What another branch did is done before."""
    found = plan(
        "s: start\nf: and\na: task\nb: task\nj: and\nk: end terminate\nn: task\n"
        "s -> f\nf -> a\nf -> b\na -> j\nn -> j\nn -> n\nb -> k"
    )
    assert {"a", "b"} <= before(found.scenarios[0], "k")


def test_an_event_sub_process_ends_its_scope(plan: Plan) -> None:
    """It is entered like an activity and left when nothing is left in it."""
    found = plan("""
        s: start
        u: user
        e: end
        s -> u
        u -> e
        h: sub "Stop" by-event
        hs: start in h message
        he: end in h
        hs -> he
    """)
    stop = one(found, "stop")
    assert story(stop)[2:] == [
        "entered u",
        "entered h",
        "interrupted u",
        "entered hs",
        "taken hs->he",
        "entered he",
        "left h",
    ]
    assert stop.decisions[-1] == TakenOutcome(at="P", flows=(), event="h")


def test_an_escalation_goes_on_beside(plan: Plan) -> None:
    """A calm catch leaves the sub-process running."""
    found = plan("""
        s: start
        x: sub
        i: start in x
        t: throw in x escalation
        k: end in x
        b: boundary on x escalation calm
        e: end
        f: end
        s -> x
        i -> t
        t -> k
        x -> e
        b -> f
    """)
    (main,) = found.scenarios
    assert story(main).index("entered b") < story(main).index("left x")
    assert main.nodes.count("k") == 1


def test_start_events_are_decided_without_being_a_node(plan: Plan) -> None:
    """The place is the scope."""
    found = plan("a: start\nb: start\ne: end\na -> e\nb -> e")
    assert found.scenarios[1].decisions == (
        TakenOutcome(at="P", flows=("b->e",), event="b", visit=1),
    )


def test_links_are_told_without_a_flow(plan: Plan) -> None:
    """The catch follows the throw."""
    (main,) = plan("s: start\na: throw link=x\nb: catch link=x\ne: end\ns -> a\nb -> e").scenarios
    assert causes(main, Passage.ENTERED, "b") == {"entered a"}
    assert main.flows == ("s->a", "b->e")

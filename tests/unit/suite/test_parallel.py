"""Which steps wait for which, where the branches of a scenario run at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.suite.python_steps import find_python_steps, step

if TYPE_CHECKING:
    from tests.unit.suite.conftest import Bench

    from pytest_orchestra.suite.bound import BoundScenario

MARK = "scenarios: {mark: {'*': {parallel: true}}}\n"


def send(topic: str = "t", value: str = "1") -> str:
    return f"action: {{channel: bus, topic: {topic}, value: '{value}'}}"


def see(topic: str = "t", key: str = "k") -> str:
    return f"assertion: {{channel: bus, topic: '{topic}', key: '{key}'}}"


def bind(bench: Bench, *steps: str, begin: str = MARK, key: str = "main") -> BoundScenario:
    lines = "".join(f"  - {{{each}}}\n" for each in steps)
    bound = bench.bind(f"{begin}steps:\n{lines}")
    return next(each for each in bound.scenarios if each.item == key)


def named(bound: BoundScenario) -> dict[str, list[str]]:
    """What each step waits for, by the steps' names."""
    names = [each.step.name for each in bound.steps]
    return {
        name: [names[index] for index in waits]
        for name, waits in zip(names, bound.after, strict=True)
    }


PLACE = f"name: place, at: Place order, {send()}"
SHIP = f"name: ship, at: Ship, {send()}"
SEE = f"name: see, leaving: Ship, {see()}"
CHARGE = f"name: charge, at: Charge, {send()}"
DONE = f"name: done, at: Done, {send()}"


def test_steps_of_branches_wait_for_what_is_before_both(bench: Bench) -> None:
    assert named(bind(bench, PLACE, SHIP, SEE, CHARGE, DONE)) == {
        "place": [],
        "charge": ["place"],
        "ship": ["place"],
        "see": ["ship"],
        "done": ["see", "charge"],
    }


@pytest.mark.parametrize("begin", ["", MARK.replace("true", "false")])
def test_unless_it_is_said_nothing_is_computed(bench: Bench, begin: str) -> None:
    assert bind(bench, PLACE, SHIP, CHARGE, DONE, begin=begin).after == ()


def test_a_way_without_branches_runs_one_after_the_other(bench: Bench) -> None:
    assert bind(bench, PLACE, SHIP, DONE).after == ()
    assert bind(bench, PLACE).after == ()


def test_steps_at_one_place_go_in_file_order(bench: Bench) -> None:
    second = f"name: again, at: Ship, {send()}"
    assert named(bind(bench, SHIP, second, CHARGE)) == {
        "charge": [],
        "ship": [],
        "again": ["ship"],
    }


def test_the_process_is_around_all(bench: Bench) -> None:
    """Its steps are before the first and after the last."""
    around = (f"name: open, at: order, {send()}", f"name: close, leaving: order, {send()}")
    assert named(bind(bench, *around, SHIP, CHARGE)) == {
        "open": [],
        "charge": ["open"],
        "ship": ["open"],
        "close": ["ship", "charge"],
    }


def test_the_way_is_that_of_the_scenario(bench: Bench) -> None:
    """An event ends its branch, and waits for all before it."""
    lost = f"name: lost, at: Lost, {send()}"
    assert named(bind(bench, SHIP, CHARGE, lost, key="declined"))["lost"] == ["ship", "charge"]


def test_who_writes_a_name_waits_for_who_wrote_or_read_it(bench: Bench) -> None:
    """One step on both branches; who reads it gets what it would get one by one."""
    both = f"name: both, at: [Ship, Charge], alias: a, {send()}"
    read = f"name: read, at: Done, {send(value='{{step.a.message}}')}"
    bound = bind(bench, both, read)
    assert [each.element for each in bound.steps] == ["ship", "charge", "end"]
    assert bound.after == ()
    assert bind(bench, both.replace("alias: a, ", ""), DONE).after == ((), (), (0, 1))


def test_who_writes_a_name_waits_for_who_has_read_it(bench: Bench) -> None:
    """Else the reader would see what comes later on the other branch."""
    again = f"name: again, at: [Place order, Charge], alias: a, {send()}"
    read = f"name: read, at: Ship, {send(value='{{step.a.message}}')}"
    assert bind(bench, again, read).after == ()
    assert bind(bench, again, SHIP).after == ((), (0,), (0,))


def test_the_visits_of_an_assertion_go_in_turn(bench: Bench) -> None:
    """What one passed on counts no more at the next."""
    both = f"name: both, at: [Ship, Charge], {see()}"
    assert bind(bench, both).after == ()
    assert bind(bench, both.replace(see(), send())).after == ((), ())


FILE = "file('x.json')"
SHIP_S = f"name: ship, at: Ship, alias: s, {send()}"


@pytest.mark.parametrize(
    ("charge", "is_free"),
    [
        (send(), True),
        (send(value="{{visit}}"), True),
        ('action: {channel: bus, topic: t, value: "{{FILE}}"}', False),
        ('assertion: {channel: store, sql: "select {{visit}}"}', True),
        ('assertion: {channel: store, sql: "select {{FILE.id}}"}', False),
        (f"{see()}, expect: {{rules: [message.value == 1]}}", True),
        (f'{see()}, expect: {{rules: ["message.value == FILE"]}}', False),
        (f'{see()}, expect: {{value: {{a: "{{{{FILE}}}}"}}}}', False),
        (f'{see()}, save: {{a: "FILE"}}', False),
    ],
)
def test_a_file_may_read_anything(bench: Bench, charge: str, *, is_free: bool) -> None:
    """It is rendered with all that the run knows, so it waits for all who deliver something."""
    charge = f"name: charge, at: Charge, alias: c, {charge.replace('FILE', FILE)}"
    assert bind(bench, SHIP_S, charge).after == (((), ()) if is_free else ())


def test_who_delivers_something_waits_for_a_file_that_was_read_before(bench: Bench) -> None:
    file = SHIP.replace("'1'", f'"{{{{{FILE}}}}}"')
    charge = f"name: charge, at: Charge, alias: c, {send()}"
    assert bind(bench, file, charge).after == ()
    assert bind(bench, file, CHARGE).after == ((), ())


def test_nothing_begins_before_an_assertion_is_armed_that_would_be_armed_before(
    bench: Bench,
) -> None:
    """An address that a branch delivers is known before later steps act, as one by one."""
    ship = f"name: ship, at: Ship, alias: s, {send()}"
    late = f"name: late, at: Done, {see('{{step.s.message}}')}"
    known = f"name: late, at: Done, {see(key='{{step.s.message}}')}"
    assert bind(bench, ship, CHARGE, known).after == ((), (), (0, 1))
    assert bind(bench, ship, CHARGE, late).after == ()
    cleanup = f"finally:\n  - {{name: late, {see('{{step.s.message}}')}}}\n"
    assert bind(bench, ship, CHARGE, begin=MARK + cleanup).after == ()


@step("Charge", alias="look")
async def looks(orchestra_context: object) -> None:
    """Looks at the run."""


@step("Charge")
async def charges(client: object) -> None:
    """Charges."""


def test_who_asks_for_the_context_runs_by_itself(bench: Bench) -> None:
    """Others of its kind run beside other branches."""
    text = f"{MARK}steps:\n  - {{{PLACE}}}\n  - {{{SHIP}}}\n"
    for function, after in ((looks, ()), (charges, ((), (0,), (0,)))):
        bound = bench.bind(text, python_steps=find_python_steps({"step": function}))
        assert bound.scenarios[0].after == after


def test_a_negative_set_is_refused_one_after_the_other(bench: Bench) -> None:
    bench.write("data.yaml", "- {name: bad, refused_by: make, values: {amount: 1}}\n")
    make = "name: make, alias: make, at: Done, action: {channel: web, endpoint: shop.create}"
    data = f"{MARK}data: {{files: data.yaml}}\n"
    bound = bench.bind(f"{data}steps:\n  - {{{SHIP}}}\n  - {{{CHARGE}}}\n  - {{{make}}}\n")
    items = {each.item: each.after for each in bound.scenarios}
    assert items["main"] == ((), (), (0, 1))
    assert items["main[bad]"] == ()

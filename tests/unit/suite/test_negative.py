"""Negative data sets get items of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.data.data_sets import Scope
from pytest_orchestra.data.set_files import read_data_sets
from pytest_orchestra.suite.bound import ActionMode, BoundScenario, BoundSuite

if TYPE_CHECKING:
    from tests.unit.suite.conftest import Bench

STEPS = """
steps:
  - {at: Place order, alias: first, action: {channel: bus, topic: t, value: x}}
  - at: Place order
    alias: place
    action: {channel: web, endpoint: shop.create, input: {body: "{{data.a}}"}, mode: fire_and_forget}
    save: {id: response.id}
  - {at: Review, alias: review, action: {channel: web, endpoint: shop.create, input: {body: "{{data.a}}"}}}
  - {at: Ship, alias: shipped, assertion: {channel: bus, topic: t}}
  - {at: Ship, assertion: {channel: bus, topic: u}, expect: {absent: true}}
  - {at: Ship, assertion: {channel: bus, topic: v, key: "{{step.place.id}}"}, expect: {absent: true}}
  - {leaving: Order handling, assertion: {channel: bus, topic: w, key: "{{step.shipped.message}}"}, expect: {absent: true}, when: f12}
"""  # noqa: E501 - as people write it
DATA = "data: {files: d.yaml}\nconditions: {Amount?/high: a > 100}\n"
GOOD = "- {name: low, values: {a: 5}}\n- {name: high, values: {a: 500}}\n"


def bound(bench: Bench, sets: str, more: str = "", **others: object) -> BoundSuite:
    bench.write("d.yaml", GOOD + sets)
    return bench.bind(DATA + more + STEPS, **others)


def negative(suite: BoundSuite) -> list[BoundScenario]:
    return [each for each in suite.scenarios if each.data and each.data.refused]


def test_a_negative_set_runs_up_to_the_step_that_refuses_it(bench: Bench) -> None:
    suite = bound(bench, "- {name: bad, tags: [x], refused_by: place, values: {a: -1}}\n")
    assert [each.item for each in suite.scenarios][:3] == ["main", "main[bad]", "amount-high"]
    (item,) = negative(suite)
    assert item.scenario.key == "main"
    assert [each.step.id for each in item.steps] == ["first", "place", "step-5", "step-6"]
    assert [each.refused_data for each in item.steps] == ["", "bad", "", ""]
    assert (item.bound, item.skip) == ((2, 3), "")
    refusing = item.steps[1].step
    assert refusing.expect.status == ("4xx",)
    assert refusing.mode is ActionMode.SYNC
    assert not refusing.save


def test_no_other_item_gets_it(bench: Bench) -> None:
    bad = "- {name: bad, refused_by: place, values: {a: -1}}\n"
    bench.write("d.yaml", bad + GOOD)
    suite = bench.bind(DATA + STEPS)
    assert [each.item for each in suite.scenarios if each.data and each.data.name == "bad"] == [
        "main[bad]"
    ]


def test_it_runs_on_the_first_way_that_it_does_not_contradict(bench: Bench) -> None:
    sets = (
        "- {name: over, refused_by: review, values: {a: 10000}, expect: {status: [409, 422]}}\n"
        "- {name: under, refused_by: place, values: {a: 101}}\n"
    )
    over, under = sorted(negative(bound(bench, sets)), key=lambda each: each.item)
    assert over.item == "amount-high[over]"
    assert over.steps[2].step.expect.status == (409, 422)
    assert under.item == "main[under]"


def test_what_the_suite_leaves_out_is_no_way(bench: Bench) -> None:
    marks = "scenarios: {mark: {main: {active: false}, '*-x2': {tags: [slow]}}}\n"
    sets = "- {name: bad, refused_by: place, values: {a: -1}}\n"
    (item,) = negative(bound(bench, sets, marks))
    assert item.item == "amount-high[bad]"


def test_only_selected_ones_run(bench: Bench) -> None:
    sets = (
        "- {name: bad, refused_by: place, values: {a: -1}}\n"
        "- {name: worse, refused_by: place, values: {a: -2}}\n"
    )
    suite = bound(bench, sets, data_names=["worse", "low", "high"])
    assert [each.item for each in negative(suite)] == ["main[worse]"]


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (
            "plce",
            "[unknown-step] no step has the alias 'plce' that refuses data set 'bad'. Did you",
        ),
        (
            "first",
            "[cannot-refuse] the step 'first' cannot refuse data set 'bad': it is no call of",
        ),
        ("shipped", "[cannot-refuse] the step 'shipped' cannot refuse data set 'bad': it is"),
        (
            "review",
            "[refused-nowhere] no scenario comes to the step 'review' with data set 'bad': it",
        ),
    ],
)
def test_what_cannot_be_refused_is_told(bench: Bench, written: str, problem: str) -> None:
    bench.write("d.yaml", f"{GOOD}- {{name: bad, refused_by: {written}, values: {{a: -1}}}}\n")
    (found,) = bench.errors(DATA + STEPS)
    assert found.startswith(f"d.yaml:3:27: {problem}")


def test_a_step_that_no_way_comes_to_refuses_nothing(bench: Bench) -> None:
    bench.write("d.yaml", f"{GOOD}- {{name: bad, refused_by: review, values: {{a: 101}}}}\n")
    marks = "scenarios: {mark: {'*high*': {active: false}}}\n"
    text = DATA + marks + STEPS
    (found,) = bench.errors(text)
    assert "no scenario comes to the step 'review' with data set 'bad'. Change" in found


def test_sets_of_all_suites_may_be_of_other_ones(bench: Bench) -> None:
    path = bench.write("all.yaml", "- {name: bad, refused_by: nix, values: {a: 0}}")
    everywhere = read_data_sets([path], Scope.GLOBAL)
    assert not negative(bound(bench, "", global_data=everywhere))


def test_a_mark_cannot_name_one(bench: Bench) -> None:
    bench.write("d.yaml", f"{GOOD}- {{name: bad, refused_by: place, values: {{a: -1}}}}\n")
    marks = "scenarios: {mark: {main: {data: bad}}}\n"
    text = DATA + marks + STEPS
    assert bench.errors(text) == [
        (
            "5:33: [data-refused] data set 'bad' is a negative one: 'place' refuses it."
            " It has an item of its own; name another set."
        )
    ]


def test_it_needs_what_the_steps_read(bench: Bench) -> None:
    bench.write("d.yaml", f"{GOOD}- {{name: bad, refused_by: place, values: {{b: -1}}}}\n")
    found = bench.errors(DATA + STEPS)
    assert [line.partition("] ")[2] for line in found] == ["data set 'bad' has no 'a'. It has: b."]

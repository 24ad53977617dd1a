"""``finally``: steps without a place, bound to the scenarios that pass what ``when`` says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orchestra.suite.binding import bind_with_scenarios
from pytest_orchestra.suite.plan import plan_suite

if TYPE_CHECKING:
    from tests.unit.suite.conftest import Bench

    from pytest_orchestra.suite.bound import BoundSuite

PLACE = "steps: [{at: Place order, alias: place, action: {channel: web, endpoint: shop.create}}]\n"
RESET = "action: {channel: web, endpoint: shop.create"


def cleanup(bound: BoundSuite) -> dict[str, list[str]]:
    return {
        each.scenario.key: [step.step.name for step in each.cleanup] for each in bound.scenarios
    }


def test_every_scenario_has_them_in_the_order_of_the_file(bench: Bench) -> None:
    text = f"finally: [{{name: one, {RESET}}}}}, {{name: two, {RESET}}}}}]"
    bound = bench.bind(PLACE + text)
    assert set(map(tuple, cleanup(bound).values())) == {("one", "two")}
    step = bound.scenarios[0].cleanup[0]
    assert (step.is_finally, step.element, step.place) == (True, "order", "finally")
    assert step.moment == len(bound.scenarios[0].scenario.moments)
    assert [each.step.id for each in bound.scenarios[0].cleanup] == ["finally-1", "finally-2"]


def test_when_asks_for_scenarios_that_pass_all_of_it(bench: Bench) -> None:
    text = f"finally: [{{when: [Amount?/high, Declined], {RESET}}}}}]"
    found = cleanup(bench.bind(PLACE + "scenarios: {criterion: pairs}\n" + text))
    assert {"amount" in key and "declined" in key for key, steps in found.items() if steps} == {
        True
    }
    assert not found["main"]


def test_one_that_no_scenario_has_is_told_of(bench: Bench) -> None:
    text = f"finally: [{{name: x, when: [Amount?/high, Amount?/low], {RESET}}}}}]"
    told = [each for each in bench.warnings(PLACE + text) if "step-unused" in each]
    (only,) = told
    assert only.startswith("4:11: warning[step-unused] the step 'x' runs in no scenario.")
    assert only.endswith("No scenario passes all that its 'when' says.")


def test_a_scenario_with_no_other_step_has_nothing_to_run(bench: Bench) -> None:
    bound = bench.bind(f"finally: [{{{RESET}}}}}]")
    assert {each.skip for each in bound.scenarios} == {"no step is bound on this way"}


def test_one_without_a_name_is_called_by_what_it_does(bench: Bench) -> None:
    bound = bench.bind(f"{PLACE}finally: [{{{RESET}}}}}]")
    assert cleanup(bound)["main"] == ["finally: web shop.create"]


def test_they_read_what_all_steps_deliver(bench: Bench) -> None:
    """Only the other way round it is too early."""
    read = f"{RESET}, input: {{body: '{{{{step.place.response}}}}'}}}}"
    assert cleanup(bench.bind(f"{PLACE}finally: [{{name: a, {read}}}]"))["main"] == ["a"]
    early = PLACE.replace("shop.create", "shop.create, input: {body: '{{step.last.response}}'}")
    told = bench.errors(f"{early}finally: [{{alias: last, {RESET}}}}}]")
    assert [each.partition("[")[2].partition("]")[0] for each in told] == ["step-not-surely-run"]
    assert "the step 'last' runs later" in told[0]


def test_a_step_that_is_not_on_every_way_asks_for_when(bench: Bench) -> None:
    review = PLACE.replace("Place order", "Review")
    read = f"{RESET}, input: {{body: '{{{{step.place.response}}}}'}}}}"
    (told,) = bench.errors(f"{review}finally: [{{{read}}}]")
    assert "the step 'place' is not on this way" in told
    assert bench.bind(f"{review}finally: [{{when: Review, {read}}}]").scenarios


def test_mistakes_in_them_are_told_together(bench: Bench) -> None:
    """Of form and of names, each in its place; what is right is judged all the same."""
    text = """\
finally:
  - {at: Review, action: {channel: web, endpoint: shop.create}}
  - {when: Revew, action: {channel: web, endpoint: shop.create}}
  - {alias: 1x, action: {channel: web, endpoint: shop.craete}}
  - {action: {channel: web, endpoint: shop.create, input: {body: "{{step.plaec.x}}"}}}
  - {name: nothing}
  - {retries: 1, action: {channel: web, endpoint: shop.create}}
"""
    told = bench.errors(PLACE + text)
    assert [each.partition(".")[0] for each in told] == [
        "5:6: [unknown-key] unknown key 'at'",
        "6:12: [unknown-element] process 'order' has no element called 'Revew'",
        "7:13: [bad-name] '1x' is no alias",
        "7:50: [unknown-endpoint] nothing is called 'shop",
        "8:66: [unknown-step] 'step",
        "9:5: [call-missing] a step has either 'action' or 'assertion'",
        "10:6: [unknown-key] unknown key 'retries'",
    ]


def test_data_that_they_read_must_be_there(bench: Bench) -> None:
    bench.write("data.yaml", "- {name: small, values: {amount: 5}}")
    read = f"{RESET}, input: {{body: '{{{{data.amont}}}}'}}}}"
    (told,) = bench.errors(f"{PLACE}data: {{files: data.yaml}}\nfinally: [{{{read}}}]")
    assert "data set 'small' has no 'amont'" in told


def test_the_plan_has_them(bench: Bench) -> None:
    """Without a place."""
    suite = bench.suite(f"{PLACE}finally: [{{name: one, {RESET}}}}}]")
    bound, scenarios = bind_with_scenarios(suite, protocols=bench.protocols, environment=None)
    plan = plan_suite(bound, scenarios)
    assert plan["scenarios"][0]["finally"] == [  # type: ignore[index]  # JSON-like
        {
            "id": "finally-1",
            "name": "one",
            "kind": "ACTION",
            "channel": "web",
            "endpoint": "shop create",
        }
    ]

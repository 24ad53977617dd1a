"""How a suite steers which scenarios are chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.suite.binding import bind_with_scenarios

if TYPE_CHECKING:
    from tests.unit.suite.conftest import Bench


def keys(bench: Bench, text: str) -> list[str]:
    return [each.item for each in bench.bind(f"scenarios: {text}\n").scenarios]


def test_places_are_named_by_id_by_name_and_below_their_gateway(bench: Bench) -> None:
    """The plain keys tell what each of them changes."""
    assert keys(bench, "{}") == [
        "main",
        "amount-high",
        "amount-high-fine-no",
        "amount-high-fine-no-x2",
        "declined",
    ]
    assert keys(bench, "{main: [Amount?/high]}")[0] == "main"
    assert keys(bench, "{main: [Amount?/high]}") == keys(bench, "{main: f_high}")
    assert keys(bench, "{main: [Amount?/high]}") == [
        "main",
        "amount-low",
        "fine-no",
        "fine-no-x2",
        "declined",
    ]
    assert keys(bench, "{without: {Declined: no bank here, Fine?/no: later}}") == [
        "main",
        "amount-high",
    ]
    assert keys(bench, "{add: {both: [Amount?/high, Declined], one: Declined}}")[-2:] == [
        "both",
        "one",
    ]


def test_a_loop_has_a_number_of_its_own(bench: Bench) -> None:
    """By any element that turns back or is turned back to; the others have the default."""
    assert keys(bench, "{max_loop_iterations: {default: 0, Review: 3}}")[2:4] == [
        "amount-high-fine-no",
        "amount-high-fine-no-x3",
    ]
    assert "amount-high-fine-no-x4" in keys(bench, "{max_loop_iterations: {default: 4}}")
    assert "amount-high-fine-no" not in keys(bench, "{max_loop_iterations: 0}")


def test_what_is_left_out_has_the_suites_reason(bench: Bench) -> None:
    """In the coverage and among the outcomes that cannot be."""
    suite = bench.suite("scenarios: {without: {Declined: no bank here}}\n")
    _, scenarios = bind_with_scenarios(suite, protocols=bench.protocols, environment=None)
    assert [(each.id, each.why) for each in scenarios.coverage.uncovered] == [
        ("f13", "no bank here")
    ]
    assert [each.why for each in scenarios.infeasible] == ["no bank here"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "{main: [Amount?/higher]}",
            (
                "3:20: [unknown-element] gateway 'Amount?' has no flow 'higher' that leaves it."
                " Did you mean 'high'?"
            ),
        ),
        (
            "{main: Review}",
            (
                "3:19: [not-an-outcome] the task 'Review' is no outcome: that is a flow"
                " where ways part, or an event that may come. Outcomes: Amount?/high,"
                " Amount?/low, Declined, Fine?/no, Fine?/yes, f11, f13."
            ),
        ),
        (
            "{without: {Amount?: no}}",
            (
                "3:23: [not-an-outcome] the gateway 'Amount?' is no outcome: that is a flow"
                " where ways part, or an event that may come. Did you mean 'Amount?/low'?"
            ),
        ),
        (
            "{add: {x: [Charge]}}",
            (
                "3:23: [not-an-outcome] the task 'Charge' is no outcome: that is a flow"
                " where ways part, or an event that may come. Outcomes: Declined, f11."
            ),
        ),
        (
            "{without: {f1: no}}",
            (
                "3:23: [not-an-outcome] the flow 'f1' is no outcome: that is a flow"
                " where ways part, or an event that may come. Did you mean 'f13'?"
            ),
        ),
        (
            "{main: [Fine?/no]}",
            (
                "3:20: [main-impossible] 'main' cannot take 'Fine?/no': it turns back, interrupts"
                " nothing or is thrown inside the process. Give the way a key under 'add'."
            ),
        ),
        (
            "{main: [Amount?/high], without: {f_high: no}}",
            (
                "3:20: [main-impossible] 'main' cannot take 'Amount?/high': 'without' leaves it"
                " out. Leave it out, or give the way a key under 'add'."
            ),
        ),
        (
            "{add: {Both: Declined}}",
            (
                "3:25: [bad-name] 'Both' cannot be a key. Write letters and digits in lower case,"
                " joined by '-', but not 'main'."
            ),
        ),
        (
            "{add: {main: [Declined]}}",
            (
                "3:19: [bad-name] 'main' cannot be a key. Write letters and digits in lower case,"
                " joined by '-', but not 'main'."
            ),
        ),
        (
            "{add: {x: []}}",
            "3:19: [place-missing] 'x' names no outcome. Name at least one outcome.",
        ),
        (
            "{add: {x: [Amount?/low, f_high]}}",
            (
                "3:19: [scenario-impossible] 'x' cannot be added: no run takes all of these"
                " outcomes. Name other outcomes, choose another key, or leave it out."
            ),
        ),
        (
            "{max_loop_iterations: {Charge: 3}}",
            (
                "3:35: [not-a-loop] the task 'Charge' neither turns back nor has a marker."
                " These do: Fine?, Fine?/no, Review."
            ),
        ),
        (
            "{max_loop_iterations: {Revue: 3}}",
            (
                "3:35: [unknown-element] process 'order' has no element called 'Revue'."
                " Did you mean 'Review'?"
            ),
        ),
    ],
)
def test_what_makes_no_sense_is_told_with_its_place(bench: Bench, text: str, problem: str) -> None:
    """And with the nearest name."""
    (told,) = bench.errors(f"scenarios: {text}\n")
    assert told == problem

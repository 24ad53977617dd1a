"""``every`` as the suite file has it: one pause, or growing ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.suite.conftest import Bench

STEP = "steps: [{{at: Place order, assertion: {{channel: bus, topic: t}}, expect: {{every: {0}}}}}]"


@pytest.mark.parametrize(
    ("text", "pauses"),
    [
        ("50ms", (0.05, 0.05)),
        ("50ms..2s", (0.05, 2.0)),
        ("50ms .. 2s", (0.05, 2.0)),
        ("null", (0.1, 0.1)),
    ],
)
def test_what_is_said_is_kept(bench: Bench, text: str, pauses: tuple[float, float]) -> None:
    expect = bench.bind(STEP.format(text)).scenarios[0].steps[0].step.expect
    assert (expect.every, expect.every_most) == pauses


def test_defaults_may_say_it_too(bench: Bench) -> None:
    text = "defaults: {every: 1s..3s}\n" + STEP.replace(", expect: {{every: {0}}}", "").format()
    expect = bench.bind(text).scenarios[0].steps[0].step.expect
    assert (expect.every, expect.every_most) == (1.0, 3.0)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("0s", "[bad-value] '0s' is no pause. Write one above zero, or a shorter and a longer"),
        ("2s..1s", "[bad-value] '2s..1s' is no pause."),
        ("1s..", "[bad-value] expected a duration, found text ''"),
        ("1s..soon", "[bad-value] expected a duration, found text 'soon'"),
        ("7", "[bad-value] expected a duration, found number 7"),
        ("[1s]", "[bad-value] expected a duration, found a list"),
    ],
)
def test_mistakes_are_told_by_name_and_place(bench: Bench, text: str, problem: str) -> None:
    (told,) = bench.errors(STEP.format(text))
    assert problem in told

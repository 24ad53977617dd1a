"""The scenarios of a suite, whatever its steps are like."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.errors import BindingError
from pytest_orchestra.flow.scenario import Criterion
from pytest_orchestra.suite.binding import bind_with_scenarios
from pytest_orchestra.suite.generation import suite_scenarios
from pytest_orchestra.suite.reading import bare_suite, read_suite

if TYPE_CHECKING:
    from tests.unit.suite.conftest import Bench

MODEL = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
<process id="order"><startEvent id="s"/><exclusiveGateway id="g" name="Amount?" default="low"/>
<task id="a"/><task id="b"/>
<sequenceFlow id="f" sourceRef="s" targetRef="g"/>
<sequenceFlow id="low" name="low" sourceRef="g" targetRef="a"/>
<sequenceFlow id="high" name="high" sourceRef="g" targetRef="b"/>{more}
</process></definitions>
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A process of two ways."""
    path = tmp_path / "order.bpmn"
    path.write_text(MODEL.replace("{more}", ""), encoding="utf-8")
    return path


def keys(path: Path, text: str, criterion: Criterion | None = None) -> list[str]:
    suite = path.with_name("order.suite.yaml")
    suite.write_text(f"process: order.bpmn\n{text}", encoding="utf-8")
    return [each.key for each in suite_scenarios(read_suite(suite), criterion).scenarios]


def test_they_are_as_the_suite_asks_for_them(model: Path) -> None:
    assert keys(model, "") == ["main", "amount-high"]
    assert keys(model, "scenarios: {without: {Amount?/high: why}}") == ["main"]
    assert keys(model, "scenarios: {max_scenarios: 2, main: [Amount?/high]}")[0] == "main"


def test_the_criterion_that_is_given_comes_first(model: Path) -> None:
    suite = bare_suite(model)[0]
    assert suite_scenarios(suite).criterion is Criterion.BRANCHES
    assert suite_scenarios(suite, Criterion.PATHS).criterion is Criterion.PATHS


def test_steps_have_no_say(model: Path) -> None:
    assert len(keys(model, "steps: [{at: nowhere, action: {channel: fax}}, {nonsense: 1}]")) == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("scenarios: {criterion: most}", "bad-value"),
        ("scenarios: {main: [Amount?/medium]}", "unknown-element"),
    ],
)
def test_what_is_wrong_with_the_asking_is_refused(model: Path, text: str, code: str) -> None:
    with pytest.raises(BindingError, match=rf"\[{code}\]"):
        keys(model, text)


def test_a_model_that_cannot_be_trusted_is_refused(model: Path) -> None:
    model.write_text(MODEL.replace("{more}", '<task id="a"/>'), encoding="utf-8")
    with pytest.raises(BindingError, match=r"\[id-duplicate\]"):
        suite_scenarios(bare_suite(model)[0])


def test_data_has_the_same_say_whether_a_suite_is_bound_or_not(bench: Bench) -> None:
    """What is locked is what runs: names of data sets are constant, those of items are not."""
    bench.write(
        "d.yaml", "- {name: one, values: {amount: 5, rounds: [{fine: true}, {fine: false}]}}"
    )
    for each, number in (("{}", 3), ("{Review: rounds}", 5)):
        suite = bench.suite(
            "conditions: {Amount?/high: amount > 1000, Fine?/no: fine and amount < 7,"
            " Declined: amount < 7}\n"
            f"data: {{files: d.yaml, each: {each}}}\n"
        )
        _, bound = bind_with_scenarios(suite, protocols=bench.protocols, environment=None)
        assert bound.scenarios == suite_scenarios(suite).scenarios
        assert len(bound.scenarios) <= number
        assert "amount-high-fine-no" not in [scenario.key for scenario in bound.scenarios]

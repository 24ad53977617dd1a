"""Steps at activities with a loop or multi-instance marker."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[..., None]


def ran(folder: Path) -> dict[str, list[str]]:
    """By item the steps that began, each with the number of its visit."""
    (log,) = folder.glob(".orchestra/*/events.jsonl")
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    steps = [event for event in events if event["event"] == "step_started"]
    return {
        run["scenario"]: [
            f"{step['element']} {step['visit']}" for step in steps if step["run_id"] == run["id"]
        ]
        for run in (event["run"] for event in events if event["event"] == "run_started")
    }


def test_a_step_at_a_marked_task_runs_in_each_turn(shop: pytest.Pytester, write: Write) -> None:
    """With its number; without a turn it does not run, and what follows runs all the same."""
    process = shop.path / "order.bpmn"
    plain = '<task id="check" name="Check order"/>'
    marked = plain.replace("/>", "><multiInstanceLoopCharacteristics/></task>")
    text = process.read_text(encoding="utf-8").replace(plain, marked)
    process.write_text(text, encoding="utf-8")
    write(
        shop_steps__py="""
        import pytest_orchestra as orchestra

        @orchestra.step("Check order", alias="check")
        def check(orchestra_context):
            return {"times": orchestra_context.step_values.get("check", {}).get("times", 0) + 1}

        @orchestra.step("Ship order")
        def ship(orchestra_context):
            print("checked:", orchestra_context.step_values.get("check", {}).get("times"))
        """
    )
    result = shop.runpytest("-rP", "-k", "not amount")
    result.assert_outcomes(passed=3, deselected=1)
    result.stdout.fnmatch_lines(["checked: 1", "checked: None", "checked: 2"])
    assert ran(shop.path) == {
        "main": ["check 1", "ship 1"],
        "check-order-x0": ["ship 1"],
        "check-order-x2": ["check 1", "check 2", "ship 1"],
    }

"""The shop, tested branch by branch: green as it is, red for the right reason when faulty."""

import json
import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

SCENARIOS = {
    "main",
    "amount-high",
    "amount-high-cancel-requested",
    "amount-high-approved-no",
    "card-declined",
    "card-declined-in-stock-no",
    "payment-accepted-retry",
    "payment-accepted-retry-x2",
    "payment-accepted-retry-in-stock-no",
    "in-stock-no",
}
PAID = {
    "main",
    "amount-high",
    "in-stock-no",
    "payment-accepted-retry",
    "payment-accepted-retry-x2",
    "payment-accepted-retry-in-stock-no",
}


def failed(output: str) -> set[str]:
    return set(re.findall(r"^FAILED order\.suite\.yaml::(\S+)", output, re.MULTILINE))


def events(shop: Path) -> list[dict[str, Any]]:
    (log,) = shop.glob(".orchestra/*/events.jsonl")
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def test_every_branch_passes_and_no_two_ran_the_same(run_shop: Run, shop: Path) -> None:
    """With strict markers and warnings as errors, and reports for Allure and JUnit."""
    result = run_shop("-W", "error", "--alluredir=allure", "--junitxml=junit.xml")
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{len(SCENARIOS)} passed" in result.stdout

    told = events(shop)
    runs = {event["run"]["id"]: event["run"] for event in told if event["event"] == "run_finished"}
    assert {run["scenario"] for run in runs.values()} == SCENARIOS
    steps: dict[str, list[str]] = {identity: [] for identity in runs}
    for event in told:
        if event["event"] == "step_finished":
            steps[event["run_id"]].append(event["step"]["step_id"])
    assert len({(runs[each]["data_set"], *steps[each]) for each in runs}) == len(SCENARIOS)
    dear = {run["data_set"] for run in runs.values() if run["scenario"].startswith("amount-high")}
    others = {run["data_set"] for run in runs.values()} - dear
    assert dear == {"desk"}, "who approves or cancels is no matter of data"
    assert len(others) == len([key for key in SCENARIOS if not key.startswith("amount-high")])
    assert all("it meets" in run["data_reason"] for run in runs.values())

    junit = ET.parse(shop / "junit.xml")  # noqa: S314 - our own file
    cases = list(junit.getroot().iter("testcase"))
    assert {case.get("name") for case in cases} == SCENARIOS
    results = [
        json.loads(path.read_text("utf-8")) for path in (shop / "allure").glob("*-result.json")
    ]
    assert len({each["historyId"] for each in results}) == len(SCENARIOS)
    retry = next(each for each in results if each["name"].endswith("payment-accepted-retry-x2"))
    names = [step["name"] for step in retry["steps"]]
    assert names.count("The customer enters another card") == 2
    attached = {each["name"] for step in retry["steps"] for each in step.get("attachments", ())}
    assert {"request", "response", "message", "row"} <= attached


def test_two_workers_share_one_shop(run_shop: Run, shop: Path) -> None:
    """The services start once; every scenario passes."""
    result = run_shop("-n", "2")
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{len(SCENARIOS)} passed" in result.stdout
    assert len(list(shop.glob(".orchestra/*/process-orders.log"))) == 1


def test_the_branches_of_a_scenario_may_run_at_once(run_shop: Run, shop: Path) -> None:
    """The warehouse and the payment: each scenario passes, with the steps that it always has."""
    suite = shop / "order.suite.yaml"
    marked = suite.read_text("utf-8").replace("  mark:\n", '  mark:\n    "*": {parallel: true}\n')
    suite.write_text(marked, encoding="utf-8")
    result = run_shop()
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{len(SCENARIOS)} passed" in result.stdout
    keys = {
        e["run"]["id"]: e["run"]["scenario"] for e in events(shop) if e["event"] == "run_started"
    }
    told: dict[str, list[int]] = {key: [] for key in SCENARIOS}
    for event in events(shop):
        if event["event"] == "step_started":
            told[keys[event["run_id"]]].append(event["number"])
        elif event["event"] == "step_finished":
            told[keys[event["run_id"]]].append(-event["step"]["number"])
    overlap = {key for key, numbers in told.items() if one_by_one(numbers) != numbers}
    assert overlap == PAID, "an event that comes to the payment parts what lies before it"
    for numbers in told.values():
        assert sorted(map(abs, numbers)) == sorted([*range(1, len(numbers) // 2 + 1)] * 2)


def one_by_one(numbers: list[int]) -> list[int]:
    """How steps begin, and end as negative numbers, where none overlaps another."""
    return [sign * each for each in range(1, len(numbers) // 2 + 1) for sign in (1, -1)]


@pytest.mark.parametrize(
    ("fault", "red", "reason"),
    [
        (
            "lost_event",
            PAID | {"card-declined", "card-declined-in-stock-no"},
            r"_NOT_FOUND: .*0 of \d+ ",
        ),
        ("wrong_total", PAID, r"row\.total == step\.order\.total"),
        ("double_event", PAID, r"KAFKA_MESSAGE_NOT_FOUND: .*1 too many"),
    ],
)
def test_a_faulty_shop_is_red_where_the_fault_is(
    run_shop: Run, fault: str, red: set[str], reason: str
) -> None:
    """And the text says which side effect is missing or too many."""
    result = run_shop("-n", "2", SHOP_FAULT=fault)
    assert failed(result.stdout) == red, result.stdout
    texts = re.findall(
        r"^Order: scenario .*?^rerun: pytest .*?$", result.stdout, re.MULTILINE | re.DOTALL
    )
    assert len(texts) == len(red)
    for text in texts:
        assert re.search(reason, text), text
        assert len(text.splitlines()) <= 25
    assert "Traceback" not in result.stdout


def test_collecting_starts_nothing(run_shop: Run, shop: Path) -> None:
    """One line per scenario, and no server."""
    result = run_shop("--collect-only", "-q")
    lines = [line for line in result.stdout.splitlines() if "::" in line]
    assert {line.partition("::")[2] for line in lines} == SCENARIOS
    assert not (shop / ".orchestra").exists()

"""A small sample of the volume test, and whether it would notice what it is there to notice."""

import importlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

VOLUME = Path(__file__).parents[2] / "benchmarks" / "volume"
SEED = 2487
"""Of the first 30 orders four meet a defect, each another one, and none that takes long to tell."""
WITHIN_S = 240

Judge = Callable[..., list[tuple[str, str]]]


@pytest.fixture
def volume(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], ModuleType]]:
    """Imports a module of the benchmark."""
    monkeypatch.syspath_prepend(VOLUME)
    yield importlib.import_module
    for name in ("effects", "judging"):
        sys.modules.pop(name, None)


@pytest.fixture
def judge(volume: Callable[[str], ModuleType]) -> Judge:
    """Judges the steps of one run; gives what is wrong, and with which item."""
    judging = volume("judging")

    def outcome(defect: object, *failed: tuple[str, str]) -> list[tuple[str, str]]:
        steps: list[dict[str, Any]] = [{"element": "Placed", "status": "PASSED", "violations": []}]
        for element, types in failed:
            told = [{"type": each, "message": "why"} for each in types.split()]
            step = {"element": element, "status": "FAILED", "violations": told, "notes": []}
            steps.append(step)
        status = "FAILED" if failed else "PASSED"
        run = {"item": "main[order-0000]", "steps": steps, "status": status}
        return [(wrong.kind, wrong.why) for wrong in judging.outcome(run, defect)]

    return outcome


def named(effects: ModuleType, name: str) -> object:
    (defect,) = [each for each in effects.DEFECTS if each.name == name]
    return defect


def test_every_outcome_of_a_sample_is_as_it_must_be(tmp_path: Path) -> None:
    """Thirty scenarios at once, in random order, on two workers."""
    left_out = ("PYTEST_", "CI", "BUILD_NUMBER", "COVERAGE_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    command = [sys.executable, str(VOLUME / "run.py"), "--scenarios=30", "--runs=1"]
    result = subprocess.run(
        [*command, f"--seed={SEED}"],
        cwd=tmp_path,
        env={**kept, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    head, cells = (line.split(" | ") for line in result.stdout.splitlines()[:2])
    row = dict(zip(head, cells, strict=True))
    assert (row["items"], row["defects"]) == ("30", "4")


def test_a_run_that_says_nothing_lost_everything(
    volume: Callable[[str], ModuleType], tmp_path: Path
) -> None:
    wanted: Sequence[Any] = volume("effects").orders(3)
    judged = volume("judging").judge(tmp_path, SEED, wanted)
    assert [(wrong.kind, wrong.item) for wrong in judged.wrong] == [
        ("lost", order.reference) for order in wanted
    ]


def test_what_must_fail_and_fails_as_it_must_is_right(
    volume: Callable[[str], ModuleType], judge: Judge
) -> None:
    late = named(volume("effects"), "payment twice, late")
    assert judge(late, ("Pay", "KAFKA_MESSAGE_NOT_FOUND")) == []
    assert judge(None) == []


def test_a_defect_that_nobody_sees_is_a_false_green(
    volume: Callable[[str], ModuleType], judge: Judge
) -> None:
    wrong_tenant = named(volume("effects"), "payment to wrong tenant")
    assert judge(wrong_tenant) == [
        ("false green", "Apart passed"),
        ("false green", "Pay passed"),
    ]
    assert judge(wrong_tenant, ("Pay", "KAFKA_MESSAGE_NOT_FOUND TIMEOUT")) == [
        ("false green", "Apart passed")
    ]


def test_what_fails_without_a_defect_is_a_false_red(judge: Judge) -> None:
    assert judge(None, ("Book", "TIMEOUT")) == [("false red", "Book: TIMEOUT: why")]


def test_what_fails_for_another_reason_is_a_wrong_violation(
    volume: Callable[[str], ModuleType], judge: Judge
) -> None:
    late = named(volume("effects"), "payment twice, late")
    assert judge(late, ("Pay", "TIMEOUT KAFKA_MESSAGE_NOT_FOUND")) == [
        ("wrong violation", "Pay: TIMEOUT: why | KAFKA_MESSAGE_NOT_FOUND: why")
    ]


def test_every_kind_of_order_meets_defects_on_every_channel(
    volume: Callable[[str], ModuleType],
) -> None:
    """Among a thousand orders of a few runs each defect happens to somebody."""
    effects = volume("effects")
    wanted = effects.orders(1000)
    met = [effects.defect_of(seed, order) for seed in range(1, 6) for order in wanted]
    assert {each.name for each in met if each} == {each.name for each in effects.DEFECTS}
    types = {
        each for defect in effects.DEFECTS for said in defect.expected.values() for each in said
    }
    assert types == {effects.KAFKA, effects.QUEUE, effects.DB, effects.MISSED}

"""Scenarios that wait, all at once in one process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rounds import Figure, compare, interleave, pytest_side

SCENARIOS = 100
WALL = 3.0
MEMORY = 300.0
_STEPS = """\
import asyncio
import pytest_orchestra as orchestra


@orchestra.step("Check", kind="ASSERTION")
async def side_effect():
    await asyncio.sleep(1)
"""


def measure(folder: Path, rounds: int) -> Iterator[Figure]:
    """Let 100 scenarios wait a second each, beside one test that does.

    Args:
        folder: empty; the tests are written there.
        rounds: how often each side is measured.
    """
    _write(folder / "ours")
    (folder / "other").mkdir()
    plain = "import asyncio\nimport pytest\n\n@pytest.mark.asyncio\nasync def test_it():\n"
    (folder / "other" / "test_wait.py").write_text(f"{plain}    await asyncio.sleep(1)\n", "utf-8")
    ours = pytest_side(
        "ours",
        folder / "ours",
        f"--orchestra-concurrency={SCENARIOS}",
        orchestra=True,
        says=f"{SCENARIOS} passed",
    )
    other = pytest_side("other", folder / "other", orchestra=False, says="1 passed")
    interleave([ours, other], rounds)
    name = f"{SCENARIOS} scenarios that wait 1 s, at once"
    yield compare(
        name, ours, other, value=lambda each: each.wall, unit="s", target=None, ratio=False
    )
    yield _absolute(f"{name}: wall", "s", [sample.wall for sample in ours.samples], WALL)
    peaks = [sample.peak / 2**20 for sample in ours.samples]
    yield _absolute(f"{name}: memory", "MiB", peaks, MEMORY)


def _absolute(metric: str, unit: str, values: list[float], target: float) -> Figure:
    middle = sorted(values)[len(values) // 2]
    return Figure(
        metric=metric,
        unit=unit,
        ours=middle,
        other=0.0,
        result=middle,
        result_unit=unit,
        target=target,
        spread=(min(values), max(values)),
    )


def _write(folder: Path) -> None:
    ways = "".join(
        f'<sequenceFlow id="f{n}" name="w{n}" sourceRef="way" targetRef="t{n}"/><task id="t{n}"/>'
        f'<sequenceFlow id="e{n}" sourceRef="t{n}" targetRef="end"/>'
        for n in range(SCENARIOS)
    )
    folder.mkdir()
    (folder / "wait.bpmn").write_text(
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="b">'
        '<process id="wait"><startEvent id="start"/>'
        '<sequenceFlow id="a" sourceRef="start" targetRef="check"/><task id="check" name="Check"/>'
        '<sequenceFlow id="b" sourceRef="check" targetRef="way"/><exclusiveGateway id="way"/>'
        f'{ways}<endEvent id="end"/></process></definitions>',
        "utf-8",
    )
    (folder / "wait.suite.yaml").write_text("process: wait.bpmn\npython: steps.py\n", "utf-8")
    (folder / "steps.py").write_text(_STEPS, "utf-8")
    ini = "[pytest]\nasyncio_default_fixture_loop_scope = function\n"
    (folder / "pytest.ini").write_text(f"{ini}filterwarnings = ignore\n", "utf-8")

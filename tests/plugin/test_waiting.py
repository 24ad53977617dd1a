"""What a session spent waiting is told at its end, with advice from earlier sessions."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[..., None]

WAITS = """
import time
import pytest_orchestra as orchestra

@orchestra.step("Check order", alias="nap")
def wait_for_the_mail():
    time.sleep(0)

@orchestra.step("Amount?/low", kind="ASSERTION", alias="paid", within=20)
def it_is_paid(): ...
"""
HISTORY = ".orchestra/20200101-000000-0001/waits.json"


def entry(suite: Path, step_id: str, seconds: float, **fields: object) -> list[object]:
    """What an earlier session took down of a step that always held after so many seconds."""
    held = [seconds] * 9
    spent = {"name": step_id, "definition": "", "within": 20.0, "times": 9, "held_after": held}
    return [str(suite), "", step_id, {**spent, "seconds": sum(held), "sleeps": False, **fields}]


def keep(shop: pytest.Pytester, *entries: object) -> None:
    """Let an earlier session have taken this down."""
    path = shop.path / HISTORY
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(entries), encoding="utf-8")


@pytest.fixture
def patient(shop: pytest.Pytester, write: Write) -> pytest.Pytester:
    """Nobody really waits, so that it is told with ``-vv`` only."""
    write(shop_steps__py=WAITS)
    return shop


def test_the_session_tells_what_it_waited(patient: pytest.Pytester) -> None:
    """And what is slept, and what history suggests; histories that cannot be read are none."""
    suite = patient.path / "order.suite.yaml"
    odd = entry(suite, "paid", 1.0, name="it is paid", held_after=["1"])
    keep(patient, entry(suite, "paid", 1.0, name="it is paid"), ["odd"], odd)
    for number, text in enumerate(["{", "[" * 100_000, "\0"], 2):
        broken = patient.path / ".orchestra" / f"20200101-000000-000{number}" / "waits.json"
        broken.parent.mkdir()
        broken.write_text(text, encoding="utf-8")
    result = patient.runpytest("-vv")
    result.stdout.fnmatch_lines(["*= orchestra: waiting =*", "waited 0.0 s in all, most of it in:"])
    result.stdout.fnmatch_lines_random(
        [
            "*wait for the mail (2 times, shop_steps.py:5*)",
            "*a fixed sleep: let an ASSERTION wait for what it sleeps for",
            "*it is paid (once, shop_steps.py:9*)",
            "*deadline 20 s; all 10 times it held within 1 s: suggested 3 s",
        ]
    )
    kept = max(patient.path.glob(".orchestra/*/waits.json"))
    assert [each[2] for each in json.loads(kept.read_text("utf-8"))] == ["nap", "paid"]


def test_workers_are_added_up(patient: pytest.Pytester) -> None:
    result = patient.runpytest("-vv", "-n", "2")
    result.stdout.fnmatch_lines(["*wait for the mail (2 times, *"])


@pytest.mark.parametrize("arguments", [("-q",), (), ("-v",)])
def test_little_is_said_where_little_was_waited_or_asked_for(
    patient: pytest.Pytester, arguments: tuple[str, ...]
) -> None:
    patient.runpytest(*arguments).stdout.no_fnmatch_line("*orchestra: waiting*")


def test_a_session_without_scenarios_says_nothing(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    pytester.makepyfile("def test_it(): pass")
    pytester.runpytest("-p", "no:randomly").stdout.no_fnmatch_line("*orchestra*waiting*")

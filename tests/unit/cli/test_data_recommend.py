"""``orchestra data recommend``: what covers what, and what is missing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_orchestra.cli import main

SETS = """- {name: dear, values: {customer: Ada, amount: 2000, note: x, label: L, cards: [a]}}
- {name: odd, values: {customer: Ada, amount: 7000, note: x, label: L, cards: [a]}}
- {name: bad, refused_by: sent, values: {customer: Ada, amount: 0, note: x, label: L, cards: [a]}}
"""


@pytest.fixture
def recommend(
    described: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    (described / "d.yaml").write_text(SETS, encoding="utf-8")

    def run(*arguments: str) -> tuple[int, str]:
        code = main(["data", "recommend", "order.suite.yaml", *arguments])
        return code, capsys.readouterr().out

    return run


def test_people_read_what_is_missing(recommend: Callable[..., tuple[int, str]]) -> None:
    code, out = recommend()
    lines = out.splitlines()
    assert code == 1
    assert lines[0] == "dear: amount-high"
    assert "bad: is refused by sent" in lines
    assert "odd: takes no scenario's way" in lines
    assert "missing for main: needs `not (amount > 1000)`" in lines
    assert lines[-1] == "1 set is missing"


def test_programs_read_it_as_json(recommend: Callable[..., tuple[int, str]]) -> None:
    code, out = recommend("--format", "json")
    tree: dict[str, Any] = json.loads(out)
    assert code == 1
    assert tree["sets"][0] == {"name": "dear", "file": "d.yaml", "covers": ["amount-high"]}
    assert tree["sets"][2]["refused_by"] == "sent"
    [missing] = tree["missing"]
    assert missing["scenario"] == "main"
    assert 1 <= missing["example"]["amount"] <= 1000
    assert tree["unused"] == ["odd"]
    assert tree["undriven"] == []


def test_with_all_that_is_needed_nothing_is_missing(
    recommend: Callable[..., tuple[int, str]], described: Path
) -> None:
    (described / "d.yaml").write_text(SETS.replace("7000", "70"), encoding="utf-8")
    code, out = recommend()
    assert code == 0
    assert out.splitlines()[-1] == "every scenario has its data"


def test_what_nothing_can_take_says_why(
    recommend: Callable[..., tuple[int, str]], change: Callable[..., None]
) -> None:
    change("order.suite.yaml", ("amount > 1000", "amount > 9000"))
    code, out = recommend()
    assert code == 1
    assert "missing for amount-high: needs `amount > 9000`" in out
    assert "  no values were found" in out

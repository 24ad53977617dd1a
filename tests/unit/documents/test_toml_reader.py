"""TOML texts: values, lines, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from pytest_orchestra.documents.toml_reader import parse_toml

Complaints = Callable[[Callable[[], object]], list[str]]

TEXT = """\
[project]
name = "x"

[tool.orchestra.environments.staging]  # ours
protected = true
http.orders = {url = "u"}

[tool."orchestra".environments.local.db.main]
embedded = true
ratio = 1.50
day = 2026-11-21
at = 12:30:00
list = [1,
  2]
"""


def test_values_are_those_of_every_other_file() -> None:
    value = parse_toml(TEXT, "f").value
    local = value["tool"]["orchestra"]["environments"]["local"]
    assert local["db"]["main"] == {
        "embedded": True,
        "ratio": Decimal("1.50"),
        "day": "2026-11-21",
        "at": "12:30:00",
        "list": [1, 2],
    }


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("", "f:1:1"),
        ("tool.orchestra.environments.staging", "f:4:1"),
        ("tool.orchestra.environments.staging.protected", "f:5:1"),
        ("tool.orchestra.environments.staging.http.orders.url", "f:6:1"),
        ("tool.orchestra.environments.local.db.main.ratio", "f:10:1"),
        ("tool.orchestra.environments.local.db.main.list", "f:13:1"),
    ],
)
def test_tables_and_keys_are_found_by_line(path: str, place: str) -> None:
    steps = tuple(path.split(".")) if path else ()
    assert str(parse_toml(TEXT, "f").location(steps)) == place


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a = 1\nb = = 2", "f:2:5: error[toml-syntax] Invalid value"),
        ("a = 1\na = 2", "error[toml-syntax] Cannot overwrite a value"),
        ("a = [1", "error[toml-syntax] Unclosed array"),
        ("a = nan", "f: error[toml-number] infinity and not-a-number"),
        ("a = " + "[" * 101 + "]" * 101, "f: error[too-deep] more than 100 levels"),
        ("a = " + "[" * 50_000 + "]" * 50_000, "f: error[too-deep] more than 100 levels"),
        ("a = " + "9" * 5000, "f: error[toml-number] a number has too many digits"),
    ],
)
def test_refused_texts(complaints: Complaints, text: str, complaint: str) -> None:
    (found,) = complaints(lambda: parse_toml(text, "f"))
    assert complaint in found

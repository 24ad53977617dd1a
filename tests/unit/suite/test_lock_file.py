"""Lock files as text."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.flow.lock import ProcessLock
from pytest_orchestra.flow.scenario import Criterion
from pytest_orchestra.model import ElementId
from pytest_orchestra.suite.lock_file import lock_path, lock_text, read_lock


def locked(process_id: str, **signatures: str) -> ProcessLock:
    return ProcessLock(
        process_id=ElementId(process_id), criterion=Criterion.FLOWS, signatures=signatures
    )


def test_it_stands_beside_its_suite() -> None:
    assert lock_path(Path("a/order.suite.yaml")) == Path("a/order.suite.yaml.lock")


def test_every_scenario_has_a_line_in_order_of_keys() -> None:
    text = lock_text([locked("b"), locked("a", main="12", amount="34")])
    assert text.partition("\n")[2] == (
        "version = 1\n"
        "\n"
        '[processes."a"]\n'
        'criterion = "flows"\n'
        "\n"
        '[processes."a".scenarios]\n'
        '"amount" = "34"\n'
        '"main" = "12"\n'
        "\n"
        '[processes."b"]\n'
        'criterion = "flows"\n'
        "\n"
        '[processes."b".scenarios]\n'
    )


@pytest.mark.parametrize("name", ["заказ", "订单", "a.b", 'q"\\', "x\x7fy\n", "🚚", "version"])
def test_what_is_written_is_read(tmp_path: Path, name: str) -> None:
    locks = [locked(name, **{name: "1", "main": "2"})]
    path = tmp_path / "x.lock"
    path.write_text(lock_text(locks), encoding="utf-8")
    assert read_lock(path).locks == locks


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("version = 2\nprocesses = {}", ":1:1: error[bad-value]"),
        ("version = 1", ": error[missing-key]"),
        ("version = 1\n<<<<<<< HEAD", ":2:1: error[toml-syntax]"),
        ('version = 1\n[processes.p]\ncriterion = "all"\nscenarios = {}', ":3:1: error[bad-value]"),
    ],
)
def test_what_is_no_lock_file_is_refused(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "x.lock"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as refused:
        read_lock(path)
    assert told in str(refused.value)

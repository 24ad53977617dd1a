"""Data that was made, sent to the shop: it takes the ways it was made for, or is refused."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_orchestra.data.data_sets import Scope
from pytest_orchestra.data.set_files import read_data_sets

Run = Callable[..., subprocess.CompletedProcess[str]]

FILES = "{files: data/orders.yaml}"
MADE = Path("data") / "generated" / "order.yaml"


@pytest.fixture
def made(shop: Path, shop_variables: dict[str, str]) -> Path:
    """The file of sets that are made for the shop without its own; the suite runs them all."""
    (shop / "data" / "orders.yaml").unlink()
    command = [sys.executable, "-c", "from pytest_orchestra.cli import main; main()"]
    arguments = ["data", "generate", "order.suite.yaml", "--seed", "3"]
    done = subprocess.run(
        [*command, *arguments],
        cwd=shop,
        env=shop_variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    suite = shop / "order.suite.yaml"
    text = suite.read_text(encoding="utf-8")
    assert FILES in text
    files = f"{{files: {MADE.as_posix()}, pick: all}}"
    suite.write_text(text.replace(FILES, files), encoding="utf-8")
    return shop / MADE


def test_every_set_takes_its_way_and_every_negative_one_is_refused(
    made: Path, run_shop: Run
) -> None:
    """All services really run; each scenario has the set that was made for it."""
    sets = read_data_sets([made], Scope.SUITE)
    done = run_shop("-v")
    assert done.returncode == 0, done.stdout
    items = re.findall(r"order\.suite\.yaml::(\S+) PASSED", done.stdout)
    assert len(items) >= len(sets)
    negative = {each.name for each in sets if each.refused is not None}
    assert len(negative) >= 12
    assert negative <= {item.partition("[")[2].rstrip("]") for item in items}
    keys = {item.partition("[")[0] for item in items}
    assert len(keys) == 10
    assert keys <= {each.name for each in sets}

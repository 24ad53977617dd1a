"""What a session without scenarios pays for the plugin being installed."""

import subprocess
import sys
from pathlib import Path

import pytest

import pytest_orchestra as orchestra

HEAVY = ("aiokafka", "asyncpg", "httpx", "jinja2", "jsonschema", "lxml", "pydantic", "yaml")
FLOORS = ("pytest_orchestra.model", "pytest_orchestra.results", "pytest_orchestra.spi")

SEEN = """\
import sys

def test_ordinary():
    loaded = sorted({names!r} & set(sys.modules))
    assert "pytest_orchestra.plugin" in sys.modules
    assert loaded == []
"""


def test_an_ordinary_file_loads_no_library_and_no_floor_of_ours(tmp_path: Path) -> None:
    """A session of ordinary tests imports neither drivers nor parsers nor our own model."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    test = tmp_path / "test_ordinary.py"
    test.write_text(SEEN.replace("{names!r}", repr({*HEAVY, *FLOORS})), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "asyncio", "-p", "orchestra", str(test)]
    ran = subprocess.run(
        command,
        cwd=tmp_path,
        env={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_public_names_are_all_there() -> None:
    """Every public name can be had, also the one that is loaded late."""
    assert [name for name in orchestra.__all__ if not hasattr(orchestra, name)] == []
    assert orchestra.step.__module__ == "pytest_orchestra.suite.python_steps"


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    """A misspelt name is refused as by any module."""
    with pytest.raises(AttributeError, match="'pytest_orchestra' has no attribute 'stepp'"):
        orchestra.stepp  # noqa: B018 - the access is what is tested

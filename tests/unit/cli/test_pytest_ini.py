"""GLOBAL data sets, from the ini file that pytest would read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_orchestra.cli import main
from pytest_orchestra.cli.pytest_ini import global_data
from pytest_orchestra.data.data_sets import Scope
from pytest_orchestra.errors import ConfigurationError

SET = "- {name: everywhere, values: {a: 7}}\n"


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """Where a suite is; two folders above are data."""
    (tmp_path / "all data").mkdir()
    (tmp_path / "all data" / "a.yaml").write_text(SET, "utf-8")
    (tmp_path / "suites" / "orders").mkdir(parents=True)
    return tmp_path / "suites" / "orders" / "order.suite.yaml"


def write(suite: Path, name: str, text: str) -> Path:
    file = suite.parents[2] / name
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", "[pytest]\norchestra_data = 'all data/*.yaml'\n"),
        (".pytest.ini", "[pytest]\norchestra_data =\n  'all data/a.yaml'\n"),
        ("tox.ini", "[tox]\nenv_list = py\n[pytest]\norchestra_data = 'all data/*.yaml'\n"),
        ("setup.cfg", "[tool:pytest]\norchestra_data = 'all data/*.yaml'\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\norchestra_data = ['all data/*.yaml']\n"),
        ("pyproject.toml", '[tool.pytest]\norchestra_data = ["all data/*.yaml"]\n'),
        ("pyproject.toml", "[tool.pytest.ini_options]\norchestra_data = \"'all data/a.yaml'\"\n"),
        ("pytest.toml", '[pytest]\norchestra_data = ["all data/*.yaml"]\n'),
    ],
)
def test_each_file_that_pytest_reads(suite: Path, name: str, text: str) -> None:
    """Paths are taken from its folder."""
    write(suite, name, text)
    (found,) = global_data(suite)
    assert (found.name, found.scope) == ("everywhere", Scope.GLOBAL)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tox.ini", "[tox]\n"),
        ("pyproject.toml", "[project]\nname = 'x'\n"),
        ("pyproject.toml", "tool = 7\n"),
        ("setup.cfg", "[metadata]\nname = %(x)s\n"),
    ],
)
def test_a_file_that_says_nothing_of_pytest_is_passed_over(
    suite: Path, name: str, text: str
) -> None:
    write(suite, name, text)
    (suite.parents[1] / name).write_text(text, "utf-8")
    assert global_data(suite) == ()
    write(suite, "pytest.ini", "[pytest]\norchestra_data = 'all data/*.yaml'\n")
    assert len(global_data(suite)) == 1


@pytest.mark.parametrize("text", ["", "[pytest]\n"])
def test_the_nearest_file_holds(suite: Path, text: str) -> None:
    """A ``pytest.ini`` even if it is empty."""
    write(suite, "pytest.ini", "[pytest]\norchestra_data = 'all data/*.yaml'\n")
    (suite.parents[1] / "pytest.ini").write_text(text, "utf-8")
    assert global_data(suite) == ()


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("pytest.ini", "[pytest\n", "pytest.ini cannot be read: "),
        ("pytest.ini", "[pytest]\norchestra_data = 'a\n", "orchestra_data: No closing quotation."),
        ("pytest.toml", "[pytest\n", "pytest.toml cannot be read: "),
        ("pytest.toml", "[pytest]\norchestra_data = 7\n", "orchestra_data is no list of paths"),
        ("pytest.ini", "[pytest]\norchestra_data = b.yaml\n", "orchestra_data: 'b.yaml' names no"),
        ("pytest.ini", "[pytest]\norchestra_data = ''\n", "orchestra_data: '' cannot be read: "),
    ],
)
def test_what_is_wrong_with_it_is_told(suite: Path, name: str, text: str, told: str) -> None:
    file = write(suite, name, text)
    with pytest.raises(ConfigurationError) as caught:
        global_data(suite)
    assert str(caught.value).startswith(str(file))
    assert told in str(caught.value)
    assert caught.value.hint


def test_a_path_may_be_absolute(suite: Path) -> None:
    pattern = suite.parents[2] / "all data" / "*.yaml"
    write(suite, "pytest.ini", f"[pytest]\norchestra_data = '{pattern.as_posix()}'\n")
    assert len(global_data(suite)) == 1


def test_a_plan_knows_them(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As the session does that it tells of."""
    (folder / "all.yaml").write_text(SET, "utf-8")
    (folder / "pytest.ini").write_text("[pytest]\norchestra_data = all.yaml\n", "utf-8")
    file = folder / "order.suite.yaml"
    file.write_text(file.read_text("utf-8").replace("poor", "everywhere"), "utf-8")
    assert main(["plan", "--format", "json", "order.suite.yaml"]) == 0
    (plan,) = json.loads(capsys.readouterr().out)["processes"]
    assert "everywhere" in [each["data"] for each in plan["scenarios"]]

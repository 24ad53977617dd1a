"""The rerun line of a failure, pasted into a shell."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[..., None]

FAILING = """
import pytest_orchestra as orchestra

@orchestra.step("Check order")
def check(orchestra_data, orchestra_environment):
    print("ran with", orchestra_data, "on", orchestra_environment.name)
    assert False
"""


@pytest.fixture
def red_shop(shop: pytest.Pytester, write: Write) -> pytest.Pytester:
    """Every scenario fails, and says with what it ran."""
    write(
        shop_steps__py=FAILING,
        order__suite__yaml="{process: order.bpmn, python: shop_steps.py, data: {files: data.yaml}}",
        orchestra__environments__yaml="a b: {protected: true, vars: {x: y}}\nc: {vars: {x: y}}\n",
    )
    return shop


def rerun_line(result: pytest.RunResult) -> str:
    (line,) = re.findall(r"^rerun: (.+)$", result.stdout.str(), re.MULTILINE)
    return str(line)


def pasted(line: str, folder: Path) -> str:
    """What a shell prints when the line is given to it."""
    bin_folder = str(Path(sys.executable).parent)
    variables = os.environ | {"PATH": os.pathsep.join([bin_folder, os.environ["PATH"]])}
    ran = subprocess.run(
        ["sh", "-c", line],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return ran.stdout + ran.stderr


def test_it_says_every_option_again(red_shop: pytest.Pytester) -> None:
    """Quoted, and it runs the same scenario with the same data on the same environment."""
    options = [
        "--orchestra-env=a b",
        "--orchestra-allow-protected",
        "--orchestra-data=small",
        "--orchestra-data-tag=nobody's",
        "--orchestra-mode=RUN_ALL_STEPS",
        "--orchestra-criterion=flows",
    ]
    result = red_shop.runpytest("-k", "main", "-W", "default", *options)
    result.assert_outcomes(failed=1, deselected=1)
    line = rerun_line(result)
    assert line == (
        "pytest order.suite.yaml::main '--orchestra-env=a b' --orchestra-allow-protected"
        """ --orchestra-data=small '--orchestra-data-tag=nobody'"'"'s'"""
        " --orchestra-mode=RUN_ALL_STEPS --orchestra-criterion=flows"
    )
    printed = pasted(line, red_shop.path)
    assert "ran with {'amount': 5} on a b" in printed
    assert "1 failed" in printed
    assert rerun_line(result) in printed


def test_without_options_it_is_short(red_shop: pytest.Pytester) -> None:
    """What the ini file says need not be said again."""
    red_shop.makeini(
        "[pytest]\nasyncio_default_fixture_loop_scope = function\norchestra_env = c\n"
        "orchestra_mode = run_all_steps\n"
    )
    result = red_shop.runpytest("-k", "main", "-W", "default")
    assert rerun_line(result) == "pytest order.suite.yaml::main"
    assert "on c" in pasted(rerun_line(result), red_shop.path)


@pytest.mark.parametrize("place", ["", "deep er/", "../"])
def test_it_starts_where_pytest_was_called(
    red_shop: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Not at rootdir."""
    folder = red_shop.path / place
    folder.mkdir(exist_ok=True)
    monkeypatch.chdir(folder)
    suite = red_shop.path / "order.suite.yaml"
    arguments = [f"--rootdir={red_shop.path}", "-c", str(red_shop.path / "tox.ini")]
    result = red_shop.runpytest(
        str(suite), *arguments, "--orchestra-env=c", "-k", "main", "-W", "default"
    )
    line = rerun_line(result)
    assert line.startswith(
        {
            "": "pytest order.suite.yaml::main ",
            "deep er/": "pytest ../order.suite.yaml::main ",
            "../": f"pytest {red_shop.path.name}/order.suite.yaml::main ",
        }[place]
    )
    assert "ran with {'amount': 5} on c" in pasted(line, folder)


def test_a_file_of_any_name_is_named_again(red_shop: pytest.Pytester) -> None:
    """Nobody would take it for a suite otherwise."""
    (red_shop.path / "order.suite.yaml").rename(red_shop.path / "my shop.yaml")
    result = red_shop.runpytest(
        "--orchestra-suite=my shop.yaml", "--orchestra-env=c", "-k", "main", "-W", "default"
    )
    line = rerun_line(result)
    assert line == (
        "pytest 'my shop.yaml::main' --orchestra-env=c '--orchestra-suite=my shop.yaml'"
    )
    printed = pasted(line, red_shop.path)
    assert "1 failed" in printed
    assert "deselected" not in printed


def test_workers_say_the_same(red_shop: pytest.Pytester) -> None:
    """With the options that the controller was given."""
    result = red_shop.runpytest("order.suite.yaml::main", "-n", "1", "--orchestra-env=c")
    assert rerun_line(result) == "pytest order.suite.yaml::main --orchestra-env=c"

"""Importing the modules that a suite names."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.suite.python_modules import import_python_steps

Write = Callable[[str, str], Path]

MODULE = """from pytest_orchestra.suite.python_steps import step
loaded = []
@step("A")
def first(): ...
@step("B")
def second(): ...
"""


def test_steps_come_in_order_and_the_module_is_imported_once(write: Write) -> None:
    path = write("steps.py", MODULE)
    before = list(sys.path)
    found = import_python_steps(path)
    assert [each.place for each in found] == ["A", "B"]
    assert import_python_steps(path)[0].function is found[0].function
    assert sys.path == before


def test_modules_of_one_name_are_two(write: Write) -> None:
    one = import_python_steps(write("a/steps.py", MODULE))
    other = import_python_steps(write("b/steps.py", MODULE))
    assert one[0].function is not other[0].function


@pytest.mark.parametrize("name", ["nowhere.py", "steps.txt"])
def test_what_is_no_python_file_is_refused(write: Write, name: str) -> None:
    folder = write("steps.txt", MODULE).parent
    with pytest.raises(ConfigurationError) as refusal:
        import_python_steps(folder / name)
    assert str(refusal.value) == (
        f"python: {folder / name} is not a Python file."
        " Paths are taken from the suite file's folder."
    )


@pytest.mark.parametrize("name", ["my steps.py", "2nd.py", "my.steps.py"])
def test_a_file_whose_name_cannot_be_imported_is_refused(write: Write, name: str) -> None:
    """It is a Python file; the text says what is wrong with its name."""
    with pytest.raises(ConfigurationError) as refusal:
        import_python_steps(write(name, MODULE))
    stem = name.removesuffix(".py")
    assert str(refusal.value) == (
        f"python: '{stem}' is no name that Python can import."
        " Rename the file: letters, digits and '_', the first no digit."
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x = 1\nimport nothing_called_so\n", ":2 cannot be imported: ModuleNotFoundError: "),
        ("\n\nx = (\n", ":3 cannot be imported: SyntaxError: "),
        ("def f():\n    raise ValueError('no')\nf()\n", ":2 cannot be imported: ValueError: no"),
    ],
)
def test_a_module_that_cannot_be_imported_is_told_with_the_line(
    write: Write, text: str, problem: str
) -> None:
    path = write("steps.py", text)
    with pytest.raises(ConfigurationError) as refusal:
        import_python_steps(path)
    assert str(refusal.value).startswith(f"python: {path}{problem}")
    with pytest.raises(ConfigurationError):
        import_python_steps(path)


def test_an_error_from_somewhere_else_has_no_line(write: Write) -> None:
    path = write("null.py", "x = 1\0")
    with pytest.raises(ConfigurationError) as refusal:
        import_python_steps(path)
    assert "cannot be imported" in str(refusal.value)

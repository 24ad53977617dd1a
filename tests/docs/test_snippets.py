"""Every fenced block of a page is what it says: it loads, binds, compiles, parses."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent, indent

import pytest
from generate import DOCS
from replay import Block, blocks, split_command

from pytest_orchestra.cli import main as orchestra
from pytest_orchestra.data.data_sets import Scope
from pytest_orchestra.data.set_files import read_data_sets
from pytest_orchestra.documents.reading import parse_document
from pytest_orchestra.expressions.expressions import compile_expression
from pytest_orchestra.expressions.templates import compile_template
from pytest_orchestra.expressions.values import json_text
from pytest_orchestra.suite.binding import bind_suite
from pytest_orchestra.suite.bound import BoundSuite
from pytest_orchestra.suite.channels import load_protocols
from pytest_orchestra.suite.reading import read_suite

Environments = Callable[..., object]

KINDS = {
    "yaml": {"suite", "steps", "environments", "data", "names", "wrong"},
    "toml": {"environments"},
    "json": {"data"},
    "csv": {"data"},
}
"""What blocks of a language may hold; of other languages anything."""
EXAMPLE = DOCS.parent / "example_project"
README = Path(__file__).parent / "readme"
"""What the front page's suite is about."""

STEPS = """\
process: order.bpmn
specs: {orders: specs/orders.openapi.yaml}
data: {files: data/*.yaml}
steps:
  - name: The customer places an order
    at: Order placed
    alias: order
    action:
      channel: http
      endpoint: orders.createOrder
      input: {body: {customer: "{{data.customer}}", sku: mug, quantity: 1, card: tok_visa}}
    save: {id: response.body.id}
"""
"""What stands around the steps of a page: they are the example's."""


def copied(folder: Path, to: Path) -> Path:
    leave_out = shutil.ignore_patterns(".orchestra", "__pycache__", "*.suite.yaml", "build")
    return Path(shutil.copytree(folder, to / "files", ignore=leave_out))


def bound(text: str, folder: Path) -> BoundSuite:
    """The suite that a text is, beside the files of a folder."""
    path = folder / "page.suite.yaml"
    path.write_text(text, encoding="utf-8")
    return bind_suite(read_suite(path), protocols=load_protocols(), environment=None)


def test_every_block_says_what_it_holds(page: Path, kind: Callable[[Block], str]) -> None:
    """So that none is left unchecked."""
    text, found = page.read_text(encoding="utf-8"), blocks(page)
    assert len(re.findall(r"^```", text, re.MULTILINE)) == 2 * len(found)
    for block in found:
        is_told = kind(block) in KINDS.get(block.language, ()) or "file" in block.options
        assert is_told or block.language not in KINDS, block.line


def test_suites_load_and_bind(suite_block: Block, tmp_path: Path) -> None:
    """They are bound where the block names a model."""
    model = suite_block.options.get("model")
    if model is None:
        path = tmp_path / "page.suite.yaml"
        path.write_text(suite_block.text, encoding="utf-8")
        assert not read_suite(path).problems
    else:
        folder = copied((suite_block.page.parent / model).parent, tmp_path)
        problems = bound(suite_block.text, folder).problems
        assert not [
            each for each in problems if each.code not in ("twins", "undriven", "step-unused")
        ]


def test_steps_bind_to_the_example(steps_block: Block, tmp_path: Path) -> None:
    suite = bound(STEPS + indent(steps_block.text, "  "), copied(EXAMPLE, tmp_path))
    assert "step-unused" not in {each.code for each in suite.problems}


def test_environments_load(environments_block: Block, environments: Environments) -> None:
    more = tuple(filter(None, environments_block.options.get("protocols", "").split(",")))
    assert environments(environments_block.text, environments_block.language, more)


def test_data_sets_load(data_block: Block, tmp_path: Path) -> None:
    path = tmp_path / f"data.{data_block.language}"
    path.write_text(data_block.text, encoding="utf-8")
    assert read_data_sets([path], Scope.SUITE)


def test_python_runs(python_block: Block) -> None:
    """What writes a file is run by the page's replay, what is a file's part with its file."""
    code = compile(dedent(python_block.text), str(python_block.page), "exec")
    if not {"write", "file"} & python_block.options.keys():
        exec(code, {"__name__": "page"})  # noqa: S102 - our own page


def test_parts_of_files_are_as_in_the_file(page: Path) -> None:
    for block in blocks(page):
        if "file" in block.options:
            whole = (page.parent / block.options["file"]).read_text(encoding="utf-8")
            assert block.text in whole, block.line


def test_expressions_have_the_value_that_is_shown(expressions_block: Block) -> None:
    for source, value in examples(expressions_block):
        assert json_text(compile_expression(source).evaluate(names())) == value, source


def test_templates_have_the_value_that_is_shown(templates_block: Block) -> None:
    for source, value in examples(templates_block):
        assert json_text(compile_template(source).render(names())) == value, source


def examples(block: Block) -> list[tuple[str, str]]:
    return [re.split(r"\s+-> ", line, maxsplit=1) for line in block.text.splitlines()]  # type: ignore[misc]  # a pair


def names() -> dict[str, object]:
    """The names that the examples of the page hold with."""
    page = DOCS / "reference" / "expressions.md"
    (block,) = (block for block in blocks(page) if "names" in block.words)
    return dict(parse_document(block.text, file="names.yaml").value)  # type: ignore[call-overload]  # a mapping


def commands(page: Path, program: str) -> list[list[str]]:
    """The arguments of a program wherever the page shows a line of it."""
    text = page.read_text(encoding="utf-8")
    fenced = [line for block in blocks(page) for line in block.text.splitlines()]
    indented = re.findall(r"^    (\S.*)$", text, re.MULTILINE)
    spans = re.findall(rf"`({program} [^`]+)`", text)
    lines = [line.removeprefix("$ ") for line in (*fenced, *indented, *spans)]
    begin = re.compile(rf"(?:[A-Z_]+=\S* )*{program} (?!\w+$)[-\w]")
    return [split_command(line)[1][1:] for line in lines if begin.match(line)]


def test_pytest_takes_the_options_that_are_shown(page: Path, pytester: pytest.Pytester) -> None:
    for arguments in commands(page, "pytest"):
        assert pytester.parseconfig(*arguments)


def test_orchestra_takes_the_options_that_are_shown(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unknown option ends the program; a file that is not there does not."""
    monkeypatch.chdir(tmp_path)
    for arguments in commands(page, "orchestra"):
        assert orchestra(arguments) == 2


def test_the_front_page_is_about_a_suite_that_binds(
    tmp_path: Path, environments: Environments
) -> None:
    """Its scenarios are called as it says, its steps find their connections."""
    page = DOCS.parent / "README.md"
    suite, environment = (block.text for block in blocks(page) if block.language == "yaml")
    folder = copied(README, tmp_path)
    path = folder / "order.suite.yaml"
    path.write_text(suite, encoding="utf-8")
    local = environments(environment)["local"]  # type: ignore[index]  # a mapping
    found = bind_suite(read_suite(path), protocols=load_protocols(), environment=local)
    assert not found.problems
    assert not [each.unmet for each in found.scenarios if each.unmet]
    keys = {scenario.scenario.key for scenario in found.scenarios}
    said = re.findall(r"`(?:order\.suite\.yaml)?::([\w-]+)`", page.read_text(encoding="utf-8"))
    assert said
    assert set(said) <= keys

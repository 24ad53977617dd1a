"""The reference names what there is, and nothing else."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest
from pydantic import BaseModel

import pytest_orchestra
from pytest_orchestra import results
from pytest_orchestra.data.environments import COMMON_FIELDS, _EnvironmentPart
from pytest_orchestra.data.written_sets import SetPart
from pytest_orchestra.documents.decoding import decode_value
from pytest_orchestra.documents.reading import parse_document
from pytest_orchestra.engine.assertions import STABLE_FOR
from pytest_orchestra.expressions.conditions.functions import FUNCTIONS
from pytest_orchestra.importers.bpmn.findings import CODES
from pytest_orchestra.suite import expectations, generation
from pytest_orchestra.suite import file as parts

Table = Callable[[str, str], Iterator[list[str]]]

ROOT = Path(__file__).parents[2]
SOURCE = Path(pytest_orchestra.__file__).parent
REFUSED = {"stream"}
"""Fields of the suite's models that are there to be refused."""
KEYS = [
    ("## Suite", [parts.SuitePart]),
    ("## scenarios", [parts.ScenariosPart, parts.MarkPart]),
    ("## data", [parts.DataPart]),
    ("## defaults", [parts.DefaultsPart, parts.ChannelDefaultsPart]),
    ("## Step", [parts.StepPart]),
    ("## retry", [parts.RetryPart]),
    ("## action and assertion", [parts.CallPart]),
    ("## expect", [parts.ExpectPart]),
]


def words(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def keys_of(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()} - REFUSED


def test_the_suite_page_has_every_key(table: Table) -> None:
    for heading, models in KEYS:
        told = {words(row[0])[0] for row in table("suite-file.md", heading)}
        assert told == set().union(*map(keys_of, models)), heading


def test_examples_of_keys_can_be_used(table: Table) -> None:
    for heading, models in KEYS:
        for key, _, _, example, _ in table("suite-file.md", heading):
            value = parse_document(words(example)[0], file="example.yaml").value
            assert isinstance(value, dict)
            assert words(key)[0] in value or heading == "## defaults"
            needed = {"channel": "http", "process": "order.bpmn", "times": 1}
            wrong = [
                decode_value(
                    {name: each for name, each in needed.items() if name in keys_of(model)} | value,
                    model,
                    locate=parse_document("", file="x.yaml").location,
                )[1]
                for model in models
            ]
            assert () in wrong, (heading, example, wrong)


def test_defaults_are_those_of_the_code(table: Table) -> None:
    expect = {words(row[0])[0]: row[2] for row in table("suite-file.md", "## expect")}
    assert expect["within"] == f"`{expectations.WITHIN:g}s`"
    assert expect["every"] == f"`{expectations.EVERY * 1000:g}ms`"
    assert expect["stable_for"].startswith(f"`{STABLE_FOR:g}s`")
    chosen = {words(row[0])[0]: row[2] for row in table("suite-file.md", "## scenarios")}
    assert chosen["max_loop_iterations"] == f"`{generation.MAX_LOOP_ITERATIONS}`"
    assert chosen["max_scenarios"] == f"`{generation.MAX_SCENARIOS}`"


def test_keys_that_are_not_there_yet_are_listed(table: Table) -> None:
    listed = {row[0]: {*words(row[1])} for row in table("suite-file.md", "## Not there yet")}
    for place, model in (
        ("suite", parts.SuitePart),
        ("step", parts.StepPart),
    ):
        assert set(model.later) <= listed[place], place
        assert not keys_of(model) - {"process", "criterion", "max_loop_iterations"} & listed[place]


def test_data_sets_and_environments_have_every_key(table: Table) -> None:
    told = {words(row[0])[0] for row in table("data-sets.md", "# Data sets") if words(row[0])}
    assert keys_of(SetPart) <= told
    rows = table("environments.md", "## Keys of an environment")
    assert {words(row[0])[0] for row in rows} == {*keys_of(_EnvironmentPart), "http"}
    rows = table("environments.md", "## Fields of every connection")
    assert {words(row[0])[0] for row in rows if words(row[0])} == set(COMMON_FIELDS)


def test_options_are_those_of_pytest_help() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--help"], capture_output=True, text=True, check=True
    )
    page = (ROOT / "docs" / "reference" / "options.md").read_text(encoding="utf-8")
    for pattern in (r"--orchestra-[a-z-]+", r"\borchestra_[a-z_]+(?= \()"):
        offered = set(re.findall(pattern, done.stdout))
        assert offered
        told = set(re.findall(pattern.removesuffix(r"(?= \()"), page))
        fixtures = {f"orchestra_{name}" for name in ("environment", "clients", "data", "context")}
        assert told - (fixtures - offered) == offered


def test_results_have_every_field_status_and_type(table: Table) -> None:
    said = {**named(results.RunStatus), **named(results.StepStatus), **named(results.ViolationType)}
    page = (ROOT / "docs" / "reference" / "results.md").read_text(encoding="utf-8")
    assert not [name for name in said if f"`{name}`" not in page]
    for heading, kind in (("## Run", results.TestRun), ("## Step", results.StepResult)):
        cells = [word for row in table("results.md", heading) for word in words(row[0])]
        told = {word for word in cells if not word.isupper()}
        assert told == {field.name for field in fields(kind)}, heading
    evidence = {field.name for field in fields(results.Evidence)}
    assert not [name for name in evidence if f"`{name}`" not in page]


def named(kind: type) -> dict[str, object]:
    return dict(kind.__members__)


def test_events_have_every_field(table: Table) -> None:
    told = {
        words(row[0])[0]: {*words(row[2])}
        for row in table("results.md", "## Events")
        if words(row[0])
    }
    common = {"at", "event"}
    for kind in results.RunEvent.__args__:
        (event,) = (field.default for field in fields(kind) if field.name == "event")
        assert told.pop(event) == {field.name for field in fields(kind)} - common
    assert not told


def test_every_floor_is_drawn_as_the_contract_has_it() -> None:
    page = (ROOT / "docs" / "explanation" / "house.md").read_text(encoding="utf-8")
    drawn = re.search(r"```text floors\n(.*?)```", page, re.DOTALL)
    assert drawn
    floors = [re.split(r" {2,}", line)[0].strip() for line in drawn[1].splitlines()]
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    (layers,) = (each for each in tools["importlinter"]["contracts"] if each["type"] == "layers")
    assert floors == layers["layers"]


# -- problems ----------------------------------------------------------------------------------

FOLDERS = ("data", "documents", "expressions", "flow", "importers", "protocols", "suite")
"""Where problems of files are made; codes of violations are others."""
CODE = re.compile(r"[a-z]+(-[a-z]+)*")


def problem_rows() -> Iterator[tuple[list[str], str]]:
    page = (ROOT / "docs" / "reference" / "problems.md").read_text(encoding="utf-8")
    for line in page.splitlines():
        if line.startswith(("| `", "| [`")):
            cells = line.split("|")
            yield words(cells[1]), cells[2]


@cache
def parsed() -> list[ast.Module]:
    files = (file for folder in FOLDERS for file in sorted((SOURCE / folder).rglob("*.py")))
    return [ast.parse(file.read_text(encoding="utf-8")) for file in files]


def raised_codes() -> set[str]:
    """Literals that stand where a function of the same module, or a known one, takes a code."""
    found = set(CODES)
    for tree in parsed():
        takers = {"mistake": 0, "refusal": 0, "problem": 0} | dict(_takers(tree))
        constants = dict(_constants(tree))
        for each in ast.walk(tree):
            match each:
                case ast.Assign(targets=[ast.Name(id="code")], value=value):
                    found.update(_texts(value, constants))
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            given = [each.value for each in call.keywords if each.arg == "code"]
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if name in takers and len(call.args) > takers[name]:
                given.append(call.args[takers[name]])
            found.update(code for each in given for code in _texts(each, constants))
    return {code for code in found if CODE.fullmatch(code)}


def _takers(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names = [each.arg for each in node.args.args if each.arg != "self"]
            if "code" in names:
                yield node.name, names.index("code")


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                yield name, text


def _texts(node: ast.expr, constants: dict[str, str]) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=first, orelse=second):
            yield from _texts(first, constants)
            yield from _texts(second, constants)
        case ast.Name(id=name) if name in constants:
            yield constants[name]


def test_every_code_that_is_raised_is_told() -> None:
    told = {code for codes, _ in problem_rows() for code in codes}
    assert raised_codes() - told == set()


def test_every_code_that_is_told_is_raised() -> None:
    literals = {
        node.value
        for tree in parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    told = {code for codes, _ in problem_rows() for code in codes}
    assert told - literals == set()


@pytest.mark.parametrize("code", sorted(CODES))
def test_the_severity_of_importers_codes_is_as_told(code: str) -> None:
    (severity,) = (severity for codes, severity in problem_rows() if code in codes)
    assert CODES[code][0].name[0] in severity


def test_every_key_and_field_of_a_channel_is_explained() -> None:
    page = (ROOT / "docs" / "reference" / "channels.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert len(rows) > 40
    assert [line for line in rows if line.endswith("|  |")] == []


def test_every_function_of_conditions_is_told() -> None:
    page = (ROOT / "docs" / "reference" / "conditions.md").read_text(encoding="utf-8")
    assert set(FUNCTIONS) - set(words(page.partition("\n## FEEL\n")[2])) == set()

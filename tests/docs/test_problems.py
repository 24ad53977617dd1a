"""Every code of a problem has an example that gives it."""

import itertools
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from generate import DOCS

from pytest_orchestra.cli import main as orchestra
from pytest_orchestra.data.environments import COMMON_FIELDS, read_environments
from pytest_orchestra.data.references import parse_env_file
from pytest_orchestra.documents.schemas.references import MAX_FILES
from pytest_orchestra.errors import BindingError, DefinitionError
from pytest_orchestra.flow.space import MAX_TOKENS
from pytest_orchestra.importers import MAX_FILE_BYTES
from pytest_orchestra.importers.bpmn.reader import MAX_DEPTH, MAX_ELEMENTS
from pytest_orchestra.suite.binding import bind_suite
from pytest_orchestra.suite.channels import load_protocols
from pytest_orchestra.suite.reading import read_suite

PAGE = DOCS / "reference" / "problems.md"
FOLDER = PAGE.parent / "problems"
AFTER = {"unknown-connection", "no-connection", "which-connection", "unknown-credential"}
"""Found where a suite is compared with an environment."""


def told() -> Iterator[tuple[str, str]]:
    """Each code of the page, and the example that it leads to."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith(("| `", "| [`")):
            cell = line.split("|")[1]
            linked = dict(re.findall(r"\[`([a-z-]+)`\]\(problems/([^)]+)\)", cell))
            for code in re.findall(r"`([a-z-]+)`", cell):
                yield code, linked.get(code, "")


def model(*elements: str) -> str:
    space = "http://www.omg.org/spec/BPMN/20100524/MODEL"
    return f'<definitions xmlns="{space}">{"".join(elements)}</definitions>'


def steps_of(process: str, *elements: str) -> str:
    return f'<process id="{process}"><startEvent id="s"/>{"".join(elements)}</process>'


def flows(*nodes: str) -> str:
    pairs = itertools.pairwise(nodes)
    return "".join(
        f'<sequenceFlow id="f{n}" sourceRef="{source}" targetRef="{target}"/>'
        for n, (source, target) in enumerate(pairs)
    )


def calls(level: int) -> str:
    names = [f"c{n}" for n in range(10)]
    made = "".join(f'<callActivity id="{name}" calledElement="p{level + 1}"/>' for name in names)
    return steps_of(f"p{level}", made, flows("s", *names))


def spread(folder: Path) -> Path:
    """A description that leads from file to file."""
    for number in range(MAX_FILES + 1):
        text = f"$ref: {number + 1}.yaml\n"
        (folder / f"{number}.yaml").write_text(text, encoding="utf-8")
    (folder / "spec.yaml").write_text(
        "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {/a: {$ref: 0.yaml}}\n",
        encoding="utf-8",
    )
    shutil.copy(FOLDER / "order.bpmn", folder)
    return written(folder / "a.suite.yaml", "process: order.bpmn\nspecs: {a: spec.yaml}\n")


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def folder_as_file(folder: Path) -> Path:
    path = folder / "a.bpmn"
    path.mkdir()
    return path


MADE: dict[str, Callable[[Path], Path]] = {
    "file-too-large": lambda to: written(to / "a.bpmn", " " * (MAX_FILE_BYTES + 1)),
    "model-too-large": lambda to: written(to / "a.bpmn", model("<task/>" * MAX_ELEMENTS)),
    "more-problems": lambda to: written(
        to / "a.suite.yaml", "process: a.bpmn\n" + "".join(f"k{n}: 1\n" for n in range(200))
    ),
    "too-deep": lambda to: written(to / "a.suite.yaml", "process: " + "[" * (MAX_DEPTH + 1)),
    "file-unreadable": folder_as_file,
    "search-cut": lambda to: written(
        to / "a.bpmn",
        model(
            steps_of(
                "p",
                '<task id="t"/>',
                *(
                    f'<sequenceFlow id="f{n}" sourceRef="s" targetRef="t"/>'
                    for n in range(MAX_TOKENS + 1)
                ),
            )
        ),
    ),
    "calls-cut": lambda to: written(to / "a.bpmn", model(*map(calls, range(10)))),
    "spec-too-many-files": spread,
}
"""What is about too much of something, or no file."""


def found(path: Path, capsys: pytest.CaptureFixture[str]) -> set[str]:
    """The codes of what is wrong with a file."""
    code = path.name.partition(".")[0]
    if ".environments." in path.name or code in AFTER:
        return environment_codes(path, code)
    if code.startswith("lock-") or code == "scenarios-drifted":
        return suite_codes(path, locked=True)
    orchestra(["validate", str(path), "--format", "json"])
    out, err = capsys.readouterr()
    told_beside = re.findall(r"\[([a-z-]+)\]", err)
    return {each["code"] for each in json.loads(out)["problems"]} | {*told_beside}


def suite_codes(path: Path, **given: object) -> set[str]:
    with pytest.raises(BindingError) as refused:
        bind_suite(
            read_suite(path),
            **{"protocols": load_protocols(), "environment": None, **given},  # type: ignore[arg-type]  # as given
        )
    return {each.code for each in refused.value.problems}  # type: ignore[attr-defined]  # Problems


def environment_codes(path: Path, code: str) -> set[str]:
    protocols = load_protocols()
    fields = {
        name: frozenset(each.connection_model.model_fields) | COMMON_FIELDS
        for name, each in protocols.items()
    }
    file = path if ".environments." in path.name else FOLDER / f"{code}.environments.yaml"
    try:
        (environment,) = read_environments(file, channels=fields).values()
        if environment.env_file is not None:
            name = file.parent / environment.env_file
            parse_env_file(name.read_text(encoding="utf-8"), file=str(name))
    except DefinitionError as error:
        return {each.code for each in error.problems}  # type: ignore[attr-defined]  # Problems
    return suite_codes(path, environment=environment)


@pytest.mark.parametrize(("code", "name"), [*told()])
def test_every_code_has_an_example(
    code: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It leads to a file that gives it, or a test makes one."""
    path = FOLDER / name if name else MADE[code](tmp_path)
    assert code in found(path, capsys)


def test_no_example_is_without_a_code() -> None:
    """Files beside the examples are named in them."""
    examples = {name for _, name in told() if name}
    beside = {each.name for each in FOLDER.iterdir() if each.is_file()} - examples
    text = "".join((FOLDER / name).read_bytes().decode("utf-8", "replace") for name in examples)
    lost = [
        name
        for name in beside
        if name not in text and not name.endswith((".environments.yaml", ".lock"))
    ]
    assert lost == []

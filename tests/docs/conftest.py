"""The pages, their blocks, and what they are compared with."""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from pytest_orchestra.data.environments import EnvironmentDefinition, read_environments
from pytest_orchestra.suite.channels import load_protocols

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))

import generate  # noqa: E402 - a script that is no package
from replay import Block, blocks  # noqa: E402 - the same

PAGES = [ROOT / "README.md", *generate.pages()]
NAMED = {"suite.yaml": "suite", "environments.yaml": "environments"}
"""What a block holds whose first line is the name of a file."""


def kind_of(block: Block) -> str:
    """What a block says that it holds."""
    named = re.match(r"# \S*?\.?(suite\.yaml|environments\.yaml)$", block.text.partition("\n")[0])
    return NAMED[named[1]] if named else next(iter(block.words), "")


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def rows(text: str, heading: str) -> Iterator[list[str]]:
    """The cells of the tables below a heading, up to the next one of its level or above."""
    level, text = heading.partition(" ")[0], f"\n{text}"
    begin = text.index(f"\n{heading}\n") + 1
    end = re.compile(rf"^#{{1,{len(level)}}} ", re.MULTILINE).search(text, begin + len(heading))
    for line in text[begin : end.start() if end else None].splitlines():
        if line.startswith("| ") and not line.startswith("| key |"):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """``page`` is each page; ``suite_block`` each block that holds a suite, and so on."""
    if "page" in metafunc.fixturenames:
        metafunc.parametrize("page", PAGES, ids=name_of)
    for fixture in metafunc.fixturenames:
        if fixture.endswith("_block"):
            kind = fixture.removesuffix("_block")
            found = [
                block
                for page in PAGES
                for block in blocks(page)
                if kind in (kind_of(block), block.language)
            ]
            ids = [f"{name_of(block.page)}:{block.line}" for block in found]
            metafunc.parametrize(fixture, found, ids=ids)


@pytest.fixture(scope="session")
def kind() -> Callable[[Block], str]:
    """Tells what a block says that it holds."""
    return kind_of


@pytest.fixture(scope="session")
def table() -> Callable[[str, str], Iterator[list[str]]]:
    """The rows of the tables of a reference page below a heading."""

    def read(page: str, heading: str) -> Iterator[list[str]]:
        return rows((ROOT / "docs" / "reference" / page).read_text(encoding="utf-8"), heading)

    return read


@pytest.fixture
def environments(tmp_path: Path) -> Callable[..., Mapping[str, EnvironmentDefinition]]:
    """Reads a text as an environment file."""

    def read(text: str, suffix: str = "yaml", more: tuple[str, ...] = ()) -> Mapping[str, object]:
        name = "pyproject.toml" if suffix == "toml" else "orchestra.environments.yaml"
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        channels = {
            name: frozenset(plugin.connection_model.model_fields)
            for name, plugin in load_protocols().items()
        }
        return read_environments(path, channels=channels | dict.fromkeys(more, frozenset({"path"})))

    return read

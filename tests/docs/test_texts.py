"""What sessions say without a code is in the table of problems."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from generate import DOCS

import pytest_orchestra

SOURCE = Path(pytest_orchestra.__file__).parent
PAGE = DOCS / "reference" / "problems.md"
REFUSALS = {"ConfigurationError", "UsageError"}
GAP = "…"


def text_of(node: ast.expr) -> str:
    """What stands in the source, with ``…`` for what is filled in."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(map(text_of, parts))
        case ast.BinOp(left=left, right=right):
            return text_of(left) + text_of(right)
    return GAP


def refusals() -> Iterator[tuple[str, str]]:
    """Where sessions refuse something, and with which text; not those that pass a text on."""
    for folder in ("engine", "plugin"):
        for path in sorted((SOURCE / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(node, ast.Call) or not node.args:
                    continue
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                text = text_of(node.args[0])
                if name in REFUSALS and re.search("[a-z]{3}", text):
                    yield f"{folder}/{path.name}:{node.lineno}", text


def told() -> list[re.Pattern[str]]:
    """The texts of the table."""
    section = PAGE.read_text("utf-8").split("## Options, environments, sessions")[1].split("## ")[0]
    rows = [line.split("|")[2] for line in section.splitlines() if line.startswith("| ")]
    texts = [text for row in rows for text in re.findall("`([^`]+)`", row)]
    assert len(texts) > len(rows) > 0
    return [re.compile(re.escape(text).replace(GAP, ".*"), re.DOTALL) for text in texts]


TOLD = told()


@pytest.mark.parametrize("text", [pytest.param(text, id=place) for place, text in refusals()])
def test_each_refusal_is_in_the_table(text: str) -> None:
    assert [pattern.pattern for pattern in TOLD if pattern.search(text)]


def test_each_text_of_the_table_is_said() -> None:
    """By its words in the source of the two floors."""
    said = "\n".join(
        text_of(node)
        for folder in ("engine", "plugin")
        for path in (SOURCE / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant | ast.JoinedStr)
    )
    for pattern in TOLD:
        words = [part for part in pattern.pattern.split(".*") if re.search("[a-z]{3}", part)]
        assert all(re.search(part, said) for part in words), pattern.pattern

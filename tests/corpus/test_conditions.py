"""Conditions of real models are read, or refused with their column; what is read can be written."""

from __future__ import annotations

import os
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.expressions import parse_condition
from pytest_orchestra.expressions.conditions.conditions import Language, language_of

CORPUS = Path(
    os.environ.get("ORCHESTRA_CORPUS") or Path(__file__).parents[2] / ".." / "shared" / "bpmn"
)
SHARES: dict[Language, float] = {"feel": 0.95, "juel": 0.9}
"""Of the conditions in a language that must be read; the others call methods of Java."""

pytestmark = pytest.mark.skipif(
    not (CORPUS / "corpus").is_dir(),
    reason="no corpus of BPMN files: set ORCHESTRA_CORPUS to the folder with manifest.jsonl",
)


@cache
def conditions() -> Counter[tuple[Language, str]]:
    """The conditions of all files, by language."""
    found: Counter[tuple[Language, str]] = Counter()
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    for path in (CORPUS / "corpus").rglob("*"):
        if path.is_file() and b"conditionExpression" in (content := path.read_bytes()):
            root = etree.fromstring(content, parser)
            for node in () if root is None else root.iter("{*}conditionExpression"):
                declared = node.get("language") or root.get("expressionLanguage")
                text = node.text or ""
                if text.strip() and (language := language_of(text, declared)):
                    found[language, text] += 1
    return found


def is_read(language: Language, text: str) -> bool:
    try:
        condition = parse_condition(text, language)
    except DefinitionError as error:
        assert "(column " in str(error)  # noqa: PT017 - each refusal tells its place
        return False
    again = f"${{{condition}}}" if language == "juel" else str(condition)
    assert parse_condition(again, language).tree == condition.tree
    return True


@pytest.mark.parametrize("language", ["feel", "juel", "plain"])
def test_conditions_are_read_or_refused(language: Language) -> None:
    total = Counter(
        {text: count for (each, text), count in conditions().items() if each == language}
    )
    read = sum(count for text, count in total.items() if is_read(language, text.strip()))
    assert read >= SHARES.get(language, 0.0) * total.total()
    assert total.total() > 0

"""Made data sets become the text of a file that the reader of data sets reads back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from hashlib import sha256
from types import MappingProxyType
from typing import Any, NamedTuple

import yaml

from pytest_orchestra.documents.scalars import NumberError, plain_value

ORIGIN = "IMPORTED"
"""Of sets that were made: from the model and the descriptions; a person's are MANUAL."""

_SUM = "# sum: "


class WrittenSet(NamedTuple):
    """A set as it is written.

    Attributes:
        note: a comment of one line.
        made_by: what made it, under a key that readers pass over.
    """

    name: str
    values: Mapping[str, object]
    tags: Sequence[str] = ()
    refused_by: str | None = None
    origin: str = ORIGIN
    note: str = ""
    made_by: Mapping[str, str] = MappingProxyType({})


def yaml_text(sets: Iterable[WrittenSet], head: Sequence[str]) -> str:
    """The sets as YAML, below a comment.

    Args:
        sets: in their order.
        head: lines that say how the sets were made.
    """
    entries = [f"{_comment(each.note)}{_dumped([_tree(each)])}" for each in sets]
    body = "\n".join(entries)
    lines = [*(f"# {line}" for line in head), f"{_SUM}{_sum(body)}"]
    return "\n".join(lines) + "\n\n" + body


def json_text(sets: Iterable[WrittenSet]) -> str:
    """The sets as JSON, which has no place for comments."""
    trees = [_tree(each) for each in sets]
    written = json.dumps(trees, indent=2, ensure_ascii=False, default=_marked)
    return _MARKED.sub(r"\1", written) + "\n"


def is_untouched(text: str) -> bool:
    """Whether a YAML file is as ``yaml_text`` wrote it: nobody edited its sets."""
    head, _, body = text.partition("\n\n")
    return f"{_SUM}{_sum(body)}" in head.splitlines()


def _tree(each: WrittenSet) -> dict[str, object]:
    tree: dict[str, object] = {"name": each.name, "origin": each.origin}
    if each.tags:
        tree["tags"] = list(each.tags)
    if each.refused_by is not None:
        tree["refused_by"] = each.refused_by
    if each.made_by:
        tree["x-made-by"] = dict(each.made_by)
    tree["values"] = each.values
    return tree


def _comment(note: str) -> str:
    return f"# {' '.join(note.split())}\n" if note else ""


def _sum(body: str) -> str:
    return sha256(body.encode()).hexdigest()[:16]


class _Dumper(yaml.SafeDumper):
    """Writes what data sets hold; no aliases, no sorting."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002 - as PyYAML has it
        return True


def _decimal(dumper: yaml.SafeDumper, value: Decimal) -> yaml.ScalarNode:
    text = format(value, "f")
    is_whole = "." not in text
    return dumper.represent_scalar(f"tag:yaml.org,2002:{'int' if is_whole else 'float'}", text)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    """A text that our reader would take for a number is quoted, as YAML 1.1 need not have it."""
    try:
        is_plain = plain_value(value) == value
    except NumberError:
        is_plain = False
    style = None if is_plain else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(Decimal, _decimal)
_Dumper.add_representer(str, _text)


def _dumped(tree: object) -> str:
    return yaml.dump(
        tree,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=100,
        default_flow_style=None,
    )


def _marked(value: object) -> str:
    """A fraction with every digit, marked so that it loses its quotes."""
    if isinstance(value, Decimal):
        return f"\0{value:f}\0"
    message = f"a {type(value).__name__} is no value of a data set"
    raise TypeError(message)


_MARKED = re.compile(r'"\\u0000([-0-9.]+)\\u0000"')

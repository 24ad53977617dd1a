"""Writes what the pages say of the code: tables of channels, expressions and options, outputs.

``python docs/generate.py`` brings every page up to date; tests/docs fails where one is not.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from replay import alike, replay

from pytest_orchestra.expressions import catalogue
from pytest_orchestra.plugin.option_table import add_options
from pytest_orchestra.results import StepKind
from pytest_orchestra.spi import CallField, FieldUse, ProtocolPlugin
from pytest_orchestra.suite.channels import load_protocols

DOCS = Path(__file__).parent

_REGION = re.compile(
    r"(?<=^<!-- generated: )(?P<name>[\w ]+)( -->\n)(?P<text>.*?)(?=^<!-- /generated -->$)",
    re.MULTILINE | re.DOTALL,
)


def pages() -> list[Path]:
    """Give every page of the documentation."""
    return sorted(DOCS.rglob("*.md"))


def current(page: Path) -> str:
    """Give the page's text with every generated region as it should be."""
    return _REGION.sub(
        lambda match: f"{match['name']}{match[2]}{_REGIONS[match['name']]()}",
        page.read_text(encoding="utf-8"),
    )


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    def line(cells: tuple[str, ...]) -> str:
        escaped = (cell.replace("|", "\\|") for cell in cells)
        return f"| {' | '.join(escaped)} |\n"

    rule = f"|{'---|' * len(head)}\n"
    return "".join([line(head), rule, *map(line, rows)])


_USES = {
    FieldUse.VALUE: "template",
    FieldUse.ADDRESS: "template, address",
    FieldUse.STATEMENT: "statement",
    FieldUse.LITERAL: "as written",
}


def _channel(name: str) -> str:
    plugin = load_protocols()[name]
    parts = [
        "Keys of `action` and `assertion`:\n\n",
        _table(("key", "of", "kind", "what"), [_call_field(field) for field in plugin.call_fields]),
        "\nNames in `rules` and `save`:\n\n",
        _table(("name", "what"), [(f"`{name}`", text) for name, text in plugin.roots.items()]),
        "\nFields of a connection:\n\n",
        *_connection(plugin),
    ]
    return "".join(parts)


def _call_field(field: CallField) -> tuple[str, str, str, str]:
    kinds = " and ".join(kind.value.lower() for kind in StepKind if kind in field.kinds)
    needed = ", needed" if field.required else ""
    return f"`{field.name}`", kinds, f"{_USES[field.use]}{needed}", field.summary


def _connection(plugin: ProtocolPlugin) -> Iterator[str]:
    schema = plugin.connection_model.model_json_schema()
    models = {"": schema, **schema.get("$defs", {})}
    for name, model in models.items():
        if name:
            yield f"\nA `{name}`:\n\n"
        required = model.get("required", ())
        yield _table(
            ("field", "type", "default", "what"),
            [
                (
                    f"`{field}`",
                    _type(part),
                    "needed" if field in required else _default(part),
                    part.get("description", ""),
                )
                for field, part in model["properties"].items()
            ],
        )


_TYPES = {"string": "text", "integer": "whole number", "boolean": "true or false"}
_FORMATS = {"password": "secret text", "path": "path"}


def _type(part: Mapping[str, Any]) -> str:
    if "enum" in part:
        return ", ".join(f"`{each}`" for each in part["enum"])
    if "anyOf" in part:
        kinds = (_type(each) for each in part["anyOf"] if each.get("type") != "null")
        return " or ".join(dict.fromkeys(kinds))
    if part.get("type") == "array":
        items = part.get("prefixItems", [part.get("items", {})])
        return f"list of {', '.join(dict.fromkeys(map(_type, items)))}"
    if part.get("type") == "object":
        return f"mapping of {_type(part['additionalProperties'])}"
    model = part.get("$ref", "").rpartition("/")[2]
    return f"`{model}`" if model else _FORMATS.get(part.get("format", ""), _TYPES[part["type"]])


def _default(part: Mapping[str, Any]) -> str:
    match part.get("default"):
        case None | "":
            return ""
        case bool() as value:
            return f"`{str(value).lower()}`"
        case dict():
            return ""
        case value:
            return f"`{value}`"


def _entries(entries: tuple[catalogue.Entry, ...], head: str) -> str:
    return _table((head, "what"), [(f"`{each.usage}`", each.summary) for each in entries])


class _Recorder:
    """Stands where pytest's parser does and keeps what it is told."""

    def __init__(self) -> None:
        self.flags: dict[str, tuple[str, str]] = {}
        self.ini: dict[str, tuple[str, str, object]] = {}

    def getgroup(self, *_: object) -> _Recorder:
        return self

    def addoption(self, flag: str, *, help: str, metavar: str = "", **_: object) -> None:  # noqa: A002 - pytest's name
        self.flags[flag] = (metavar, help)

    def addini(self, name: str, help: str, type: str = "string", default: object = "") -> None:  # noqa: A002 - pytest's names
        self.ini[name] = (type, help, default)


def _options() -> str:
    recorder = _Recorder()
    add_options(recorder)  # type: ignore[arg-type]  # a double of pytest's parser
    twins = list(recorder.ini.items())[: len(recorder.flags)]
    rows = [
        (f"`{flag}{'=' * bool(metavar)}{metavar}`", f"`{name}`", text)
        for (flag, (metavar, text)), (name, _) in zip(recorder.flags.items(), twins, strict=True)
    ]
    return _table(("option", "ini key", "what"), rows)


def _ini() -> str:
    recorder = _Recorder()
    add_options(recorder)  # type: ignore[arg-type]  # a double of pytest's parser
    rest = list(recorder.ini.items())[len(recorder.flags) :]
    rows = [
        (f"`{name}`", f"`{default}`" if default else "", text) for name, (_, text, default) in rest
    ]
    return _table(("ini key", "default", "what"), rows)


_REGIONS = {
    **{f"channel {name}": partial(_channel, name) for name in ("http", "kafka", "db", "queue")},
    "filters": lambda: _entries(catalogue.FILTERS, "filter"),
    "tests": lambda: _entries(catalogue.TESTS, "test"),
    "functions": lambda: _entries(catalogue.FUNCTIONS, "function"),
    "options": _options,
    "ini": _ini,
}


def main() -> None:
    """Write every page anew where it is not current."""
    for page in pages():
        old = page.read_text(encoding="utf-8")
        page.write_text(current(page), encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            changed = [
                (block, text)
                for block, text in replay(page, Path(folder).resolve())
                if not alike(block.text, text)
            ]
        text = page.read_text(encoding="utf-8")
        for block, true in reversed(changed):
            text = text[: block.begin] + true + text[block.end :]
        page.write_text(text, encoding="utf-8")
        if text != old:
            print(f"{page.relative_to(DOCS)} is new")


if __name__ == "__main__":
    main()

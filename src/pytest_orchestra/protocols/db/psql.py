"""The psql line that does by hand what a call does; it may show secrets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_orchestra.protocols.db.connection import DbConnection
from pytest_orchestra.protocols.payloads import as_text
from pytest_orchestra.protocols.shell import joined, quoted
from pytest_orchestra.spi import Statement

if TYPE_CHECKING:
    from asyncpg import Type

_SPECIAL = re.compile(r'["$`\\!\x00-\x1f\x7f]')
_SPACE = re.compile(r"[\s\\]")
_TOKENS = re.compile(
    r"""
      [eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' | "(?:[^"]|"")*"  # text and names
    | --[^\n]* | /\*.*?\*/                                        # comments
    | \$(?P<tag>(?:[A-Za-z_]\w*)?)\$.*?\$(?P=tag)\$               # text in dollars
    | \$(?P<number>\d+)
    """,
    re.VERBOSE | re.DOTALL,
)


def line(connection: DbConnection, statement: Statement, types: Sequence[Type]) -> str:
    """Give the line; ``types`` are the parameters' where the server named them before."""
    text = _quoted(with_values(statement, types))
    command = f"{joined(['psql', connection.full_url(), '-c'])} {text}"
    path = connection.search_path
    if path is None:
        return command
    escaped = _SPACE.sub(r"\\\g<0>", path.replace('", ', '",'))
    return f"PGOPTIONS={quoted(f'-c search_path={escaped}')} {command}"


def _quoted(text: str) -> str:
    """Quoted for a shell: SQL's own quotes are read best within double ones."""
    return quoted(text) if "'" not in text or _SPECIAL.search(text) else f'"{text}"'


def with_values(statement: Statement, types: Sequence[Type]) -> str:
    """Give the statement with a literal in place of each parameter."""

    def replace(token: re.Match[str]) -> str:
        number = int(token["number"] or 0)
        if not 0 < number <= len(statement.values):
            return token[0]
        type_ = types[number - 1] if number <= len(types) else None
        return _literal(statement.values[number - 1], type_)

    return _TOKENS.sub(replace, statement.text)


def _literal(value: object, type_: Type | None) -> str:
    if value is None:
        return "NULL"
    is_array = type_ is not None and type_.kind == "array" and isinstance(value, list | tuple)
    text = _array(value) if is_array else as_text(value)
    return "'" + text.replace("'", "''") + "'" + (f"::{_name(type_)}" if type_ else "")


def _array(value: object) -> str:
    """Give an array as the server reads it: ``{1,"a b",NULL}``."""
    if isinstance(value, list | tuple):
        return "{" + ",".join(map(_array, value)) + "}"
    if value is None:
        return "NULL"
    return '"' + as_text(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _name(type_: Type) -> str:
    return type_.name if type_.schema == "pg_catalog" else f'"{type_.schema}".{type_.name}'

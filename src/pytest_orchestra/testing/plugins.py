"""What a protocol plugin says of itself, and what its connections let be read.

In comes a plugin, out comes nothing or an AssertionError; nothing is connected to.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping, Sequence

from pydantic import BaseModel, ValidationError

from pytest_orchestra.expressions.catalogue import FUNCTIONS
from pytest_orchestra.results import StepKind, ViolationType
from pytest_orchestra.spi import CallField, FieldUse, ProtocolPlugin
from pytest_orchestra.suite.names import LATER_ROOTS, RUN_ROOTS

OWN_KEYS = frozenset({"channel", "via", "as", "mode", "stream"})
"""Keys of a step's call that the engine owns; no plugin may declare them."""

_TAKEN = frozenset({*RUN_ROOTS, *LATER_ROOTS, *(function.name for function in FUNCTIONS)})

_ATTRIBUTES = (
    *("id", "channel", "call_fields", "roots", "connection_model", "embedded", "lost", "unmet"),
    *("spec_parser", "endpoint_matcher", "step_executor", "contract_validator"),
)


def check_protocol_plugin(plugin: ProtocolPlugin) -> None:
    """Check what a plugin says of itself: attributes, call fields, roots, connection model.

    Raises:
        AssertionError: with one line for each breach.
    """
    missing = [name for name in _ATTRIBUTES if not hasattr(plugin, name)]
    if missing:
        settle([f"the plugin has no {name}" for name in missing])
    settle(
        [
            *_identity(plugin),
            *_call_fields(plugin.call_fields),
            *_roots(plugin.roots),
            *_forbids_extras(plugin.connection_model),
        ]
    )


def check_connection(
    plugin: ProtocolPlugin, fields: Mapping[str, object], *, secrets: Sequence[str] = ()
) -> BaseModel:
    """Decode ``fields`` as a connection and check that none of ``secrets`` can be read off it.

    Args:
        plugin: whose connection it is.
        fields: a connection as a person writes it.
        secrets: texts that stand somewhere in ``fields`` and must never print.

    Returns:
        The connection, for the other checks.

    Raises:
        AssertionError: with one line for each breach.
    """
    connection = plugin.connection_model.model_validate(dict(fields))
    prints = {
        "repr": repr(connection),
        "str": str(connection),
        "JSON": connection.model_dump_json(),
        "error of an unknown key": _refusal(
            plugin.connection_model, {**fields, "no such key": "".join(secrets)}
        ),
    }
    settle(
        [
            f"a secret can be read in the {kind} of the connection"
            for kind, text in prints.items()
            if any(secret in text for secret in secrets)
        ]
    )
    return connection


def settle(breaches: Sequence[str]) -> None:
    """Raise AssertionError with a line for each breach; nothing if there is none."""
    if breaches:
        raise AssertionError("\n".join(breaches))


def _identity(plugin: ProtocolPlugin) -> Iterator[str]:
    if not plugin.id.isidentifier() or plugin.id != plugin.id.lower():
        yield f"id is {plugin.id!r}, not a lower-case word"
    if not plugin.channel or plugin.channel != plugin.channel.upper():
        yield f"channel is {plugin.channel!r}, not in upper case"
    for name in ("lost", "unmet"):
        if not isinstance(getattr(plugin, name), ViolationType):
            yield f"{name} is no ViolationType"
    if plugin.endpoint_matcher is None and plugin.spec_parser is not None:
        yield "there is a spec_parser but no endpoint_matcher to use its specs"
    if not plugin.call_fields:
        yield "call_fields is empty: no step could be written"


def _call_fields(fields: Sequence[CallField]) -> Iterator[str]:
    names = [field.name for field in fields]
    yield from (f"call field {name!r} stands twice" for name in set(names) if names.count(name) > 1)
    for field in fields:
        if field.name in OWN_KEYS:
            yield f"call field {field.name!r} is a key of the engine"
        if not field.name.isidentifier():
            yield f"call field {field.name!r} is not a word"
        if not field.summary:
            yield f"call field {field.name!r} has no summary for the reference"
        if not field.kinds or not field.kinds <= frozenset(StepKind):
            yield f"call field {field.name!r} belongs to no kind of step"
        if field.parts and field.use is FieldUse.STATEMENT:
            yield f"call field {field.name!r} is a STATEMENT and has parts"


def _roots(roots: Mapping[str, str]) -> Iterator[str]:
    for name, summary in roots.items():
        if not name.isidentifier():
            yield f"root {name!r} cannot be written in a rule"
        if name in _TAKEN:
            yield f"root {name!r} has a meaning of its own in every rule"
        if not summary or "\n" in summary:
            yield f"root {name!r} needs one line of explanation"


def _forbids_extras(model: type[BaseModel]) -> Iterator[str]:
    for nested in _models(model, set()):
        if nested.model_config.get("extra") != "forbid":
            yield f"{nested.__name__} takes unknown keys in silence"


def _models(annotation: object, seen: set[object]) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation in seen:
            return
        seen.add(annotation)
        yield annotation
        for info in annotation.model_fields.values():
            yield from _models(info.annotation, seen)
    for argument in typing.get_args(annotation):
        yield from _models(argument, seen)


def _refusal(model: type[BaseModel], fields: Mapping[str, object]) -> str:
    try:
        model.model_validate(dict(fields))
    except ValidationError as error:
        return str(error)
    return ""

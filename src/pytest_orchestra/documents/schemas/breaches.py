"""What a validator found becomes sentences for people: where, what is there, what should be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, cast

from pytest_orchestra.documents.problems import shortened
from pytest_orchestra.documents.schemas.bundles import PATTERN
from pytest_orchestra.spi import Breach

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

MAX_BREACHES = 20
"""What a check tells of one call; of more only the number."""
MAX_SHOWN = 60
"""Characters of a value that a message repeats."""

_KINDS = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "a boolean",
    "object": "an object",
    "array": "an array",
}
_FORMATS = {"email": "an email", "idn-email": "an email", "byte": "base64", "iri": "an iri"}
_LIMITS = {
    "minimum": "is less than {}",
    "maximum": "is more than {}",
    "exclusiveMinimum": "is not more than {}",
    "exclusiveMaximum": "is not less than {}",
    "multipleOf": "is not a multiple of {}",
    "minLength": "is shorter than {} characters",
    "maxLength": "is longer than {} characters",
    "minItems": "has fewer than {} items",
    "maxItems": "has more than {} items",
    "minProperties": "has fewer than {} properties",
    "maxProperties": "has more than {} properties",
    "const": "is not {}",
    "uniqueItems": "has an item twice",
}
_SIGNS = frozenset({"const", "enum"})
_NAME = re.compile(r"[^\W\d][\w-]*")


class Finding(NamedTuple):
    """Where a value breaks its schema, how in a sentence without full stop, and which keyword."""

    steps: tuple[str | int, ...]
    message: str
    rule: str = ""

    def breach(self, root: str) -> Breach:
        """Tell of it; ``root`` is what the value is called, ``body``."""
        return Breach(message=self.message, path=path_of(root, self.steps), rule=self.rule)


def told(breaches: Iterable[Breach]) -> list[Breach]:
    """Give the first ``MAX_BREACHES`` and how many more there are."""
    all_of_them = list(breaches)
    more = len(all_of_them) - MAX_BREACHES
    told_of = all_of_them[:MAX_BREACHES]
    return [*told_of, Breach(message=f"and {more} more")] if more > 0 else told_of


def findings_of(errors: Iterable[ValidationError]) -> Iterator[Finding]:
    """Say what errors of one value mean; what several say alike comes as often."""
    for error in errors:
        steps = tuple(error.absolute_path)
        match cast("str | None", error.validator):
            case "required":
                missing = [
                    str(name) for name in _list(error.validator_value) if name not in _keys(error)
                ]
                yield from (Finding((*steps, name), "is missing", "required") for name in missing)
            case "additionalProperties" | "unevaluatedProperties" as rule:
                extra = _extra(error)
                yield from (Finding((*steps, name), "is not allowed", rule) for name in extra)
            case "anyOf" | "oneOf":
                yield from _alternatives(error, steps)
            case None:
                yield Finding(steps, "is not allowed")
            case _:
                yield Finding(steps, _sentence(error), _rule(error))


def path_of(root: str, steps: Iterable[str | int]) -> str:
    """Write a way into a value as ``body.items[0].id``."""
    text = root
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if _NAME.fullmatch(step) else f"['{step}']"
    return text


def show(value: object) -> str:
    """Write a value as a message speaks of it, on one line."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() | float() | Decimal():
            return str(value)
        case str():
            return f"'{shortened(value, MAX_SHOWN)}'"
        case _:
            return "an array" if isinstance(value, (list, tuple)) else "an object"


def kinds(names: object) -> str:
    """Write the value of ``type`` as ``a string or null``."""
    return " or ".join(_KINDS.get(str(name), str(name)) for name in _list(names))


def _sentence(error: ValidationError) -> str:
    seen, wanted = show(error.instance), error.validator_value
    keyword = str(error.validator)
    match keyword:
        case "type":
            return f"{seen} is not {kinds(wanted)}"
        case "enum":
            return f"{seen} is none of {shortened(', '.join(map(show, _list(wanted))), 200)}"
        case "format" if str(wanted).startswith(PATTERN):
            return f"{seen} does not match {str(wanted).removeprefix(PATTERN)}"
        case "format":
            return f"{seen} is not {_FORMATS.get(str(wanted), f'a {wanted}')}"
    if keyword in _LIMITS:
        return f"{seen} {_LIMITS[keyword].format(show(wanted))}"
    return f"{seen} breaks '{keyword}'"


def _alternatives(error: ValidationError, steps: tuple[str | int, ...]) -> Iterator[Finding]:
    """Tell of the alternative that the value comes nearest to, if it comes near any."""
    branches: dict[object, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.relative_schema_path[0], []).append(inner)
    seen = show(error.instance)
    if not branches:
        yield Finding(steps, f"{seen} fits more than one alternative, not just one")
        return
    near = [errors for errors in branches.values() if not _is_of_another_kind(errors)]
    if not near:
        wanted = {
            each.validator_value if isinstance(each.validator_value, str) else ""
            for errors in branches.values()
            for each in errors
        }
        names = kinds(sorted(wanted)) if "" not in wanted else "any of the alternatives"
        yield Finding(steps, f"{seen} is not {names}")
        return
    if len(near) > 1:
        yield Finding(steps, f"{seen} fits none of {len(branches)} alternatives; the nearest:")
    yield from findings_of(min(near, key=_distance))


def _is_of_another_kind(errors: Sequence[ValidationError]) -> bool:
    return any(error.validator == "type" and not error.relative_path for error in errors)


def _distance(errors: Iterable[ValidationError]) -> tuple[int, int]:
    """Order alternatives: a wrong ``const`` or ``enum`` tells that another one was meant."""
    signs = [error.validator in _SIGNS for error in errors]
    return sum(signs), len(signs)


def _extra(error: ValidationError) -> Iterator[str]:
    """Give the names that no ``properties`` or ``patternProperties`` of the schema allow."""
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    known = schema.get("properties", {})
    patterns = schema.get("patternProperties", {})
    for name in _keys(error):
        if name not in known and not any(re.search(each, name) for each in patterns):
            yield name


def _keys(error: ValidationError) -> Sequence[str]:
    return [str(name) for name in error.instance] if isinstance(error.instance, Mapping) else []


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else [value]


def _rule(error: ValidationError) -> str:
    is_pattern = str(error.validator_value).startswith(PATTERN)
    return "pattern" if is_pattern and error.validator == "format" else str(error.validator)

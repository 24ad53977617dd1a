"""pydantic's findings in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from pytest_orchestra.documents.problems import described, suggestion

_KINDS = {
    "a mapping": ("dict_type", "mapping_type", "model_type", "model_attributes_type"),
    "a list": ("list_type", "tuple_type", "set_type", "frozen_set_type", "iterable_type"),
    "text": ("string_type", "string_sub_type"),
    "a whole number": ("int_type", "int_parsing", "int_from_float", "int_parsing_size"),
    "a number": (
        *("float_type", "float_parsing", "decimal_type", "decimal_parsing"),
        *("finite_number", "decimal_max_digits"),
    ),
    "true or false": ("bool_type", "bool_parsing"),
    "nothing": ("none_required",),
}
_KIND_OF = {code: kind for kind, codes in _KINDS.items() for code in codes}
_BOUNDS = {
    "greater_than": "a number above {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "a number below {lt}",
    "less_than_equal": "at most {le}",
    "multiple_of": "a multiple of {multiple_of}",
    "string_too_short": "at least {min_length} characters",
    "string_too_long": "at most {max_length} characters",
    "string_pattern_mismatch": "text that matches {pattern}",
    "too_short": "at least {min_length} of them",
    "too_long": "at most {max_length} of them",
}


def expected(code: str, context: Mapping[str, object]) -> str | None:
    """What pydantic's error ``code`` says was expected; None if it is about something else."""
    if code in ("literal_error", "enum", "union_tag_invalid"):
        names = alternatives(context)
        return names[0] if len(names) == 1 else f"one of {', '.join(names)}"
    if code in _BOUNDS:
        return _BOUNDS[code].format_map(context)
    return _KIND_OF.get(code)


def alternatives(context: Mapping[str, object]) -> list[str]:
    """The words that could have been written."""
    listed = context.get("expected") or context.get("expected_tags") or ""
    return re.findall(r"'([^']*)'", str(listed)) or [str(listed)]


def is_kind(code: str) -> bool:
    """Whether the error is about the kind of value, so that a union's members repeat it."""
    return code in _KIND_OF or code in ("literal_error", "enum")


def is_bound(code: str) -> bool:
    """Whether the error is about a value of the right kind that is out of bounds."""
    return code in _BOUNDS


def mismatch(expectations: Iterable[str], found: object, *, secret: bool) -> str:
    """``expected text or a list, found number 5``."""
    kinds = list(dict.fromkeys(expectations))
    listed = f"{', '.join(kinds[:-1])} or {kinds[-1]}" if len(kinds) > 1 else kinds[0]
    return f"expected {listed}, found {described(found, secret=secret)}"


def advice(codes: Iterable[str], contexts: Iterable[Mapping[str, object]], found: object) -> str:
    """What to do about a value of the wrong kind; may be empty."""
    given = set(codes)
    if "string_type" in given and isinstance(found, bool | int | Decimal):
        return "Put it in quotes."
    if given & {"bool_type", "bool_parsing"} and isinstance(found, str):
        return "Write true or false, without quotes."
    if isinstance(found, str):
        names = [name for context in contexts if context for name in alternatives(context)]
        hint = suggestion(found, [name for name in names if name])
        return hint if hint.startswith("Did") else ""
    return ""

"""What the models of files have in common: strictness, the user's own keys, durations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Strict,
    WithJsonSchema,
    model_validator,
)

from pytest_orchestra.documents.problems import described, shortened

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION_PATTERN = r"^([0-9]{1,9}(\.[0-9]{1,9})?(ms|s|m|h))+$"
_DURATION_PART = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|s|m|h)")
_MAX_DURATION_TEXT = 60


class Refusal(ValueError):  # noqa: N818 - what a validator says, not an error of the package
    """What a validator of a model finds wrong, with what to do about it.

    Args:
        message: what is wrong, one line, no full stop.
        hint: what to do, an imperative sentence.
        code: stable and documented.
        at: the part it is about, from where the validator stands.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        code: str = "bad-value",
        at: tuple[str | int, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code
        self.at = at


class DocumentModel(BaseModel):
    """A mapping of a file. Keys ``x-…`` are the user's own and dropped, others must be fields.

    Attributes:
        later: keys that are documented but not there yet, each with what to do meanwhile (may
            be empty); they are refused by name.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        json_schema_extra={"patternProperties": {"^x-": {}}},
    )
    later: ClassVar[Mapping[str, str]] = MappingProxyType({})

    @model_validator(mode="before")
    @classmethod
    def _drop_own_keys(cls, data: Any) -> Any:  # noqa: ANN401 - whatever the file says
        return without_own_keys(data)


def without_own_keys(data: object) -> object:
    """A mapping less its ``x-…`` keys; anything else as it is."""
    if isinstance(data, dict) and any(str(key).startswith("x-") for key in data):
        return {key: value for key, value in data.items() if not str(key).startswith("x-")}
    return data


def parse_duration(value: object) -> float:
    """Seconds of a duration such as ``10s``, ``100ms``, ``2m``, ``1h30m``.

    Raises:
        Refusal: it is none.
    """
    if isinstance(value, float):
        return value
    text = value if isinstance(value, str) else ""
    if len(text) > _MAX_DURATION_TEXT or not re.match(_DURATION_PATTERN, text):
        message = f"expected a duration, found {described(value)}"
        raise Refusal(message, hint="Write a number and its unit: 100ms, 10s, 2m, 1h.")
    parts = _DURATION_PART.findall(text)
    return float(sum(float(number) * _UNITS[unit] for number, unit in parts))


Flag = Annotated[bool, Strict()]
"""``true`` or ``false``; no word or number that looks like one."""

Whole = Annotated[int, Strict()]
"""A whole number; no text that looks like one."""

Duration = Annotated[
    float,
    BeforeValidator(parse_duration),
    WithJsonSchema({"type": "string", "pattern": _DURATION_PATTERN, "examples": ["10s"]}),
]
"""Seconds, written with a unit; a ``float`` is taken as seconds, for defaults in code."""

_STATUS = re.compile(r"[1-5]([0-9]{2}|xx)|(?![0-9]*$|[0-9]xx$).*", re.IGNORECASE | re.DOTALL)
"""A number of three digits, a class of them (``2xx``), or a name."""


def _refuse_no_status(status: object) -> object:
    for each in status if isinstance(status, list) else [status]:
        if isinstance(each, int | str) and not _STATUS.fullmatch(str(each).strip().lstrip("-")):
            hint = "Write 201, 2xx, or a name such as NOT_FOUND."
            raise Refusal(f"there is no status {shortened(str(each))}", hint=hint)
    return status


Statuses = Annotated[Whole | str | list[Whole | str] | None, BeforeValidator(_refuse_no_status)]
"""Statuses as a person writes them: ``201``, ``2xx``, ``NOT_FOUND``; one or several."""

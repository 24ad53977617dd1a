"""The suite file as people write it: one model for each of its mappings, checked for form only.

Keys and values that are planned but not there yet are known, so that they are refused by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema

from pytest_orchestra.documents.models import (
    DocumentModel,
    Duration,
    Flag,
    Refusal,
    Statuses,
    Whole,
    parse_duration,
)
from pytest_orchestra.documents.problems import shortened, suggestion
from pytest_orchestra.flow.turns import MAX_TURNS
from pytest_orchestra.results import ViolationType

Texts = str | list[str]
"""One text, or several."""

Span = Annotated[Duration, Field(gt=0)]
"""A duration above zero, in seconds."""


class Pauses(NamedTuple):
    """Seconds between two looks: the first, and the longest."""

    first: float
    most: float


def _pauses(value: object) -> Pauses:
    """``100ms``, or ``100ms..2s`` where they grow."""
    if isinstance(value, Pauses):
        return value
    first, dots, most = value.partition("..") if isinstance(value, str) else (value, "", "")
    least = parse_duration(first.strip() if isinstance(first, str) else first)
    pauses = Pauses(least, parse_duration(most.strip()) if dots else least)
    if not 0 < pauses.first <= pauses.most:
        raise Refusal(
            f"'{value}' is no pause", hint="Write one above zero, or a shorter and a longer one."
        )
    return pauses


Pace = Annotated[Pauses, BeforeValidator(_pauses), WithJsonSchema({"type": "string"})]
"""How often something is looked at."""

Turns = Annotated[int, Field(strict=True, ge=0, le=MAX_TURNS)]
"""How often a loop may turn back."""

MOST_RETRIES = 100

_LEAVE_OUT = "Leave it out for now."


def _not_yet(what: str, hint: str = _LEAVE_OUT) -> Refusal:
    return Refusal(f"{what} is not there yet", hint=hint, code="not-yet")


def _refuse_stub(channel: object) -> object:
    if channel == "stub":
        raise _not_yet("the channel 'stub'", "Leave out the step for now.")
    return channel


def _refuse_stream(stream: object) -> object:
    raise _not_yet(f"'stream: {stream}'", "Leave out the step for now.")


def _refuse_open(mode: object) -> object:
    if mode == "open":
        raise _not_yet("the mode 'open'", "Use sync or fire_and_forget.")
    return mode


def _refuse_nameless(files: object) -> object:
    texts = files if isinstance(files, list) else [files]
    if not texts or any(isinstance(text, str) and text[:1] in ("", "#") for text in texts):
        raise Refusal("no process file is named", hint="Write 'order.bpmn' or 'order.bpmn#ID'.")
    return files


def _violation_types(names: object) -> object:
    """Names of violation types, in any case, as a list."""
    texts = names if isinstance(names, list) else [names]
    if not texts:
        raise Refusal("no violation is named", hint="Leave 'only' out for all of them.")
    for number, text in enumerate(texts):
        if not isinstance(text, str) or text.upper() not in ViolationType.__members__:
            at = (number,) if isinstance(names, list) else ()
            known = suggestion(str(text).upper(), list(ViolationType.__members__), "There are")
            raise Refusal(f"'{shortened(str(text))}' is no type of violation", hint=known, at=at)
    return [str(text).upper() for text in texts]


class PatternPart(DocumentModel):
    """What one observation must be: an item of ``messages``."""

    value: object = None
    exact: Flag = False
    headers: dict[str, object] | None = None
    rules: Texts | None = None


class ExpectPart(PatternPart):
    """``expect``: what makes a step pass."""

    status: Statuses = None
    count: Whole | str | None = None
    messages: list[PatternPart] | None = None
    ordered: Flag = False
    absent: Flag = False
    fail_when: Texts | None = None
    stable_for: Duration | None = None
    within: Span | None = None
    every: Pace | None = None
    contract: Literal["error", "warn", "off"] | None = None


class CallPart(DocumentModel):
    """``action`` or ``assertion``; the channel's own keys are among the extra ones."""

    model_config = ConfigDict(extra="allow")

    channel: Annotated[str, BeforeValidator(_refuse_stub)]
    via: str | None = None
    credential: str | None = Field(default=None, alias="as")
    mode: Annotated[Literal["sync", "fire_and_forget"] | None, BeforeValidator(_refuse_open)] = None
    stream: Annotated[None, BeforeValidator(_refuse_stream)] = None


class RetryPart(DocumentModel):
    """``retry``: how often a step that fails is tried again, and after which violations."""

    times: Annotated[int, Field(strict=True, ge=1, le=MOST_RETRIES)]
    only: Annotated[list[str], BeforeValidator(_violation_types)] | None = None
    backoff: Duration | None = None


class FinallyPart(DocumentModel):
    """One step of ``finally``: it has one call, and no place."""

    later: ClassVar[Mapping[str, str]] = dict.fromkeys(("use", "with"), _LEAVE_OUT)

    name: str | None = None
    alias: str | None = None
    when: Texts | None = None
    exclusive: Annotated[str, Field(min_length=1)] | None = None
    action: CallPart | None = None
    assertion: CallPart | None = None
    expect: ExpectPart | None = None
    save: dict[str, str] | None = None
    retry: RetryPart | None = None


class StepPart(FinallyPart):
    """One step: it stands at a place and has one call."""

    at: Texts | None = None
    leaving: Texts | None = None
    always: Flag = False


class ChannelDefaultsPart(DocumentModel):
    """Defaults of one channel's steps; the channel's own keys are among the extra ones."""

    model_config = ConfigDict(extra="allow")

    via: str | None = None
    credential: str | None = Field(default=None, alias="as")
    within: Span | None = None
    every: Pace | None = None
    stable_for: Duration | None = None
    contract: Literal["error", "warn", "off"] | None = None


class DefaultsPart(DocumentModel):
    """``defaults``: of every step, and by channel in the extra keys."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, ChannelDefaultsPart]

    within: Span | None = None
    every: Pace | None = None
    stable_for: Duration | None = None
    contract: Literal["error", "warn", "off"] | None = None


class MarkPart(DocumentModel):
    """What ``scenarios.mark`` says of the scenarios whose keys match its pattern."""

    tags: Texts | None = None
    xfail: str | None = None
    name: str | None = None
    data: str | None = None
    values: dict[str, object] | None = None
    active: Flag = True
    isolation: Literal["serial"] | None = None
    parallel: Flag = False


class ScenariosPart(DocumentModel):
    """``scenarios``: which ways are chosen, and what is said of single ones."""

    criterion: Literal["flows", "branches", "pairs", "paths"] | None = None
    max_loop_iterations: Turns | dict[str, Turns] | None = None
    max_scenarios: Annotated[int, Field(strict=True, ge=1)] | None = None
    main: Texts = Field(default_factory=list)
    without: dict[str, str] = Field(default_factory=dict)
    add: dict[str, Texts] = Field(default_factory=dict)
    mark: dict[str, MarkPart] = Field(default_factory=dict)
    names_are_conditions: Flag = False


class DataPart(DocumentModel):
    """``data``: where the suite's data sets are."""

    files: Texts = Field(default_factory=list)
    pick: Literal["first", "all"] = "first"
    each: dict[str, str] = Field(default_factory=dict)


class SuitePart(DocumentModel):
    """A suite file."""

    later: ClassVar[Mapping[str, str]] = dict.fromkeys(("library",), _LEAVE_OUT)

    process: Annotated[Texts, BeforeValidator(_refuse_nameless)]
    name: str | None = None
    environment: str | None = None
    tags: Texts = Field(default_factory=list)
    specs: dict[str, str] = Field(default_factory=dict)
    scenarios: ScenariosPart = Field(default_factory=ScenariosPart)
    conditions: dict[str, str] = Field(default_factory=dict)
    data: DataPart = Field(default_factory=DataPart)
    defaults: DefaultsPart = Field(default_factory=DefaultsPart)
    python: Texts = Field(default_factory=list)
    steps: list[StepPart] = Field(default_factory=list)
    cleanup: list[FinallyPart] = Field(default_factory=list, alias="finally")
    strict: Flag = False
    concurrency: Annotated[int, Field(strict=True, ge=1)] | None = None

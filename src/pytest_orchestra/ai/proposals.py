"""Data sets that a model proposes, and why others of its proposals are not taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pytest_orchestra.ai.client import AiClient, Answer
from pytest_orchestra.ai.prompts import MAX_PROMPT, Wish, messages_for
from pytest_orchestra.documents.problems import shortened
from pytest_orchestra.errors import ConnectorError

ORIGIN = "AI_GENERATED"
MAX_AT_ONCE = 20
"""Scenarios that a model is asked for in one call."""
MAX_NAME = 60

Values = Mapping[str, object]
Check = Callable[[str, Values], str]
"""Why values do not take a scenario's way, or are against a schema; empty if they are right."""

_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A set that was proposed and checked.

    Attributes:
        model: that proposed it.
        prompt_hash: of what the model was told.
    """

    scenario: str
    name: str
    values: Values
    model: str
    prompt_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What came of asking.

    Attributes:
        refused: scenarios for which no set was taken, with the reason.
    """

    sets: tuple[Proposal, ...]
    refused: tuple[tuple[str, str], ...]


class _SetPart(BaseModel):
    model_config = ConfigDict(strict=True)

    scenario: str = Field(min_length=1)
    name: str = ""
    values: dict[str, object]


class _SetsPart(BaseModel):
    sets: list[_SetPart] = Field(max_length=10 * MAX_AT_ONCE)


def propose_sets(wishes: Sequence[Wish], client: AiClient, check: Check) -> Proposed:
    """Ask a model for a data set for each scenario; only what passes the check is taken.

    Args:
        wishes: one for each scenario.
        client: of the model.
        check: schema and conditions of a scenario's way.

    Raises:
        ConnectorError: the model cannot be asked, or does not answer as it should.
    """
    sets: list[Proposal] = []
    refused: list[tuple[str, str]] = []
    for batch in _batches(wishes):
        answer = client.ask(messages_for(batch))
        found = _by_scenario(answer)
        for wish in batch:
            part = found.get(wish.scenario)
            why = (
                "the model proposed nothing" if part is None else check(wish.scenario, part.values)
            )
            if part is None or why:
                refused.append((wish.scenario, why))
                continue
            sets.append(
                Proposal(
                    scenario=wish.scenario,
                    name=_name(part.name, wish.scenario),
                    values=part.values,
                    model=client.model,
                    prompt_hash=answer.prompt_hash,
                )
            )
    return Proposed(sets=tuple(sets), refused=tuple(refused))


def _batches(wishes: Sequence[Wish]) -> Iterator[list[Wish]]:
    """The wishes, so many at once as one prompt may hold."""
    batch: list[Wish] = []
    for wish in wishes:
        if batch and (len(batch) == MAX_AT_ONCE or _size([*batch, wish]) > MAX_PROMPT):
            yield batch
            batch = []
        batch.append(wish)
    if batch:
        yield batch


def _size(wishes: Sequence[Wish]) -> int:
    return sum(len(message.content) for message in messages_for(wishes))


def _by_scenario(answer: Answer) -> Mapping[str, _SetPart]:
    """The first set for each scenario."""
    try:
        part = _SetsPart.model_validate(answer.value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise ConnectorError(
            f"the model's reply is not what was asked for: {place}: {shortened(first['msg'], 80)}",
            code="ai.reply",
            hint="Try again, or ask another model.",
        ) from error
    found: dict[str, _SetPart] = {}
    for each in part.sets:
        found.setdefault(each.scenario, each)
    return found


def _name(name: str, scenario: str) -> str:
    """The name as words with hyphens; without any the scenario's."""
    words = "-".join(_WORDS.findall(name.lower()))[:MAX_NAME].strip("-")
    return words or f"{scenario}-proposed"

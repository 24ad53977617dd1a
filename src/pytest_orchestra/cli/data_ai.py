"""Data sets that a model of language proposes, for ``orchestra data generate --ai``.

It is told names, types, limits and conditions; values of data sets and of the environment are not.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from pytest_orchestra.ai.client import AiClient
from pytest_orchestra.ai.prompts import Wish
from pytest_orchestra.ai.proposals import ORIGIN, Proposal, propose_sets
from pytest_orchestra.ai.settings import AiSettings
from pytest_orchestra.data.making.variants import part_of
from pytest_orchestra.data.making.writing import WrittenSet, json_text, yaml_text
from pytest_orchestra.documents.schemas.breaches import path_of
from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.suite.making.ways import WayData

TAG = "proposed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where proposed sets are written.

    Attributes:
        folder: of made files.
        suite: file of the suite.
        suffix: ``yaml`` or ``json``.
        taken: names that other sets have.
    """

    folder: Path
    suite: Path
    suffix: str
    taken: Collection[str]


def write_proposed(ways: Sequence[WayData], settings: AiSettings, target: Target) -> None:
    """Ask for a set for each scenario, write those that pass, and say why others do not.

    Args:
        ways: the scenarios; those with a condition that cannot be read are left out.
        settings: of the model.
        target: a new file is written there.

    Raises:
        OrchestraError: the model gives no answer, or the file cannot be written.
    """
    known = {way.key: way for way in ways if not way.asked.unread}
    wishes = [wish_of(way) for way in known.values()]
    found = propose_sets(
        wishes, AiClient(settings), lambda key, values: _why_not(known[key], values)
    )
    for scenario, why in found.refused:
        print(f"not taken: {scenario}: {why}", file=sys.stderr)
    if found.sets:
        path = _written(found.sets, target)
        print(f"{path}: {len(found.sets)} sets proposed by {settings.model}; look through them")


def wish_of(way: WayData) -> Wish:
    """What is told of a scenario."""
    places = dict.fromkeys((*way.places, *way.asked.places, *way.read))
    return Wish(
        scenario=way.key,
        conditions=tuple(str(question).strip("`") for question in way.asked.questions),
        fields={path_of(str(place[0]), place[1:]): way.keywords(place) for place in places},
    )


def _why_not(way: WayData, values: Mapping[str, object]) -> str:
    """Why proposed values are not taken; empty if they are."""
    names = {place[0] for place in (*way.places, *way.asked.places, *way.read)}
    if unknown := sorted(set(values) - names):
        return f"nothing reads '{unknown[0]}'"
    for place in (*way.read, *way.places):
        try:
            part_of(values, place)
        except LookupError:
            return f"it has no {path_of(str(place[0]), place[1:])}"
    return way.misses(values)


def _written(sets: Sequence[Proposal], target: Target) -> Path:
    names = set(target.taken)
    written: list[WrittenSet] = []
    for each in sets:
        name = next(name for name in _names(each.name) if name not in names)
        names.add(name)
        written.append(
            WrittenSet(
                name=name,
                values=each.values,
                tags=(TAG,),
                origin=ORIGIN,
                note=f"for {each.scenario}",
                made_by={"model": each.model, "prompt": each.prompt_hash},
            )
        )
    head = (
        f"proposed: orchestra data generate {target.suite.name} --ai",
        "Look through it: each set passed the conditions of its way and the descriptions of calls.",
    )
    text = yaml_text(written, head) if target.suffix == "yaml" else json_text(written)
    stem = f"{target.suite.name.split('.')[0]}-{TAG}"
    files = (target.folder / f"{each}.{target.suffix}" for each in _names(stem))
    path = next(each for each in files if not each.exists())
    try:
        target.folder.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        hint = "Name another folder by --output."
        raise ConfigurationError(f"{path} cannot be written: {reason}", hint=hint) from error
    return path


def _names(name: str) -> Iterator[str]:
    """The name, then numbered."""
    yield name
    yield from (f"{name}-{number}" for number in count(2))

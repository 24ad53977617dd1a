"""Requests made by public descriptions are what these describe, and broken ones break one rule."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pytest_orchestra.data.making.breaking import breaches
from pytest_orchestra.data.making.limits import boundaries
from pytest_orchestra.data.making.names import RealisticNames
from pytest_orchestra.data.making.shapes import Shape
from pytest_orchestra.data.making.values import ValueMaker
from pytest_orchestra.data.making.variants import changed
from pytest_orchestra.errors import EvaluationError
from pytest_orchestra.protocols.http import plugin
from pytest_orchestra.spi import Breach, Call, Endpoint

SPECS = Path(os.environ.get("ORCHESTRA_SPECS") or Path(__file__).parents[3] / "shared" / "specs")
FILES = sorted((SPECS / "openapi").glob("*")) if SPECS.is_dir() else []
TURNS = 4
"""Alternatives that are tried where a description has several."""
OPERATIONS = 40
"""Of each description that are looked at."""
UNMAKEABLE = {"POST /customers"}
"""Operations whose description contradicts itself: a property required and not allowed."""

pytestmark = pytest.mark.skipif(not FILES, reason="no public descriptions: set ORCHESTRA_SPECS")


def requests(file: Path) -> Iterator[tuple[str, Endpoint, Mapping[str, Any]]]:
    """The operations of a description with the schemas of what they take."""
    assert plugin.spec_parser is not None
    assert plugin.endpoint_matcher is not None
    assert plugin.contract_validator is not None
    spec: Any = plugin.spec_parser.parse(file)
    for operation in spec.operations[:OPERATIONS] if spec is not None else ():
        endpoint = plugin.endpoint_matcher.match(f"s {operation}", {"s": spec})
        schema = plugin.contract_validator.request_schema(endpoint)
        assert schema is not None
        yield str(operation), endpoint, schema


def broken(endpoint: Endpoint, value: object) -> Sequence[Breach]:
    assert plugin.contract_validator is not None
    return plugin.contract_validator.check_request(Call(fields={"input": value}, endpoint=endpoint))


def made(
    maker: ValueMaker, endpoint: Endpoint, schema: Mapping[str, Any]
) -> tuple[Shape, object] | None:
    """A request that is allowed, and its schema; None if none was found."""
    whole = {**schema["properties"]["input"]}
    whole["required"] = list(whole["properties"])
    for turn in range(TURNS):
        shape = Shape.of(schema, turn).at(whole)
        try:
            value = maker.make(shape)
        except EvaluationError:
            continue
        if not broken(endpoint, value):
            return shape, value
    return None


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_made_requests_are_allowed_and_broken_ones_break_one_rule(file: Path) -> None:
    maker = ValueMaker(random=Random(1), names=RealisticNames(is_plain=True))
    alone: Counter[str] = Counter()
    unmakeable = set()
    for name, endpoint, schema in requests(file):
        if (found := made(maker, endpoint, schema)) is None:
            unmakeable.add(name)
            continue
        shape, value = found
        for each in boundaries(maker, shape, value):
            assert broken(endpoint, changed(value, each.path, each.value)) == []
        for each in breaches(maker, shape, value):
            told = broken(endpoint, changed(value, each.path, each.value))
            alone[each.rule] += len(told) == 1 and told[0].rule == each.rule
    assert unmakeable <= UNMAKEABLE
    assert alone.total() > 0 or file.name == "oai-api-with-examples.yaml"

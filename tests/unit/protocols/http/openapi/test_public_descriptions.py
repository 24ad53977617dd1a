"""Descriptions by others: each is read, each operation is found, each schema is compiled."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_orchestra.documents.schemas.checkers import Checker
from pytest_orchestra.documents.schemas.dialects import Direction
from pytest_orchestra.documents.schemas.references import Node
from pytest_orchestra.protocols.http import plugin
from pytest_orchestra.protocols.http.openapi.description import (
    Operation,
    is_json,
)
from pytest_orchestra.protocols.http.openapi.parser import OpenApi, OpenApiParser

SPECS = Path(os.environ.get("ORCHESTRA_SPECS") or Path(__file__).parents[5] / "../shared/specs")
FILES = sorted((SPECS / "openapi").glob("*.*"))

WRONG = {"twilio-conversations.yaml GET /v1/Services/{ChatServiceSid}/Configuration/Webhooks 200"}
"""An example has a null that its schema does not let in."""

pytestmark = pytest.mark.skipif(not FILES, reason=f"no descriptions in {SPECS}/openapi")


def schemas_of(operation: Operation) -> Iterator[tuple[Node, Direction]]:
    """Give every schema of an operation with the direction its values go."""
    for parameter in operation.parameters:
        yield parameter.schema, Direction.REQUEST
    if operation.body is not None:
        for media in operation.body.content.values():
            yield media.get("schema"), Direction.REQUEST
    for status in operation.statuses:
        number = 999 if status == "default" else int(status.upper().replace("XX", "99"))
        reply = operation.reply(number)
        assert reply is not None
        for media in reply.body.content.values():
            yield media.get("schema"), Direction.REPLY
        for header in reply.headers:
            yield header.schema, Direction.REPLY


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_public_description_is_read_found_and_compiled(file: Path) -> None:
    spec = OpenApiParser().parse(file)
    assert spec is not None
    assert spec.version
    assert spec.operations
    seen = set()
    for operation in spec.operations:
        written = [f"it {operation}", *([f"it.{operation.id}"] if operation.id else [])]
        found = [plugin.endpoint_matcher.match(text, {"it": spec}) for text in written]
        assert [each.operation for each in found] == [operation] * len(found)
        for schema, direction in schemas_of(operation):
            if schema.value is not None and (id(schema.value), direction) not in seen:
                seen.add((id(schema.value), direction))
                Checker(spec.checks.schemas.bundle(schema, direction))


def examples_of(media: Node, spec: OpenApi) -> Iterator[object]:
    """Give the values of a Media Type's examples."""
    if media.get("example").value is not None:
        yield media.get("example").value
    for pair in media.get("examples").items():
        value = spec.checks.schemas.follow(pair[1]).get("value").value
        if value is not None:
            yield value


def test_examples_of_public_descriptions_keep_their_own_contracts() -> None:
    """Only those fail that are wrong in the file itself."""
    wrong, number = {}, 0
    for file in FILES:
        spec = OpenApiParser().parse(file)
        for operation in spec.operations:
            for status in filter(str.isdigit, operation.statuses):
                for kind, media in operation.reply(int(status)).body.content.items():
                    for example in examples_of(media, spec) if is_json(kind) else ():
                        number += 1
                        schema = media.get("schema")
                        found = spec.checks.breaches(schema, Direction.REPLY, example, "body")
                        if found:
                            wrong[f"{file.name} {operation} {status}"] = found
    assert set(wrong) == WRONG
    assert number > 100

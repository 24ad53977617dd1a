"""Schemas without a description around them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_orchestra.documents.schemas.bundles import Schemas
from pytest_orchestra.documents.schemas.references import Documents, Node


@pytest.fixture
def schemas_of(tmp_path: Path) -> Callable[..., tuple[Schemas, Callable[[str], Node]]]:
    """Write components and give their schemas and a way to them by name."""

    def written(
        schemas: object, *, nullable: bool = False
    ) -> tuple[Schemas, Callable[[str], Node]]:
        file = tmp_path / "components.json"
        file.write_text(json.dumps({"schemas": schemas}), "utf-8")
        documents = Documents(file)
        return Schemas(documents, nullable=nullable), documents.root.get("schemas").get

    return written

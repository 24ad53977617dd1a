"""A file becomes a description of a service, or is found to be none; references are checked.

Schemas are not: a broken one is told of when it is first needed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orchestra.documents.schemas.dialects import DIALECTS
from pytest_orchestra.documents.schemas.references import Documents
from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.protocols.http.openapi.description import (
    METHODS,
    Operation,
    shape_of,
)

if TYPE_CHECKING:
    from pytest_orchestra.documents.schemas.bundles import Schemas
    from pytest_orchestra.documents.schemas.checkers import Checks

SUFFIXES = (".yaml", ".yml", ".json")
"""How the files of descriptions end."""

_SUPPORTED = re.compile(r"3\.[01](\.\d+)?(-.*)?")


class OpenApi:
    """A parsed description.

    Args:
        documents: its files, all references in them known to lead somewhere.
        fast: whether its checks use jsonschema-rs where it is installed.
    """

    def __init__(self, documents: Documents, *, fast: bool = True) -> None:
        self._documents = documents
        self._fast = fast

    @property
    def version(self) -> str:
        """The description's own version, ``info.version``."""
        return str(self._documents.root.get("info").get("version").value or "")

    @cached_property
    def checks(self) -> Checks:
        """Its schemas as checks, made by the first run that needs them."""
        from pytest_orchestra.documents.schemas.bundles import Schemas
        from pytest_orchestra.documents.schemas.checkers import Checks

        return Checks(Schemas(self._documents, nullable=self._is_old), fast=self._fast)

    @cached_property
    def annotated(self) -> Schemas:
        """Its schemas for those who make values by them."""
        from pytest_orchestra.documents.schemas.bundles import Schemas

        return Schemas(self._documents, nullable=self._is_old, annotated=True)

    @property
    def _is_old(self) -> bool:
        return str(self._documents.root.get("openapi").value).startswith("3.0")

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """All operations, in file order."""
        paths = self._documents.root.get("paths").items()
        items = ((template, self._documents.follow(part)) for template, part in paths)
        return tuple(
            Operation(self._documents, method, template, item)
            for template, item in items
            for method in METHODS
            if isinstance(item.get(method.lower()).value, dict)
        )

    @cached_property
    def by_id(self) -> Mapping[str, Sequence[Operation]]:
        """Operations by their ``operationId``; more than one of an id is the file's mistake."""
        found: dict[str, list[Operation]] = defaultdict(list)
        for operation in self.operations:
            if operation.id:
                found[operation.id].append(operation)
        return found

    @cached_property
    def by_shape(self) -> Mapping[tuple[str, str], Operation]:
        """Operations by method and path, without the names in the path's braces."""
        return {(each.method, shape_of(each.template)): each for each in self.operations}


class OpenApiParser:
    """Reads OpenAPI 3.0 and 3.1 in YAML and JSON."""

    def parse(self, path: Path) -> OpenApi | None:
        """Read a description; None if the file has no ``openapi`` key.

        Raises:
            DefinitionError: the file, or one that it refers to, cannot be read; it is of another
                version; a reference leads nowhere.
        """
        if path.suffix.lower() not in SUFFIXES:
            return None
        documents = Documents(path)
        root = documents.root
        if not isinstance(root.value, dict):
            return None
        if "swagger" in root.value:
            message = f"this is Swagger {root.value['swagger']}, not OpenAPI 3"
            hint = "Convert it to OpenAPI 3.0, with swagger2openapi for example."
            raise _refusal(documents, "swagger", message, hint)
        if "openapi" not in root.value:
            return None
        if not _SUPPORTED.fullmatch(str(root.value["openapi"])):
            message = f"OpenAPI {root.value['openapi']} is not supported"
            raise _refusal(documents, "openapi", message, "Use OpenAPI 3.0 or 3.1.")
        dialect = root.value.get("jsonSchemaDialect")
        if dialect is not None and not DIALECTS.fullmatch(str(dialect)):
            message = f"schemas in {dialect} are not supported"
            hint = "Leave 'jsonSchemaDialect' out; JSON Schema 2020-12 is the default."
            raise _refusal(documents, "jsonSchemaDialect", message, hint)
        documents.check()
        return OpenApi(documents)


def _refusal(documents: Documents, key: str, message: str, hint: str) -> DefinitionError:
    file = documents.root.file
    return DefinitionError([documents.problem("spec-version", message, file, (key,), hint)])

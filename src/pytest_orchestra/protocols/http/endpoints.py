"""The ``endpoint:`` of a step becomes a method and a path, with its operation if it has one.

``service.operationId`` needs a description; ``service METHOD /path`` need not have one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from pytest_orchestra.documents.problems import suggestion
from pytest_orchestra.errors import EvaluationError
from pytest_orchestra.protocols.http.openapi.description import (
    METHODS,
    Operation,
    fields_of,
    fit,
    shape_of,
)
from pytest_orchestra.protocols.http.openapi.parser import OpenApi
from pytest_orchestra.spi import Endpoint, Spec

SAFE = frozenset({"GET", "HEAD"})
"""Methods that change nothing and may be repeated."""

_BY_PATH = re.compile(r"(?P<service>\S+)\s+(?P<method>[A-Za-z]+)\s+(?P<path>/.*)")
_FORMS = "Write service.operationId or service METHOD /path."


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpEndpoint(Endpoint):
    """What an ``endpoint:`` of http means.

    Attributes:
        path: with fields in braces, ``/orders/{id}``; without the connection's own path.
        values: of the operation's path fields, where the step wrote them into the path.
        spec, operation: None where the service has no description.
    """

    method: str
    path: str
    values: Mapping[str, str] = field(default_factory=dict, hash=False)
    spec: OpenApi | None = None
    operation: Operation | None = None


class HttpEndpointMatcher:
    """Resolves the endpoints of http."""

    def match(self, endpoint: str, specs: Mapping[str, Spec]) -> HttpEndpoint:
        """Find what ``endpoint`` names.

        Raises:
            EvaluationError: it is not written as an endpoint, nothing is called so, or several
                operations are; the hint has the nearest name.
        """
        descriptions = {name: spec for name, spec in specs.items() if isinstance(spec, OpenApi)}
        endpoint = endpoint.strip()
        if found := _BY_PATH.fullmatch(endpoint):
            service, method, path = found.group("service", "method", "path")
            _check_path(endpoint, path)
            spec = descriptions.get(service)
            if spec is None:
                return _undescribed(service, method.upper(), path)
            return _by_path(endpoint, service, spec, method.upper(), path)
        return _by_id(endpoint, descriptions)


def _check_path(endpoint: str, path: str) -> None:
    if "?" in path or "#" in path:
        hint = "Put the query under 'input: {query: …}'."
        raise EvaluationError(f"endpoint '{endpoint}' has a query", hint=hint)
    if re.search(r"[{}]", shape_of(path).replace("{}", "")) or "" in fields_of(path):
        raise EvaluationError(f"the braces in endpoint '{endpoint}' hold no name")


def _undescribed(service: str, method: str, path: str) -> HttpEndpoint:
    return HttpEndpoint(
        service=service,
        name=f"{method} {path}",
        safe=method in SAFE,
        needs=_needs(path),
        method=method,
        path=path,
    )


def _by_path(endpoint: str, service: str, spec: OpenApi, method: str, path: str) -> HttpEndpoint:
    name = f"{method} {path}"
    if operation := spec.by_shape.get((method, shape_of(path))):
        return _described(service, name, spec, operation)
    fits = [
        (operation, values)
        for operation in spec.operations
        if operation.method == method and (values := fit(operation.template, path)) is not None
    ]
    fewest = min((len(values) for _, values in fits), default=0)
    best = [(operation, values) for operation, values in fits if len(values) == fewest]
    if len(best) > 1:
        _ambiguous(endpoint, [operation for operation, _ in best])
    if best:
        return _described(service, name, spec, best[0][0], path=path, values=best[0][1])
    others = [each.method for each in spec.operations if shape_of(each.template) == shape_of(path)]
    if others:
        hint = f"This path has {', '.join(others)}."
    else:
        hint = suggestion(name, map(str, spec.operations), "It has")
    raise EvaluationError(f"the description of '{service}' has no {name}", hint=hint)


def _by_id(endpoint: str, specs: Mapping[str, OpenApi]) -> HttpEndpoint:
    owners = [name for name in specs if endpoint.startswith(f"{name}.")]
    if not owners:
        _unknown_service(endpoint, specs)
    service = max(owners, key=len)
    spec, name = specs[service], endpoint[len(service) + 1 :]
    operations = spec.by_id.get(name, ())
    if len(operations) > 1:
        _ambiguous(endpoint, operations)
    if not operations:
        hint = suggestion(name, spec.by_id, "It has") or _FORMS
        raise EvaluationError(
            f"the description of '{service}' has no operation '{name}'", hint=hint
        )
    return _described(service, name, spec, operations[0])


def _described(
    service: str,
    name: str,
    spec: OpenApi,
    operation: Operation,
    *,
    path: str | None = None,
    values: Mapping[str, str] | None = None,
) -> HttpEndpoint:
    path = path or operation.template
    return HttpEndpoint(
        service=service,
        name=name,
        safe=operation.method in SAFE,
        needs=_needs(path),
        method=operation.method,
        path=path,
        values=values or {},
        spec=spec,
        operation=operation,
    )


def _needs(path: str) -> tuple[tuple[str, ...], ...]:
    return tuple(("input", "path", name) for name in fields_of(path))


def _ambiguous(endpoint: str, operations: Sequence[Operation]) -> NoReturn:
    several = ", ".join(map(str, operations))
    message = f"endpoint '{endpoint}' may be any of {several}"
    raise EvaluationError(message, hint="Write service METHOD /path as the description spells it.")


def _unknown_service(endpoint: str, specs: Mapping[str, OpenApi]) -> NoReturn:
    service, dot, _ = endpoint.partition(".")
    words = endpoint.split()
    if len(words) > 1 and words[1].upper() in METHODS:
        message = f"endpoint '{endpoint}' has no path that begins with '/'"
        raise EvaluationError(message, hint=_FORMS)
    if not dot:
        raise EvaluationError(f"'{endpoint}' is no endpoint", hint=_FORMS)
    hint = suggestion(service, specs, "Described are") or "Add it under 'specs:' of the suite."
    raise EvaluationError(f"there is no description of '{service}'", hint=hint)

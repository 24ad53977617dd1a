"""A document's value becomes a pydantic model, or problems at the places that are wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from pytest_orchestra.documents.document import Document, Locate, PartPath
from pytest_orchestra.documents.models import Refusal
from pytest_orchestra.documents.problems import in_file_order, mistake, shortened, suggestion
from pytest_orchestra.documents.shapes import is_secret, known_keys, later_keys, shapes_at
from pytest_orchestra.documents.wording import advice, expected, is_bound, is_kind, mismatch
from pytest_orchestra.model import Problem, SourceLocation

M = TypeVar("M", bound=BaseModel)
LocateKey = Callable[[PartPath], SourceLocation]


def decode(
    document: Document, model: type[M], *, at: PartPath = ()
) -> tuple[M | None, tuple[Problem, ...]]:
    """Make a model of a document, or of the part of it at ``at``, which must exist.

    Returns:
        The model and no problem, or None and every problem, in the file's order, none twice.
        Values of fields that are typed as secret are in none of their texts.
    """

    def locate_key(path: PartPath) -> SourceLocation:
        return document.key_location(at + path)

    return decode_value(
        document.part(at), model, locate=document.locator(at), locate_key=locate_key
    )


def decode_value(
    value: object, model: type[M], *, locate: Locate, locate_key: LocateKey | None = None
) -> tuple[M | None, tuple[Problem, ...]]:
    """Make a model of a value that does not stand in a file as it is.

    Args:
        value: as in a document.
        model: what to make.
        locate: where a part of ``value`` stands.
        locate_key: where a part's key stands; else the part's own place is told.

    Returns:
        As of ``decode``.
    """
    try:
        return model.model_validate(value), ()
    except ValidationError as error:
        details = error.errors(include_url=False)
    findings = [_Finding(each, *_resolved(value, each["loc"])) for each in details]
    decoder = _Decoder(model, locate, locate_key or locate)
    return None, decoder.problems(_merged(findings))


class _Finding(NamedTuple):
    """One error of pydantic's; ``path`` is the part of the value that it is about."""

    detail: ErrorDetails
    path: PartPath
    found: object


def _resolved(value: object, loc: Sequence[str | int]) -> tuple[PartPath, object]:
    """Drop from ``loc`` what is no part of the value: union members, missing keys."""
    path: list[str | int] = []
    for step in loc:
        match value, step:
            case dict(), str() if step in value:
                value = value[step]
            case list(), int() if step < len(value):
                value = value[step]
            case _:
                continue
        path.append(step)
    return tuple(path), value


def _merged(findings: list[_Finding]) -> list[list[_Finding]]:
    """Put together what the members of a union say about one part.

    A member that wanted another kind of value says nothing new where another member took the
    kind and found something wrong with it or further inside.
    """
    paths = {finding.path for finding in findings}
    taken = {finding.path for finding in findings if is_bound(finding.detail["type"])}
    groups: dict[object, list[_Finding]] = {}
    for number, finding in enumerate(findings):
        if not is_kind(finding.detail["type"]):
            groups[number] = [finding]
        elif finding.path not in taken and not any(_is_inside(p, finding.path) for p in paths):
            groups.setdefault(finding.path, []).append(finding)
    return list(groups.values())


def _is_inside(path: PartPath, outer: PartPath) -> bool:
    return len(path) > len(outer) and path[: len(outer)] == outer


class _Decoder(NamedTuple):
    """Words findings about one model."""

    model: type[BaseModel]
    locate: Locate
    locate_key: LocateKey

    def problems(self, groups: list[list[_Finding]]) -> tuple[Problem, ...]:
        """One problem for each group, in the file's order, none twice."""
        problems = dict.fromkeys(self._problem(group) for group in groups)
        return in_file_order(problems)

    def _problem(self, group: list[_Finding]) -> Problem:
        detail, path, found = group[0]
        context = detail.get("ctx", {})
        match detail["type"], context.get("error"):
            case "missing", _:
                return self._missing(str(detail["loc"][-1]), path)
            case "union_tag_not_found", _:
                return self._missing(str(context["discriminator"]).strip("'"), path)
            case "extra_forbidden", _:
                return self._unknown(detail, path)
            case "union_tag_invalid", _:
                key = str(context["discriminator"]).strip("'")
                path, found = (*path, key), context["tag"]
            case _, Refusal() as refusal:
                at = self.locate(path + refusal.at)
                return mistake(refusal.code, refusal.message, at=at, hint=refusal.hint)
            case _, ValueError() | AssertionError() as error:
                return mistake("bad-value", str(error), at=self.locate(path))
        return self._mismatch(group, path, found)

    def _mismatch(self, group: list[_Finding], path: PartPath, found: object) -> Problem:
        details = [finding.detail for finding in group]
        contexts = [detail.get("ctx", {}) for detail in details]
        codes = [detail["type"] for detail in details]
        kinds = [expected(code, context) for code, context in zip(codes, contexts, strict=True)]
        known = [kind for kind in kinds if kind]
        secret = any(is_secret(shapes_at(self.model, detail["loc"])) for detail in details)
        if not known:
            return mistake("bad-value", shortened(details[0]["msg"], 200), at=self.locate(path))
        message = mismatch(known, found, secret=secret)
        hint = "" if secret else advice(codes, contexts, found)
        return mistake("bad-value", message, at=self.locate(path), hint=hint)

    def _missing(self, name: str, path: PartPath) -> Problem:
        message = f"the key '{name}' is missing"
        return mistake("missing-key", message, at=self.locate(path), hint="Add it.")

    def _unknown(self, detail: ErrorDetails, path: PartPath) -> Problem:
        name, at = str(detail["loc"][-1]), self.locate_key(path)
        shapes = shapes_at(self.model, detail["loc"][:-1])
        later = later_keys(shapes)
        if name in later:
            message = f"the key '{name}' is not there yet"
            return mistake("not-yet", message, at=at, hint=later[name] or "Leave it out.")
        hint = suggestion(name, known_keys(shapes), "Known keys")
        return mistake("unknown-key", f"unknown key '{shortened(name)}'", at=at, hint=hint)

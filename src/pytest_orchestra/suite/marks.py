"""``scenarios.mark``: what a suite says of single scenarios, found by patterns of their keys."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from pytest_orchestra.documents.document import Document, PartPath
from pytest_orchestra.documents.problems import mistake, shortened, suggestion
from pytest_orchestra.flow.scenario import Criterion
from pytest_orchestra.model import Problem, Severity, SourceLocation
from pytest_orchestra.suite.file import MarkPart, Texts

_TAG = re.compile(r"[^\W\d_][\w.-]*")
_WORDS_OF_MARK_EXPRESSIONS = frozenset({"and", "or", "not", "True", "False", "None"})
_MARKS_OF_PYTEST = frozenset(
    {"asyncio", "filterwarnings", "parametrize", "skip", "skipif", "usefixtures", "xfail"}
)
_SAID = ("name", "xfail", "active", "data", "values", "isolation", "parallel")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """What the suite says of one scenario.

    Attributes:
        name: None: the scenario's own.
        data: the name of a data set.
        data_at: where ``data`` is written.
        values: of the scenario alone; with ``data`` they go over those of that set.
        values_at: where ``values`` is written.
        isolation: ``serial``: it runs alone.
        parallel: whether its branches may run at once.
    """

    tags: tuple[str, ...] = ()
    name: str | None = None
    xfail: str | None = None
    data: str | None = None
    data_at: SourceLocation | None = None
    values: Mapping[str, object] | None = None
    values_at: SourceLocation | None = None
    active: bool = True
    isolation: str | None = None
    parallel: bool = False


_NOTHING = Marking()


class Markings:
    """The markings of all scenarios.

    Args:
        parts: ``scenarios.mark`` as decoded; ``document`` is where it is written.
        keys: of all scenarios.
        tags: of the suite, which every scenario has.
        asked: the criterion that was asked for instead of the suite's own: its scenarios may have
            other keys.

    Attributes:
        problems: patterns that match nothing, tags that cannot be marks.
    """

    def __init__(
        self,
        parts: Mapping[str, MarkPart],
        keys: Sequence[str],
        tags: Texts,
        document: Document,
        asked: Criterion | None = None,
    ) -> None:
        self._document = document
        self._asked = asked
        self.problems: list[Problem] = []
        self._of_all = replace(_NOTHING, tags=self._tags(tags, ("tags",)))
        self._by_key: dict[str, Marking] = {}
        known = dict.fromkeys(keys)
        for pattern in sorted(parts, key=known.__contains__):
            self._apply(pattern, parts[pattern], known)

    def __getitem__(self, key: str) -> Marking:
        return self._by_key.get(key, self._of_all)

    def _apply(self, pattern: str, part: MarkPart, keys: Collection[str]) -> None:
        path = ("scenarios", "mark", pattern)
        tags = self._tags(part.tags or (), (*path, "tags"))
        is_key = pattern in keys
        found = [pattern] if is_key else [key for key in keys if fnmatchcase(key, pattern)]
        if not found:
            self.problems.append(self._matches_nothing(pattern, keys))
        said = {name: getattr(part, name) for name in _SAID if name in part.model_fields_set}
        for name in ("data", "values"):
            if name in said:
                said[f"{name}_at"] = self._document.location((*path, name))
        for key in found:
            before = self[key]
            every = tuple(dict.fromkeys((*before.tags, *tags)))
            self._by_key[key] = replace(before, tags=every, **said)

    def _matches_nothing(self, pattern: str, keys: Iterable[str]) -> Problem:
        problem = mistake(
            "unknown-scenario",
            f"no scenario's key matches '{shortened(pattern)}'",
            at=self._document.key_location(("scenarios", "mark", pattern)),
            hint=suggestion(pattern, keys, "The keys"),
        )
        if self._asked is None:
            return problem
        hint = f"This run asks for the criterion '{self._asked.value}', which has other scenarios."
        return replace(problem, severity=Severity.WARNING, hint=hint)

    def _tags(self, tags: Texts | tuple[()], path: PartPath) -> tuple[str, ...]:
        names = [tags] if isinstance(tags, str) else tags
        for index, tag in enumerate(names):
            if (wrong := _wrong_with(tag)) is not None:
                where = path if isinstance(tags, str) else (*path, index)
                at = self._document.location(where)
                message, hint = wrong
                self.problems.append(mistake("tag", message, at=at, hint=hint))
        return tuple(dict.fromkeys(names))


def _wrong_with(tag: str) -> tuple[str, str] | None:
    if tag in _MARKS_OF_PYTEST:
        hint = "Write 'xfail: REASON'." if tag == "xfail" else "Choose another word."
        return f"tag '{tag}' is a mark that pytest gives a meaning of its own", hint
    if tag in _WORDS_OF_MARK_EXPRESSIONS or not _TAG.fullmatch(tag):
        hint = "Begin with a letter; then letters, digits, '_', '-' and '.'."
        return f"tag '{shortened(tag)}' cannot be selected by -m", hint
    return None

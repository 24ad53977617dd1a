"""Problems are put together, so that all of them are shown at once."""

from __future__ import annotations

from types import TracebackType

from pytest_orchestra.errors import BindingError, DefinitionError
from pytest_orchestra.model import Problem


class collecting:  # noqa: N801 - reads as a verb where it is used, like contextlib.suppress
    """Add the problems of a DefinitionError or BindingError to ``problems`` and go on."""

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems

    def __enter__(self) -> None:
        """Begin; there is nothing to prepare."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if not isinstance(error, DefinitionError | BindingError):
            return False
        self._problems.extend(each for each in error.problems if isinstance(each, Problem))
        return True


def in_file_order(problems: list[Problem]) -> tuple[Problem, ...]:
    """Each problem once, file by file, from the top down; files as they first appear."""
    found = list(dict.fromkeys(problems))
    files = list(dict.fromkeys(each.location.file if each.location else "" for each in found))

    def place(problem: Problem) -> tuple[int, int, int]:
        at = problem.location
        if at is None:
            return (files.index(""), 0, 0)
        return (files.index(at.file), at.line, at.column)

    return tuple(sorted(found, key=place))

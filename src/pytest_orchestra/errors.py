"""The exceptions of the package, as one tree.

OrchestraError
├── DefinitionError      a file is wrong in itself: not readable, not BPMN, an unknown key
├── BindingError         files do not fit each other: a step points at an element that is not there
├── EvaluationError      a template or rule met an undefined name or a value it cannot use
├── ConfigurationError   an option, environment, variable or driver is missing or wrong
└── ConnectorError       a connection to the system under test failed

Errors keep data and build their text in ``__str__``: what, where, what to do.
A failed check is none of these: it is a failed test.
"""

from __future__ import annotations

from collections.abc import Sequence


class OrchestraError(Exception):
    """Anything that pytest-orchestra refuses or cannot do."""


class _ProblemsError(OrchestraError):
    """Carries problems that were collected, so that all of them are shown at once.

    Args:
        problems: values whose ``str`` is one finding with its place (``model.Problem``).
        beside: what was found too and is no reason to refuse: warnings; not in the text.
    """

    def __init__(self, problems: Sequence[object], *, beside: Sequence[object] = ()) -> None:
        super().__init__(problems)
        self.problems = tuple(problems)
        self.beside = tuple(beside)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class DefinitionError(_ProblemsError):
    """A file is wrong in itself; ``problems`` says where and what to do."""


class BindingError(_ProblemsError):
    """Files do not fit each other; ``problems`` says where and what to do."""


class _HintedError(OrchestraError):
    """What is wrong, and what to do about it.

    Args:
        message: what is wrong, without a full stop.
        hint: what to do, an imperative sentence; empty if nothing can be advised.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}. {self.hint}" if self.hint else self.message


class EvaluationError(_HintedError):
    """A template or rule met an undefined name or a value that it cannot use."""


class ConfigurationError(_HintedError):
    """An option, environment, variable or driver is missing or wrong."""


class ConnectorError(_HintedError):
    """A connection to the system under test failed.

    Args:
        message: what failed, with the address and without secrets.
        code: stable and machine-readable, ``http.connect``.
        retriable: whether the same call may succeed later.
        hint: what to do.
    """

    def __init__(self, message: str, *, code: str, retriable: bool = False, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.retriable = retriable

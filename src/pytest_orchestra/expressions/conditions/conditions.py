"""Conditions as they are written: parsed once, judged with given values.

A condition that cannot be parsed is a definition error with its column; one whose value engines
do not agree on, or whose name has no value, is an evaluation error. None is ever guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, assert_never

from pytest_orchestra.documents.problems import mistake, shortened
from pytest_orchestra.errors import DefinitionError, EvaluationError
from pytest_orchestra.expressions.conditions.evaluation import Evaluation, Missing
from pytest_orchestra.expressions.conditions.feel import parse_feel
from pytest_orchestra.expressions.conditions.java import JavaEvaluation
from pytest_orchestra.expressions.conditions.juel import parse_juel
from pytest_orchestra.expressions.conditions.names import names_of, unusual
from pytest_orchestra.expressions.conditions.partial import PartialEvaluation, Truths, all_names
from pytest_orchestra.expressions.conditions.refusal import Refused
from pytest_orchestra.expressions.conditions.scanning import MAX_LEVELS
from pytest_orchestra.expressions.conditions.tree import NamePath, Tree, depth, free_names
from pytest_orchestra.expressions.conditions.values import Value, kind_of
from pytest_orchestra.expressions.conditions.writing import feel_text, juel_text
from pytest_orchestra.model import SourceLocation

Language = Literal["feel", "juel", "plain"]
"""``plain`` is FEEL that also knows ``==``, ``!``, ``&&``, ``||`` and texts in single quotes."""

MAX_DEPTH = 2 * MAX_LEVELS
"""Levels of a tree."""
MAX_CACHED = 4_096
"""Distinct conditions that are kept parsed."""

_OTHER_LANGUAGES = ("xpath", "java", "mvel", "drools", "groovy", "python", "script")


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A parsed condition.

    Attributes:
        text: as written.
        names: what it reads, each as the longest path of fixed keys, without names within filters.
    """

    text: str
    language: Language
    tree: Tree = field(repr=False)
    names: tuple[NamePath, ...]
    location: SourceLocation | None = None

    @property
    def all_names(self) -> frozenset[str]:
        """Every name that it may read; one within a filter may also be a key of its items."""
        return all_names(self.tree)

    def holds(self, values: Mapping[str, object]) -> bool | None:
        """Whether it is true; None if it is null, and then it is not true.

        Raises:
            EvaluationError: a name has no value, engines disagree about the value, or the value
                is neither true nor false.
        """
        return self._truth(self.evaluate(values))

    def may_be(self, values: Mapping[str, object]) -> Truths:
        """What ``holds`` may say if names without a value here may have any.

        Raises:
            EvaluationError: whatever they are, engines disagree about the value, or it is
                neither true nor false.
        """
        try:
            try:
                value = self._kind(values).value(self.tree)
            except Missing:
                return PartialEvaluation(self._kind, values).truths(self.tree)
        except (Refused, RecursionError) as error:
            raise self._refusal(error) from error
        return frozenset({self._truth(value)})

    def evaluate(self, values: Mapping[str, object]) -> Value:
        """Its value, whatever it is.

        Raises:
            EvaluationError: a name has no value, or engines disagree about the value.
        """
        try:
            return self._kind(values).value(self.tree)
        except (Refused, RecursionError) as error:
            raise self._refusal(error) from error

    @property
    def _kind(self) -> type[Evaluation]:
        return JavaEvaluation if self.language == "juel" else Evaluation

    def _truth(self, value: Value) -> bool | None:
        if value is None or isinstance(value, bool):
            return value
        raise self._error(f"it is a {kind_of(value)}, and neither true nor false")

    def _refusal(self, error: Refused | RecursionError) -> EvaluationError:
        if isinstance(error, Refused):
            return self._error(error.message, error.hint)
        return self._error("a value is nested too deep")

    def __str__(self) -> str:
        return juel_text(self.tree) if self.language == "juel" else feel_text(self.tree)

    def _error(self, message: str, hint: str = "") -> EvaluationError:
        place = f"{self.location}: " if self.location else ""
        return EvaluationError(f"{place}`{shortened(self.text, 80)}`: {message}", hint=hint)


def parse_condition(
    text: str,
    language: Language = "feel",
    location: SourceLocation | None = None,
    *,
    names: Iterable[str] = (),
) -> Condition:
    """Parse a condition.

    Args:
        text: in FEEL with or without a leading ``=``; in JUEL with its ``${…}`` or ``#{…}``.
        language: what it is written in.
        location: where its first character stands.
        names: of values; needed only for those with operators or keywords in them.

    Raises:
        DefinitionError: it is none, or is outside of what is judged; with the column.
    """
    try:
        tree = _parsed(text, language, unusual(names))
    except Refused as error:
        at = _place(text, error.position, location)
        column = "" if location or error.position < 0 else f" (column {error.position + 1})"
        message = f"`{shortened(text)}`: {error.message}{column}"
        raise DefinitionError(
            (mistake("expression-syntax", message, at=at, hint=error.hint),)
        ) from error
    return Condition(
        text=text, language=language, tree=tree, names=free_names(tree), location=location
    )


def evaluate_condition(
    text: str, values: Mapping[str, object], language: Language = "feel"
) -> bool | None:
    """Whether a condition is true with these values.

    Args:
        text: in FEEL with or without a leading ``=``; in JUEL with its ``${…}`` or ``#{…}``.
        values: by name; numbers, texts, booleans, None, dates, times, lists, mappings.
        language: what it is written in.

    Returns:
        None if the condition is null, as FEEL has it for a comparison of a number with a text:
        a condition that is null is not true.

    Raises:
        DefinitionError: it is none, or is outside of what is judged; with the column.
        EvaluationError: a name has no value, engines disagree about the value, or the value is
            neither true nor false.
    """
    return parse_condition(text, language, names=names_of(values)).holds(values)


def evaluate(text: str, values: Mapping[str, object], language: Language = "feel") -> Value:
    """The value of an expression; otherwise as ``evaluate_condition``."""
    return parse_condition(text, language, names=names_of(values)).evaluate(values)


@lru_cache(maxsize=MAX_CACHED)
def _parsed(text: str, language: Language, names: frozenset[str]) -> Tree:
    match language:
        case "juel":
            tree = parse_juel(text)
        case "feel" | "plain":
            tree = parse_feel(_without_sign(text), names, dialect=language)
        case _:
            assert_never(language)
    if depth(tree) > MAX_DEPTH:
        raise Refused(f"the condition has more than {MAX_DEPTH} levels", "Split it.")
    return tree


def _without_sign(text: str) -> str:
    """FEEL without its leading ``=``; a blank stands for it, so that columns stay."""
    start = len(text) - len(text.lstrip())
    return f"{text[:start]} {text[start + 1 :]}" if text[start : start + 1] == "=" else text


def _place(text: str, position: int, location: SourceLocation | None) -> SourceLocation | None:
    """The place of a character of the text."""
    if location is None or position < 0 or not location.line:
        return location
    before = text[:position]
    lines = before.count("\n")
    column = len(before) - before.rfind("\n") - 1
    return SourceLocation(
        file=location.file,
        line=location.line + lines,
        column=column + (1 if lines else location.column or 1),
    )


def language_of(text: str, declared: str | None = None) -> Language | None:
    """The language that a condition of a model is written in; None if it is none of these.

    Args:
        text: as the model has it.
        declared: the model's ``language`` or ``expressionLanguage``, where it has one.
    """
    bare = text.lstrip()
    if bare.startswith(("${", "#{")):
        return "juel"
    if bare.startswith("="):
        return "feel"
    said = (declared or "").lower()
    if any(name in said for name in ("feel", "juel")):
        return "feel" if "feel" in said else "juel"
    return None if any(name in said for name in _OTHER_LANGUAGES) else "plain"

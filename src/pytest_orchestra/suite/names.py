"""The names that a step reads, and whether they can be known: those that no scenario decides."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pytest_orchestra.documents.problems import mistake, suggestion
from pytest_orchestra.expressions.references import Reference
from pytest_orchestra.expressions.statements import StatementTemplate
from pytest_orchestra.expressions.templates import Template
from pytest_orchestra.model import Problem
from pytest_orchestra.suite.bound import Step
from pytest_orchestra.suite.expectations import EVERY_RESULT

LATER_ROOTS = frozenset({"with", "element"})
"""Names that are documented but not there yet."""

_FIXED: Mapping[str, frozenset[str]] = {
    "run": frozenset({"id", "worker"}),
    "session": frozenset({"id"}),
}
_NAME_LIST = "Say which element takes its items: 'data: {each: {ELEMENT: LIST}}'."
RUN_ROOTS = frozenset({"data", "each", "step", "visit", "vars", *_FIXED})
"""What every template and rule sees, whatever the channel."""


def references_of(step: Step) -> tuple[Reference, ...]:
    """Every name that a step reads of what the run knows, each once."""
    return tuple(dict.fromkeys(reference for reference, _ in _read(step)))


def data_names(steps: Iterable[Step]) -> frozenset[str]:
    """The names of data that steps read, lists of ``each`` too."""
    return frozenset(
        reference.path[0]
        for step in steps
        for reference in references_of(step)
        if reference.root in {"data", "each"} and reference.path
    )


def item_names(steps: Iterable[Step], of: str | None = None) -> frozenset[str]:
    """The keys of items of ``each`` that steps read, of one list or of all."""
    return frozenset(
        reference.path[1]
        for step in steps
        for reference in references_of(step)
        if reference.root == "each" and len(reference.path) > 1 and of in {None, reference.path[0]}
    )


def _read(step: Step) -> Iterator[tuple[Reference, bool]]:
    """Every name, and whether what the channel saw may be read there too."""
    fields: Iterable[object] = step.call.fields.values() if step.call is not None else ()
    for each in fields:
        if isinstance(each, Template | StatementTemplate):
            yield from ((reference, False) for reference in each.references)
    expect = step.expect
    patterns = (expect.pattern, *expect.messages)
    templates = [each for pattern in patterns for each in (pattern.value, pattern.headers)]
    for template in (*templates, expect.count):
        if template is not None:
            yield from ((reference, False) for reference in template.references)
    rules = [rule for pattern in patterns for rule in pattern.rules]
    for rule in (*rules, *expect.fail_when):
        yield from ((reference, True) for reference in rule.references)
    for expression in step.save.values():
        yield from ((reference, True) for reference in expression.references)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNames:
    """What the templates and rules of a suite may read.

    Attributes:
        roots: by channel, what its rules and saves see.
        aliases: of all steps.
        variables: the environment's; None: they are not known.
        lists: that ``data.each`` names; None: they are not known.
        lost_aliases: of steps that have mistakes of form; None: any, as modules are lost.
    """

    roots: Mapping[str, Collection[str]]
    aliases: frozenset[str]
    variables: Mapping[str, object] | None = None
    lists: frozenset[str] | None = frozenset()
    lost_aliases: frozenset[str] | None = field(default_factory=frozenset)

    def problems(self, step: Step) -> Iterator[Problem]:
        """What a step reads and nothing can ever be called."""
        roots = self.roots.get(step.call.channel, ()) if step.call is not None else ()
        for reference, sees_roots in _read(step):
            own = RUN_ROOTS | frozenset(roots if sees_roots else ())
            if (problem := self._problem(reference, own, roots)) is not None:
                yield problem

    def _problem(
        self, reference: Reference, own: frozenset[str], roots: Collection[str]
    ) -> Problem | None:
        root, key = reference.root, next(iter(reference.path), None)
        if root not in own:
            return _unknown_root(reference, own, roots)
        if root in _FIXED and key is not None and key not in _FIXED[root]:
            return _unknown_key(reference, _FIXED[root])
        if root == "vars" and key is not None and not reference.optional:
            known = self.variables
            return None if known is None or key in known else _unknown_key(reference, known)
        if root == "each":
            return self._unknown_list(reference, key)
        if root == "step":
            return self._unknown_step(reference, key)
        return None

    def _unknown_list(self, reference: Reference, name: str | None) -> Problem | None:
        if self.lists is None or name in self.lists:
            return None
        what = "'each' alone says nothing" if name is None else f"'each' has no list '{name}'"
        hint = suggestion(name or "", self.lists, "Its lists") or _NAME_LIST
        return mistake("unknown-name", what, at=reference.location, hint=hint)

    def _unknown_step(self, reference: Reference, alias: str | None) -> Problem | None:
        if alias is None:
            return mistake(
                "unknown-step",
                "'step' alone says nothing",
                at=reference.location,
                hint="Write step.ALIAS.NAME.",
            )
        lost = self.lost_aliases
        if lost is None or alias in self.aliases or alias in lost:
            return None
        return mistake(
            "unknown-step",
            f"'{reference}': no step has the alias '{alias}'",
            at=reference.location,
            hint=suggestion(alias, self.aliases, "Known aliases")
            or "Give the step that delivers it an alias.",
        )


def delivered_names(step: Step, roots: Mapping[str, Collection[str]]) -> frozenset[str] | None:
    """What ``step.ALIAS`` has after the step has run; None: whatever a function returns."""
    if step.call is None:
        return None
    return frozenset({*step.save, *roots.get(step.call.channel, ()), EVERY_RESULT})


def _unknown_root(reference: Reference, known: frozenset[str], roots: Collection[str]) -> Problem:
    root, at = reference.root, reference.location
    if root in LATER_ROOTS:
        hint = "Leave it out for now."
        return mistake("not-yet", f"the name '{root}' is not there yet", at=at, hint=hint)
    if root in roots:
        hint = "Only rules and 'save' can read it."
        return mistake("unknown-name", f"'{root}' is not known before the call", at=at, hint=hint)
    hint = suggestion(root, known, "Known names")
    return mistake("unknown-name", f"unknown name '{root}'", at=at, hint=hint)


def _unknown_key(reference: Reference, known: Collection[str]) -> Problem:
    name = reference.path[0]
    return mistake(
        "unknown-name",
        f"'{reference.root}' has no '{name}'",
        at=reference.location,
        hint=suggestion(name, known, "It has"),
    )

"""Templates of the suite floor become calls and expectations with values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from pytest_orchestra.checks.expectation import Count, Expectation, Expected, RuleCheck
from pytest_orchestra.checks.matching import Mismatch, Part, show
from pytest_orchestra.errors import EvaluationError
from pytest_orchestra.expressions.expressions import Expression
from pytest_orchestra.expressions.references import Reference
from pytest_orchestra.expressions.rules import Rule
from pytest_orchestra.expressions.statements import StatementTemplate
from pytest_orchestra.expressions.templates import Template
from pytest_orchestra.spi import Call, FieldUse
from pytest_orchestra.suite.bound import CallTemplate, Expect, Pattern, Step

_COUNT = re.compile(r"(\d{1,9})(\+?)", re.ASCII)


def render_call(
    template: CallTemplate,
    names: Mapping[str, object],
    *,
    within: float,
    known: Mapping[str, object] | None = None,
) -> Call:
    """The call with every template rendered.

    Args:
        template: what is rendered.
        names: that the templates may use.
        within: seconds that the call may take.
        known: fields that were rendered before.

    Raises:
        EvaluationError: a name is undefined.
    """
    known = known or {}
    fields = {
        name: known[name] if name in known else _render(field, names)
        for name, field in template.fields.items()
    }
    return Call(
        fields=fields, endpoint=template.endpoint, credential=template.credential, within=within
    )


def render_address(template: CallTemplate, names: Mapping[str, object], *, within: float) -> Call:
    """The call with its addresses only, to arm.

    Raises:
        EvaluationError: a name is undefined.
    """
    fields = {name: _render(template.fields[name], names) for name in _addresses(template)}
    return Call(fields=fields, credential=template.credential, within=within)


def has_address(template: CallTemplate) -> bool:
    """Whether the call can be armed: it names where messages come from."""
    return any(True for _ in _addresses(template))


def address_needs(template: CallTemplate) -> bool:
    """Whether the address is known only when earlier steps have delivered."""
    fields = (template.fields[name] for name in _addresses(template))
    return any(
        reference.root == "step"
        for field in fields
        if isinstance(field, Template)
        for reference in field.references
    )


def references(step: Step) -> tuple[Reference, ...]:
    """Every name that a step needs before it can run."""
    return tuple(reference for each in _compiled(step) for reference in each.references)


def render_expectation(expect: Expect, names: Mapping[str, object]) -> Expectation:
    """The expectation with every template rendered; rules see ``names`` and what was seen.

    Raises:
        EvaluationError: a name is undefined, or ``count`` is no number.
    """
    return Expectation(
        expected=_render_pattern(expect.pattern, names, status=expect.status),
        count=_count(expect.count, names),
        messages=tuple(_render_pattern(pattern, names) for pattern in expect.messages),
        ordered=expect.ordered,
        absent=expect.absent,
        fail_when=tuple((rule.text, _rule_check(rule, names)) for rule in expect.fail_when),
    )


def _render(field: object, names: Mapping[str, object]) -> object:
    return field.render(names) if isinstance(field, Template | StatementTemplate) else field


def _addresses(template: CallTemplate) -> Iterator[str]:
    for name in template.fields:
        if template.uses[name] is FieldUse.ADDRESS:
            yield name


def _compiled(step: Step) -> Iterator[Template | StatementTemplate | Rule | Expression]:
    fields = step.call.fields.values() if step.call is not None else ()
    yield from (field for field in fields if isinstance(field, Template | StatementTemplate))
    for pattern in (step.expect.pattern, *step.expect.messages):
        yield from (each for each in (pattern.value, pattern.headers) if each is not None)
        yield from pattern.rules
    yield from step.expect.fail_when
    if step.expect.count is not None:
        yield step.expect.count
    yield from step.save.values()


def _render_pattern(
    pattern: Pattern, names: Mapping[str, object], *, status: tuple[int | str, ...] = ()
) -> Expected:
    return Expected(
        status=status,
        value=pattern.value.render(names) if pattern.value is not None else None,
        has_value=pattern.value is not None,
        exact=pattern.exact,
        headers=_headers(pattern.headers, names),
        rules=tuple(_rule_check(rule, names) for rule in pattern.rules),
    )


def _headers(template: Template | None, names: Mapping[str, object]) -> Mapping[str, object] | None:
    if template is None:
        return None
    headers = template.render(names)
    if headers is None or isinstance(headers, Mapping):
        return headers
    raise EvaluationError(f"headers are {show(headers)}", hint="Give names and their values.")


def _rule_check(rule: Rule, names: Mapping[str, object]) -> RuleCheck:
    def check(roots: Mapping[str, object]) -> Mismatch | None:
        outcome = rule.check({**names, **roots})
        if outcome.holds:
            return None
        parts = ", ".join(f"{text} = {show(value)}" for text, value in outcome.parts)
        return Mismatch(path=rule.text, seen=outcome.error or parts, part=Part.RULE)

    return check


def _count(template: Template | None, names: Mapping[str, object]) -> Count | None:
    if template is None:
        return None
    value = template.render(names)
    if isinstance(value, Decimal | float) and value == value // 1:
        value = int(value)
    found = None if isinstance(value, bool) else _COUNT.fullmatch(str(value).strip())
    if found is None:
        raise EvaluationError(
            f"count is {show(value)}", hint="Give a whole number, or one with a plus (1+)."
        )
    return Count(least=int(found[1]), most=None if found[2] else int(found[1]))

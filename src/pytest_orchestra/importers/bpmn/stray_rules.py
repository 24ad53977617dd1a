"""What the reader did not read, or read though it stood wrongly: one problem for each kind."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from pytest_orchestra.importers.bpmn import metamodel
from pytest_orchestra.importers.bpmn.findings import shortened
from pytest_orchestra.importers.bpmn.reader import StrayReason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_orchestra.importers.bpmn.findings import Findings
    from pytest_orchestra.importers.bpmn.reader import RawDocument, Stray

_BY_FOLDED_NAME = {name.casefold(): name for name in metamodel.BY_NAME}

_CODES: Mapping[StrayReason, str] = MappingProxyType(
    {
        StrayReason.UNKNOWN: "element-unknown",
        StrayReason.FOREIGN: "element-foreign",
        StrayReason.UNSUPPORTED: "element-unsupported",
        StrayReason.MISPLACED: "element-misplaced",
        StrayReason.NO_NAMESPACE: "namespace-missing",
        StrayReason.BETA: "namespace-outdated",
    }
)

_KINDS: Mapping[StrayReason, Callable[[Stray], tuple[str, ...]]] = MappingProxyType(
    {
        StrayReason.UNKNOWN: lambda stray: (stray.name,),
        StrayReason.FOREIGN: lambda stray: (stray.namespace,),
        StrayReason.UNSUPPORTED: lambda stray: (stray.name,),
        StrayReason.MISPLACED: lambda stray: (stray.parent, stray.name),
        StrayReason.NO_NAMESPACE: lambda _: (),
        StrayReason.BETA: lambda _: (),
    }
)
"""What strays of one reason have in common when they are told once."""


def check_strays(document: RawDocument, findings: Findings) -> None:
    """Says which elements were not read, or were read leniently, and how many of a kind."""
    groups: dict[tuple[StrayReason, tuple[str, ...]], list[Stray]] = {}
    for stray in document.strays:
        groups.setdefault((stray.reason, _KINDS[stray.reason](stray)), []).append(stray)
    for (reason, _), strays in groups.items():
        times = f", {len(strays)} times; the first is here" if len(strays) > 1 else ""
        first = strays[0]
        findings.add(_CODES[reason], _message(first) + times, place=first.place, hint=_hint(first))


def _message(stray: Stray) -> str:
    parts = [f"<{shortened(stray.name)}>"]
    if stray.reason is StrayReason.MISPLACED:
        parts.append(f"inside <{stray.parent}>")
    if stray.reason is StrayReason.FOREIGN and stray.namespace:
        parts.append(f"of namespace '{shortened(stray.namespace)}'")
    parts.append(stray.reason.value)
    if stray.reason is StrayReason.UNSUPPORTED:
        parts.append(f"because {metamodel.BY_NAME[stray.name].reason}")
    return " ".join(parts)


def _hint(stray: Stray) -> str:
    """Better advice than the code's own: a name that differs by case only."""
    meant = _BY_FOLDED_NAME.get(stray.name.casefold())
    return f"Call it <{meant}>" if meant and stray.reason is StrayReason.UNKNOWN else ""

"""What raw elements mean in the model's words, the standard's defaults filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orchestra.importers.bpmn import metamodel
from pytest_orchestra.importers.bpmn.metamodel import Role
from pytest_orchestra.model import EventDefinition, EventKind, Loop, LoopKind

if TYPE_CHECKING:
    from pytest_orchestra.importers.bpmn.linked import LinkedEvent
    from pytest_orchestra.importers.bpmn.reader import RawElement

MAX_DIGITS = 9
"""A longer number is no count of turns."""

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def folded_name(raw: RawElement) -> str:
    """The name on one line; diagrams break names over several."""
    return " ".join(raw.attributes.get("name", "").split())


def flag(raw: RawElement, attribute: str, *, default: bool) -> bool:
    """An XML Schema boolean; a value that is none counts as absent."""
    value = raw.attributes.get(attribute)
    return default if value is None else _BOOLEANS.get(value.strip().lower(), default)


def needs_all(raw: RawElement) -> bool:
    """Whether an event needs all its definitions, an event-based gateway all its events."""
    is_parallel = raw.attributes.get("eventGatewayType", "").lower() == "parallel"
    return is_parallel or flag(raw, "parallelMultiple", default=False)


def documentation(raw: RawElement) -> str:
    """All documentation of an element, one piece a line."""
    return "\n".join(child.text for child in raw.children if child.type.role is Role.DOCUMENTATION)


def called_element(raw: RawElement) -> str:
    """What a call activity calls, as written; empty if nothing is."""
    called = raw.attributes.get("calledElement", "")
    return called or next((raw.vendor[k] for k in metamodel.CALLED_KEYS if k in raw.vendor), "")


def link_name(definition: RawElement, event: RawElement) -> str:
    """What a link event is paired by: the definition's name, else the event's (10.5.5)."""
    return folded_name(definition) or folded_name(event)


def event_definition(linked: LinkedEvent, event: RawElement) -> EventDefinition:
    """An event definition with the name and code of what it speaks of."""
    name, code = "", ""
    if linked.kind is EventKind.LINK:
        name = link_name(linked.raw, event)
    elif linked.item is not None:
        name = folded_name(linked.item)
        code = linked.item.attributes.get(linked.item.type.code, "").strip()
    return EventDefinition(
        kind=linked.kind,
        name=name,
        reference=linked.reference,
        code=code,
        expression=_text_of(linked.raw, Role.EXPRESSION),
    )


def loop(raw: RawElement) -> Loop | None:
    """The loop or multi-instance marker of an activity."""
    marker = next((child for child in raw.children if child.type.role is Role.LOOP), None)
    if marker is None:
        return None
    expression = _text_of(marker, Role.EXPRESSION)
    if metamodel.LOOP_KINDS[marker.type.name] is LoopKind.STANDARD:
        return Loop(
            kind=LoopKind.STANDARD,
            test_before=flag(marker, "testBefore", default=False),
            maximum=_count(marker.attributes.get("loopMaximum", "")),
            expression=expression,
        )
    sequential = flag(marker, "isSequential", default=False)
    return Loop(
        kind=LoopKind.SEQUENTIAL if sequential else LoopKind.PARALLEL,
        maximum=_count(expression),
        expression=expression or _collection(marker),
    )


def writes(raw: RawElement) -> tuple[str, ...]:
    """The names that a node writes, as far as vendors' words say so; ``*``: whatever there is."""
    markers = [child for child in raw.children if child.type.role is Role.LOOP]
    named = [
        value
        for part in (raw, *markers)
        for key, value in part.vendor.items()
        if key.rpartition(":")[2] in metamodel.WRITTEN_KEYS
    ]
    found = (*raw.writes, *(name for marker in markers for name in marker.writes), *named)
    return tuple(dict.fromkeys(found))


def script(raw: RawElement) -> str:
    """What a node runs itself: of a script task its script, and vendors' scripts."""
    own = [child.text for child in raw.children if child.type.role is Role.SCRIPT]
    return "\n".join(filter(None, (*own, raw.script)))


def _collection(marker: RawElement) -> str:
    vendor = (marker.vendor.get(key, "") for key in metamodel.COLLECTION_KEYS)
    return _text_of(marker, Role.COLLECTION) or next(filter(None, vendor), "")


def _text_of(raw: RawElement, role: Role) -> str:
    return next((child.text for child in raw.children if child.type.role is role), "")


def _count(text: str) -> int | None:
    """A literal number of turns; None for an expression."""
    digits = text.strip()
    return int(digits) if digits.isdecimal() and len(digits) <= MAX_DIGITS else None

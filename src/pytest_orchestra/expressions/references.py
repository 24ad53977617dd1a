"""What an expression needs from outside, found without evaluating it."""

from __future__ import annotations

from dataclasses import dataclass, field

from pytest_orchestra.model import SourceLocation


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A name that an expression reads, ``step.place.order_id``.

    Attributes:
        root: the first part, ``step``.
        path: the parts after it up to the first that is no fixed key, ``("place", "order_id")``.
        optional: it may be absent: it stands under ``default`` or ``is defined``.
        location: of the expression; equal references may stand in different ones.
    """

    root: str
    path: tuple[str, ...] = ()
    optional: bool = False
    location: SourceLocation | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return ".".join((self.root, *self.path))
